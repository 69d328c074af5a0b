//! Where a push is remembered: a file of the user's choice, or one in the state
//! directory named after server, teammate (or key), options and list, so that the same command
//! finds it again. What is in the file is the client's business.

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

/// The journal of a push; none if it is not to be remembered.
pub(super) struct Journal {
    path: Option<PathBuf>,
    /// Whether we chose the place, and so clear it up.
    own: bool,
    /// Whether an earlier run left it.
    found: bool,
    /// That of the same push without `--reset`, if this one is with it and ours.
    other: Option<PathBuf>,
}

impl Journal {
    /// As the options say. A sandbox ends with the command, and nothing can be
    /// gone on with.
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
        // An empty one was made just before the end of its process.
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

    /// Whether an earlier run of the push has begun.
    pub(super) const fn is_found(&self) -> bool {
        self.found
    }

    /// Whether we chose the place.
    pub(super) const fn is_own(&self) -> bool {
        self.own
    }

    pub(super) fn shown(&self) -> String {
        let path = self.path.as_deref();
        path.map_or_else(String::new, |path| path.display().to_string())
    }

    /// Removes the journal of the same push without `--reset`: its queue is out of reach
    /// now. One that is in use is left alone.
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

    /// A failure of the push; if it is about the journal, with the way on that the
    /// command has.
    pub(super) fn failure(&self, error: &Error) -> CliError {
        let failure = CliError::from(error);
        match self.advice(error) {
            Some(advice) => failure.next(advice),
            None => failure,
        }
    }

    /// The way on after a failure of the journal, in terms of the command.
    pub(super) fn advice(&self, error: &Error) -> Option<String> {
        if error.param() != Some("journal") {
            return None;
        }
        let of_library = error.suggestion().unwrap_or_default();
        if error.is_journal_in_use() {
            let advice = "wait until that push is over, then run the same command again";
            return Some(advice.to_owned());
        }
        if error.is_output() {
            let advice = "once that is mended, run the same command again: it goes on";
            return Some(advice.to_owned());
        }
        if of_library.contains("`when_") {
            // It has happened since the command looked at the queue.
            let advice = "run the same command again: it says what can be done";
            return Some(advice.to_owned());
        }
        let other = match self.own {
            true => format!("move {} away and run the command again", self.shown()),
            false => "run the command again with another --journal".to_owned(),
        };
        of_library.contains("Duplicates::").then(|| {
            format!("{other}, with --duplicates drop, which leaves out every number that is in the queue")
        })
    }

    /// Clears up after a push that needs no going on.
    pub(super) fn settle(&self, report: &PushReport) -> Result<(), CliError> {
        let open = report.stopped().is_some() || report.unknown().next().is_some();
        match &self.path {
            Some(path) if self.own && !open && path.exists() => std::fs::remove_file(path)
                .map_err(|error| CliError::file(Exit::Other, "remove", path, &error)),
            _ => Ok(()),
        }
    }
}

/// Where journals are, made if it is not there.
fn directory() -> Result<PathBuf, CliError> {
    let directory = config::state_directory()?.join("journals");
    let made = make_private(&directory);
    made.map_err(|error| {
        CliError::file(Exit::Other, "make", &directory, &error)
            .next("name a place for the journal with --journal, or keep none with --no-journal")
    })?;
    Ok(directory)
}

/// The same for the same options and list, whatever the file is called.
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
