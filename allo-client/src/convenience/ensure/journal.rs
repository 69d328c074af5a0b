//! What an import records in its journal: ids of people, fingerprints and codes, never a number or a name. Without I/O.
//!
//! # Format, version 1
//!
//! The first line identifies the import, the second has the number of people; each further line is a [`Record`]. A
//! status without a record is found out again: a creation is sent with the same idempotency key, and the server refuses
//! a number that somebody has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PersonStatus;
use crate::journal::Format;
use crate::model::timestamp::Timestamp;

/// The journal of an import.
pub(super) type Journal = crate::journal::Journal<ImportFormat>;
/// The result of opening the journal of an import.
pub(super) type Opened = crate::journal::Opened<ImportFormat>;

/// What an import records.
#[derive(Debug)]
pub(super) enum ImportFormat {}

/// The first line: identifies the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    format: String,
    version: u32,
    /// The id of the import, from which the idempotency keys are derived.
    id: String,
    pub(super) began: Timestamp,
    #[serde(flatten)]
    pub(super) subject: Subject,
}

/// What must be equal to resume an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subject {
    /// A fingerprint of the server and the API key.
    pub(super) owner: String,
    /// A fingerprint of all people, in order.
    pub(super) list: String,
    pub(super) region: Option<String>,
}

/// The second line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(super) enum PlanLine {
    Plan { people: usize },
}

/// An event of the import. `requests` is the total number of requests so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(super) enum Record {
    /// The status of a person is final.
    Settled {
        input: usize,
        at: Timestamp,
        #[serde(flatten)]
        status: PersonStatus,
        requests: u32,
    },
    /// The status of every person is final.
    Finished { at: Timestamp, requests: u32 },
}

/// The progress of earlier runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) head: Head,
    pub(super) people: usize,
    pub(super) settled: BTreeMap<usize, PersonStatus>,
    pub(super) requests: u32,
    pub(super) is_finished: bool,
}

impl State {
    /// An import of which nobody is settled.
    pub(super) const fn new(head: Head, PlanLine::Plan { people }: PlanLine) -> Self {
        Self {
            head,
            people,
            settled: BTreeMap::new(),
            requests: 0,
            is_finished: false,
        }
    }
}

impl Head {
    pub(super) fn new(id: String, began: Timestamp, subject: Subject) -> Self {
        Self {
            format: ImportFormat::NAME.to_owned(),
            version: ImportFormat::VERSION,
            id,
            began,
            subject,
        }
    }

    /// The namespace of the idempotency keys and fingerprints.
    pub(super) fn namespace(&self) -> Uuid {
        namespace(&self.id)
    }
}

/// The namespace of an import with this id.
pub(super) fn namespace(id: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes())
}

impl Format for ImportFormat {
    const NAME: &'static str = "allo-import";
    const VERSION: u32 = 1;
    const JOB: &'static str = "import";
    const START_OVER: &'static str =
        "run the import with another journal: it finds the people who were created";
    type Head = Head;
    type Plan = PlanLine;
    type Record = Record;
    type State = State;

    fn begin(head: Head, plan: PlanLine) -> Option<State> {
        Some(State::new(head, plan))
    }

    fn apply(state: &mut State, record: Record) -> Option<()> {
        (!state.is_finished).then_some(())?;
        let requests = match record {
            Record::Settled {
                input,
                status,
                requests,
                ..
            } => {
                let is_valid = input < state.people && !status.is_open();
                is_valid.then_some(())?;
                let is_new = state.settled.insert(input, status).is_none();
                is_new.then_some(requests)?
            }
            Record::Finished { requests, .. } => {
                state.is_finished = true;
                requests
            }
        };
        state.requests = state.requests.max(requests);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::chain::Chain;
    use crate::journal::replay::{Problem, Replayed, replay};

    fn at() -> Timestamp {
        "2026-05-01T10:00:00Z".parse().expect("a time")
    }

    fn settled(input: usize) -> Record {
        let id = format!("per-{input}");
        Record::Settled {
            input,
            at: at(),
            status: PersonStatus::Created { id },
            requests: 1,
        }
    }

    fn finished() -> Record {
        Record::Finished {
            at: at(),
            requests: 9,
        }
    }

    /// The journal of an import of three people with these records, replayed.
    fn replayed(records: &[Record]) -> Result<Replayed<ImportFormat>, Problem> {
        let subject = Subject {
            owner: "o".to_owned(),
            list: "l".to_owned(),
            region: None,
        };
        let mut chain = Chain::new();
        let head = Head::new("i".to_owned(), at(), subject);
        let mut bytes = chain.seal(&head).expect("JSON");
        bytes.extend(chain.seal(&PlanLine::Plan { people: 3 }).expect("JSON"));
        for record in records {
            bytes.extend(chain.seal(record).expect("JSON"));
        }
        replay(&bytes)
    }

    #[test]
    fn what_was_recorded_is_read_back() {
        let read = replayed(&[settled(2), settled(0), finished()]).expect("a journal");
        let inputs: Vec<_> = read.state.settled.keys().copied().collect();
        assert_eq!((inputs, read.state.requests), (vec![0, 2], 9));
        assert!(read.state.is_finished);
    }

    #[test]
    fn a_record_that_contradicts_the_state_is_damage() {
        let open = Record::Settled {
            input: 0,
            at: at(),
            status: PersonStatus::NotSent,
            requests: 0,
        };
        let cases = [
            vec![settled(3)],
            vec![settled(0), settled(0)],
            vec![finished(), settled(0)],
            vec![open],
        ];
        for records in cases {
            let line = 2 + records.len();
            let found = replayed(&records).expect_err("damage");
            assert_eq!(found, Problem::Damaged(line), "{records:?}");
        }
    }
}
