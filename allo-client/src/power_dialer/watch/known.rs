//! What is known of a queue from earlier polls, and how it differs from the latest one. Without I/O.
//!
//! An entry has no id. It is recognised by the id of its call, else by its number, the time when it was appended, and its
//! position; the position may change when other entries are removed. Entries with the same number that were appended by
//! the same request cannot be told apart until they are called, which does no harm.

use std::collections::{HashMap, VecDeque};

use super::change::QueueChange;
use crate::generated::types::QueueNumber;

/// The number of entries of a page.
pub(super) const PAGE_SIZE: usize = 100;

/// How far an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Waiting,
    Called,
    Finished,
}

/// What distinguishes entries that were not called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    number: String,
    created_at: Option<String>,
}

/// An entry as it was last seen.
#[derive(Clone, Debug)]
struct Tracked {
    entry: QueueNumber,
    stage: Stage,
}

/// A queue as it was last seen.
#[derive(Debug, Default)]
pub(super) struct KnownQueue {
    /// Whether a poll has succeeded.
    is_read: bool,
    id: Option<String>,
    entries: Vec<Tracked>,
}

/// Where to begin to read: entries before it are finished and do not change.
#[derive(Clone, Debug, Default)]
pub(super) struct Frontier {
    pub(super) queue: Option<String>,
    /// The index of the first entry to read: that of the first entry of a page.
    pub(super) from: usize,
    /// That entry, by which removed entries before it are noticed.
    first: Option<(Key, i64)>,
}

/// The entries of a queue from an index on.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) queue: Option<String>,
    pub(super) from: usize,
    pub(super) entries: Vec<QueueNumber>,
    /// Whether every entry could be decoded.
    pub(super) is_whole: bool,
}

impl Frontier {
    /// Whether the entries before a reading are still those that were there.
    pub(super) fn holds(&self, reading: &Reading) -> bool {
        let same_queue = reading.queue == self.queue;
        let first = reading.entries.first();
        let first = first.map(|entry| (key(entry), entry.position));
        self.from == 0 || same_queue && first == self.first
    }
}

impl KnownQueue {
    /// Where the next poll begins to read.
    pub(super) fn frontier(&self) -> Frontier {
        let mut entries = self.entries.iter();
        let open = entries.position(|known| known.stage != Stage::Finished);
        // If all are finished, the last page shows what is added.
        let last = self.entries.len().saturating_sub(1);
        let index = open.unwrap_or(last);
        let from = index - index % PAGE_SIZE;
        let first = self.entries.get(from);
        Frontier {
            queue: self.id.clone(),
            from,
            first: first.map(|known| (key(&known.entry), known.entry.position)),
        }
    }

    /// Takes over a reading and returns the changes, in order. With `only_new`, the first reading is no change.
    pub(super) fn apply(&mut self, reading: Reading, only_new: bool) -> VecDeque<QueueChange> {
        let mut changes = VecDeque::new();
        let is_first = !std::mem::replace(&mut self.is_read, true);
        if !is_first && self.is_replaced(&reading) {
            self.entries.clear();
            let queue_id = reading.queue.clone();
            changes.push_back(QueueChange::Replaced { queue_id });
        }
        self.id = reading.queue;
        let from = reading.from.min(self.entries.len());
        let before = self.entries.split_off(from);
        let matched = matches(&before, &reading.entries);
        let mut used = vec![false; before.len()];
        for old in matched.iter().flatten() {
            if let Some(used) = used.get_mut(*old) {
                *used = true;
            }
        }
        let gone = before.iter().zip(used).filter(|(_, is_used)| !is_used);
        for (known, _) in gone {
            if reading.is_whole {
                changes.push_back(QueueChange::Removed(known.entry.clone()));
            } else {
                // It may be the entry that cannot be decoded.
                self.entries.push(known.clone());
            }
        }
        for (entry, old) in reading.entries.into_iter().zip(matched) {
            let old = old.and_then(|index| before.get(index));
            self.entries.push(follow(old, entry, &mut changes));
        }
        self.entries.sort_by_key(|known| known.entry.position);
        if is_first && only_new {
            changes.clear();
        }
        changes
    }

