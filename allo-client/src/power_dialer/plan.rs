//! What a push is going to do: which leads are sent, in how many requests, and
//! how long that takes at least. Decided here, without I/O.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::journal::{self, Planned};
use super::status::CAPACITY;
use super::{LeadFate, PushId, Rejection, Screen};
use crate::types::NewQueueNumber;
use crate::{Error, ErrorCode};

/// What to do when not all leads fit into the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenFull {
    /// Send none of them.
    #[default]
    Refuse,
    /// Send the first ones, as many as fit.
    SendWhatFits,
}

/// What a push is going to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PushPlan {
    /// The name of the push.
    pub push_id: PushId,
    /// How many leads were given.
    pub leads: usize,
    /// How many of them are sent.
    pub to_send: usize,
    /// How many are rejected for what they say, duplicates not counted.
    pub rejected: usize,
    /// How many are dropped as duplicates.
    pub duplicates: usize,
    /// How many are good, but over the limit that was set or do not fit.
    pub left_out: usize,
    /// How many entries the queue has.
    pub queue_total: u64,
    /// How many more it can take.
    pub capacity_left: u64,
    /// In how many batches the leads are sent.
    pub batches: usize,
    /// How many requests that takes in all, the reading of the queue included.
    pub requests: usize,
    /// How long sending takes at least, by the rate limit and by what else is
    /// waiting; as JSON in seconds.
    #[serde(serialize_with = "in_seconds")]
    pub least_time: Duration,
    /// What an earlier run has done, if this one goes on with its journal.
    pub resumed: Option<ResumedPush>,
}

/// What the journal of a push says of earlier runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResumedPush {
    /// How many leads were settled.
    pub settled: usize,
    /// Whether a batch was under way when the last run ended.
    pub under_way: bool,
    /// Whether all was done before, so that this run has nothing to send.
    pub finished: bool,
}

/// Lets others have their turn every now and then in a loop over a long list.
pub(super) async fn give_way(index: usize) {
    if index % 256 == 255 {
        tokio::task::yield_now().await;
    }
}

pub(super) fn in_seconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time.as_secs_f64())
}

/// The leads of a push and what is known of each so far.
pub(super) struct Draft {
    pub(super) leads: Vec<NewQueueNumber>,
    /// One for each lead; those that are sent are not sent yet.
    pub(super) fates: Vec<LeadFate>,
    /// The inputs that are sent, in order, with their numbers in E.164.
    pub(super) to_send: Vec<(usize, String)>,
    /// How many were good.
    pub(super) accepted: usize,
}

impl Draft {
    /// Screens all leads.
    pub(super) async fn screen(leads: Vec<NewQueueNumber>, screen: &mut Screen) -> Self {
        let mut fates = Vec::with_capacity(leads.len());
        let mut to_send = Vec::new();
        for (input, lead) in leads.iter().enumerate() {
            fates.push(match screen.check(lead) {
                Ok(accepted) => {
                    to_send.push((input, accepted.number));
                    LeadFate::NotSent
                }
                Err(reason) => LeadFate::Rejected { reason },
            });
            give_way(input).await;
        }
        Self {
            accepted: to_send.len(),
            leads,
            fates,
            to_send,
        }
    }

    /// Leaves out what is over the limit of the caller or the cap of the queue.
    pub(super) fn fit(
        &mut self,
        limit: Option<usize>,
        when_full: WhenFull,
        queue_total: u64,
    ) -> Result<(), Error> {
        let capacity = CAPACITY.saturating_sub(queue_total);
        let room = usize::try_from(capacity).unwrap_or(usize::MAX);
        self.to_send.truncate(limit.unwrap_or(usize::MAX));
        if self.to_send.len() > room {
            if when_full == WhenFull::Refuse {
                return Err(does_not_fit(self.to_send.len(), capacity));
            }
            self.to_send.truncate(room);
        }
        Ok(())
    }

    /// Sends what an earlier run has planned to send.
    pub(super) fn follow(&mut self, planned: &Planned) -> Result<(), Error> {
        for &(input, position) in &planned.queued {
            if let Some(fate) = self.fates.get_mut(input) {
                let reason = Rejection::AlreadyQueued { position };
                *fate = LeadFate::Rejected { reason };
            }
        }
        let accepted = std::mem::take(&mut self.to_send);
        let mut good: BTreeMap<_, _> = accepted.into_iter().collect();
        for (input, _) in &planned.queued {
            good.remove(input);
        }
        self.accepted = good.len();
        let runs = planned.send.iter();
        for input in runs.flat_map(|&(first, count)| first..first.saturating_add(count)) {
            let number = good.remove(&input).ok_or_else(read_otherwise)?;
            self.to_send.push((input, number));
        }
        Ok(())
    }

    /// What a later run has to know of the plan.
    pub(super) fn for_journal(&self, queue_total: u64, queue: Option<String>) -> Planned {
        let fates = self.fates.iter().enumerate();
        let queued = fates.filter_map(|(input, fate)| match fate.rejection()? {
            Rejection::AlreadyQueued { position } => Some((input, *position)),
            _ => None,
        });
        Planned {
            send: journal::runs(self.to_send.iter().map(|(input, _)| *input)),
            queued: queued.collect(),
            queue_total,
            queue,
        }
    }

    /// Notes what became of a lead, by its place among those that are sent.
    pub(super) fn set(&mut self, index: usize, fate: LeadFate) {
        let input = self.to_send.get(index).map(|(input, _)| *input);
        let place = input.and_then(|input| self.fates.get_mut(input));
        if let Some(place) = place {
            *place = fate;
        }
    }

    /// The counts of a plan.
    pub(super) fn plan(&self, push_id: PushId, queue_total: u64) -> PushPlan {
        let rejections = self.fates.iter().filter_map(LeadFate::rejection);
        let (duplicates, rejected): (Vec<_>, Vec<_>) =
            rejections.partition(|reason| Rejection::is_duplicate(reason));
        PushPlan {
            push_id,
            leads: self.leads.len(),
            to_send: self.to_send.len(),
            rejected: rejected.len(),
            duplicates: duplicates.len(),
            left_out: self.accepted - self.to_send.len(),
            queue_total,
            capacity_left: CAPACITY.saturating_sub(queue_total),
            batches: 0,
            requests: 0,
            least_time: Duration::ZERO,
            resumed: None,
        }
    }
}

/// The list is that of the journal, but its numbers are read in another way.
fn read_otherwise() -> Error {
    let message = "a number that the journal plans to send is not accepted any more";
    Error::invalid_request(message)
        .with_param("journal")
        .with_suggestion("go on with the program that began the push")
}

fn does_not_fit(leads: usize, capacity: u64) -> Error {
    let message = format!(
        "{leads} leads are to be sent, but the queue has room for {capacity} of at most {CAPACITY}"
    );
    Error::invalid_request(message)
        .with_code(ErrorCode::DialingQueueLimitReached)
        .with_param("leads")
        .with_suggestion("clear or reset the queue, or send only what fits")
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;
    use crate::power_dialer::ScreenOptions;

    #[tokio::test]
    async fn a_long_list_lets_others_have_their_turn() {
        let leads = vec![NewQueueNumber::from("+12125550100"); 1_000];
        let mut screen = Screen::new(ScreenOptions::new());
        let mut screening = pin!(Draft::screen(leads, &mut screen));
        let mut polls = 0;
        let draft = std::future::poll_fn(|context| {
            polls += 1;
            screening.as_mut().poll(context)
        });
        assert_eq!(draft.await.to_send.len(), 1_000);
        assert_eq!(polls, 1 + 1_000 / 256);
    }
}
