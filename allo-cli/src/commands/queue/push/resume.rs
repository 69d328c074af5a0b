//! Resuming a push of an earlier run: what has changed since, whether to resume, and what to
//! ask the user. Nothing is sent here.

use std::time::Duration;

use allo_client::Timestamp;
use allo_client::power_dialer::{self, FinishedJournal, ReplacedQueue, ResumedPush};

use super::journal::Journal;
use super::options::{Gone, Push};
use super::words::{counted, moment};
use crate::error::CliError;
use crate::exit::Exit;
use crate::session::Session;
use crate::terminal;

/// A push that was interrupted longer ago than this is resumed only after confirmation.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// How the push is resumed.
#[derive(Clone, Copy, Default)]
pub(super) struct ResumePlan {
    finished: FinishedJournal,
    replaced: ReplacedQueue,
    /// Whether the queue is replaced by an empty one first.
    pub(super) resets: bool,
    /// Whether an earlier run finished the push, so that nothing is sent.
    pub(super) is_done: bool,
}

impl ResumePlan {
    /// Push every lead, whatever an earlier run has done.
    const PUSH_ALL: Self = Self {
        finished: FinishedJournal::PushAgain,
        replaced: ReplacedQueue::PushAll,
        resets: false,
        is_done: false,
    };
    /// Push the leads that are not settled, even to a new queue; report the settled ones.
    const PUSH_REST: Self = Self {
        finished: FinishedJournal::Report,
        replaced: ReplacedQueue::PushRest,
        resets: false,
        is_done: false,
    };
    /// Resume the push as it was started. Changes from now on are an error.
    const CONTINUE: Self = Self {
        finished: FinishedJournal::Refuse,
        replaced: ReplacedQueue::Refuse,
        resets: false,
        is_done: false,
    };

    pub(super) const fn apply(self, push: power_dialer::Push) -> power_dialer::Push {
        push.when_journal_finished(self.finished)
            .when_queue_replaced(self.replaced)
    }

    /// The same plan with a new queue.
    const fn in_new_queue(self) -> Self {
        Self {
            resets: true,
            ..self
        }
    }

    /// Pushes again what turned out to be removed from the queue.
    pub(super) const fn again() -> Self {
        Self::PUSH_ALL
    }
}

/// Decides how to resume, and asks the user if that is not clear.
///
/// # Errors
///
/// If the user does not confirm, or cannot be asked.
pub(super) async fn choose(
    session: &Session,
    push: &Push,
    client_push: power_dialer::Push,
    journal: &Journal,
) -> Result<(ResumePlan, power_dialer::Push), CliError> {
    let first = ResumePlan {
        resets: push.reset,
        ..ResumePlan::default()
    };
    if !journal.is_found() {
        return Ok((first, client_push));
    }
    let mut client_push = ResumePlan::PUSH_REST.apply(client_push);
    let planned = client_push.plan().await;
    let planned = planned.map_err(|error| journal.failure(&error))?;
    let Some(past) = planned.resumed else {
        return Ok((first, client_push));
    };
    let case = ResumeDecision {
        session,
        push,
        journal,
        past: &past,
    };
    let plan = match past.finished {
        true => case.finished(),
        false => case.unfinished(),
    }?;
    session.printer.note(&describe(&past));
    Ok((plan, client_push))
}

/// Describes an earlier push in one sentence.
fn describe(past: &ResumedPush) -> String {
    let began = moment(&past.began);
    let settled = counted(past.settled, "lead");
    let state = match past.finished {
        true => "This push is already finished",
        false => "Resuming an earlier push",
    };
    format!("{state}: started {began}, {settled} settled{}", since(past))
}

/// What has happened to the settled leads since.
pub(super) fn since(past: &ResumedPush) -> String {
    let (here, gone) = (past.still_in_queue, past.gone);
    match past.queue_replaced {
        true => ", and the queue was replaced since".to_owned(),
        false if gone > 0 => format!(", {here} of them in the queue, {gone} removed since"),
        false => format!(", {here} of them in the queue"),
    }
}

