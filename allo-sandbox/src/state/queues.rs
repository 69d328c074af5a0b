//! Dialing queues: creation, numbers, deletion, positions and the life of an entry.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Entries a queue may hold unless told otherwise.
pub(crate) const CAPACITY: usize = 1_000;

/// What happens to the positions after a deleted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PositionsAfterDelete {
    /// Entries keep theirs; gaps stay.
    #[default]
    Keep,
    /// Entries are renumbered from zero.
    Compact,
}

/// A dialing queue. `Debug` shows no name.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Queue {
    /// `pdl_…`.
    pub id: String,
    /// What its creator called it.
    pub name: Option<String>,
    /// Owner of the key that created it.
    pub creator_id: String,
    /// Who dials it.
    pub assignee_id: String,
    /// `SKIP` or `NO_SKIP`.
    pub voicemail_handling: String,
    /// `ENABLED` or `DISABLED`.
    pub do_not_disturb: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it or one of its entries last changed.
    pub updated_at: Timestamp,
    /// Its numbers, by ascending position.
    pub entries: Vec<Entry>,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("id", &self.id)
            .field("creator_id", &self.creator_id)
            .field("assignee_id", &self.assignee_id)
            .field("voicemail_handling", &self.voicemail_handling)
            .field("do_not_disturb", &self.do_not_disturb)
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

/// A number in a queue. `Debug` shows neither the number nor whose it is.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// E.164.
    pub number_to: String,
    /// Unique in its queue, from zero.
    pub position: u64,
    /// When it was appended.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What was said about the person when it was appended; never sent back by the API.
    pub contact: Map<String, Value>,
    /// `NOT_SYNCED`, `PROCESSING` or `SYNCED`.
    pub sync_status: String,
    /// The call made to it, if one was started.
    pub call: Option<Call>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("position", &self.position)
            .field("sync_status", &self.sync_status)
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

/// A call to a number of a queue.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// `cll-…`.
    pub id: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// How it ended; `None` while it lasts.
    pub outcome: Option<DialOutcome>,
}

/// How a call ended. Texts, not an enum, so that tests can try values of the future.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DialOutcome {
    /// `ANSWERED`, `VOICEMAIL`, `FAILED`, …
    pub routing_result: String,
    /// Whether a machine was heard.
    pub detected_outbound_voicemail: Option<bool>,
    /// Whether a message was left on it.
    pub voicemail_left: Option<bool>,
    /// `BUSY`, `DECLINED`, …
    pub not_reached_destination_reason: Option<String>,
}

impl DialOutcome {
    /// What the list of calls says, which does not name who builds voice agents.
    pub(crate) fn call_result(&self) -> &str {
        match self.routing_result.as_str() {
            "TRANSFERRED_BLAND" | "TRANSFERRED_ELEVEN_LABS" => "TRANSFERRED_AI",
            other => other,
        }
    }

    /// An outcome that is nothing but its routing result.
    #[must_use]
    pub fn result(routing_result: impl Into<String>) -> Self {
        Self {
            routing_result: routing_result.into(),
            detected_outbound_voicemail: None,
            voicemail_left: None,
            not_reached_destination_reason: None,
        }
    }

    /// Somebody answered.
    #[must_use]
    pub fn answered() -> Self {
        Self {
            detected_outbound_voicemail: Some(false),
            ..Self::result("ANSWERED")
        }
    }

    /// A machine answered; `left` tells whether a message was left.
    #[must_use]
    pub fn voicemail(left: bool) -> Self {
        Self {
            detected_outbound_voicemail: Some(true),
            voicemail_left: Some(left),
            ..Self::result("VOICEMAIL")
        }
    }

    /// Nobody was reached, for this reason (`BUSY`, `RING_TIMEOUT`, …).
    #[must_use]
    pub fn not_reached(reason: impl Into<String>) -> Self {
        Self {
            detected_outbound_voicemail: Some(false),
            not_reached_destination_reason: Some(reason.into()),
            ..Self::result("FAILED")
        }
    }
}

/// A number to append, already in E.164.
pub(crate) struct NewEntry {
    pub(crate) number_to: String,
    pub(crate) contact: Map<String, Value>,
}

/// What an upsert sets; `None` leaves a setting as it is.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) voicemail_handling: Option<String>,
    pub(crate) do_not_disturb: Option<String>,
}

/// Which entries to delete.
pub(crate) enum Filter {
    /// Every entry with this number.
    Number(String),
    /// The entry at this position, if it has the number where one is given.
    Position(u64, Option<String>),
    /// Every entry no call was started for.
    Unassigned,
}

impl Filter {
    fn matches(&self, entry: &Entry) -> bool {
        match self {
            Self::Number(number) => entry.number_to == *number,
            Self::Position(position, number) => {
                entry.position == *position
                    && number
                        .as_ref()
                        .is_none_or(|number| *number == entry.number_to)
            }
            Self::Unassigned => entry.call.is_none(),
        }
    }
}

