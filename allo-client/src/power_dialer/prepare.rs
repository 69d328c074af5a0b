//! Prepares a new push: reads the queue and selects the leads that are sent. `resume` prepares a push that has a
//! journal of earlier runs.

use std::sync::Arc;

use uuid::Uuid;

use super::batch::Batcher;
use super::duplicates::DuplicateFilter;
use super::eta::Eta;
use super::journal::{self, Anchor, Head, InFlight, JournalState, Planned, Record};
use super::leads::ValidatedLeads;
use super::plan::PlannedLeads;
use super::queue::{self, Found, Snapshot};
use super::resume::resume;
use super::spec::Spec;
use super::subject::subject;
use super::{Duplicates, PushId, PushPlan};
use crate::error::Error;
use crate::model::ids::QueueId;
use crate::model::operation::RateClass;
use crate::model::timestamp::Timestamp;
use crate::transport::client_handle::Client;

/// What the journal records of earlier runs.
pub(super) enum EarlierRuns {
    /// No earlier run.
    Nothing,
    /// The journal is empty, so earlier runs may have been lost.
    Lost,
    Recorded(Box<JournalState>),
}

/// A push that is ready to run.
pub(super) struct PreparedPush {
    pub(super) leads: PlannedLeads,
    pub(super) plan: PushPlan,
    /// The namespace of the idempotency keys.
    pub(super) namespace: Uuid,
    /// Whether the caller chose the push id.
    pub(super) named: bool,
    pub(super) round: u32,
    pub(super) began: Timestamp,
    pub(super) batcher: Batcher,
    pub(super) eta: Eta,
    /// How many requests the preparation sent.
    pub(super) requests: u32,
    /// How many batches earlier runs started.
    pub(super) batches: usize,
    /// The requests and replays of earlier runs.
    pub(super) earlier: (u32, u32),
    /// The target queue.
    pub(super) queue: Target,
    /// The batch that was in flight when an earlier run ended.
    pub(super) in_flight: Option<InFlight>,
    /// The leads that are in the queue twice, with the other position.
    pub(super) twice: Vec<(usize, u64)>,
    /// How the run starts, and what is written to the journal first.
    pub(super) start: StartingPoint,
}

/// The target queue, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// The id of the queue, if it exists.
    pub(super) id: Option<QueueId>,
    /// How many entries the queue had.
    pub(super) total: u64,
    /// The last entry of the queue when the push was planned.
    pub(super) last: Option<Anchor>,
    /// The position of the next entry that is appended.
    pub(super) next: Option<u64>,
    /// All entries, as they were last read.
    pub(super) snapshot: Option<Snapshot>,
}

/// How a run starts.
pub(super) enum StartingPoint {
    /// Start a new journal.
    New,
    /// Resume with the journal, after appending these records.
    Resume(Vec<Record>),
    /// Send nothing: an earlier run finished the push.
    Finished(Record),
    /// Send nothing: the status of some leads cannot be determined.
    Stop(Error),
}

/// Resumes a push or plans a new one.
pub(super) async fn prepare(
    spec: &Spec,
    client: &Client,
    leads: Arc<ValidatedLeads>,
    earlier_runs: EarlierRuns,
) -> Result<PreparedPush, Error> {
    let mut prepared = match earlier_runs {
        EarlierRuns::Recorded(state) => resume(spec, client, leads, *state).await?,
        EarlierRuns::Nothing => plan_new(spec, client, leads).await?,
        EarlierRuns::Lost => {
            let prepared = plan_new(spec, client, leads).await?;
            check_lost(spec, prepared).await?
        }
    };
    let plan = &mut prepared.plan;
    plan.batches = match prepared.start {
        StartingPoint::New | StartingPoint::Resume(_) => prepared.batcher.batches(),
        StartingPoint::Finished(_) | StartingPoint::Stop(_) => 0,
    };
    // After the first batch, one more request reads the id of the queue that the batch created.
    let reads_id = spec.has_journal() && prepared.queue.id.is_none() && plan.batches > 1;
    plan.requests = plan.batches
        + usize::from(reads_id)
        + usize::try_from(prepared.requests).unwrap_or_default();
    plan.least_time = prepared.eta.least(client, plan.batches);
    Ok(prepared)
}

