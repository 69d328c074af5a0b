//! What stands before the first batch: screening the leads and looking at the
//! queue, or taking both from a journal.

use uuid::Uuid;

use super::batch::Cutter;
use super::journal::{self, Head, Past, Planned, Record, UnderWay};
use super::pace::Pace;
use super::plan::Draft;
use super::push::Spec;
use super::queue::{self, Found};
use super::{Duplicates, PushId, PushPlan, ResumedPush, Screen};
use crate::operation::RateClass;
use crate::types::NewQueueNumber;
use crate::{Client, Error};

/// All that is known before the first batch is sent.
pub(super) struct Prepared {
    pub(super) draft: Draft,
    pub(super) plan: PushPlan,
    pub(super) namespace: Uuid,
    pub(super) cutter: Cutter,
    pub(super) pace: Pace,
    /// How many requests were sent for it.
    pub(super) requests: u32,
    /// How many batches earlier runs began.
    pub(super) batches: usize,
    /// What those took: requests and replays.
    pub(super) earlier: (u32, u32),
    /// The id of the queue, if there was one when the push was planned.
    pub(super) queue: Option<String>,
    /// The batch that an earlier run did not see the end of.
    pub(super) under_way: Option<UnderWay>,
    /// The end of the push, if an earlier run came to it.
    pub(super) finished: Option<Record>,
}

/// Goes on with a push, or plans a new one.
pub(super) async fn prepare(
    spec: &Spec,
    client: &Client,
    leads: Vec<NewQueueNumber>,
    past: Option<Past>,
) -> Result<Prepared, Error> {
    let mut prepared = match past {
        Some(past) => resume(spec, client, leads, past).await?,
        None => begin(spec, client, leads).await?,
    };
    let plan = &mut prepared.plan;
    plan.batches = prepared.cutter.batches();
    plan.requests = plan.batches + usize::try_from(prepared.requests).unwrap_or_default();
    plan.least_time = prepared.pace.least(client, plan.batches);
    Ok(prepared)
}

async fn begin(
    spec: &Spec,
    client: &Client,
    leads: Vec<NewQueueNumber>,
) -> Result<Prepared, Error> {
    let push_id = spec.push_id.clone().unwrap_or_else(PushId::random);
    let mut pace = Pace::default();
    let mut screen = Screen::new(spec.screen);
    let started = pace.start(client, RateClass::Read);
    let found = look(spec, &mut screen).await?;
    pace.end(&started, found.requests);
    let mut draft = Draft::screen(leads, &mut screen).await;
    draft.fit(spec.limit, spec.when_full, found.total)?;
    Ok(Prepared {
        namespace: spec.namespace(&push_id),
        cutter: Cutter::new(draft.to_send.len(), spec.batch_size),
        plan: draft.plan(push_id, found.total),
        draft,
        pace,
        requests: found.requests,
        batches: 0,
        earlier: (0, 0),
        queue: found.queue,
        under_way: None,
        finished: None,
    })
}

/// Looks at the queue, as far as the push has to know it.
async fn look(spec: &Spec, screen: &mut Screen) -> Result<Found, Error> {
    if spec.screen.duplicates == Duplicates::DropInListAndQueue {
        queue::read(&spec.dialer, &spec.options, |entry| screen.queued(entry)).await
    } else {
        queue::count(&spec.dialer, &spec.options).await
    }
}

/// The plan is not made again, as the queue holds what was sent meanwhile; it is
/// only seen whether it is the same queue, if there is more to send.
async fn resume(
    spec: &Spec,
    client: &Client,
    leads: Vec<NewQueueNumber>,
    past: Past,
) -> Result<Prepared, Error> {
    past.check(spec, &leads).await?;
    let mut pace = Pace::default();
    let mut requests = 0;
    if past.finished.is_none() {
        let started = pace.start(client, RateClass::Read);
        let found = queue::count(&spec.dialer, &spec.options).await?;
        pace.end(&started, found.requests);
        past.check_queue(&found)?;
        requests = found.requests;
    }
    let mut draft = Draft::screen(leads, &mut Screen::new(spec.screen)).await;
    draft.follow(&past.planned)?;
    let mut plan = draft.plan(past.head.push_id.clone(), past.planned.queue_total);
    plan.resumed = Some(ResumedPush {
        settled: past.placed.len(),
        under_way: past.under_way.is_some(),
        finished: past.finished.is_some(),
    });
    for (index, placed) in past.placed.into_iter().enumerate() {
        draft.set(index, placed.into());
    }
    Ok(Prepared {
        namespace: spec.namespace(&plan.push_id),
        cutter: past.cutter,
        plan,
        draft,
        pace,
        requests,
        batches: past.batches,
        earlier: (past.requests, past.replays),
        queue: past.planned.queue,
        under_way: past.under_way,
        finished: past.finished,
    })
}

impl Prepared {
    /// What the journal of a new push begins with.
    pub(super) async fn for_journal(&self, spec: &Spec) -> (Head, Planned) {
        let subject = journal::subject(spec, self.namespace, &self.draft.leads).await;
        let head = Head::new(self.plan.push_id.clone(), subject);
        let queue = self.queue.clone();
        (head, self.draft.for_journal(self.plan.queue_total, queue))
    }
}