/// An earlier push and the options of the current command.
struct ResumeDecision<'a> {
    session: &'a Session,
    push: &'a Push,
    journal: &'a Journal,
    past: &'a ResumedPush,
}

impl ResumeDecision<'_> {
    /// The earlier run finished the push.
    fn finished(&self) -> Result<ResumePlan, CliError> {
        if self.push.reset {
            return Ok(ResumePlan::PUSH_ALL.in_new_queue());
        }
        let done = |plan| ResumePlan {
            is_done: true,
            ..plan
        };
        if self.past.gone == 0 && !self.past.queue_replaced {
            return Ok(done(ResumePlan::CONTINUE));
        }
        Ok(match self.gone("finished")? {
            Gone::Push => ResumePlan::PUSH_ALL,
            Gone::Leave => done(ResumePlan::PUSH_REST),
        })
    }

    fn unfinished(&self) -> Result<ResumePlan, CliError> {
        let (past, is_own) = (self.past, self.journal.is_own());
        match (self.push.reset, past.queue_replaced) {
            (true, true) => Ok(ResumePlan::PUSH_ALL.in_new_queue()),
            // The same command started it, after it had replaced the queue.
            (true, false) if is_own => self.agreed(),
            (true, false) if self.push.gone == Some(Gone::Push) => {
                Ok(ResumePlan::PUSH_ALL.in_new_queue())
            }
            (true, false) => Err(self.started_without_reset()),
            (false, true) => Ok(match self.gone("started")? {
                Gone::Push => ResumePlan::PUSH_ALL,
                Gone::Leave => ResumePlan::PUSH_REST,
            }),
            (false, false) => self.agreed(),
        }
    }

    /// Resumes the push, after confirmation if that may be unexpected.
    fn agreed(&self) -> Result<ResumePlan, CliError> {
        let past = self.past;
        let last = past.last_settled.as_ref().unwrap_or(&past.began);
        let is_old = Duration::try_from(Timestamp::now().instant().duration_since(last.instant()))
            .is_ok_and(|age| age > OLD);
        let is_asked = is_old || (past.gone > 0 && self.push.gone.is_none());
        if is_asked {
            let began = moment(&past.began);
            let what = format!(
                "The push recorded in {} was started {began}; {} settled{}",
                self.journal.shown(),
                counted(past.settled, "lead"),
                since(past)
            );
            terminal::confirm(&what, self.session.global.yes)?;
        }
        Ok(ResumePlan::CONTINUE)
    }

    /// How to handle removed leads: by `--gone`, or by asking the user.
    fn gone(&self, was: &str) -> Result<Gone, CliError> {
        if let Some(gone) = self.push.gone {
            return Ok(gone);
        }
        if self.session.global.yes {
            return Ok(Gone::Push);
        }
        let why = match self.past.queue_replaced {
            true => "the queue was emptied or replaced since",
            false => "they were removed since",
        };
        let gone = counted(self.past.gone, "lead");
        let message = format!(
            "the push recorded in {} was {was} ({}), but {gone} that it added are not in the queue: \
             {why}",
            self.journal.shown(),
            moment(&self.past.began),
        );
        match terminal::ask(&format!("{message}. Push them again?")) {
            Some(true) => Ok(Gone::Push),
            Some(false) => Ok(Gone::Leave),
            None => Err(CliError::new(Exit::Conflict, message).next(
                "pass --gone push to push those again, or --gone leave to skip them; --reset \
                 pushes the whole list to a new queue",
            )),
        }
    }

    fn started_without_reset(&self) -> CliError {
        let shown = self.journal.shown();
        let message = format!(
            "--reset would empty the queue, but {shown} is the journal of an unfinished push"
        );
        CliError::usage(message).next(
            "remove --reset to resume it, or pass --gone push to empty the queue and push the \
             whole list again",
        )
    }
}
