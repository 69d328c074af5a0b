//! How a push ends the program and what its user is told to do next: what was asked
//! of the list, whether that was done, and whether the same command goes on.

use std::path::{Path, PathBuf};

use allo_client::Timestamp;
use allo_client::power_dialer::{LeadReport, LeadStatus, PushReport};

use super::journal::Journal;
use super::resume::Gone;
use super::{Push, moment};

use crate::exit::Exit;
use crate::failure::{self, Failure};

/// A push that has come to its end, or as far as it can.
pub(super) struct Verdict<'a> {
    pub(super) report: &'a PushReport,
    /// Whether an earlier run has done all of it.
    pub(super) is_old: bool,
    journal: &'a Journal,
    first: Option<usize>,
    /// Whether leads that are gone from the queue were not asked for.
    leaves_gone: bool,
    /// Where the rows begin that `--first` leaves for another push.
    end: usize,
    /// Until when the same command can find out about what is unknown.
    settles_until: Option<Timestamp>,
}

impl<'a> Verdict<'a> {
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
            settles_until: settles_until(report).filter(|_| journal.path().is_some()),
        }
    }

    /// Whether a lead is behind the first N good ones.
    pub(super) const fn is_beyond(&self, lead: &LeadReport) -> bool {
        lead.input >= self.end
    }

    /// How many good leads are behind the first N.
    pub(super) fn beyond(&self) -> usize {
        let beyond = self.report.leads.iter().filter(|lead| self.is_beyond(lead));
        let left = beyond.filter(|lead| lead.status == LeadStatus::NotSent);
        left.count()
    }

    /// Why a lead was not sent.
    pub(super) fn not_sent(&self, lead: &LeadReport) -> String {
        match self.first {
            Some(first) if self.is_beyond(lead) => format!("beyond --first {first}"),
            _ if self.report.stopped().is_some() => "the push stopped before".to_owned(),
            _ => "there was no more room for it".to_owned(),
        }
    }

    /// Whether it is not known what became of some leads.
    fn is_unknown(&self) -> bool {
        self.report.unknown().next().is_some()
    }

    /// Whether the same command would send what this one has not: then nothing else may.
    fn goes_on(&self) -> bool {
        self.report.stopped().is_some() && self.journal.path().is_some()
    }

    /// Until when what is unknown is sure to be found out, if it is.
    pub(super) fn settles_until(&self) -> Option<String> {
        self.settles_until.as_ref().map(moment)
    }

    /// Why a lead belongs into the file of rejects, if it does: what can be mended, and
    /// what no further run of this push would send.
    pub(super) fn reject_reason(&self, lead: &LeadReport) -> Option<String> {
        if self.is_beyond(lead) {
            return None;
        }
        match &lead.status {
            LeadStatus::Rejected { reason } if !reason.is_duplicate() => Some(reason.to_string()),
            LeadStatus::Skipped { reason } => Some(skipped(reason)),
            LeadStatus::NotSent if !self.goes_on() => Some(self.not_sent(lead)),
            _ => None,
        }
    }

    /// Why the push ended before its end, in words for people.
    pub(super) fn stopped(&self) -> Option<String> {
        match self.report.error() {
            Some(error) => Some(failure::message(error)),
            None => self.report.stopped().map(str::to_owned),
        }
    }

    fn exit(&self) -> Exit {
        let asked = |wanted: fn(&LeadStatus) -> bool| {
            let leads = self.report.leads.iter();
            let leads = leads.filter(|lead| !self.is_beyond(lead) && wanted(&lead.status));
            leads.count()
        };
        let added = asked(|fate| matches!(fate, LeadStatus::Added { .. }));
        let gone = asked(|fate| matches!(fate, LeadStatus::Gone { .. }));
        let left = if self.leaves_gone { gone } else { 0 };
        let good = added + asked(is_duplicate) + left;
        match self.report.error() {
            _ if self.is_unknown() => Exit::Unknown,
            None if good == asked(|_| true) => Exit::Ok,
            // All is there; what failed is something else, such as the journal.
            Some(error) if good == asked(|_| true) => Exit::of(error),
            _ if added > 0 => Exit::Partial,
            Some(error) => Exit::of(error),
            None if gone > 0 => Exit::Conflict,
            None if asked(|fate| *fate == LeadStatus::NotSent) > 0 => Exit::Limit,
            None => Exit::Validation,
        }
    }

    /// How the program ends, and why if the push did not come to its end. `rejects` is
    /// where what was not sent stands, or why it stands nowhere.
    pub(super) fn end(&self, rejects: Result<Option<PathBuf>, Failure>) -> Result<Exit, Failure> {
        let rejects = rejects.map_err(|trouble| match self.journal.path() {
            Some(_) => {
                trouble.next("mend that and run the same command again: nothing is sent twice")
            }
            None => trouble,
        });
        let exit = self.exit();
        let failure = self.failure(exit, rejects.as_ref().ok().and_then(|path| path.as_deref()));
        match (failure, rejects) {
            (None, Ok(_)) => Ok(exit),
            (Some(failure), Ok(_)) => Err(failure),
            (None, Err(trouble)) if exit == Exit::Ok => Err(trouble),
            (None, Err(trouble)) => Err(trouble.exits(exit)),
            // What is left to do is told by the trouble; the summary tells the rest.
            (Some(_), Err(trouble)) if self.report.error().is_none() && !self.is_unknown() => {
                Err(trouble.exits(exit))
            }
            (Some(failure), Err(trouble)) => Err(failure.also("rejects", &trouble)),
        }
    }

    fn failure(&self, exit: Exit, rejects: Option<&Path>) -> Option<Failure> {
        match (exit, self.report.error()) {
            (Exit::Unknown, _) => Some(self.unknown(rejects)),
            (Exit::Partial, Some(error)) if self.journal.path().is_some() => Some(
                self.journal
                    .failure(error)
                    .exits(exit)
                    .then("run the same command again: it goes on where it stopped"),
            ),
            (_, Some(error)) => Some(self.journal.failure(error).exits(exit)),
            (Exit::Ok, None) => None,
            (Exit::Limit, None) => Some(no_room()),
            (_, None) => Some(self.incomplete(exit, rejects)),
        }
    }

    /// What is left to do after a push that came to its end without adding everything.
    fn incomplete(&self, exit: Exit, rejects: Option<&Path>) -> Failure {
        let counts = self.report.counts();
        let duplicates = duplicates(self.report);
        let rest = super::listed(&[
            ("duplicate", duplicates),
            ("rejected", counts.rejected - duplicates),
            ("skipped by the service", counts.skipped),
            ("not sent for want of room", counts.not_sent - self.beyond()),
            ("gone from the queue", counts.gone),
        ]);
        let added = match counts.added {
            0 => "no lead was added".to_owned(),
            added => {
                let of = self.report.leads.len() - self.beyond();
                format!("{added} of {of} leads were added")
            }
        };
        let failure = Failure::new(exit, format!("{added}: {rest}"));
        match rejects {
            Some(path) => failure.next(format!(
                "fix the rows in {}, then push that file",
                path.display()
            )),
            None if counts.gone > 0 => failure.next("--gone push pushes again what is gone"),
            None => failure,
        }
    }

    fn unknown(&self, rejects: Option<&Path>) -> Failure {
        let count = super::counted(self.report.unknown().count(), "lead");
        let why = self
            .stopped()
            .unwrap_or_else(|| "no answer arrived".to_owned());
        let message = format!("it is not known whether {count} arrived in the queue: {why}");
        let mut failure = Failure::new(Exit::Unknown, message);
        let Some(journal) = self.journal.path() else {
            let rest = match rejects {
                Some(path) => format!("; what was not sent is in {}", path.display()),
                None => String::new(),
            };
            return failure.next(format!("look for them with `allo queue show`{rest}"));
        };
        failure = failure.detail("journal", journal.to_string_lossy());
        let of_journal = self
            .report
            .error()
            .and_then(|error| self.journal.advice(error));
        failure.next(match (self.settles_until(), of_journal) {
            (_, Some(advice)) => advice,
            (Some(until), None) => format!(
                "run the same command again before {until}: it finds out, adds nothing twice and goes on"
            ),
            (None, None) => "run the same command again: it looks for them in the queue, adds nothing \
                             twice, and goes on if it finds out"
                .to_owned(),
        })
    }
}

