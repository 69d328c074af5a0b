//! The builder of a push: its leads and options. It is executed in `runner`.

use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use tokio::time::Instant;
use uuid::Uuid;

use super::event::Listeners;
use super::queue_lock::lock_queue;
use super::status::within;
use super::{
    Duplicates, FinishedJournal, PushEvent, PushEvents, PushId, PushPlan, PushReport, Region,
    ReplacedQueue, ScreenOptions, TeammateDialer, WhenFull, runner,
};
use crate::error::Error;
use crate::generated::types::NewQueueNumber;
use crate::rate_limit::Priority;
use crate::support::box_future::BoxFuture;
use crate::support::keyed_lock::KeyedGuard;
use crate::transport::call_options::CallOptions;

/// The most leads a batch may have.
const MOST_IN_A_BATCH: usize = 1_000;

/// A push that has not begun; await it, or read its [`events`](Self::events).
///
/// Leads are sent in the order in which they are given, each at most once. What
/// fails after the first request is told by the report, not by an error.
#[must_use = "nothing is sent until it is awaited"]
pub struct Push {
    source: LeadSource,
    spec: Spec,
    listeners: Listeners,
    problem: Option<Error>,
}

/// The source of the leads: a list or a stream.
enum LeadSource {
    List(Vec<NewQueueNumber>),
    Stream(Pin<Box<dyn Stream<Item = NewQueueNumber> + Send>>),
}

/// The options of a push.
pub(super) struct Spec {
    pub(super) dialer: TeammateDialer,
    pub(super) screen: ScreenOptions,
    pub(super) when_full: WhenFull,
    pub(super) limit: Option<usize>,
    pub(super) batch_size: usize,
    pub(super) push_id: Option<PushId>,
    pub(super) journal: Option<PathBuf>,
    pub(super) when_finished: FinishedJournal,
    pub(super) when_replaced: ReplacedQueue,
    pub(super) capacity: Option<u64>,
    pub(super) batch_deadline: Duration,
    deadline: Option<Duration>,
    /// When the push was begun.
    begun: Option<Instant>,
    pub(super) options: CallOptions,
}

impl Push {
    pub(super) fn of_list(dialer: TeammateDialer, leads: Vec<NewQueueNumber>) -> Self {
        Self::new(dialer, LeadSource::List(leads))
    }

    pub(super) fn of_stream<S>(dialer: TeammateDialer, leads: S) -> Self
    where
        S: Stream + Send + 'static,
        S::Item: Into<NewQueueNumber>,
    {
        Self::new(dialer, LeadSource::Stream(Box::pin(Leads(Box::pin(leads)))))
    }

    fn new(dialer: TeammateDialer, source: LeadSource) -> Self {
        Self {
            source,
            spec: Spec {
                dialer,
                screen: ScreenOptions::new(),
                when_full: WhenFull::default(),
                limit: None,
                batch_size: 100,
                push_id: None,
                journal: None,
                when_finished: FinishedJournal::default(),
                when_replaced: ReplacedQueue::default(),
                capacity: None,
                deadline: None,
                begun: None,
                batch_deadline: Duration::from_secs(600),
                options: CallOptions::default().with_priority(Priority::Bulk),
            },
            listeners: Listeners::default(),
            problem: None,
        }
    }