impl Queue {
    /// An empty queue with the default settings.
    pub(crate) fn new(id: String, creator_id: &str, assignee_id: &str, now: Timestamp) -> Self {
        Self {
            id,
            name: None,
            creator_id: creator_id.to_owned(),
            assignee_id: assignee_id.to_owned(),
            voicemail_handling: "NO_SKIP".to_owned(),
            do_not_disturb: "DISABLED".to_owned(),
            created_at: now,
            updated_at: now,
            entries: Vec::new(),
        }
    }

    /// Changes what is given, and the time of change only if something is different.
    pub(crate) fn configure(&mut self, settings: Settings, now: Timestamp) {
        let name = settings.name.or_else(|| self.name.clone());
        let voicemail = settings.voicemail_handling;
        let disturb = settings.do_not_disturb;
        let voicemail_handling = voicemail.unwrap_or_else(|| self.voicemail_handling.clone());
        let do_not_disturb = disturb.unwrap_or_else(|| self.do_not_disturb.clone());
        let changed = self.name != name
            || self.voicemail_handling != voicemail_handling
            || self.do_not_disturb != do_not_disturb;
        if changed {
            self.name = name;
            self.voicemail_handling = voicemail_handling;
            self.do_not_disturb = do_not_disturb;
            self.updated_at = now;
        }
    }

    /// Adds numbers at the tail and returns the new entries. Whether they fit is for the caller
    /// to ask before.
    pub(crate) fn append(&mut self, numbers: Vec<NewEntry>, now: Timestamp) -> &[Entry] {
        let first_new = self.entries.len();
        let tail = self.entries.last().map_or(0, |last| last.position + 1);
        for (position, number) in (tail..).zip(numbers) {
            self.entries.push(Entry {
                number_to: number.number_to,
                position,
                created_at: now,
                updated_at: now,
                contact: number.contact,
                sync_status: "NOT_SYNCED".to_owned(),
                call: None,
            });
        }
        let added = self.entries.get(first_new..).unwrap_or_default();
        if !added.is_empty() {
            self.updated_at = now;
        }
        added
    }

    /// Deletes matching entries and returns how many there were.
    pub(crate) fn remove(
        &mut self,
        filter: &Filter,
        then: PositionsAfterDelete,
        now: Timestamp,
    ) -> usize {
        let before = self.entries.len();
        self.entries.retain(|entry| !filter.matches(entry));
        let removed = before - self.entries.len();
        if removed > 0 {
            self.updated_at = now;
            if then == PositionsAfterDelete::Compact {
                self.renumber();
            }
        }
        removed
    }

    fn renumber(&mut self) {
        for (position, entry) in (0..).zip(&mut self.entries) {
            entry.position = position;
        }
    }

    /// Changes the entry at a position; `None` when there is none.
    pub(crate) fn change<T, E>(
        &mut self,
        position: u64,
        now: Timestamp,
        change: impl FnOnce(&mut Entry) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        let mut entries = self.entries.iter_mut();
        let entry = entries.find(|entry| entry.position == position)?;
        let result = change(entry);
        if result.is_ok() {
            entry.updated_at = now;
            self.updated_at = now;
        }
        Some(result)
    }
}

/// All queues, oldest first. The newest one of an assignee is the current one; older ones are kept
/// but out of reach.
#[derive(Debug)]
pub(crate) struct Queues {
    all: Vec<Queue>,
    pub(crate) positions_after_delete: PositionsAfterDelete,
    /// Entries a queue may hold.
    pub(crate) capacity: usize,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            positions_after_delete: PositionsAfterDelete::default(),
            capacity: CAPACITY,
        }
    }
}

impl Queues {
    pub(crate) fn current(&self, assignee_id: &str) -> Option<&Queue> {
        self.all.get(self.newest(assignee_id)?)
    }

    pub(crate) fn current_mut(&mut self, assignee_id: &str) -> Option<&mut Queue> {
        let newest = self.newest(assignee_id)?;
        self.all.get_mut(newest)
    }

    fn newest(&self, assignee_id: &str) -> Option<usize> {
        self.all
            .iter()
            .rposition(|queue| queue.assignee_id == assignee_id)
    }

    /// Puts other queues in the place of these.
    pub(crate) fn replace(&mut self, queues: Vec<Queue>) {
        self.all = queues;
    }

    /// Every queue ever created, oldest first.
    pub(crate) fn all(&self) -> &[Queue] {
        &self.all
    }

    /// Adds a queue, which thereby becomes its assignee's current one.
    pub(crate) fn add(&mut self, queue: Queue) -> &mut Queue {
        self.all.push(queue);
        let newest = self.all.len() - 1;
        &mut self.all[newest]
    }

    /// The assignee's current queue, or the one `create` makes for them.
    pub(crate) fn current_or_add(
        &mut self,
        assignee_id: &str,
        create: impl FnOnce() -> Queue,
    ) -> &mut Queue {
        match self.newest(assignee_id) {
            Some(newest) => &mut self.all[newest],
            None => self.add(create()),
        }
    }
}

#[cfg(test)]
#[path = "queues_tests.rs"]
mod tests;
