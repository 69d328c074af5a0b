//! Derives the outcome of a write from the side effects of all its attempts.

use crate::error::Outcome;
use crate::error::retry_decision::SideEffect;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::idempotency_key::repeat_until;
use crate::model::operation::RetrySafety;
use crate::model::timestamp::Timestamp;

/// Whether the attempts so far executed the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutcomeTracker {
    /// No attempt was made.
    #[default]
    NotSent,
    /// No attempt executed the request.
    NotExecuted,
    /// An attempt may have executed the request.
    Unknown,
    /// An attempt executed the request.
    Executed,
}

impl OutcomeTracker {
    /// The state after one more attempt.
    pub(crate) const fn after(self, side_effect: SideEffect) -> Self {
        match (self, side_effect) {
            (Self::Executed, _) | (_, SideEffect::Done) => Self::Executed,
            (_, SideEffect::Refused) => Self::NotExecuted,
            (Self::Unknown, _) | (_, SideEffect::Maybe) => Self::Unknown,
            (Self::NotSent | Self::NotExecuted, SideEffect::Nothing) => Self::NotExecuted,
        }
    }

    /// Whether an earlier attempt may have executed the request.
    pub(crate) const fn is_in_doubt(self) -> bool {
        matches!(self, Self::Unknown | Self::Executed)
    }

    /// The outcome of a call that ends in this state. A read has no side effect. If the operation is not known to
    /// honour idempotency keys, the key expires at once.
    pub(crate) fn outcome(
        self,
        safety: RetrySafety,
        key: Option<&IdempotencyKey>,
        first_sent: &Timestamp,
    ) -> Outcome {
        match (self, key) {
            (Self::NotSent, _) => Outcome::NotSent,
            (Self::Executed, _) => Outcome::Executed,
            (Self::NotExecuted, _) | (Self::Unknown, None) => Outcome::NotExecuted,
            (Self::Unknown, Some(_)) if safety == RetrySafety::Read => Outcome::NotExecuted,
            (Self::Unknown, Some(key)) => Outcome::Unknown {
                key: key.clone(),
                retry_until: match safety {
                    RetrySafety::Unproven => first_sent.clone(),
                    RetrySafety::Read | RetrySafety::Keyed => repeat_until(first_sent),
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attempts by their initials: no side effect, maybe executed, done, refused.
    fn after(attempts: &str) -> OutcomeTracker {
        let side_effect = |initial| match initial {
            'n' => SideEffect::Nothing,
            'm' => SideEffect::Maybe,
            'd' => SideEffect::Done,
            _ => SideEffect::Refused,
        };
        let side_effects = attempts.chars().map(side_effect);
        side_effects.fold(OutcomeTracker::default(), OutcomeTracker::after)
    }

    #[test]
    fn attempts_add_up() {
        let table = [
            ("", OutcomeTracker::NotSent),
            ("n", OutcomeTracker::NotExecuted),
            ("nnn", OutcomeTracker::NotExecuted),
            ("m", OutcomeTracker::Unknown),
            ("mn", OutcomeTracker::Unknown),
            ("nmn", OutcomeTracker::Unknown),
            ("mmnnn", OutcomeTracker::Unknown),
            ("r", OutcomeTracker::NotExecuted),
            ("mr", OutcomeTracker::NotExecuted),
            ("mnr", OutcomeTracker::NotExecuted),
            ("mrm", OutcomeTracker::Unknown),
            ("d", OutcomeTracker::Executed),
            ("dn", OutcomeTracker::Executed),
            ("dm", OutcomeTracker::Executed),
            ("dr", OutcomeTracker::Executed),
            ("md", OutcomeTracker::Executed),
            ("nd", OutcomeTracker::Executed),
        ];
        for (attempts, expected) in table {
            assert_eq!(after(attempts), expected, "{attempts}");
        }
    }

    #[test]
    fn only_a_write_can_be_unknown() {
        let key = IdempotencyKey::random();
        let sent: Timestamp = "2026-05-20T13:00:00Z".parse().unwrap();
        let outcome = |safety, key| OutcomeTracker::Unknown.outcome(safety, key, &sent);
        assert_eq!(outcome(RetrySafety::Read, None), Outcome::NotExecuted);
        assert_eq!(outcome(RetrySafety::Read, Some(&key)), Outcome::NotExecuted);
        let table = [
            (RetrySafety::Keyed, "2026-05-20T13:59:00Z"),
            // Nothing documents that the server remembers such a key.
            (RetrySafety::Unproven, "2026-05-20T13:00:00Z"),
        ];
        for (safety, until) in table {
            let Outcome::Unknown {
                key: found,
                retry_until,
            } = outcome(safety, Some(&key))
            else {
                panic!("it is unknown")
            };
            assert_eq!(found, key);
            assert_eq!(retry_until.to_string(), until);
        }
    }
}
