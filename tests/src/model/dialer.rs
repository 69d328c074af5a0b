//! The model: the dialer as documented, in plain lists. It knows no network, no faults and no keys.

use std::collections::BTreeMap;

use allo_client::ErrorCode;

use super::program::{Filter, Lead, Person, What, Write, name_text, number_text};

/// The queues of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialer {
    pub(super) queues: BTreeMap<Person, Queue>,
    /// Includes replaced ones.
    pub(super) created: usize,
    compacts: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Queue {
    pub(super) name: Option<String>,
    pub(super) skips_voicemail: bool,
    pub(super) do_not_disturb: bool,
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) number: String,
    pub(super) called: bool,
}

/// The response to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Queue(Queue),
    Appended {
        added: Vec<(u64, String)>,
        skipped: Vec<String>,
    },
    Removed(u64),
    Refused(ErrorCode),
}

impl Reply {
    pub(super) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

impl Dialer {
    pub(super) const fn new(compacts: bool) -> Self {
        Self {
            queues: BTreeMap::new(),
            created: 0,
            compacts,
        }
    }

    /// Executes a write, or refuses it without changes.
    pub(super) fn write(&mut self, write: &Write) -> Reply {
        if matches!(write.what, What::Clear(Filter::Nonsense)) {
            return Reply::Refused(ErrorCode::InvalidPhoneNumber);
        }
        let Some(person) = write.whose.person() else {
            return Reply::Refused(ErrorCode::AssigneeNotFound);
        };
        match &write.what {
            What::Reset { name } => {
                self.queues.remove(&person);
                let queue = self.current(person);
                queue.name = name.map(name_text);
                Reply::Queue(queue.clone())
            }
            What::Upsert {
                name,
                skips_voicemail,
                do_not_disturb,
            } => {
                let queue = self.current(person);
                queue.name = name.map(name_text).or(queue.name.take());
                queue.skips_voicemail = skips_voicemail.unwrap_or(queue.skips_voicemail);
                queue.do_not_disturb = do_not_disturb.unwrap_or(queue.do_not_disturb);
                Reply::Queue(queue.clone())
            }
            What::Append(leads) => append(self.current(person), leads),
            What::Clear(filter) => self.clear(person, filter),
        }
    }

    /// Calls a number; false if there is none at this position.
    pub(super) fn dial(&mut self, person: Person, position: u64) -> bool {
        let queue = self.queues.get_mut(&person);
        let mut entries = queue.into_iter().flat_map(|queue| &mut queue.entries);
        let entry = entries.find(|entry| entry.position == position);
        entry.map(|entry| entry.called = true).is_some()
    }

    pub(super) fn entries(&self, person: Person) -> &[Entry] {
        self.queues
            .get(&person)
            .map_or(&[], |queue| queue.entries.as_slice())
    }

    fn current(&mut self, person: Person) -> &mut Queue {
        let created = &mut self.created;
        self.queues.entry(person).or_insert_with(|| {
            *created += 1;
            Queue::default()
        })
    }

    fn clear(&mut self, person: Person, filter: &Filter) -> Reply {
        let Some(queue) = self.queues.get_mut(&person) else {
            return Reply::Refused(ErrorCode::DialingQueueNotFound);
        };
        let before = queue.entries.len();
        queue.entries.retain(|entry| !matches(filter, entry));
        let removed = before - queue.entries.len();
        let by_position = matches!(filter, Filter::Position(_) | Filter::Both(..));
        if removed == 0 && by_position {
            return Reply::Refused(ErrorCode::QueueNumberPositionNotFound);
        }
        if removed > 0 && self.compacts {
            for (position, entry) in (0..).zip(&mut queue.entries) {
                entry.position = position;
            }
        }
        Reply::Removed(removed as u64)
    }
}

fn append(queue: &mut Queue, leads: &[Lead]) -> Reply {
    let mut added = Vec::new();
    let mut skipped = Vec::new();
    for lead in leads {
        let Lead::Good { number, .. } = lead else {
            skipped.push(lead.text());
            continue;
        };
        let position = queue.entries.last().map_or(0, |last| last.position + 1);
        let number = number_text(*number);
        added.push((position, number.clone()));
        queue.entries.push(Entry {
            position,
            number,
            called: false,
        });
    }
    Reply::Appended { added, skipped }
}

fn matches(filter: &Filter, entry: &Entry) -> bool {
    match filter {
        Filter::Number(number) => entry.number == number_text(*number),
        Filter::Position(position) => entry.position == *position,
        Filter::Both(number, position) => {
            entry.position == *position && entry.number == number_text(*number)
        }
        Filter::Unassigned => !entry.called,
        Filter::Nonsense => false,
    }
}
