//! The journal file of a push: the file of `--journal`, or a file in the state directory
//! named after server, teammate (or key), options and list, so that the same command finds
//! it again. The client defines the format of the file.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use allo_client::Error;
use allo_client::power_dialer::PushReport;
use allo_client::types::NewQueueNumber;
use uuid::Uuid;

use super::options::Push;
use crate::config;
use crate::error::CliError;
use crate::exit::Exit;
use crate::json;
use crate::session::Session;

/// The journal of a push; without a path if no journal is kept.
pub(super) struct Journal {
    path: Option<PathBuf>,
    /// Whether the path was chosen here, so that the file is removed when the push is finished.
    own: bool,
    /// Whether an earlier run left the file.
    found: bool,
    /// The journal of the same push without `--reset`, if this push resets the queue.
    other: Option<PathBuf>,
}

impl Journal {
    /// Selects the file by the options. A sandbox ends with the command, so its pushes cannot be
    /// resumed and keep no journal.
    pub(super) async fn choose(
        session: &mut Session,
        push: &Push,
        leads: &[NewQueueNumber],
    ) -> Result<Self, CliError> {
        let (path, own, other) = match &push.journal {
            Some(path) => (Some(path.clone()), false, None),
            None if push.no_journal || session.global.sandbox => (None, false, None),
            None => {
                let directory = directory()?;
                let path = Self::own_path(session, push, push.reset, leads).await?;
                let other = match push.reset {
                    true => Some(Self::own_path(session, push, false, leads).await?),
                    false => None,
                };
                let other = other.map(|name| directory.join(name));
                (Some(directory.join(path)), true, other)
            }
        };
        // An empty file was created just before its process was killed.
        let begun = |path: &Path| path.metadata().is_ok_and(|data| data.len() > 0);
        let found = path.as_deref().is_some_and(begun);
        Ok(Self {
            path,
            own,
            found,
            other,
        })
    }

    async fn own_path(
        session: &mut Session,
        push: &Push,
        reset: bool,
        leads: &[NewQueueNumber],
    ) -> Result<String, CliError> {
        let server = session.client().await?.base_url();
        let options = format!(
            "{server}\n{}\n{:?} {:?} {:?} {} {} {:?} {reset}",
            session.teammate_mark()?,
            push.region.as_deref().or(session.region()),
            push.duplicates,
            push.first,
            push.batch_size,
            push.what_fits,
            push.capacity,
        );
        Ok(format!("{}.jsonl", fingerprint(&options, leads)?))
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether an earlier run of the push has left a journal.
    pub(super) const fn is_found(&self) -> bool {
        self.found
    }

    /// Whether the path was chosen here.
    pub(super) const fn is_own(&self) -> bool {
        self.own
    }

    pub(super) fn shown(&self) -> String {
        let path = self.path.as_deref();
        path.map_or_else(String::new, |path| path.display().to_string())
    }

    /// Removes the journal of the same push without `--reset`, as its queue has been replaced. A
    /// journal in use is kept.
    pub(super) fn forget_other(&self) -> Result<(), CliError> {
        let Some(path) = &self.other else {
            return Ok(());
        };
        let failed = |error| CliError::file(Exit::Other, "remove", path, &error);
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        match file.try_lock() {
            Ok(()) => std::fs::remove_file(path).map_err(failed),
            Err(_) => Ok(()),
        }
    }

    /// Converts an error of the push; for errors of the journal, with the next step in terms of
    /// the command.
    pub(super) fn failure(&self, error: &Error) -> CliError {
        let failure = CliError::from(error);
        match self.advice(error) {
            Some(advice) => failure.next(advice),
            None => failure,
        }
    }

    /// The next step after an error of the journal, in terms of the command.
    pub(super) fn advice(&self, error: &Error) -> Option<String> {
        if error.param() != Some("journal") {
            return None;
        }
        let of_library = error.suggestion().unwrap_or_default();
        if error.is_journal_in_use() {
            let advice = "wait until the other push has finished, then run the same command again";
            return Some(advice.to_owned());
        }
        if error.is_output() {
            let advice = "fix the cause, then run the same command again to resume";
            return Some(advice.to_owned());
        }
        if of_library.contains("`when_") {
            // The queue changed after the command had checked it.
            let advice = "run the same command again: it shows the options";
            return Some(advice.to_owned());
        }
        let other = match self.own {
            true => format!("move {} away and run the command again", self.shown()),
            false => "run the command again with another --journal".to_owned(),
        };
        of_library.contains("Duplicates::").then(|| {
            format!(
                "{other}, with --duplicates drop, which skips every number already in the queue"
            )
        })
    }

    /// Removes the journal of a push that has nothing to resume.
    pub(super) fn settle(&self, report: &PushReport) -> Result<(), CliError> {
        let open = report.stopped().is_some() || report.unknown().next().is_some();
        match &self.path {
            Some(path) if self.own && !open && path.exists() => std::fs::remove_file(path)
                .map_err(|error| CliError::file(Exit::Other, "remove", path, &error)),
            _ => Ok(()),
        }
    }
}

/// The directory of journals, created if it does not exist.
fn directory() -> Result<PathBuf, CliError> {
    let directory = config::state_directory()?.join("journals");
    let made = make_private(&directory);
    made.map_err(|error| {
        CliError::file(Exit::Other, "create", &directory, &error)
            .next("choose a file with --journal, or pass --no-journal")
    })?;
    Ok(directory)
}

/// Equal for equal options and leads, whatever the file of the list is called.
fn fingerprint(options: &str, leads: &[NewQueueNumber]) -> Result<Uuid, CliError> {
    let mut chain = Uuid::new_v5(&Uuid::NAMESPACE_OID, options.as_bytes());
    for lead in leads {
        let text = json::value(lead)?.to_string();
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
