//! The options of a push, validated together, and its deadline. `push` is the builder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::queue_lock::lock_queue;
use super::status::within;
use super::{Duplicates, FinishedJournal, PushId, ReplacedQueue, TeammateDialer, WhenFull};
use crate::error::Error;
use crate::phone::region::Region;
use crate::rate_limit::Priority;
use crate::support::keyed_lock::KeyedGuard;
use crate::transport::call_options::CallOptions;

/// The options of a push.
pub(super) struct Spec {
    pub(super) dialer: TeammateDialer,
    pub(super) region: Option<Region>,
    pub(super) duplicates: Duplicates,
    pub(super) when_full: WhenFull,
    pub(super) limit: Option<usize>,
    pub(super) batch_size: usize,
    pub(super) push_id: Option<PushId>,
    pub(super) journal_location: JournalLocation,
    /// The path of the journal, once the leads are validated.
    pub(super) journal: Option<PathBuf>,
    pub(super) when_finished: FinishedJournal,
    pub(super) when_replaced: ReplacedQueue,
    pub(super) capacity: Option<u64>,
    pub(super) batch_deadline: Duration,
    pub(super) deadline: Option<Duration>,
    /// When the push was started.
    pub(super) started: Option<Instant>,
    pub(super) options: CallOptions,
}

/// The location of the journal of a push.
#[derive(Clone, Debug, Default)]
pub(super) enum JournalLocation {
    /// The push has no journal.
    #[default]
    None,
    File(PathBuf),
    /// A file in this directory, named after the push.
    Directory(PathBuf),
}

impl Spec {
    pub(super) fn new(dialer: TeammateDialer) -> Self {
        Self {
            dialer,
            region: None,
            duplicates: Duplicates::default(),
            when_full: WhenFull::default(),
            limit: None,
            batch_size: 100,
            push_id: None,
            journal_location: JournalLocation::None,
            journal: None,
            when_finished: FinishedJournal::default(),
            when_replaced: ReplacedQueue::default(),
            capacity: None,
            batch_deadline: Duration::from_secs(600),
            deadline: None,
            started: None,
            options: CallOptions::default().with_priority(Priority::Bulk),
        }
    }

    /// Checks the constraints between options.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.options.check()?;
        if self.options.idempotency_key().is_some() {
            let message = "a push derives the idempotency keys of its batches itself";
            return Err(Error::invalid_request(message)
                .with_param("idempotency_key")
                .with_suggestion("set the push id instead"));
        }
        if self.batch_deadline.is_zero() {
            let message = "batch_deadline must be greater than zero";
            return Err(Error::invalid_request(message).with_param("batch_deadline"));
        }
        self.check_repetition()
    }

    /// If a push is repeated by its push id alone, its own leads are already in the queue. They must not change its
    /// plan.
    fn check_repetition(&self) -> Result<(), Error> {
        let depends_on_queue = self.duplicates == Duplicates::DropInListAndQueue
            || self.when_full == WhenFull::SendWhatFits;
        if self.push_id.is_none() || self.has_journal() || !depends_on_queue {
            return Ok(());
        }
        let message = "a push with a push id requires a journal if its plan depends on the content of \
                       the queue";
        Err(Error::invalid_request(message)
            .with_param("push_id")
            .with_suggestion(
                "set a journal, or remove the push id, or use neither \
                 `Duplicates::DropInListAndQueue` nor `WhenFull::SendWhatFits`",
            ))
    }

    /// The namespace of the idempotency keys and fingerprints of a round of this push.
    pub(super) fn namespace(&self, id: &PushId, round: u32) -> Uuid {
        let key = &self.dialer.resource.client.shared().context.key;
        id.namespace(&self.dialer.teammate, key, round)
    }

    pub(super) const fn has_journal(&self) -> bool {
        !matches!(self.journal_location, JournalLocation::None)
    }

    /// The path of the journal, for messages. Empty if the push has no journal.
    pub(super) fn journal_path(&self) -> &Path {
        self.journal.as_deref().unwrap_or(Path::new(""))
    }

    /// The time left until the deadline, if one is set.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let passed = self
            .started
            .map_or(Duration::ZERO, |started| started.elapsed());
        Some(self.deadline?.saturating_sub(passed))
    }

    /// Waits for `work`, no longer than the deadline allows; `message` is that of the error.
    pub(super) async fn within<T>(
        &self,
        message: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        within(self.time_left(), message, work).await
    }

    /// Waits for the queue lock.
    pub(super) async fn lock_queue(&self) -> Result<KeyedGuard, Error> {
        let left = self.time_left().unwrap_or(self.batch_deadline);
        let queues = &self.dialer.resource.client.shared().queue_locks;
        lock_queue(queues, &self.dialer.teammate, left.min(self.batch_deadline)).await
    }
}
