//! The builder of a push: its leads and options. It is executed in `runner`; the options are checked in `spec`.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use tokio::time::Instant;

use super::event::Listeners;
use super::journal_location::location;
use super::leads::{LeadSource, ValidatedLeads};
use super::spec::{JournalLocation, Spec};
use super::{
    Duplicates, FinishedJournal, PushEvent, PushEvents, PushId, PushPlan, PushReport, Region,
    ReplacedQueue, TeammateDialer, WhenFull, runner,
};
use crate::error::Error;
use crate::generated::types::NewQueueNumber;
use crate::support::box_future::BoxFuture;
use crate::transport::call_options::CallOptions;

/// The most leads a batch may have.
const MAX_BATCH_SIZE: usize = 1_000;

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

impl Push {
    pub(super) fn of_list(dialer: TeammateDialer, leads: Vec<NewQueueNumber>) -> Self {
        Self::new(dialer, LeadSource::of_list(leads))
    }

    pub(super) fn of_stream<S>(dialer: TeammateDialer, leads: S) -> Self
    where
        S: Stream + Send + 'static,
        S::Item: Into<NewQueueNumber>,
    {
        Self::new(dialer, LeadSource::of_stream(leads))
    }

    fn new(dialer: TeammateDialer, source: LeadSource) -> Self {
        Self {
            source,
            spec: Spec::new(dialer),
            listeners: Listeners::default(),
            problem: None,
        }
    }

    /// Where numbers without a country code are. Without it they are rejected.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.spec.region = Some(region);
        self
    }

    /// What to do with numbers that are there already: sent again unless set.
    pub const fn duplicates(mut self, duplicates: Duplicates) -> Self {
        self.spec.duplicates = duplicates;
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
        if !(1..=MAX_BATCH_SIZE).contains(&leads) {
            let message = format!("a batch has 1 to {MAX_BATCH_SIZE} leads, not {leads}");
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
        self.spec.journal = JournalLocation::File(path.into());
        self
    }

    /// As [`journal`](Self::journal), in a file of this directory that is named after the push: after the server,
    /// the teammate (or the API key, for [`Teammate::Me`](crate::Teammate::Me)), the options and the list. The same
    /// push finds its file again, whatever other pushes use the directory. The directory is created, readable by
    /// its owner only, if it does not exist.
    ///
    /// The file stays once the push is finished, so that a process that ends before it has read the report gets it
    /// again. Remove the file, which is at [`journal_path`](Self::journal_path), once the report is dealt with:
    /// pushing the same list with the same options again is otherwise taken for a repetition.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let dialer = client.power_dialer().for_teammate(allo_client::Teammate::Me);
    /// let mut push = dialer.push(["+12125550100"]).journal_in("journals");
    /// let journal = push.journal_path().await?;
    /// let report = push.await?;
    /// println!("{:?}", report.counts());
    /// if let (Some(journal), None) = (journal, report.stopped()) {
    ///     std::fs::remove_file(journal)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn journal_in(mut self, directory: impl Into<PathBuf>) -> Self {
        self.spec.journal = JournalLocation::Directory(directory.into());
        self
    }

    /// The file of the journal, if the push has one. For [`journal_in`](Self::journal_in) this reads and validates
    /// all leads.
    ///
    /// # Errors
    ///
    /// If an option is wrong, if the deadline passes before all leads have come, or if the directory cannot be
    /// created.
    pub async fn journal_path(&mut self) -> Result<Option<PathBuf>, Error> {
        match self.begin().await? {
            (_, JournalLocation::File(path)) => Ok(Some(path)),
            _ => Ok(None),
        }
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
    /// [`Bulk`](crate::Priority::Bulk) and its deadline what is left of the
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

    /// Plans the push: reads the queue and sends nothing. The push can be sent afterwards; it then reads the queue
    /// again.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let dialer = client.power_dialer().for_teammate(allo_client::Teammate::Me);
    /// let mut push = dialer.push(["+12125550100", "+12125550101"]);
    /// let plan = push.plan().await?;
    /// println!("{} requests, at least {:?}", plan.requests, plan.least_time);
    /// let report = push.await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn plan(&mut self) -> Result<PushPlan, Error> {
        let (leads, journal) = self.begin().await?;
        runner::plan(&self.spec, journal, leads).await
    }

    /// Pushes the leads.
    ///
    /// # Errors
    ///
    /// Only if nothing was sent by this run: an option is wrong, the queue cannot be read, the leads do not fit into
    /// the [`capacity`](Self::capacity) that was set, the deadline passes, another push of this client to the queue
    /// does not end, or the journal cannot be used or is that of another push or queue. What fails later is in
    /// [`PushReport::error`].
    pub async fn send(mut self) -> Result<PushReport, Error> {
        let (leads, journal) = self.begin().await?;
        let Self {
            source,
            mut spec,
            listeners,
            ..
        } = self;
        // The report takes over the leads.
        drop(source);
        spec.journal = journal;
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

    /// Checks the options, reads and validates all leads, and resolves the file of the journal.
    async fn begin(&mut self) -> Result<(Arc<ValidatedLeads>, JournalLocation), Error> {
        if let Some(problem) = &self.problem {
            return Err(repeated(problem));
        }
        self.spec.check()?;
        self.spec.started = Some(Instant::now());
        let source = &mut self.source;
        let reading = async { Ok(source.validated(self.spec.region).await) };
        let leads = self.spec.within("not all leads arrived", reading).await?;
        let journal = location(&self.spec, &leads).await?;
        Ok((leads, journal))
    }

    /// Remembers the first thing that was set wrongly.
    fn refuse(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }
}

/// The same error about an option, for each call that needs the options.
fn repeated(problem: &Error) -> Error {
    let mut error = Error::invalid_request(problem.message().to_owned());
    if let Some(param) = problem.param() {
        error = error.with_param(param);
    }
    match problem.suggestion() {
        Some(suggestion) => error.with_suggestion(suggestion.to_owned()),
        None => error,
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
            .field("region", &self.spec.region)
            .field("duplicates", &self.spec.duplicates)
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
