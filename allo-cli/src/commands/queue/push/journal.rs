//! The journal file of a push: the file of `--journal`, or a file in the state directory that the client names after
//! the push, so that the same command finds it again. The client defines names and format of the files.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use allo_client::Error;
use allo_client::power_dialer::{self, PushReport};

use super::options::Push;
use crate::error::CliError;
use crate::exit::Exit;
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
    /// Selects the file by the options, and gives it to the push. A sandbox ends with the command, so its pushes cannot
    /// be resumed and keep no journal.
    pub(super) async fn choose(
        session: &Session,
        options: &Push,
        push: power_dialer::Push,
    ) -> Result<(Self, power_dialer::Push), CliError> {
        let mut journal = Self {
            path: None,
            own: false,
            found: false,
            other: None,
        };
        let push = match &options.journal {
            Some(path) => {
                journal.path = Some(path.clone());
                push.journal(path)
            }
            None if options.no_journal || session.global.sandbox => push,
            None => journal.choose_own(options, push).await?,
        };
        // An empty file was created just before its process was killed.
        let is_started = |path: &Path| path.metadata().is_ok_and(|data| data.len() > 0);
        journal.found = journal.path.as_deref().is_some_and(is_started);
        Ok((journal, push))
    }

    async fn choose_own(
        &mut self,
        options: &Push,
        push: power_dialer::Push,
    ) -> Result<power_dialer::Push, CliError> {
        let state = allo_profiles::state_directory()?;
        let mut push = push.journal_in(state.join("journals"));
        self.own = true;
        if options.reset {
            self.other = named(&mut push).await?;
            push = push.journal_in(state.join("reset-journals"));
        }
        self.path = named(&mut push).await?;
        Ok(push)
    }

    /// Gives the journal to another push of the same list.
    pub(super) fn give(&self, push: power_dialer::Push) -> power_dialer::Push {
        match &self.path {
            Some(path) => push.journal(path),
            None => push,
        }
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

/// The file that the client names after the push.
async fn named(push: &mut power_dialer::Push) -> Result<Option<PathBuf>, CliError> {
    push.journal_path().await.map_err(|error| {
        if !error.is_output() {
            return CliError::from(&error);
        }
        CliError::new(Exit::Other, error.message())
            .next("choose a file with --journal, or pass --no-journal")
    })
}