async fn plan_new(
    spec: &Spec,
    client: &Client,
    leads: Arc<ValidatedLeads>,
) -> Result<PreparedPush, Error> {
    let push_id = spec.push_id.clone().unwrap_or_else(PushId::random);
    let namespace = spec.namespace(&push_id, 0);
    let mut eta = Eta::default();
    let mut filter = DuplicateFilter::new(spec.duplicates);
    let started = eta.start(client, RateClass::Read);
    let found = read_queue(spec, &mut filter).await?;
    eta.end(&started, found.requests);
    let mut leads = PlannedLeads::select(leads, &mut filter).await;
    leads.fit(spec.limit, spec.when_full, spec.capacity, found.total)?;
    let next = found
        .last
        .as_ref()
        .map(|last| last.position.saturating_add(1));
    Ok(PreparedPush {
        namespace,
        named: spec.push_id.is_some(),
        round: 0,
        began: now(client),
        batcher: Batcher::new(leads.to_send.len(), spec.batch_size),
        plan: leads.plan(push_id, found.total, spec.capacity),
        leads,
        eta,
        requests: found.requests,
        batches: 0,
        earlier: (0, 0),
        queue: Target {
            last: found.last.map(|last| last.anchor(namespace)),
            next: next.or_else(|| (found.total == 0).then_some(0)),
            id: found.queue,
            total: found.total,
            snapshot: None,
        },
        in_flight: None,
        twice: Vec::new(),
        start: StartingPoint::New,
    })
}

/// Reads as much of the queue as the push needs.
async fn read_queue(spec: &Spec, filter: &mut DuplicateFilter) -> Result<Found, Error> {
    if spec.duplicates == Duplicates::DropInListAndQueue {
        queue::read(&spec.dialer, &spec.options, |entry| {
            filter.queued(entry.number_to.expose(), entry.position);
        })
        .await
    } else if spec.has_journal() {
        queue::count_and_last(&spec.dialer, &spec.options).await
    } else {
        queue::count(&spec.dialer, &spec.options).await
    }
}

/// Checks the queue for leads that an empty journal may have recorded.
async fn check_lost(spec: &Spec, mut prepared: PreparedPush) -> Result<PreparedPush, Error> {
    let snapshot = queue::snapshot(&spec.dialer, &spec.options).await?;
    prepared.requests += snapshot.requests;
    if !snapshot.is_whole {
        return Err(journal::unreadable_queue(spec.journal_path()));
    }
    match prepared.leads.count_queued(&snapshot) {
        0 => Ok(prepared),
        queued => Err(journal::empty(spec.journal_path(), queued)),
    }
}

pub(super) fn now(client: &Client) -> Timestamp {
    Timestamp::from(client.shared().context.clock.now())
}

impl PreparedPush {
    /// The head and plan for the journal of a new push, or of a new round.
    pub(super) fn for_journal(&self, spec: &Spec) -> (Head, Planned) {
        let push_id = self.plan.push_id.clone();
        let first = spec.namespace(&push_id, 0);
        let subject = subject(spec, first, &self.leads.list);
        let named = self.named;
        let head = Head::new(push_id, named, self.round, self.began.clone(), subject);
        let planned = Planned {
            queue_total: self.queue.total,
            queue: self.queue.id.clone(),
            last: self.queue.last.clone(),
            ..self.leads.for_journal()
        };
        (head, planned)
    }

    /// Whether there is nothing to send.
    pub(super) const fn is_over(&self) -> bool {
        matches!(
            self.start,
            StartingPoint::Finished(_) | StartingPoint::Stop(_)
        )
    }
}
