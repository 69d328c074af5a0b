//! The status of a queue: its entries, counted.

use std::collections::BTreeMap;
use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use serde::Serialize;

use super::TeammateDialer;
use crate::error::Error;
use crate::error::{ErrorKind, GaveUp};
use crate::generated::builder;
use crate::generated::types::{self, DialingQueueMeta, DialingQueuePage, QueueNumber};
use crate::model::open_enum::OpenEnum;
use crate::support::box_future::BoxFuture;

/// The status of a queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QueueStatus {
    /// The queue and its settings; `None` if the teammate has no queue.
    pub queue: Option<DialingQueueMeta>,
    /// The number of entries.
    pub total: u64,
    /// How many entries were not dialled yet.
    pub waiting: u64,
    /// How many calls are in progress.
    pub under_way: u64,
    /// The number of ended calls by result, as the API names it.
    pub outcomes: BTreeMap<String, u64>,
    /// The number of calls that did not reach a person, by the reason of the API.
    pub not_reached: BTreeMap<String, u64>,
    /// How many voicemail messages were left.
    pub voicemail_left: u64,
    /// How many entries can be appended before the queue is full. Only the server knows the capacity of a queue, so
    /// this is `None` unless the caller sets [`ReadStatus::capacity`].
    pub capacity_left: Option<u64>,
}

/// A request for the status that has not been sent; await it.
#[must_use = "nothing is read until it is awaited"]
pub struct ReadStatus {
    dialer: TeammateDialer,
    capacity: Option<u64>,
    deadline: Option<Duration>,
}

impl ReadStatus {
    pub(super) const fn new(dialer: TeammateDialer) -> Self {
        Self {
            dialer,
            capacity: None,
            deadline: None,
        }
    }

    /// The maximum number of entries in the queue, from which the status computes how many can be appended.
    pub const fn capacity(mut self, entries: u64) -> Self {
        self.capacity = Some(entries);
        self
    }

    /// The deadline for reading all pages.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Reads the whole queue and counts its entries.
    ///
    /// # Errors
    ///
    /// As every call, and if the deadline passes; a teammate without a queue is not an error.
    pub async fn send(self) -> Result<QueueStatus, Error> {
        let reading = QueueStatus::read(self.dialer.numbers());
        let status = within(self.deadline, "the queue was not read completely", reading).await?;
        Ok(match self.capacity {
            Some(capacity) => status.with_capacity(capacity),
            None => status,
        })
    }
}

impl IntoFuture for ReadStatus {
    type Output = Result<QueueStatus, Error>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for ReadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadStatus")
            .field("capacity", &self.capacity)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Waits for `work` until the deadline; `message` is that of the error if the deadline passes.
pub(super) async fn within<T>(
    deadline: Option<Duration>,
    message: &str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(most) = deadline else {
        return work.await;
    };
    let done = tokio::time::timeout(most, work).await;
    done.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Deadline, message).with_gave_up(GaveUp::Deadline, Some(most)))
    })
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
        Ok(status)
    }

    /// Counts entries that the caller has read, with the queue that was returned with them.
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
        status
    }

    /// Sets the capacity that is left of a queue that holds this many entries.
    #[must_use]
    pub fn with_capacity(mut self, entries: u64) -> Self {
        self.capacity_left = Some(entries.saturating_sub(self.total));
        self
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
            capacity_left: None,
        }
    }

    fn count_page(&mut self, page: DialingQueuePage) {
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
