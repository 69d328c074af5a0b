//! Whether a batch may have been executed by a request whose outcome is unknown, and what follows from that. A state
//! machine without I/O: `failure_policy` classifies errors, `send_batch` executes the steps.

/// What the requests for a batch may have done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// No request for it was executed.
    None,
    /// An earlier run may have sent it.
    EarlierRun,
    /// A request of this run may have been executed.
    ThisRun,
    /// The outcome was unknown, until the server reported that no request for the batch was executed.
    Settled,
}

/// What a failed call did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The batch was executed, but the response cannot be used.
    Executed,
    /// The batch may have been executed.
    Unknown,
    /// The call was not executed, which says nothing about earlier ones.
    NotExecuted,
    /// Neither this call nor an earlier one with its idempotency key was executed.
    NoneExecuted,
}

/// Why the server refused a batch, or could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The batch has too many leads.
    BatchTooLarge,
    /// One of its leads is invalid.
    InvalidLead,
    /// It does not fit into the queue.
    QueueFull,
    /// The same call may succeed later.
    Temporary,
    /// The same call fails again.
    Final,
}

/// A failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) effect: Effect,
    pub(super) refusal: Refusal,
}

/// What to do with a batch after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Retry with the same idempotency key.
    Retry,
    /// Use smaller batches from now on.
    Shrink,
    /// Find the invalid lead by halving the batch.
    Split,
    /// Send as much as fits into the queue.
    Fill,
    /// The refusal does not tell whether an earlier request was executed: look for the batch in the queue.
    Look,
    /// The batch was not executed, and a retry cannot help.
    Stop,
    /// The outcome cannot be determined.
    Unknown,
}

/// What to look for in the queue after a batch succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Nothing,
    /// The response is that of an earlier request: leads may have been removed since.
    Gone,
    /// An earlier request may have been executed as well.
    Twice,
}

impl Doubt {
    /// The state after a failed call.
    pub(super) const fn after(self, effect: Effect) -> Self {
        match (self, effect) {
            (Self::None, Effect::NoneExecuted) => Self::None,
            (_, Effect::NoneExecuted) => Self::Settled,
            (doubt, Effect::NotExecuted) => doubt,
            (Self::EarlierRun, _) => Self::EarlierRun,
            (_, Effect::Executed | Effect::Unknown) => Self::ThisRun,
        }
    }

    /// Whether a request may have been executed.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::EarlierRun | Self::ThisRun)
    }

    /// What to do after a call failed that led to this state.
    pub(super) const fn step(self, failure: Failure) -> Step {
        match (failure.refusal, self.is_open()) {
            (Refusal::BatchTooLarge, false) => Step::Shrink,
            (Refusal::InvalidLead, false) => Step::Split,
            (Refusal::QueueFull, false) => Step::Fill,
            (Refusal::Final, false) => Step::Stop,
            (Refusal::BatchTooLarge | Refusal::InvalidLead | Refusal::QueueFull, true) => {
                Step::Look
            }
            (Refusal::Temporary, _) => Step::Retry,
            // A retry of an executed batch gets its response again.
            (Refusal::Final, true) => match failure.effect {
                Effect::Executed => Step::Retry,
                _ => Step::Unknown,
            },
        }
    }

    /// What to check when the batch succeeds in this state. `is_replay` is whether the server sent the response of an
    /// earlier request, `is_repeatable` whether an unknown run may have sent the same push.
    pub(super) const fn check(self, is_replay: bool, is_repeatable: bool) -> Check {
        match (is_replay, self) {
            (true, Self::ThisRun) if !is_repeatable => Check::Nothing,
            (false, Self::None) => Check::Nothing,
            (true, _) => Check::Gone,
            (false, _) => Check::Twice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOUBTS: [Doubt; 4] = [
        Doubt::None,
        Doubt::EarlierRun,
        Doubt::ThisRun,
        Doubt::Settled,
    ];
    const EFFECTS: [Effect; 4] = [
        Effect::Executed,
        Effect::Unknown,
        Effect::NotExecuted,
        Effect::NoneExecuted,
    ];
    const REFUSALS: [Refusal; 5] = [
        Refusal::BatchTooLarge,
        Refusal::InvalidLead,
        Refusal::QueueFull,
        Refusal::Temporary,
        Refusal::Final,
    ];

    /// Before, effect → after: for each refusal in order, the step.
    const FAILURES: &str = "
        None       Executed     → ThisRun:    Look   Look  Look Retry Retry
        None       Unknown      → ThisRun:    Look   Look  Look Retry Unknown
        None       NotExecuted  → None:       Shrink Split Fill Retry Stop
        None       NoneExecuted → None:       Shrink Split Fill Retry Stop
        EarlierRun Executed     → EarlierRun: Look   Look  Look Retry Retry
        EarlierRun Unknown      → EarlierRun: Look   Look  Look Retry Unknown
        EarlierRun NotExecuted  → EarlierRun: Look   Look  Look Retry Unknown
        EarlierRun NoneExecuted → Settled:    Shrink Split Fill Retry Stop
        ThisRun    Executed     → ThisRun:    Look   Look  Look Retry Retry
        ThisRun    Unknown      → ThisRun:    Look   Look  Look Retry Unknown
        ThisRun    NotExecuted  → ThisRun:    Look   Look  Look Retry Unknown
        ThisRun    NoneExecuted → Settled:    Shrink Split Fill Retry Stop
        Settled    Executed     → ThisRun:    Look   Look  Look Retry Retry
        Settled    Unknown      → ThisRun:    Look   Look  Look Retry Unknown
        Settled    NotExecuted  → Settled:    Shrink Split Fill Retry Stop
        Settled    NoneExecuted → Settled:    Shrink Split Fill Retry Stop";

    /// State: the check after a response of its own, after a replayed one, and after a replayed one of a push that an
    /// unknown run may have sent.
    const SUCCESSES: &str = "
        None:       Nothing Gone    Gone
        EarlierRun: Twice   Gone    Gone
        ThisRun:    Twice   Nothing Gone
        Settled:    Twice   Gone    Gone";

    /// The rows of a table, word by word.
    fn rows(table: &str) -> Vec<String> {
        let rows = table.lines().filter(|row| !row.trim().is_empty());
        rows.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn every_failure_in_every_state() {
        let mut actual = Vec::new();
        for before in DOUBTS {
            for effect in EFFECTS {
                let after = before.after(effect);
                let steps = REFUSALS.map(|refusal| after.step(Failure { effect, refusal }));
                let steps = steps.map(|step| format!("{step:?}")).join(" ");
                actual.push(format!("{before:?} {effect:?} → {after:?}: {steps}"));
            }
        }
        assert_eq!(actual, rows(FAILURES));
    }

    #[test]
    fn every_success_in_every_state() {
        let row = |doubt: Doubt| {
            let (own, replay) = (doubt.check(false, false), doubt.check(true, false));
            assert_eq!(doubt.check(false, true), own);
            format!(
                "{doubt:?}: {own:?} {replay:?} {:?}",
                doubt.check(true, true)
            )
        };
        assert_eq!(DOUBTS.map(row).to_vec(), rows(SUCCESSES));
    }

    #[test]
    fn no_batch_is_given_up_or_sent_with_a_new_key_while_a_request_may_have_been_executed() {
        for doubt in DOUBTS.into_iter().filter(|doubt| doubt.is_open()) {
            for effect in EFFECTS {
                for refusal in REFUSALS {
                    let step = doubt.step(Failure { effect, refusal });
                    assert!(matches!(step, Step::Retry | Step::Look | Step::Unknown));
                }
            }
        }
    }
}
