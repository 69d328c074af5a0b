//! Resumes a push from its journal: compares the journal with the queue and plans the rest. `recovery` handles leads
//! without a record.

use std::sync::Arc;

use super::batch::Batcher;
use super::duplicates::DuplicateFilter;
use super::eta::Eta;
use super::journal::{self, JournalState, Record};
use super::leads::ValidatedLeads;
use super::plan::{PlannedLeads, flags};
use super::prepare::{PreparedPush, StartingPoint, Target, now};
use super::queue::{self, Snapshot};
use super::spec::Spec;
use super::{Duplicates, FinishedJournal, LeadStatus, ReplacedQueue, ResumedPush};
use crate::error::Error;
use crate::model::operation::RateClass;
use crate::transport::client_handle::Client;

/// A push of the journal together with the current queue.
pub(super) struct Resumption<'a> {
    pub(super) spec: &'a Spec,
    pub(super) client: &'a Client,
    pub(super) state: JournalState,
    pub(super) leads: PlannedLeads,
    pub(super) snapshot: Snapshot,
    eta: Eta,
    pub(super) settled: Vec<Settled>,
    /// What the plan and report say about earlier runs.
    resumed: Option<ResumedPush>,
}

/// A lead that was added.
pub(super) struct Settled {
    pub(super) input: usize,
    pub(super) position: u64,
    /// Whether the lead is in the queue now.
    is_present: bool,
}

/// Resumes a push. The leads are not selected again, because the queue contains those that were sent.
pub(super) async fn resume(
    spec: &Spec,
    client: &Client,
    leads: Arc<ValidatedLeads>,
    state: JournalState,
) -> Result<PreparedPush, Error> {
    state.check(spec, &leads)?;
    let mut eta = Eta::default();
    let started = eta.start(client, RateClass::Read);
    let snapshot = queue::snapshot(&spec.dialer, &spec.options).await?;
    eta.end(&started, snapshot.requests);
    let mut filter = DuplicateFilter::new(spec.duplicates);
    let mut leads = PlannedLeads::select(leads, &mut filter).await;
    leads.apply_plan(&state.planned)?;
    let mut resumption = Resumption {
        resumed: None,
        spec,
        client,
        settled: settled(&state, &leads, &snapshot),
        state,
        leads,
        snapshot,
        eta,
    };
    resumption.resumed = Some(resumption.resumed());
    resumption.decide().await
}

/// The leads that were added, and whether they are in the queue now.
fn settled(state: &JournalState, leads: &PlannedLeads, snapshot: &Snapshot) -> Vec<Settled> {
    let kept = leads.kept.iter().copied();
    let placed = state.placed.iter().zip(&leads.to_send);
    let placed = placed.filter_map(|(placed, input)| Some((*input, placed.position()?)));
    let all: Vec<_> = kept.chain(placed).collect();
    let number = |input| leads.list.number(input).unwrap_or_default();
    let places: Vec<_> = all
        .iter()
        .map(|(input, position)| (*position, number(*input)))
        .collect();
    let present = snapshot.are_present(&places);
    let all = all.into_iter().zip(present);
    let settled = all.map(|((input, position), is_present)| Settled {
        input,
        position,
        is_present,
    });
    settled.collect()
}

