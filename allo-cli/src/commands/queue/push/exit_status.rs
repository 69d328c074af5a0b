//! The exit status of a push and the next step for the user: whether everything that was
//! asked for was added, and whether the same command can resume.

use std::path::{Path, PathBuf};

use allo_client::Timestamp;
use allo_client::power_dialer::{LeadReport, LeadStatus, PushReport};

use super::journal::Journal;
use super::options::{Gone, Push};
use super::words::{counted, listed, moment};
use crate::error::{self, CliError};
use crate::exit::Exit;

/// A push that has finished or stopped.
pub(super) struct PushOutcome<'a> {
    pub(super) report: &'a PushReport,
    /// Whether an earlier run had already finished the push.
    pub(super) is_old: bool,
    journal: &'a Journal,
    first: Option<usize>,
    /// Whether `--gone leave` was given.
    leaves_gone: bool,
    /// The index of the first row beyond `--first`.
    end: usize,
    /// Until when the same command can resolve leads whose outcome is unknown.
    resolvable_until: Option<Timestamp>,
}

impl<'a> PushOutcome<'a> {
    pub(super) fn new(
        report: &'a PushReport,
        is_old: bool,
        journal: &'a Journal,
        push: &Push,
    ) -> Self {
        let first = push.first();
        Self {
            report,
            is_old,
            journal,
            first,
            leaves_gone: push.gone == Some(Gone::Leave),
            end: end(report, first),
            resolvable_until: resolvable_until(report).filter(|_| journal.path().is_some()),
        }
    }

    /// Whether a lead is beyond the first N valid ones.
    pub(super) const fn is_beyond(&self, lead: &LeadReport) -> bool {
        lead.input >= self.end
    }

    /// The number of valid leads beyond the first N.
    pub(super) fn beyond(&self) -> usize {
        let beyond = self.report.leads.iter().filter(|lead| self.is_beyond(lead));
        let left = beyond.filter(|lead| lead.status == LeadStatus::NotSent);
        left.count()
    }

    /// Why a lead was not sent.
    pub(super) fn not_sent(&self, lead: &LeadReport) -> String {
        match self.first {
            Some(first) if self.is_beyond(lead) => format!("beyond --first {first}"),
            _ if self.report.stopped().is_some() => "the push stopped first".to_owned(),
            _ => "the queue is full".to_owned(),
        }
    }

    /// Whether the outcome of any lead is unknown.
    fn is_unknown(&self) -> bool {
        self.report.unknown().next().is_some()
    }

    /// Whether the same command would send the unsent leads, so that nothing else may send them.
    fn can_resume(&self) -> bool {
        self.report.stopped().is_some() && self.journal.path().is_some()
    }

    /// Until when unknown outcomes can be resolved for certain.
    pub(super) fn resolvable_until(&self) -> Option<String> {
        self.resolvable_until.as_ref().map(moment)
    }

    /// The reason for the rejects file, if the lead belongs there: rows that the user can fix, and
    /// rows that no further run of this push would send.
    pub(super) fn reject_reason(&self, lead: &LeadReport) -> Option<String> {
        if self.is_beyond(lead) {
            return None;
        }
        match &lead.status {
            LeadStatus::Rejected { reason } if !reason.is_duplicate() => Some(reason.to_string()),
            LeadStatus::Skipped { reason } => Some(skipped(reason)),
            LeadStatus::NotSent if !self.can_resume() => Some(self.not_sent(lead)),
            _ => None,
        }
    }

    /// Why the push stopped early.
    pub(super) fn stopped(&self) -> Option<String> {
        match self.report.error() {
            Some(error) => Some(error::message(error)),
            None => self.report.stopped().map(str::to_owned),
        }
    }

    fn exit(&self) -> Exit {
        let asked = |wanted: fn(&LeadStatus) -> bool| {
            let leads = self.report.leads.iter();
            let leads = leads.filter(|lead| !self.is_beyond(lead) && wanted(&lead.status));
            leads.count()
        };
        let added = asked(|status| matches!(status, LeadStatus::Added { .. }));
        let gone = asked(|status| matches!(status, LeadStatus::Gone { .. }));
        let left = if self.leaves_gone { gone } else { 0 };
        let good = added + asked(is_duplicate) + left;
        match self.report.error() {
            _ if self.is_unknown() => Exit::Unknown,
            None if good == asked(|_| true) => Exit::Ok,
            // Every lead was added; something else failed, such as the journal.
            Some(error) if good == asked(|_| true) => Exit::of(error),
            _ if added > 0 => Exit::Partial,
            Some(error) => Exit::of(error),
            None if gone > 0 => Exit::Conflict,
            None if asked(|status| *status == LeadStatus::NotSent) > 0 => Exit::Limit,
            None => Exit::Validation,
        }
    }

