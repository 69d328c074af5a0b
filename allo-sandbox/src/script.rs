//! What a test told the sandbox to do with coming requests: answer them with something scripted,
//! or hold them until told otherwise.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::reply::Reply;

/// Scripted answers and holds, by operation id, each used once and in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Script {
    answers: HashMap<&'static str, VecDeque<Reply>>,
    holds: HashMap<&'static str, VecDeque<Gate>>,
}

impl Script {
    pub(crate) fn answer(&mut self, operation: &'static str, reply: Reply) {
        self.answers.entry(operation).or_default().push_back(reply);
    }

    pub(crate) fn next_answer(&mut self, operation: &str) -> Option<Reply> {
        self.answers.get_mut(operation)?.pop_front()
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
    /// Waits until the test lets the request go.
    pub(crate) async fn pass(mut self) {
        self.arrived.add_permits(1);
        // The channel never carries a value: its end is the release.
        while self.released.changed().await.is_ok() {}
    }
}

/// Keeps the next request of an operation waiting just before it is carried out. Dropping the hold
/// lets the request go.
#[derive(Debug)]
#[must_use = "dropping the hold releases the request"]
pub struct Hold {
    arrived: Arc<Semaphore>,
    release: watch::Sender<()>,
}

impl Hold {
    /// Waits until the request is there.
    pub async fn arrived(&self) {
        // Never closed, so the only result is a permit, which goes back when it is dropped.
        let _permit = self.arrived.acquire().await;
    }

    /// Lets the request go.
    pub fn release(self) {
        drop(self.release);
    }
}