    fn is_replaced(&self, reading: &Reading) -> bool {
        match (&self.id, &reading.queue) {
            (Some(known), Some(now)) => known != now,
            (Some(_), None) => reading.entries.is_empty(),
            (None, _) => false,
        }
    }
}

/// Notes the changes of one entry.
fn follow(
    old: Option<&Tracked>,
    entry: QueueNumber,
    changes: &mut VecDeque<QueueChange>,
) -> Tracked {
    let stage = stage(&entry);
    if old.is_none() {
        changes.push_back(QueueChange::Added(entry.clone()));
    }
    let before = match old {
        Some(old) if is_same_call(&old.entry, &entry) => old.stage,
        _ => Stage::Waiting,
    };
    if before < Stage::Called && stage >= Stage::Called {
        changes.push_back(QueueChange::Called(entry.clone()));
    }
    if before < Stage::Finished && stage == Stage::Finished {
        changes.push_back(QueueChange::Finished(entry.clone()));
    }
    let stage = stage.max(before);
    Tracked { entry, stage }
}

/// Whether an entry was not called again.
fn is_same_call(old: &QueueNumber, new: &QueueNumber) -> bool {
    match (call_id(old), call_id(new)) {
        (Some(old), Some(new)) => old == new,
        _ => true,
    }
}

fn stage(entry: &QueueNumber) -> Stage {
    let has_begun = entry.call_start_date.as_option().is_some() || call_id(entry).is_some();
    match entry.routing_result.as_option() {
        Some(_) => Stage::Finished,
        None if has_begun => Stage::Called,
        None => Stage::Waiting,
    }
}

fn call_id(entry: &QueueNumber) -> Option<&str> {
    entry.call_id.as_option().map(AsRef::as_ref)
}

fn key(entry: &QueueNumber) -> Key {
    Key {
        number: entry.number_to.to_string(),
        created_at: entry.created_at.as_ref().map(ToString::to_string),
    }
}

/// For each entry, the index of the same entry before.
fn matches(before: &[Tracked], now: &[QueueNumber]) -> Vec<Option<usize>> {
    let mut matched = vec![None; now.len()];
    let mut free: Vec<bool> = vec![true; before.len()];
    // The surest first: the call, then the place, then the number alone, in order.
    by(before, now, &mut matched, &mut free, |entry| {
        call_id(entry).map(str::to_owned)
    });
    by(before, now, &mut matched, &mut free, |entry| {
        Some((key(entry), entry.position))
    });
    by(before, now, &mut matched, &mut free, |entry| {
        Some(key(entry))
    });
    matched
}