    /// Where numbers without a country code are. Without it they are rejected.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.spec.screen = self.spec.screen.default_region(region);
        self
    }

    /// What to do with numbers that are there already: sent again unless set.
    pub const fn duplicates(mut self, duplicates: Duplicates) -> Self {
        self.spec.screen = self.spec.screen.duplicates(duplicates);
        self
    }

    /// How many entries the queue holds at most. The server knows that, so a push
    /// needs not: it sends leads until the server says that the queue is full. With a
    /// capacity, leads that do not fit are left alone as [`when_full`](Self::when_full)
    /// says, before anything is sent.
    pub const fn capacity(mut self, entries: u64) -> Self {
        self.spec.capacity = Some(entries);
        self
    }

    /// What to do if not all leads fit into the queue: it is an error unless set.
    pub const fn when_full(mut self, then: WhenFull) -> Self {
        self.spec.when_full = then;
        self
    }

    /// At most so many leads are sent: the first of those that are good.
    pub const fn limit(mut self, most: usize) -> Self {
        self.spec.limit = Some(most);
        self
    }

    /// How many leads a request holds at most, 1 to 1,000: 100 unless set.
    pub fn batch_size(mut self, leads: usize) -> Self {
        if !(1..=MOST_IN_A_BATCH).contains(&leads) {
            let message = format!("a batch has 1 to {MOST_IN_A_BATCH} leads, not {leads}");
            self.refuse(Error::invalid_request(message).with_param("batch_size"));
        }
        self.spec.batch_size = leads;
        self
    }

    /// The name of the push: a random one unless set. A push that is repeated
    /// under the same name, with the same leads, teammate and batch size, does
    /// nothing twice, if the repetition is begun and finished within an hour of
    /// the first request of the first one.
    ///
    /// Without a [`journal`](Self::journal) a repetition plans against a queue
    /// that holds its own leads: it is refused unless there is room for all of
    /// them once more, and a name cannot go together with
    /// [`Duplicates::DropInListAndQueue`] or [`WhenFull::SendWhatFits`].
    pub fn push_id<I>(mut self, id: I) -> Self
    where
        I: TryInto<PushId>,
        I::Error: Into<Error>,
    {
        match id.try_into() {
            Ok(id) => self.spec.push_id = Some(id),
            Err(error) => self.refuse(error.into()),
        }
        self
    }

    /// A file that keeps track of what was sent, made if it is not there. After a
    /// crash the same push with the same leads and this journal goes on where it
    /// was; once all is done, it gives the same report again. When it goes on it reads
    /// the queue, and reports which of the leads that were added before are gone. What
    /// the journal leaves in doubt, or may have lost, is looked for in the queue; it
    /// is not sent unless it is certain that it is not there, or the server still
    /// knows its idempotency key.
    ///
    /// A finished journal belongs to the queue that it filled, see
    /// [`when_journal_finished`](Self::when_journal_finished); of one that is not
    /// finished, and its queue was replaced, see
    /// [`when_queue_replaced`](Self::when_queue_replaced). For a new push of the same
    /// leads name another file.
    ///
    /// The file holds the push id as it was given, positions, fingerprints, the id
    /// of the queue, idempotency keys and the server's reasons for what it left
    /// out, but neither numbers nor names. Only one process can use it at a time.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.spec.journal = Some(path.into());
        self
    }

    /// What to do if the journal is that of a finished push, and what it added is not in
    /// the queue any more: it is an error unless set.
    pub const fn when_journal_finished(mut self, then: FinishedJournal) -> Self {
        self.spec.when_finished = then;
        self
    }

    /// What to do if the journal is that of a push that is not finished, and its queue
    /// was replaced: it is an error unless set.
    pub const fn when_queue_replaced(mut self, then: ReplacedQueue) -> Self {
        self.spec.when_replaced = then;
        self
    }

    /// How long the push, or its plan, may take in all: waiting for the leads, for its
    /// turn at the queue and for the rate limit, reading and sending. Without it only
    /// each wait has a bound. Once something was sent, what is left when the deadline
    /// comes is reported as not sent.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        if deadline.is_zero() {
            let message = "deadline must be greater than zero";
            self.refuse(Error::invalid_request(message).with_param("deadline"));
        }
        self.spec.deadline = Some(deadline);
        self
    }

    /// How long a batch is retried while its outcome is unknown or the failure is temporary:
    /// 10 minutes unless set, and never longer than the server remembers its idempotency key.
    /// The push also waits no longer than that for another push of the same client to the
    /// same queue.
    pub const fn batch_deadline(mut self, batch_deadline: Duration) -> Self {
        self.spec.batch_deadline = batch_deadline;
        self
    }

    /// Changes the options of every request of the push. Its priority is
    /// [`Bulk`](Priority::Bulk) and its deadline what is left of the
    /// [`batch_deadline`](Self::batch_deadline), unless set. No deadline lets a batch be sent
    /// once the server may have forgotten its idempotency key.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.spec.options = change(self.spec.options);
        self
    }

    /// Calls `hook` whenever something happens. It must not block.
    pub fn on_progress(mut self, hook: impl FnMut(&PushEvent) + Send + 'static) -> Self {
        self.listeners.hook = Some(Box::new(hook));
        self
    }

    /// Says what the push would do. Reads the queue and sends nothing.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn plan(self) -> Result<PushPlan, Error> {
        let (leads, spec, _) = self.begin().await?;
        runner::plan(spec, leads).await
    }

    /// Pushes the leads.
    ///
    /// # Errors
    ///
    /// Only if nothing was sent by this run: an option is wrong, the queue cannot
    /// be read, the leads do not fit into the [`capacity`](Self::capacity) that was
    /// named, the deadline comes, another push of this client to the queue does not end,
    /// or the journal cannot be used or is that of another push or queue. What fails
    /// later is told by [`PushReport::error`].
    pub async fn send(self) -> Result<PushReport, Error> {
        let (leads, spec, listeners) = self.begin().await?;
        runner::run(spec, leads, listeners).await
    }

    /// Pushes the leads while the stream of events is read.
    pub fn events(mut self) -> PushEvents {
        let listeners = std::mem::take(&mut self.listeners);
        PushEvents::new(listeners, |listeners| {
            self.listeners = listeners;
            Box::pin(self.send())
        })
    }

    /// The leads, all of them, and what is to be done with them.
    async fn begin(mut self) -> Result<(Vec<NewQueueNumber>, Spec, Listeners), Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.spec.check()?;
        self.spec.begun = Some(Instant::now());
        let coming = async { Ok(self.source.collect().await) };
        let leads = self
            .spec
            .within("the leads have not all come", coming)
            .await?;
        Ok((leads, self.spec, self.listeners))
    }

    /// Remembers the first thing that was set wrongly.
    fn refuse(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }
}

