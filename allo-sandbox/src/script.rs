//! Scripted responses and holds for future requests, and endpoints that the API does not have.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use tokio::sync::{Semaphore, watch};

use crate::reply::Reply;

/// A scripted response that is used several times.
#[derive(Debug)]
pub(crate) struct Repeated {
    pub(crate) reply: Reply,
    /// How long the request waits for it.
    pub(crate) delay: Duration,
    /// How often it is used, at least once.
    pub(crate) times: u64,
}

/// Scripted responses and holds, by operation id, in order.
#[derive(Debug, Default)]
pub(crate) struct Script {
    responses: HashMap<&'static str, VecDeque<Repeated>>,
    holds: HashMap<&'static str, VecDeque<Gate>>,
    /// Responses of added endpoints, by method and path.
    endpoints: HashMap<(Method, String), VecDeque<Reply>>,
}

impl Script {
    pub(crate) fn add_response(&mut self, operation: &'static str, response: Repeated) {
        self.responses
            .entry(operation)
            .or_default()
            .push_back(response);
    }

    /// The next response of an operation, and its delay.
    pub(crate) fn next_response(&mut self, operation: &str) -> Option<(Reply, Duration)> {
        let responses = self.responses.get_mut(operation)?;
        let next = responses.front_mut()?;
        next.times = next.times.saturating_sub(1);
        let response = (next.reply.clone(), next.delay);
        if next.times == 0 {
            responses.pop_front();
        }
        Some(response)
    }

    /// How many scripted responses each operation has left, by operation id.
    pub(crate) fn pending_responses(&self) -> BTreeMap<&'static str, u64> {
        let pending = self.responses.iter().map(|(operation, responses)| {
            let left = responses.iter().map(|response| response.times);
            (*operation, left.fold(0, u64::saturating_add))
        });
        pending.filter(|(_, left)| *left > 0).collect()
    }

    pub(crate) fn clear_responses(&mut self) {
        self.responses.clear();
    }

    pub(crate) fn add_endpoint(&mut self, method: Method, path: String, reply: Reply) {
        let replies = self.endpoints.entry((method, path)).or_default();
        replies.push_back(reply);
    }

    /// The next response of an added endpoint; the last one stays.
    pub(crate) fn next_of_endpoint(&mut self, method: &Method, path: &str) -> Option<Reply> {
        let key = (method.clone(), path.to_owned());
        let replies = self.endpoints.get_mut(&key)?;
        match replies.len() {
            0 | 1 => replies.front().cloned(),
            _ => replies.pop_front(),
        }
    }

    pub(crate) fn hold(&mut self, operation: &'static str) -> Hold {
        let arrived = Arc::new(Semaphore::new(0));
        let (release, released) = watch::channel(());
        let gate = Gate {
            arrived: Arc::clone(&arrived),
            released,
        };
        self.holds.entry(operation).or_default().push_back(gate);
        Hold { arrived, release }
    }

    pub(crate) fn next_hold(&mut self, operation: &str) -> Option<Gate> {
        self.holds.get_mut(operation)?.pop_front()
    }
}

/// The request's side of a hold.
#[derive(Debug)]
pub(crate) struct Gate {
    arrived: Arc<Semaphore>,
    released: watch::Receiver<()>,
}

impl Gate {
    /// Waits until the hold is released.
    pub(crate) async fn pass(mut self) {
        self.arrived.add_permits(1);
        // The channel never carries a value; its end is the release.
        while self.released.changed().await.is_ok() {}
    }
}

/// Holds the next request of an operation just before it is executed. Dropping the hold releases the
/// request.
#[derive(Debug)]
#[must_use = "dropping the hold releases the request"]
pub struct Hold {
    arrived: Arc<Semaphore>,
    release: watch::Sender<()>,
}

impl Hold {
    /// Waits until the request has arrived.
    pub async fn arrived(&self) {
        // The semaphore is never closed; the permit is returned when it is dropped.
        let _permit = self.arrived.acquire().await;
    }

    /// Releases the request.
    pub fn release(self) {
        drop(self.release);
    }
}
