//! Where a push is remembered: a file of the user's choice, or one in the state
//! directory named after server, teammate (or key), options and list, so that the same command
//! finds it again. What is in the file is the client's business.

use std::path::{Path, PathBuf};

use allo_client::power_dialer::PushReport;
use allo_client::types::NewQueueNumber;
use uuid::Uuid;

use super::Push;
use crate::config;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// The journal of a push; none if it is not to be remembered.
pub(super) struct Journal {
    path: Option<PathBuf>,
    /// Whether we chose the place, and so clear it up.
    own: bool,
    /// Whether an earlier run left it.
    found: bool,
}

impl Journal {
    /// As the options say. A sandbox ends with the command, and nothing can be
    /// gone on with.
    pub(super) async fn choose(
        session: &mut Session,
        push: &Push,
        leads: &[NewQueueNumber],
    ) -> Result<Self, Failure> {
        let (path, own) = match &push.journal {
            Some(path) => (Some(path.clone()), false),
            None if push.no_journal || session.global.sandbox => (None, false),
            None => (Some(Self::own_path(session, push, leads).await?), true),
        };
        // An empty one was made just before the end of its process.
        let begun = |path: &Path| path.metadata().is_ok_and(|data| data.len() > 0);
        let found = path.as_deref().is_some_and(begun);
        Ok(Self { path, own, found })
    }

    async fn own_path(
        session: &mut Session,
        push: &Push,
        leads: &[NewQueueNumber],
    ) -> Result<PathBuf, Failure> {
        let server = session.client().await?.base_url();
        let options = format!(
            "{server}\n{}\n{:?} {:?} {:?} {} {} {}",
            session.teammate_mark()?,
            push.region.as_deref().or(session.region()),
            push.duplicates,
            push.first,
            push.batch_size,
            push.what_fits,
            push.reset,
        );
        let directory = config::state_directory()?.join("journals");
        make_private(&directory)
            .map_err(|error| Failure::file(Exit::Other, "make", &directory, &error))?;
        Ok(directory.join(format!("{}.jsonl", fingerprint(&options, leads)?)))
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether an earlier run of the push has begun.
    pub(super) const fn is_found(&self) -> bool {
        self.found
    }

    /// Whether an earlier run has begun that emptied the queue first.
    ///
    /// # Errors
    ///
    /// If the journal is the user's and we cannot know what it was begun with.
    pub(super) fn may_be_gone_on_with(&self) -> Result<bool, Failure> {
        match &self.path {
            Some(path) if self.found && !self.own => {
                let shown = path.display();
                let message = format!(
                    "--reset would empty the queue, but {shown} is the journal of a push that has begun"
                );
                let advice =
                    format!("leave --reset out to go on with it, or remove {shown} to begin anew");
                Err(Failure::usage(message).next(advice))
            }
            _ => Ok(self.found),
        }
    }

    /// Clears up after a push that needs no going on.
    pub(super) fn settle(&self, report: &PushReport) -> Result<(), Failure> {
        let open = report.stopped().is_some() || report.unknown().next().is_some();
        match &self.path {
            Some(path) if self.own && !open && path.exists() => std::fs::remove_file(path)
                .map_err(|error| Failure::file(Exit::Other, "remove", path, &error)),
            _ => Ok(()),
        }
    }
}

/// The same for the same options and list, whatever the file is called.
fn fingerprint(options: &str, leads: &[NewQueueNumber]) -> Result<Uuid, Failure> {
    let mut chain = Uuid::new_v5(&Uuid::NAMESPACE_OID, options.as_bytes());
    for lead in leads {
        let text = crate::commands::json(lead)?.to_string();
        chain = Uuid::new_v5(&chain, text.as_bytes());
    }
    Ok(chain)
}

#[cfg(unix)]
fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_list_has_another_journal() {
        let leads = |numbers: &[&str]| -> Vec<NewQueueNumber> {
            numbers
                .iter()
                .map(|number| NewQueueNumber::new(*number))
                .collect()
        };
        let name = |options: &str, numbers: &[&str]| fingerprint(options, &leads(numbers)).ok();
        let first = name("a", &["1", "2"]);
        assert_eq!(first, name("a", &["1", "2"]));
        for other in [
            name("b", &["1", "2"]),
            name("a", &["2", "1"]),
            name("a", &["12"]),
        ] {
            assert_ne!(first, other);
        }
    }
}