    /// The exit status, and the error if the push did not add everything. `rejects` is the path
    /// of the rejects file, or the error from writing it.
    pub(super) fn end(&self, rejects: Result<Option<PathBuf>, CliError>) -> Result<Exit, CliError> {
        let rejects = rejects.map_err(|trouble| match self.journal.path() {
            Some(_) => {
                trouble.next("fix the cause and run the same command again: nothing is sent twice")
            }
            None => trouble,
        });
        let exit = self.exit();
        let failure = self.failure(exit, rejects.as_ref().ok().and_then(|path| path.as_deref()));
        match (failure, rejects) {
            (None, Ok(_)) => Ok(exit),
            (Some(failure), Ok(_)) => Err(failure),
            (None, Err(trouble)) if exit == Exit::Ok => Err(trouble),
            (None, Err(trouble)) => Err(trouble.with_exit(exit)),
            // This error tells the next step; the summary tells the rest.
            (Some(_), Err(trouble)) if self.report.error().is_none() && !self.is_unknown() => {
                Err(trouble.with_exit(exit))
            }
            (Some(failure), Err(trouble)) => Err(failure.also("rejects", &trouble)),
        }
    }

    fn failure(&self, exit: Exit, rejects: Option<&Path>) -> Option<CliError> {
        match (exit, self.report.error()) {
            (Exit::Unknown, _) => Some(self.unknown(rejects)),
            (Exit::Partial, Some(error)) if self.journal.path().is_some() => Some(
                self.journal
                    .failure(error)
                    .with_exit(exit)
                    .then("run the same command again to resume"),
            ),
            (_, Some(error)) => Some(self.journal.failure(error).with_exit(exit)),
            (Exit::Ok, None) => None,
            (Exit::Limit, None) => Some(no_room()),
            (_, None) => Some(self.incomplete(exit, rejects)),
        }
    }

    /// The error for a push that finished without adding every lead.
    fn incomplete(&self, exit: Exit, rejects: Option<&Path>) -> CliError {
        let counts = self.report.counts();
        let duplicates = duplicates(self.report);
        let rest = listed(&[
            ("duplicate", duplicates),
            ("rejected", counts.rejected - duplicates),
            ("skipped by the service", counts.skipped),
            (
                "not sent because the queue is full",
                counts.not_sent - self.beyond(),
            ),
            ("removed from the queue", counts.gone),
        ]);
        let added = match counts.added {
            0 => "no lead was added".to_owned(),
            added => {
                let of = self.report.leads.len() - self.beyond();
                format!("{added} of {of} leads were added")
            }
        };
        let failure = CliError::new(exit, format!("{added}: {rest}"));
        match rejects {
            Some(path) => failure.next(format!(
                "fix the rows in {}, then push that file",
                path.display()
            )),
            None if counts.gone > 0 => {
                failure.next("pass --gone push to push the removed leads again")
            }
            None => failure,
        }
    }

    fn unknown(&self, rejects: Option<&Path>) -> CliError {
        let count = counted(self.report.unknown().count(), "lead");
        let why = self
            .stopped()
            .unwrap_or_else(|| "no response received".to_owned());
        let message = format!("unknown whether {count} reached the queue: {why}");
        let mut failure = CliError::new(Exit::Unknown, message);
        let Some(journal) = self.journal.path() else {
            let rest = match rejects {
                Some(path) => format!("; unsent leads are in {}", path.display()),
                None => String::new(),
            };
            return failure.next(format!("look for them with `allo queue show`{rest}"));
        };
        failure = failure.detail("journal", journal.to_string_lossy());
        let of_journal = self
            .report
            .error()
            .and_then(|error| self.journal.advice(error));
        failure.next(match (self.resolvable_until(), of_journal) {
            (_, Some(advice)) => advice,
            (Some(until), None) => format!(
                "run the same command again before {until}: it finds out, adds nothing twice and resumes"
            ),
            (None, None) => "run the same command again: it looks for them in the queue, adds nothing \
                             twice, and resumes if it finds out"
                .to_owned(),
        })
    }
}

/// The index after the N-th lead that was not rejected; `usize::MAX` if there are fewer.
fn end(report: &PushReport, first: Option<usize>) -> usize {
    let good = |lead: &&LeadReport| !matches!(lead.status, LeadStatus::Rejected { .. });
    let last = first.and_then(|first| {
        let mut good = report.leads.iter().filter(good);
        good.nth(first.saturating_sub(1))
    });
    last.map_or(usize::MAX, |lead| lead.input + 1)
}

/// The earliest time at which the service may have forgotten an idempotency key; `None` if
/// that time has passed.
fn resolvable_until(report: &PushReport) -> Option<Timestamp> {
    let times = report.unknown().filter_map(|lead| match &lead.status {
        LeadStatus::Unknown { retry_until, .. } => Some(retry_until),
        _ => None,
    });
    let first = times.min_by_key(|time| time.instant());
    let now = Timestamp::now();
    first.filter(|time| time.instant() > now.instant()).cloned()
}

/// Duplicates are not an error of the list.
pub(super) fn duplicates(report: &PushReport) -> usize {
    let statuses = report.leads.iter().map(|lead| &lead.status);
    statuses.filter(|status| is_duplicate(status)).count()
}

fn is_duplicate(status: &LeadStatus) -> bool {
    matches!(status, LeadStatus::Rejected { reason } if reason.is_duplicate())
}

/// The error when not even `--what-fits` can add a lead.
pub(super) fn no_room() -> CliError {
    let message = "the queue is full: no lead fits";
    CliError::new(Exit::Limit, message).next("make room with `allo queue clear`")
}

/// Why the service skipped a lead.
pub(super) fn skipped(reason: &str) -> String {
    format!("skipped by the service: {reason}")
}
