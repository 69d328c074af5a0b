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
        Some(past) => resume(spec, leads, past)?,
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
    let mut draft = Draft::screen(leads, &mut screen);
    draft.fit(spec.limit, spec.when_full, found.total)?;
    Ok(Prepared {
        namespace: push_id.namespace(&spec.dialer.teammate),
        cutter: Cutter::new(draft.to_send.len(), spec.batch_size),
        plan: draft.plan(push_id, found.total),
        draft,
        pace,
        requests: found.requests,
        batches: 0,
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

/// The queue is not looked at again: it holds what was sent meanwhile.
fn resume(spec: &Spec, leads: Vec<NewQueueNumber>, past: Past) -> Result<Prepared, Error> {
    past.check(spec, &leads)?;
    let mut draft = Draft::screen(leads, &mut Screen::new(spec.screen));
    draft.follow(&past.planned)?;
    let mut plan = draft.plan(past.head.push_id.clone(), past.planned.queue_total);
    plan.resumed = Some(ResumedPush {
        settled: past.placed.len(),
        under_way: past.under_way.is_some(),
    });
    for (index, placed) in past.placed.into_iter().enumerate() {
        draft.set(index, placed.into());
    }
    Ok(Prepared {
        namespace: plan.push_id.namespace(&spec.dialer.teammate),
        cutter: past.cutter,
        plan,
        draft,
        pace: Pace::default(),
        requests: 0,
        batches: past.batches,
        under_way: past.under_way,
        finished: past.finished,
    })
}

impl Prepared {
    /// What the journal of a new push begins with.
    pub(super) fn for_journal(&self, spec: &Spec) -> (Head, Planned) {
        let subject = journal::subject(spec, self.namespace, &self.draft.leads);
        let head = Head::new(self.plan.push_id.clone(), subject);
        (head, self.draft.for_journal(self.plan.queue_total))
    }
}