impl Spec {
    fn check(&self) -> Result<(), Error> {
        self.options.check()?;
        if self.options.idempotency_key().is_some() {
            let message = "a push makes the idempotency keys of its batches itself";
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

    /// A push that is repeated by its name alone finds its own leads in the queue,
    /// and must not plan another thing for that.
    fn check_repetition(&self) -> Result<(), Error> {
        let depends_on_queue = self.screen.duplicates == Duplicates::DropInListAndQueue
            || self.when_full == WhenFull::SendWhatFits;
        if self.push_id.is_none() || self.journal.is_some() || !depends_on_queue {
            return Ok(());
        }
        let message = "a push with a name, of which the plan depends on what is in the queue, \
                       needs a journal to be repeated";
        Err(Error::invalid_request(message)
            .with_param("push_id")
            .with_suggestion(
                "give it a journal, or leave out its name; a name alone goes with leads that are \
                 not compared with the queue and all have to fit",
            ))
    }

    /// What keys and fingerprints of a round of this push are made of.
    pub(super) fn namespace(&self, id: &PushId, round: u32) -> Uuid {
        let key = &self.dialer.resource.client.shared().context.key;
        id.namespace(&self.dialer.teammate, key, round)
    }

    /// Where the journal is; nowhere if there is none.
    pub(super) fn journal_path(&self) -> &Path {
        self.journal.as_deref().unwrap_or(Path::new(""))
    }

    /// How long the push may take, if that is limited.
    pub(super) const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// What is left of the deadline, if there is one.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let passed = self.begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        Some(self.deadline?.saturating_sub(passed))
    }

    /// Waits for something no longer than the deadline allows.
    pub(super) async fn within<T>(
        &self,
        what_is_not_done: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        within(self.time_left(), what_is_not_done, work).await
    }

    /// Waits for the lock of the queue.
    pub(super) async fn lock_queue(&self) -> Result<KeyedGuard, Error> {
        let left = self.time_left().unwrap_or(self.batch_deadline);
        let queues = &self.dialer.resource.client.shared().queue_locks;
        lock_queue(queues, &self.dialer.teammate, left.min(self.batch_deadline)).await
    }
}

impl LeadSource {
    async fn collect(self) -> Vec<NewQueueNumber> {
        match self {
            Self::List(leads) => leads,
            Self::Stream(mut stream) => {
                let mut leads = Vec::new();
                while let Some(lead) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
                    leads.push(lead);
                }
                leads
            }
        }
    }
}

/// A stream of anything that is a lead.
struct Leads<S>(Pin<Box<S>>);

impl<S: Stream> Stream for Leads<S>
where
    S::Item: Into<NewQueueNumber>,
{
    type Item = NewQueueNumber;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<NewQueueNumber>> {
        let next = self.0.as_mut().poll_next(context);
        next.map(|lead| lead.map(Into::into))
    }
}

impl IntoFuture for Push {
    type Output = Result<PushReport, Error>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push")
            .field("screen", &self.spec.screen)
            .field("when_full", &self.spec.when_full)
            .field("when_finished", &self.spec.when_finished)
            .field("when_replaced", &self.spec.when_replaced)
            .field("capacity", &self.spec.capacity)
            .field("deadline", &self.spec.deadline)
            .field("limit", &self.spec.limit)
            .field("batch_size", &self.spec.batch_size)
            .field("batch_deadline", &self.spec.batch_deadline)
            .finish_non_exhaustive()
    }
}