/// Matches the entries that are not matched yet and are equal in this respect.
fn by<K: std::hash::Hash + Eq>(
    before: &[Tracked],
    now: &[QueueNumber],
    matched: &mut [Option<usize>],
    free: &mut [bool],
    respect: impl Fn(&QueueNumber) -> Option<K>,
) {
    let mut places: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (index, (known, is_free)) in before.iter().zip(free.iter()).enumerate() {
        if let Some(key) = respect(&known.entry).filter(|_| *is_free) {
            places.entry(key).or_default().push_back(index);
        }
    }
    for (entry, slot) in now.iter().zip(matched).filter(|(_, slot)| slot.is_none()) {
        let key = respect(entry);
        let found = key.and_then(|key| places.get_mut(&key)?.pop_front());
        if let Some(is_free) = found.and_then(|index| free.get_mut(index)) {
            *is_free = false;
            *slot = found;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// An entry: its number, position, call and result.
    fn entry(number: &str, position: i64, call: Option<&str>, result: Option<&str>) -> Value {
        json!({
            "number_to": number, "position": position, "created_at": "2026-05-01T10:00:00",
            "call_id": call, "routing_result": result,
        })
    }

    fn reading(queue: &str, entries: &[Value]) -> Reading {
        let entries = entries.iter().cloned().map(serde_json::from_value);
        Reading {
            queue: Some(queue.to_owned()),
            from: 0,
            entries: entries.collect::<Result<_, _>>().expect("entries"),
            is_whole: true,
        }
    }

    fn words(changes: VecDeque<QueueChange>) -> Vec<String> {
        let word = |change: QueueChange| {
            let kind = match &change {
                QueueChange::Added(_) => "added",
                QueueChange::Called(_) => "called",
                QueueChange::Finished(_) => "finished",
                QueueChange::Removed(_) => "removed",
                QueueChange::Replaced { .. } => "replaced",
            };
            let entry = change.entry();
            let entry = entry.map(|entry| format!(" {} at {}", entry.number_to, entry.position));
            format!("{kind}{}", entry.unwrap_or_default())
        };
        changes.into_iter().map(word).collect()
    }

    #[test]
    fn each_change_of_an_entry_is_told_once() {
        let mut known = KnownQueue::default();
        let steps = [
            (entry("a", 0, None, None), &["added a at 0"][..]),
            (entry("a", 0, None, None), &[]),
            (entry("a", 0, Some("c1"), None), &["called a at 0"]),
            (entry("a", 0, Some("c1"), None), &[]),
            (
                entry("a", 0, Some("c1"), Some("BUSY")),
                &["finished a at 0"],
            ),
            (entry("a", 0, Some("c1"), Some("FAILED")), &[]),
            (entry("a", 0, Some("c2"), None), &["called a at 0"]),
            (
                entry("a", 0, Some("c2"), Some("ANSWERED")),
                &["finished a at 0"],
            ),
        ];
        for (entry, expected) in steps {
            let changes = known.apply(reading("q", &[entry]), false);
            assert_eq!(words(changes), expected);
        }
    }

    #[test]
    fn entries_that_move_up_are_recognised() {
        let mut known = KnownQueue::default();
        let before = [
            entry("x", 0, None, None),
            entry("a", 1, Some("c1"), None),
            entry("a", 2, None, None),
            entry("b", 3, None, None),
        ];
        known.apply(reading("q", &before), true);
        let after = [
            entry("a", 0, Some("c1"), None),
            entry("a", 1, None, None),
            entry("b", 2, Some("c2"), None),
        ];
        let changes = known.apply(reading("q", &after), false);
        assert_eq!(words(changes), ["removed x at 0", "called b at 2"]);
    }

    #[test]
    fn another_queue_is_told_and_its_entries_are_new() {
        let mut known = KnownQueue::default();
        known.apply(reading("q", &[entry("a", 0, Some("c1"), None)]), true);
        let changes = known.apply(reading("r", &[entry("a", 0, None, None)]), true);
        assert_eq!(words(changes), ["replaced", "added a at 0"]);
        let none = Reading {
            is_whole: true,
            ..Reading::default()
        };
        assert_eq!(words(known.apply(none, false)), ["replaced"]);
        let changes = known.apply(reading("s", &[]), false);
        assert!(changes.is_empty());
    }

    #[test]
    fn an_entry_that_cannot_be_decoded_is_not_gone() {
        let mut known = KnownQueue::default();
        let both = [entry("a", 0, None, None), entry("b", 1, None, None)];
        known.apply(reading("q", &both), true);
        let mut partly = reading("q", &both[..1]);
        partly.is_whole = false;
        assert!(known.apply(partly, false).is_empty());
        assert!(known.apply(reading("q", &both), false).is_empty());
    }

    #[test]
    fn finished_pages_are_not_read_again() {
        let mut known = KnownQueue::default();
        let queue = |finished: usize| -> Vec<Value> {
            let one = |index: usize| {
                let call = format!("c{index}");
                let is_done = index < finished;
                let call = is_done.then_some(call.as_str());
                let position = i64::try_from(index).expect("small");
                entry(&index.to_string(), position, call, call.map(|_| "BUSY"))
            };
            (0..250).map(one).collect()
        };
        for (finished, from) in [(0, 0), (99, 0), (100, 100), (249, 200), (250, 200)] {
            known.apply(reading("q", &queue(finished)), false);
            assert_eq!(known.frontier().from, from, "{finished} finished");
        }
        let frontier = known.frontier();
        let mut rest = reading("q", &queue(250)[200..]);
        rest.from = 200;
        assert!(frontier.holds(&rest));
        rest.entries.remove(0);
        assert!(!frontier.holds(&rest), "an entry before it was removed");
        rest = reading("r", &queue(250)[200..]);
        assert!(!frontier.holds(&rest), "another queue");
    }
}
