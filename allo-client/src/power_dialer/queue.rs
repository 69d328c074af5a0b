//! Reads the queue for a push: its size and last entry before the push starts, all entries when it resumes.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::TeammateDialer;
use super::journal::{Anchor, mark};
use crate::error::Error;
use crate::generated::types::QueueNumber;
use crate::model::ids::QueueId;
use crate::transport::call_options::CallOptions;

/// How many times a queue that changes during the read is read.
const MAX_SNAPSHOT_READS: u32 = 5;

/// The result of reading the queue.
pub(super) struct Found {
    pub(super) total: u64,
    /// The id of the queue, if it exists.
    pub(super) queue: Option<QueueId>,
    /// The last entry, if it was read.
    pub(super) last: Option<Entry>,
    /// How many requests reading took.
    pub(super) requests: u32,
}

/// The part of an entry that a push needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) number: Box<str>,
}

impl Entry {
    /// The anchor for this entry in a push with this namespace.
    pub(super) fn anchor(&self, namespace: Uuid) -> Anchor {
        Anchor {
            position: self.position,
            mark: mark(namespace, &self.number),
        }
    }
}

/// All entries of a queue at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// The id of the queue, if it exists.
    pub(super) queue: Option<QueueId>,
    /// Sorted by position.
    pub(super) entries: Vec<Entry>,
    /// Whether every entry could be read.
    pub(super) is_whole: bool,
    /// How many requests reading took.
    pub(super) requests: u32,
}

/// Counts the entries with one small request, if the server returns the total.
pub(super) async fn count(dialer: &TeammateDialer, options: &CallOptions) -> Result<Found, Error> {
    let request = dialer.numbers().size(1);
    let response = request.options(|_| options.clone()).send().await?;
    let requests = response.attempts();
    let page = response.into_inner();
    let total = page
        .pagination
        .and_then(|totals| crate::pagination::count(&totals.total_count));
    let queue = page.queue.map(|queue| queue.id);
    let known = total.or_else(|| queue.is_none().then_some(0));
    if let Some(total) = known {
        return Ok(Found {
            total,
            queue,
            last: None,
            requests,
        });
    }
    let mut found = read(dialer, options, |_| ()).await?;
    found.requests += requests;
    Ok(found)
}

/// As [`count`], and reads the last entry.
pub(super) async fn count_and_last(
    dialer: &TeammateDialer,
    options: &CallOptions,
) -> Result<Found, Error> {
    let mut found = count(dialer, options).await?;
    if found.last.is_none() && found.total > 0 {
        // Pages are counted from 1.
        let request = dialer.numbers().size(1).page(found.total);
        let response = request.options(|_| options.clone()).send().await?;
        found.requests += response.attempts();
        found.last = response.body().data.iter().last().and_then(entry);
    }
    Ok(found)
}

/// Reads all entries.
pub(super) async fn read(
    dialer: &TeammateDialer,
    options: &CallOptions,
    mut each: impl FnMut(&QueueNumber),
) -> Result<Found, Error> {
    let request = dialer.numbers().size(100).options(|_| options.clone());
    let mut found = Found {
        total: 0,
        queue: None,
        last: None,
        requests: 0,
    };
    let mut pages = request.pages();
    while let Some(page) = pages.try_next().await? {
        found.requests += page.attempts();
        let page = page.into_inner();
        found.queue = page.queue.map(|queue| queue.id);
        let entries = page.data;
        found.total += u64::try_from(entries.slots()).unwrap_or_default();
        entries.iter().for_each(&mut each);
        let last = entries.iter().last().and_then(entry);
        found.last = last.or(found.last);
    }
    Ok(found)
}

/// Reads all entries. If the queue changes during the read, it is read again, because an entry that was missed would
/// look like one that is not in the queue.
pub(super) async fn snapshot(
    dialer: &TeammateDialer,
    options: &CallOptions,
) -> Result<Snapshot, Error> {
    let mut requests = 0;
    for _ in 0..MAX_SNAPSHOT_READS {
        let request = dialer.numbers().size(100).options(|_| options.clone());
        let mut pages = request.pages();
        let mut found = Snapshot {
            is_whole: true,
            ..Snapshot::default()
        };
        while let Some(page) = pages.try_next().await? {
            requests += page.attempts();
            let page = page.into_inner();
            found.queue = page.queue.map(|queue| queue.id);
            let slots = page.data.slots();
            let before = found.entries.len();
            found.entries.extend(page.data.iter().filter_map(entry));
            found.is_whole &= slots == found.entries.len() - before;
        }
        if !pages.moved() {
            found.entries.sort_by_key(|entry| entry.position);
            found.entries.dedup();
            found.requests = requests;
            return Ok(found);
        }
    }
    let message = "the queue kept changing while it was read";
    Err(Error::invalid_request(message).with_suggestion("try again later"))
}

/// Converts an entry; `None` if its position is negative.
fn entry(entry: &QueueNumber) -> Option<Entry> {
    Some(Entry {
        position: u64::try_from(entry.position).ok()?,
        number: entry.number_to.expose().into(),
    })
}

impl Snapshot {
    /// Whether this number is at this position.
    pub(super) fn has(&self, position: u64, number: &str) -> bool {
        let found = self
            .entries
            .binary_search_by_key(&position, |entry| entry.position);
        let found = found.ok().and_then(|at| self.entries.get(at));
        found.is_some_and(|entry| *entry.number == *number)
    }

    /// Whether the anchor is in the queue.
    pub(super) fn has_anchor(&self, anchor: &Anchor, namespace: Uuid) -> bool {
        let entries = self.entries.iter();
        let mut at_position = entries.filter(|entry| entry.position == anchor.position);
        at_position.any(|entry| entry.anchor(namespace) == *anchor)
    }

    /// Which of these leads, given by position and number, are in the queue: at their positions or, because a queue
    /// may renumber its entries, anywhere else.
    pub(super) fn are_present(&self, leads: &[(u64, &str)]) -> Vec<bool> {
        let exact: Vec<bool> = leads
            .iter()
            .map(|(at, number)| self.has(*at, number))
            .collect();
        let mut others: HashMap<&str, usize> = HashMap::new();
        for entry in &self.entries {
            *others.entry(&entry.number).or_default() += 1;
        }
        let present = leads.iter().zip(&exact).filter(|(_, exact)| **exact);
        for ((_, number), _) in present {
            if let Some(count) = others.get_mut(number) {
                *count = count.saturating_sub(1);
            }
        }
        let found = leads.iter().zip(exact).map(|((_, number), exact)| {
            exact
                || others.get_mut(number).is_some_and(|count| {
                    let is_left = *count > 0;
                    *count = count.saturating_sub(1);
                    is_left
                })
        });
        found.collect()
    }

    /// The snapshot without the entries at these positions.
    pub(super) fn without(&self, positions: HashSet<u64>) -> Self {
        let mut rest = self.clone();
        rest.entries
            .retain(|entry| !positions.contains(&entry.position));
        rest
    }

    /// The position of the next entry that is appended.
    pub(super) fn next(&self) -> u64 {
        let last = self.entries.last();
        last.map_or(0, |entry| entry.position.saturating_add(1))
    }
}