impl Resumption<'_> {
    async fn decide(self) -> Result<PreparedPush, Error> {
        let path = self.spec.journal_path();
        let is_replaced = self.is_replaced();
        let gone = self.gone();
        if let Some(finished) = self.state.finished.clone() {
            return match self.spec.when_finished {
                _ if gone == 0 && !is_replaced => Ok(self.report(finished)),
                FinishedJournal::Report => Ok(self.report(finished)),
                FinishedJournal::PushAgain => self.push_again().await,
                FinishedJournal::Refuse => {
                    let began = &self.state.head.began;
                    Err(journal::finished_and_gone(path, gone, began, is_replaced))
                }
            };
        }
        match self.spec.when_replaced {
            _ if !is_replaced => self.resume_in_queue(),
            ReplacedQueue::Refuse => Err(journal::other_queue(path, self.state.placed.len())),
            ReplacedQueue::PushRest => {
                let statuses = self.statuses();
                self.start_round(statuses).await
            }
            ReplacedQueue::PushAll => self.start_round(Vec::new()).await,
        }
    }

    /// Whether the queue was replaced since the push was started.
    fn is_replaced(&self) -> bool {
        match &self.state.queue {
            Some(queue) => self.snapshot.queue.as_ref() != Some(queue),
            // The first batch created the queue, and its id was not read.
            None => !self.settled.is_empty() && self.settled.iter().all(|lead| !lead.is_present),
        }
    }

    fn gone(&self) -> usize {
        self.settled.iter().filter(|lead| !lead.is_present).count()
    }

    fn resumed(&self) -> ResumedPush {
        let planned = &self.state.planned;
        let earlier = planned.kept.len() + planned.gone.len() + planned.skipped.len();
        ResumedPush {
            began: self.state.head.began.clone(),
            last_settled: self.state.settled_at.clone(),
            settled: self.state.placed.len() + earlier,
            still_in_queue: self.settled.len() - self.gone(),
            gone: self.gone() + planned.gone.len(),
            found_in_queue: 0,
            queue_replaced: self.is_replaced(),
            under_way: self.state.in_flight.is_some(),
            finished: self.state.finished.is_some(),
        }
    }

    /// The status of the settled leads.
    fn statuses(&self) -> Vec<(usize, LeadStatus)> {
        let is_replaced = self.is_replaced();
        let added = self.settled.iter().map(|lead| {
            let position = lead.position;
            let status = if lead.is_present && !is_replaced {
                LeadStatus::Added { position }
            } else {
                LeadStatus::Gone { position }
            };
            (lead.input, status)
        });
        let placed = self.state.placed.iter().zip(&self.leads.to_send);
        let skipped = placed.filter(|(placed, _)| !placed.is_added());
        let skipped = skipped.map(|(placed, input)| (*input, placed.clone().into()));
        added.chain(skipped).collect()
    }

    /// An earlier run finished the push.
    fn report(self, finished: Record) -> PreparedPush {
        self.prepared(StartingPoint::Finished(finished))
    }

    /// Pushes the leads that are not in the queue, with new keys.
    async fn push_again(self) -> Result<PreparedPush, Error> {
        let keep = if self.is_replaced() {
            Vec::new()
        } else {
            let mut statuses = self.statuses();
            statuses.retain(|(_, status)| !matches!(status, LeadStatus::Gone { .. }));
            statuses
        };
        self.start_round(keep).await
    }

    /// Starts a new round: plans the leads that are not in `settled`, for the current queue.
    async fn start_round(self, settled: Vec<(usize, LeadStatus)>) -> Result<PreparedPush, Error> {
        let Self {
            spec,
            client,
            snapshot,
            ..
        } = &self;
        let before = flags(self.leads.list.len(), &self.leads.to_send);
        let mut filter = DuplicateFilter::new(spec.duplicates);
        if spec.duplicates == Duplicates::DropInListAndQueue {
            for entry in &snapshot.entries {
                let position = i64::try_from(entry.position).unwrap_or(i64::MAX);
                filter.queued(&entry.number, position);
            }
        }
        let list = Arc::clone(&self.leads.list);
        let mut leads = PlannedLeads::select(list, &mut filter).await;
        leads.settle(settled);
        if spec.limit.is_some() {
            leads
                .to_send
                .retain(|input| before.get(*input) == Some(&true));
        }
        let total = u64::try_from(snapshot.entries.len()).unwrap_or(u64::MAX);
        leads.fit(None, spec.when_full, spec.capacity, total)?;
        if !snapshot.is_whole {
            return Err(journal::unreadable_queue(spec.journal_path()));
        }
        // An append that was in flight may have been executed.
        match leads.count_queued(&snapshot.without(leads.positions())) {
            0 => {}
            queued => return Err(journal::left_in_doubt(spec.journal_path(), queued)),
        }
        let push_id = self.state.head.push_id.clone();
        let round = self.state.head.round.saturating_add(1);
        let namespace = spec.namespace(&push_id, round);
        let mut plan = leads.plan(push_id, total, spec.capacity);
        plan.resumed.clone_from(&self.resumed);
        let last = snapshot.entries.last().map(|last| last.anchor(namespace));
        Ok(PreparedPush {
            namespace,
            named: self.state.head.named,
            round,
            began: now(client),
            batcher: Batcher::new(leads.to_send.len(), spec.batch_size),
            plan,
            leads,
            requests: snapshot.requests,
            batches: 0,
            earlier: (0, 0),
            queue: Target {
                id: snapshot.queue.clone(),
                total,
                last,
                next: Some(snapshot.next()),
                snapshot: None,
            },
            in_flight: None,
            twice: Vec::new(),
            start: StartingPoint::New,
            eta: self.eta,
        })
    }

    pub(super) fn prepared(mut self, start: StartingPoint) -> PreparedPush {
        for (input, status) in self.statuses() {
            if let Some(place) = self.leads.statuses.get_mut(input) {
                *place = status;
            }
        }
        let state = self.state;
        let namespace = self.spec.namespace(&state.head.push_id, state.head.round);
        let total = state.planned.queue_total;
        let push_id = state.head.push_id;
        let mut plan = self.leads.plan(push_id, total, self.spec.capacity);
        plan.resumed = self.resumed;
        PreparedPush {
            namespace,
            named: state.head.named,
            round: state.head.round,
            began: state.head.began,
            batcher: state.batcher,
            plan,
            leads: self.leads,
            eta: self.eta,
            requests: self.snapshot.requests,
            batches: state.batches,
            earlier: (state.requests, state.replays),
            queue: Target {
                id: state.queue,
                total,
                last: state.planned.last,
                next: Some(self.snapshot.next()),
                snapshot: Some(self.snapshot),
            },
            in_flight: state.in_flight,
            twice: state.twice,
            start,
        }
    }
}
