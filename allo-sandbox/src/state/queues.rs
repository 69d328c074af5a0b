//! Dialing queues: creation, appending, deletion, positions, and calls of entries.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The default capacity in entries.
pub(crate) const CAPACITY: usize = 1_000;

/// What happens to the positions after a deleted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PositionsAfterDelete {
    /// Entries keep their positions; gaps stay.
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
    /// The name.
    pub name: Option<String>,
    /// The owner of the API key that created it.
    pub creator_id: String,
    /// The assignee.
    pub assignee_id: String,
    /// `SKIP` or `NO_SKIP`.
    pub voicemail_handling: String,
    /// `ENABLED` or `DISABLED`.
    pub do_not_disturb: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it or one of its entries was last updated.
    pub updated_at: Timestamp,
    /// The entries, by ascending position.
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

/// An entry of a queue. `Debug` shows neither the number nor the contact.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// E.164.
    pub number_to: String,
    /// Unique in the queue, from zero.
    pub position: u64,
    /// When it was appended.
    pub created_at: Timestamp,
    /// When it was last updated.
    pub updated_at: Timestamp,
    /// The contact details sent with the append; never returned by the API.
    pub contact: Map<String, Value>,
    /// `NOT_SYNCED`, `PROCESSING` or `SYNCED`.
    pub sync_status: String,
    /// The call to the number, if one was started.
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

/// A call to an entry of a queue.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// `cll-…`.
    pub id: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// The outcome; `None` while the call is in progress.
    pub outcome: Option<DialOutcome>,
}

/// The outcome of a call. Texts, not an enum, so that tests can use unknown values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DialOutcome {
    /// `ANSWERED`, `VOICEMAIL`, `FAILED`, …
    pub routing_result: String,
    /// Whether voicemail was detected.
    pub detected_outbound_voicemail: Option<bool>,
    /// Whether a voicemail was left.
    pub voicemail_left: Option<bool>,
    /// `BUSY`, `DECLINED`, …
    pub not_reached_destination_reason: Option<String>,
}

impl DialOutcome {
    /// The result in the list of calls, which does not name the vendor of voice agents.
    pub(crate) fn call_result(&self) -> &str {
        match self.routing_result.as_str() {
            "TRANSFERRED_BLAND" | "TRANSFERRED_ELEVEN_LABS" => "TRANSFERRED_AI",
            other => other,
        }
    }

    /// An outcome with only a routing result.
    #[must_use]
    pub fn result(routing_result: impl Into<String>) -> Self {
        Self {
            routing_result: routing_result.into(),
            detected_outbound_voicemail: None,
            voicemail_left: None,
            not_reached_destination_reason: None,
        }
    }

    /// The call was answered.
    #[must_use]
    pub fn answered() -> Self {
        Self {
            detected_outbound_voicemail: Some(false),
            ..Self::result("ANSWERED")
        }
    }

    /// Voicemail was reached; `left` is whether a message was left.
    #[must_use]
    pub fn voicemail(left: bool) -> Self {
        Self {
            detected_outbound_voicemail: Some(true),
            voicemail_left: Some(left),
            ..Self::result("VOICEMAIL")
        }
    }

    /// The contact was not reached, for this reason (`BUSY`, `RING_TIMEOUT`, …).
    #[must_use]
    pub fn not_reached(reason: impl Into<String>) -> Self {
        Self {
            detected_outbound_voicemail: Some(false),
            not_reached_destination_reason: Some(reason.into()),
            ..Self::result("FAILED")
        }
    }
}

/// A number to append, in E.164.
pub(crate) struct NewEntry {
    pub(crate) number_to: String,
    pub(crate) contact: Map<String, Value>,
}

/// The settings of an upsert; `None` keeps a setting.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) voicemail_handling: Option<String>,
    pub(crate) do_not_disturb: Option<String>,
}

/// The entries to delete.
pub(crate) enum Filter {
    /// Every entry with this number.
    Number(String),
    /// The entry at this position, if it has the given number.
    Position(u64, Option<String>),
    /// Every entry that was not called.
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

    /// Updates the given settings, and the update time only if something changed.
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

    /// Appends numbers and returns the new entries. The caller checks the capacity
    /// before.
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

    /// Deletes matching entries and returns their number.
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

    /// Updates the entry at a position; `None` if there is none.
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
/// but cannot be reached.
#[derive(Debug)]
pub(crate) struct Queues {
    all: Vec<Queue>,
    pub(crate) positions_after_delete: PositionsAfterDelete,
    /// The capacity of a queue in entries.
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

    /// Replaces all queues.
    pub(crate) fn replace(&mut self, queues: Vec<Queue>) {
        self.all = queues;
    }

    /// Every queue ever created, oldest first.
    pub(crate) fn all(&self) -> &[Queue] {
        &self.all
    }

    /// Adds a queue, which becomes the current one of its assignee.
    #[expect(
        clippy::indexing_slicing,
        reason = "the index is that of the queue just added"
    )]
    pub(crate) fn add(&mut self, queue: Queue) -> &mut Queue {
        self.all.push(queue);
        let newest = self.all.len() - 1;
        &mut self.all[newest]
    }

    /// The assignee's current queue, or a new one from `create`.
    #[expect(clippy::indexing_slicing, reason = "the index was just found")]
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
