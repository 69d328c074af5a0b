//! The path of the journal of a push: the file that the caller chose, or a file that is named after the push.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::PushId;
use super::journal::no_directory;
use super::leads::ValidatedLeads;
use super::spec::{JournalLocation, Spec};
use crate::error::Error;
use crate::journal::run_blocking;

/// The path of the journal, if the push has one. Its directory is created if it does not exist.
pub(super) async fn path(spec: &Spec, leads: &ValidatedLeads) -> Result<Option<PathBuf>, Error> {
    let directory = match &spec.journal_location {
        JournalLocation::None => return Ok(None),
        JournalLocation::File(path) => return Ok(Some(path.clone())),
        JournalLocation::Directory(directory) => directory,
    };
    let file = directory.join(format!("{}.jsonl", name(spec, leads)?));
    run_blocking(directory.clone(), |directory| {
        create_private(directory).map_err(|error| no_directory(directory, error))
    })
    .await?;
    Ok(Some(file))
}

/// The name of the file: equal for the same push of the same list to the same teammate of the same server, and for no
/// others.
fn name(spec: &Spec, leads: &ValidatedLeads) -> Result<Uuid, Error> {
    let namespace = spec.namespace(&PushId::new("journal")?, 0);
    let options = format!(
        "{}\n{:?} {:?} {:?} {:?} {} {:?} {:?}",
        spec.dialer.resource.client.base_url(),
        spec.push_id.as_ref().map(PushId::as_str),
        spec.region,
        spec.duplicates,
        spec.when_full,
        spec.batch_size,
        spec.limit,
        spec.capacity,
    );
    let options = Uuid::new_v5(&namespace, options.as_bytes());
    Ok(Uuid::new_v5(&options, leads.fingerprint().as_bytes()))
}

/// Creates a directory that only its owner can read.
#[cfg(unix)]
fn create_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)
}
