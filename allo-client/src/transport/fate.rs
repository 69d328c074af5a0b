//! What became of a write over all its attempts: what each of them left behind,
//! added up.

use crate::error::Outcome;
use crate::error::retry_decision::SideEffect;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::idempotency_key::repeat_until;
use crate::model::operation::RetrySafety;
use crate::model::timestamp::Timestamp;

/// What is known after the attempts so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// No attempt was made.
    #[default]
    NotSent,
    /// No attempt did the work.
    NotDone,
    /// An attempt may have done the work.
    Unsure,
    /// An attempt has done the work.
    Done,
}

impl Fate {
    /// The fate after one more attempt.
    pub(crate) const fn after(self, side_effect: SideEffect) -> Self {
        match (self, side_effect) {
            (Self::Done, _) | (_, SideEffect::Done) => Self::Done,
            (_, SideEffect::Refused) => Self::NotDone,
            (Self::Unsure, _) | (_, SideEffect::Maybe) => Self::Unsure,
            (Self::NotSent | Self::NotDone, SideEffect::Nothing) => Self::NotDone,
        }
    }

    /// Whether an earlier attempt may have done the work.
    pub(crate) const fn is_in_doubt(self) -> bool {
        matches!(self, Self::Unsure | Self::Done)
    }

    /// The outcome of a call that ends like this. A read does nothing in any case, and a key that
    /// is not known to be honoured is not to be relied on for any time.
    pub(crate) fn outcome(
        self,
        safety: RetrySafety,
        key: Option<&IdempotencyKey>,
        first_sent: &Timestamp,
    ) -> Outcome {
        match (self, key) {
            (Self::NotSent, _) => Outcome::NotSent,
            (Self::Done, _) => Outcome::Executed,
            (Self::NotDone, _) | (Self::Unsure, None) => Outcome::NotExecuted,
            (Self::Unsure, Some(_)) if safety == RetrySafety::Read => Outcome::NotExecuted,
            (Self::Unsure, Some(key)) => Outcome::Unknown {
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

    /// Attempts by their initials: nothing, maybe, done, refused.
    fn fate(attempts: &str) -> Fate {
        let side_effect = |initial| match initial {
            'n' => SideEffect::Nothing,
            'm' => SideEffect::Maybe,
            'd' => SideEffect::Done,
            _ => SideEffect::Refused,
        };
        let side_effects = attempts.chars().map(side_effect);
        side_effects.fold(Fate::default(), Fate::after)
    }

    #[test]
    fn attempts_add_up() {
        let table = [
            ("", Fate::NotSent),
            ("n", Fate::NotDone),
            ("nnn", Fate::NotDone),
            ("m", Fate::Unsure),
            ("mn", Fate::Unsure),
            ("nmn", Fate::Unsure),
            ("mmnnn", Fate::Unsure),
            ("r", Fate::NotDone),
            ("mr", Fate::NotDone),
            ("mnr", Fate::NotDone),
            ("mrm", Fate::Unsure),
            ("d", Fate::Done),
            ("dn", Fate::Done),
            ("dm", Fate::Done),
            ("dr", Fate::Done),
            ("md", Fate::Done),
            ("nd", Fate::Done),
        ];
        for (attempts, expected) in table {
            assert_eq!(fate(attempts), expected, "{attempts}");
        }
    }

    #[test]
    fn only_a_write_can_be_unknown() {
        let key = IdempotencyKey::random();
        let sent: Timestamp = "2026-05-20T13:00:00Z".parse().unwrap();
        let outcome = |safety, key| Fate::Unsure.outcome(safety, key, &sent);
        assert_eq!(outcome(RetrySafety::Read, None), Outcome::NotExecuted);
        assert_eq!(outcome(RetrySafety::Read, Some(&key)), Outcome::NotExecuted);
        let table = [
            (RetrySafety::Keyed, "2026-05-20T13:59:00Z"),
            // Nothing says that the server knows such a key at all.
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
