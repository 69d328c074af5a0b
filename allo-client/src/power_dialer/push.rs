//! The builder of a push: its leads and options. `runner` executes the push; `spec` checks the options.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use tokio::time::Instant;

use super::event::Listeners;
use super::journal_path;
use super::leads::{LeadSource, ValidatedLeads};
use super::spec::{JournalLocation, Spec};
use super::{
    Duplicates, FinishedJournal, PushEvent, PushEvents, PushId, PushPlan, PushReport,
    ReplacedQueue, TeammateDialer, WhenFull, runner,
};
use crate::error::Error;
use crate::generated::types::NewQueueNumber;
use crate::phone::region::Region;
use crate::support::box_future::BoxFuture;
use crate::transport::call_options::CallOptions;

/// The maximum number of leads in a batch.
const MAX_BATCH_SIZE: usize = 1_000;

/// A push that has not started; await it, or read its [`events`](Self::events).
///
/// Leads are sent in the order in which they are given, each at most once. A failure after the first request is in
/// the report; it is not returned as an error.
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

    /// The region of numbers without a country code. Without a default region, such numbers are rejected.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.spec.region = Some(region);
        self
    }

    /// What to do with numbers that are already in the list or in the queue. By default, duplicates are sent.
    pub const fn duplicates(mut self, duplicates: Duplicates) -> Self {
        self.spec.duplicates = duplicates;
        self
    }

    /// The maximum number of entries in the queue. The server knows this limit, so the option is not required: by
    /// default, the push sends leads until the server reports that the queue is full. With a capacity, the push
    /// compares the number of leads with the free capacity before it sends anything, and handles leads that do not
    /// fit as [`when_full`](Self::when_full) says.
    pub const fn capacity(mut self, entries: u64) -> Self {
        self.spec.capacity = Some(entries);
        self
    }

    /// What to do if not all leads fit into the queue. By default, this is an error.
    pub const fn when_full(mut self, then: WhenFull) -> Self {
        self.spec.when_full = then;
        self
    }

    /// The maximum number of leads to send: the first valid ones are sent.
    pub const fn limit(mut self, most: usize) -> Self {
        self.spec.limit = Some(most);
        self
    }

    /// The maximum number of leads in one request, 1 to 1,000. The default is 100.
    pub fn batch_size(mut self, leads: usize) -> Self {
        if !(1..=MAX_BATCH_SIZE).contains(&leads) {
            let message = format!("batch_size must be from 1 to {MAX_BATCH_SIZE}, not {leads}");
            self.invalid(Error::invalid_request(message).with_param("batch_size"));
        }
        self.spec.batch_size = leads;
        self
    }

    /// The id of the push. The default is a random id. If a push is repeated with the same id, leads, teammate and
    /// batch size, no batch is executed twice, provided that the repetition starts and finishes within an hour of the
    /// first request of the first push.
    ///
    /// Without a [`journal`](Self::journal), the queue already contains the leads of the first push when a repetition
    /// plans. The repetition is therefore refused unless there is room for all leads once more, and an id cannot be
    /// combined with [`Duplicates::DropInListAndQueue`] or [`WhenFull::SendWhatFits`].
    pub fn push_id<I>(mut self, id: I) -> Self
    where
        I: TryInto<PushId>,
        I::Error: Into<Error>,
    {
        match id.try_into() {
            Ok(id) => self.spec.push_id = Some(id),
            Err(error) => self.invalid(error.into()),
        }
        self
    }

    /// A file that records what was sent. It is created if it does not exist. After a crash, the same push with the
    /// same leads and this journal resumes; once the push is finished, it returns the same report again. To resume,
    /// the push reads the queue, and reports which of the leads that were added earlier are no longer in it. If the
    /// journal does not record the status of a lead, or may have lost the record, the push looks for the lead in the
    /// queue. It sends the lead only if the lead is certainly not in the queue, or if the server still remembers the
    /// idempotency key.
    ///
    /// The journal of a finished push belongs to the queue that the push filled, see
    /// [`when_journal_finished`](Self::when_journal_finished). For an unfinished push whose queue was replaced, see
    /// [`when_queue_replaced`](Self::when_queue_replaced). For a new push of the same leads, use another file.
    ///
    /// The file contains the push id as given, positions, fingerprints, the id of the queue, idempotency keys, and
    /// the reasons of the server for skipped leads, but no phone numbers and no names. Only one process can use the
    /// file at a time.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.spec.journal_location = JournalLocation::File(path.into());
        self
    }

    /// As [`journal`](Self::journal), but the file is in this directory and is named after the push: its name is
    /// derived from the server, the teammate (or the API key, for [`Teammate::Me`](crate::Teammate::Me)), the options
    /// and the list. The same push finds its file again, and other pushes can use the same directory. The directory
    /// is created, readable by its owner only, if it does not exist.
    ///
    /// The file is kept after the push is finished, so that a process that ends before it has read the report can get
    /// the report again. Remove the file, whose path is [`journal_path`](Self::journal_path), once the report is
    /// processed: otherwise, pushing the same list with the same options again is treated as a repetition.
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
        self.spec.journal_location = JournalLocation::Directory(directory.into());
        self
    }

    /// The path of the journal, if the push has one. For [`journal_in`](Self::journal_in) this reads and validates
    /// all leads.
    ///
    /// # Errors
    ///
    /// If an option is invalid, if the deadline passes before all leads have arrived, or if the directory cannot be
    /// created.
    pub async fn journal_path(&mut self) -> Result<Option<PathBuf>, Error> {
        self.start().await?;
        Ok(self.spec.journal.clone())
    }

    /// What to do if the journal is that of a finished push, and leads that the push added are no longer in the
    /// queue. By default, this is an error.
    pub const fn when_journal_finished(mut self, then: FinishedJournal) -> Self {
        self.spec.when_finished = then;
        self
    }

    /// What to do if the journal is that of an unfinished push, and its queue was replaced. By default, this is an
    /// error.
    pub const fn when_queue_replaced(mut self, then: ReplacedQueue) -> Self {
        self.spec.when_replaced = then;
        self
    }

    /// The deadline of the whole push or plan: waiting for the leads, the queue lock and the rate limit, reading and
    /// sending. Without a deadline, only each single wait is limited. If something was already sent when the deadline
    /// passes, the remaining leads are reported as not sent.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        if deadline.is_zero() {
            let message = "deadline must be greater than zero";
            self.invalid(Error::invalid_request(message).with_param("deadline"));
        }
        self.spec.deadline = Some(deadline);
        self
    }

    /// How long a batch is retried while its outcome is unknown or the failure is temporary. The default is 10
    /// minutes; retries always end before the server may have forgotten the idempotency key. The push also waits at
    /// most this long for another push of the same client to the same queue.
    pub const fn batch_deadline(mut self, batch_deadline: Duration) -> Self {
        self.spec.batch_deadline = batch_deadline;
        self
    }

    /// Changes the call options of every request of the push. By default, the priority is
    /// [`Bulk`](crate::Priority::Bulk), and the deadline is the time left until the
    /// [`batch_deadline`](Self::batch_deadline). Whatever the deadline, a batch is never sent once the server may
    /// have forgotten its idempotency key.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.spec.options = change(self.spec.options);
        self
    }

    /// Calls `hook` for each event of the push. The hook must not block.
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
        let leads = self.start().await?;
        runner::plan(&self.spec, leads).await
    }

    /// Pushes the leads.
    ///
    /// # Errors
    ///
    /// Only if this run sent nothing: an option is invalid, the queue cannot be read, the leads do not fit into the
    /// [`capacity`](Self::capacity) that was set, the deadline passes, another push of this client to the queue does
    /// not finish, or the journal cannot be used or is that of another push or queue. Later failures are in
    /// [`PushReport::error`].
    pub async fn send(mut self) -> Result<PushReport, Error> {
        let leads = self.start().await?;
        let Self {
            source,
            spec,
            listeners,
            ..
        } = self;
        // The report takes over the leads.
        drop(source);
        runner::run(spec, leads, listeners).await
    }

    /// Pushes the leads and returns the events as a stream. The push runs only while the stream is read.
    pub fn events(mut self) -> PushEvents {
        let listeners = std::mem::take(&mut self.listeners);
        PushEvents::new(listeners, |listeners| {
            self.listeners = listeners;
            Box::pin(self.send())
        })
    }

    /// Checks the options, reads and validates all leads, and resolves the path of the journal.
    async fn start(&mut self) -> Result<Arc<ValidatedLeads>, Error> {
        if let Some(problem) = &self.problem {
            return Err(copy_of(problem));
        }
        self.spec.check()?;
        self.spec.started = Some(Instant::now());
        let source = &mut self.source;
        let reading = async { Ok(source.validated(self.spec.region).await) };
        let leads = self.spec.within("not all leads arrived", reading).await?;
        self.spec.journal = journal_path::path(&self.spec, &leads).await?;
        Ok(leads)
    }

    /// Records the first invalid option.
    fn invalid(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }
}

/// Copies the error about an option, as each call that uses the options returns it.
fn copy_of(problem: &Error) -> Error {
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
