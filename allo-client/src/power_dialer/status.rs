//! What is in a queue, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::types::{DialingQueueMeta, GetCurrentDialingQueueResponse, QueueNumber};
use crate::{Error, types};
use crate::{OpenEnum, Paginated, builder};

/// How many entries a queue may hold.
pub(super) const CAPACITY: u64 = 1_000;

/// A queue in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QueueStatus {
    /// The queue and its settings; nothing if the teammate has none.
    pub queue: Option<DialingQueueMeta>,
    /// How many entries there are.
    pub total: u64,
    /// How many of them were not dialled yet.
    pub waiting: u64,
    /// How many are being dialled or talked to.
    pub under_way: u64,
    /// How many calls ended with which result, by the word of the API.
    pub outcomes: BTreeMap<String, u64>,
    /// How many calls did not reach anybody, by the reason of the API.
    pub not_reached: BTreeMap<String, u64>,
    /// On how many voicemail boxes a message was left.
    pub voicemail_left: u64,
    /// How many entries can be appended before the queue is full.
    pub capacity_left: u64,
}

impl QueueStatus {
    /// Reads every page.
    pub(super) async fn read(
        request: builder::power_dialer::GetCurrentDialingQueue,
    ) -> Result<Self, Error> {
        let mut status = Self::empty();
        let mut pages = request.size(100).pages();
        while let Some(page) = pages.try_next().await? {
            status.count_page(page.into_inner());
        }
        status.capacity_left = CAPACITY.saturating_sub(status.total);
        Ok(status)
    }

    /// Counts entries that were read by other means, with the queue as it came
    /// with them.
    #[must_use]
    pub fn of<'a>(
        queue: Option<DialingQueueMeta>,
        entries: impl IntoIterator<Item = &'a QueueNumber>,
    ) -> Self {
        let mut status = Self::empty();
        status.queue = queue;
        for entry in entries {
            status.total += 1;
            status.count(entry);
        }
        status.capacity_left = CAPACITY.saturating_sub(status.total);
        status
    }

    const fn empty() -> Self {
        Self {
            queue: None,
            total: 0,
            waiting: 0,
            under_way: 0,
            outcomes: BTreeMap::new(),
            not_reached: BTreeMap::new(),
            voicemail_left: 0,
            capacity_left: CAPACITY,
        }
    }

    fn count_page(&mut self, page: GetCurrentDialingQueueResponse) {
        self.queue = page.queue.or(self.queue.take());
        self.total += u64::try_from(page.data.slots()).unwrap_or_default();
        page.data.iter().for_each(|entry| self.count(entry));
    }

    fn count(&mut self, entry: &QueueNumber) {
        let result = entry.routing_result.as_option();
        match result.map(types::RoutingResult::as_str) {
            Some(result) => *self.outcomes.entry(result.to_owned()).or_default() += 1,
            None if entry.call_start_date.as_option().is_some() => self.under_way += 1,
            None => self.waiting += 1,
        }
        if let Some(reason) = entry.not_reached_destination_reason.as_option() {
            let reason = reason.as_str().to_owned();
            *self.not_reached.entry(reason).or_default() += 1;
        }
        self.voicemail_left += u64::from(entry.voicemail_left.as_option() == Some(&true));
    }
}
