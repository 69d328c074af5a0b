//! The possible states of the server. A write with an unknown outcome splits each state in two: executed and not
//! executed. Later reports remove the states they contradict; if none is left, the client has reported something false.

use std::collections::BTreeMap;

use super::dialer::{Dialer, Entry, Reply};
use super::program::{Person, Whose, Write};

/// What the client reports about a write. The key for a retry of an unknown write is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Executed, by this call unless `replayed`, after this many attempts.
    Answered {
        reply: Reply,
        replayed: bool,
        attempts: u32,
    },
    /// Refused permanently.
    Refused(Reply),
    /// Executed; the response is lost.
    Done,
    /// Not executed by this call.
    NotDone,
    Unknown,
}

impl Told {
    /// Whether the outcome of the write is final.
    pub(super) const fn is_final(&self) -> bool {
        matches!(self, Self::Answered { .. } | Self::Refused(_) | Self::Done)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct World {
    dialer: Dialer,
    /// Writes that the client reports as unknown and that are executed in this state, with their
    /// responses.
    done: BTreeMap<usize, Reply>,
}

/// All states that agree with every report so far.
#[derive(Debug, Clone)]
pub(super) struct PossibleStates(Vec<World>);

impl PossibleStates {
    pub(super) fn new(dialer: Dialer) -> Self {
        let done = BTreeMap::new();
        Self(vec![World { dialer, done }])
    }

    /// Adds the report about a call of a write; `id` is the same for all calls with the same key.
    pub(super) fn told(&mut self, id: usize, write: &Write, told: &Told) -> Result<(), String> {
        let mut left: Vec<World> = Vec::new();
        for world in std::mem::take(&mut self.0) {
            for mut world in world.after(id, write, told) {
                if told.is_final() {
                    world.done.remove(&id);
                }
                if !left.contains(&world) {
                    left.push(world);
                }
            }
        }
        self.0 = left;
        self.some(|| format!("{write:?} is reported as {told:?}"))
    }

    /// Adds what was read of a queue, complete or only its beginning.
    pub(super) fn read(&mut self, whose: Whose, seen: &[Entry], whole: bool) -> Result<(), String> {
        self.0.retain(|world| {
            let held = whose.person().map(|person| world.dialer.entries(person));
            held.is_some_and(|held| {
                if whole {
                    held == seen
                } else {
                    held.starts_with(seen)
                }
            })
        });
        self.some(|| format!("of the queue {whose:?} was read: {seen:?}"))
    }

    /// Adds that a number was called, or that there was none.
    pub(super) fn dialled(
        &mut self,
        person: Person,
        position: u64,
        found: bool,
    ) -> Result<(), String> {
        let states = &mut self.0;
        states.retain_mut(|world| world.dialer.dial(person, position) == found);
        self.some(|| format!("{person:?} has a number at {position}: {found}"))
    }

    /// Whether the server may be in this state.
    pub(super) fn holds(&self, real: &Dialer) -> Result<(), String> {
        if self.0.iter().any(|world| world.dialer == *real) {
            return Ok(());
        }
        let expected: Vec<_> = self.0.iter().map(|world| &world.dialer).collect();
        Err(format!("the server holds {real:?}, expected: {expected:?}"))
    }

    fn some(&self, what: impl FnOnce() -> String) -> Result<(), String> {
        if self.0.is_empty() {
            return Err(format!("{}; nothing that came before allows that", what()));
        }
        Ok(())
    }
}

impl World {
    /// The states that can follow this one after a report.
    fn after(self, id: usize, write: &Write, told: &Told) -> Vec<Self> {
        if let Some(earlier) = self.done.get(&id) {
            let fits = match told {
                Told::Answered {
                    reply, replayed, ..
                } => *replayed && reply == earlier,
                Told::Refused(_) => false,
                Told::Done | Told::NotDone | Told::Unknown => true,
            };
            return if fits { vec![self] } else { Vec::new() };
        }
        let mut next = self.clone();
        let reply = next.dialer.write(write);
        next.done.insert(id, reply.clone());
        match told {
            Told::Answered {
                reply: heard,
                replayed,
                attempts,
            } => {
                // The first attempt cannot be a replay if nothing was executed before it.
                let possible = !*replayed || *attempts > 1;
                if possible && *heard == reply {
                    vec![next]
                } else {
                    Vec::new()
                }
            }
            Told::Refused(heard) if *heard == reply => vec![self],
            Told::Refused(_) => Vec::new(),
            Told::Done if reply.is_refusal() => Vec::new(),
            Told::Done => vec![next],
            Told::NotDone => vec![self],
            Told::Unknown if reply.is_refusal() => vec![self],
            Told::Unknown => vec![self, next],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::{Lead, What};
    use super::*;

    const ID: usize = 7;

    fn append() -> Write {
        let lead = Lead::Good {
            number: 1,
            dressed: false,
        };
        Write {
            whose: Whose::Mine,
            what: What::Append(vec![lead]),
            own_key: false,
        }
    }

    /// A team in which the append was executed this many times.
    fn appended(times: usize) -> Dialer {
        let mut dialer = Dialer::new(false);
        (0..times).for_each(|_| {
            dialer.write(&append());
        });
        dialer
    }

    fn answered(position: u64, replayed: bool, attempts: u32) -> Told {
        let added = vec![(position, "+12125550101".to_owned())];
        let skipped = Vec::new();
        let reply = Reply::Appended { added, skipped };
        Told::Answered {
            reply,
            replayed,
            attempts,
        }
    }

    /// How often the lead may be in the queue after these reports; `None` if they contradict each
    /// other.
    fn possible(told: &[Told]) -> Option<Vec<usize>> {
        let mut states = PossibleStates::new(appended(0));
        for told in told {
            states.told(ID, &append(), told).ok()?;
        }
        let times = (0..3).filter(|times| states.holds(&appended(*times)).is_ok());
        Some(times.collect())
    }

    #[test]
    fn a_lead_is_there_once_or_it_is_known_to_be_open() {
        assert_eq!(possible(&[answered(0, false, 1)]), Some(vec![1]));
        assert_eq!(possible(&[Told::Done]), Some(vec![1]));
        assert_eq!(possible(&[Told::NotDone]), Some(vec![0]));
        assert_eq!(possible(&[Told::Unknown]), Some(vec![0, 1]));
        let settled = [answered(0, false, 1), answered(0, true, 1), Told::Done];
        for answer in settled {
            assert_eq!(possible(&[Told::Unknown, answer]), Some(vec![1]));
        }
        let again = [Told::Unknown, Told::NotDone, Told::Unknown];
        assert_eq!(possible(&again), Some(vec![0, 1]));
    }

    #[test]
    fn a_doubled_lead_and_a_false_word_are_noticed() {
        // The second position exists only if the first one does, too.
        assert_eq!(possible(&[Told::Unknown, answered(1, false, 1)]), None);
        // A write that was not executed cannot be replayed.
        assert_eq!(possible(&[answered(0, true, 1)]), None);
        assert_eq!(possible(&[answered(0, true, 2)]), Some(vec![1]));
        let refused = Told::Refused(Reply::Refused(allo_client::ErrorCode::AssigneeNotFound));
        assert_eq!(possible(&[refused]), None);
    }
}