/// Behind the N-th lead that is no reject; behind all if there are fewer.
fn end(report: &PushReport, first: Option<usize>) -> usize {
    let good = |lead: &&LeadReport| !matches!(lead.status, LeadStatus::Rejected { .. });
    let last = first.and_then(|first| {
        let mut good = report.leads.iter().filter(good);
        good.nth(first.saturating_sub(1))
    });
    last.map_or(usize::MAX, |lead| lead.input + 1)
}

/// The first time at which the service may have forgotten something; nothing if that
/// is over.
fn settles_until(report: &PushReport) -> Option<Timestamp> {
    let times = report.unknown().filter_map(|lead| match &lead.status {
        LeadStatus::Unknown { retry_until, .. } => Some(retry_until),
        _ => None,
    });
    let first = times.min_by_key(|time| time.instant());
    let now = Timestamp::now();
    first.filter(|time| time.instant() > now.instant()).cloned()
}

/// Numbers that are there already are not what was wrong with a list.
pub(super) fn duplicates(report: &PushReport) -> usize {
    let fates = report.leads.iter().map(|lead| &lead.status);
    fates.filter(|fate| is_duplicate(fate)).count()
}

fn is_duplicate(fate: &LeadStatus) -> bool {
    matches!(fate, LeadStatus::Rejected { reason } if reason.is_duplicate())
}

/// Not even `--what-fits` adds anything.
pub(super) fn no_room() -> Failure {
    let message = "the queue has no room for any of the leads";
    Failure::new(Exit::Limit, message).next("make room with `allo queue clear`")
}

/// Why the service did not take a lead.
pub(super) fn skipped(reason: &str) -> String {
    format!("the service left it out: {reason}")
}
