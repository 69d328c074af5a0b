//! Scripted responses and holds for future requests, and endpoints that the API does not have.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::http::Method;
use tokio::sync::{Semaphore, watch};

use crate::reply::Reply;

/// Scripted responses and holds, by operation id, each used once and in order.
#[derive(Debug, Default)]
pub(crate) struct Script {
    responses: HashMap<&'static str, VecDeque<Reply>>,
    holds: HashMap<&'static str, VecDeque<Gate>>,
    /// Responses of added endpoints, by method and path.
    endpoints: HashMap<(Method, String), VecDeque<Reply>>,
}

impl Script {
    pub(crate) fn add_response(&mut self, operation: &'static str, reply: Reply) {
        self.responses
            .entry(operation)
            .or_default()
            .push_back(reply);
    }

    pub(crate) fn next_response(&mut self, operation: &str) -> Option<Reply> {
        self.responses.get_mut(operation)?.pop_front()
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
