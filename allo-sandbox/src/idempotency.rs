//! Answers kept by `Idempotency-Key`, so that a repeated write is answered again, not done again.
//! An answer is kept for one hour and only when it is a success; keys belong to one API key each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::errors::{ApiError, Code};
use crate::lock::lock;
use crate::reply::Reply;

/// How long a kept answer is replayed.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Who repeats, and by which key.
type Owner = (String, String);

#[derive(Debug, Clone)]
struct Entry {
    endpoint: String,
    answer: Option<(Reply, Instant)>,
}

impl Entry {
    fn expired(&self) -> bool {
        let kept = self.answer.as_ref().map(|(_, at)| at.elapsed());
        kept.is_some_and(|age| age >= LIFETIME)
    }
}

/// The kept answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store(Arc<Mutex<HashMap<Owner, Entry>>>);

impl Store {
    /// Forgets every answer, as an hour does.
    pub(crate) fn forget(&self) {
        lock(&self.0).retain(|_, entry| entry.answer.is_none());
    }

    /// A store with the same answers.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(lock(&self.0).clone())))
    }

    /// Keeps the answers of another store, and no others.
    pub(crate) fn restore(&self, other: &Self) {
        let answers = lock(&other.0).clone();
        *lock(&self.0) = answers;
    }
}

/// What a request with an idempotency key has to do.
#[derive(Debug)]
pub(crate) enum Turn {
    /// It is the first: do it, then settle the reservation.
    First(Reservation),
    /// It was done before: answer this.
    Repeat(Reply),
}

impl Store {
    /// Decides whether a request is the first under its key. `endpoint` is method and concrete
    /// path: the same key there replays whatever the body says, elsewhere it is refused.
    pub(crate) fn begin(&self, api_key: &str, key: &str, endpoint: &str) -> Result<Turn, ApiError> {
        let owner = (api_key.to_owned(), key.to_owned());
        let mut entries = lock(&self.0);
        entries.retain(|_, entry| !entry.expired());
        let Some(entry) = entries.get(&owner) else {
            let endpoint = endpoint.to_owned();
            let answer = None;
            entries.insert(owner.clone(), Entry { endpoint, answer });
            return Ok(Turn::First(Reservation {
                store: self.clone(),
                owner,
            }));
        };
        if entry.endpoint != endpoint {
            return Err(reused());
        }
        match &entry.answer {
            Some((reply, _)) => Ok(Turn::Repeat(reply.clone())),
            None => Err(in_progress()),
        }
    }
}

/// The right to be the first request under a key. Dropped without `settle`, the key is free again.
#[derive(Debug)]
pub(crate) struct Reservation {
    store: Store,
    owner: Owner,
}

impl Reservation {
    /// Keeps a success; any other answer leaves the key unused.
    pub(crate) fn settle(self, reply: &Reply) {
        if !reply.status.is_success() {
            return;
        }
        if let Some(entry) = lock(&self.store.0).get_mut(&self.owner) {
            entry.answer = Some((reply.clone(), Instant::now()));
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut entries = lock(&self.store.0);
        if entries
            .get(&self.owner)
            .is_some_and(|entry| entry.answer.is_none())
        {
            entries.remove(&self.owner);
        }
    }
}

fn reused() -> ApiError {
    let message = "This idempotency key was used for another endpoint.";
    ApiError::new(Code::IdempotencyKeyReuse, message).suggestion("Use a new key for each write.")
}

fn in_progress() -> ApiError {
    let message = "A request with this idempotency key is still being answered.";
    ApiError::new(Code::OtherTransactionInProgress, message)
        .suggestion("Repeat the request with the same key in a moment.")
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;

    fn reply(status: StatusCode) -> Reply {
        Reply::json(status, &json!({}))
    }

    fn first(store: &Store, key: &str) -> Reservation {
        match store.begin("api-1", key, "POST /a").unwrap() {
            Turn::First(reservation) => reservation,
            Turn::Repeat(_) => panic!("{key} was answered before"),
        }
    }

    fn is_repeat(store: &Store, api_key: &str) -> bool {
        matches!(store.begin(api_key, "k", "POST /a"), Ok(Turn::Repeat(_)))
    }

    #[test]
    fn a_success_is_kept_for_its_api_key_only() {
        let store = Store::default();
        first(&store, "k").settle(&reply(StatusCode::OK));
        assert!(is_repeat(&store, "api-1"));
        assert!(!is_repeat(&store, "api-2"));
    }

    #[test]
    fn a_failure_or_an_abandoned_request_frees_the_key() {
        let store = Store::default();
        first(&store, "k").settle(&reply(StatusCode::NOT_FOUND));
        drop(first(&store, "k"));
        first(&store, "k").settle(&reply(StatusCode::OK));
    }

    #[test]
    fn a_request_in_flight_blocks_its_double() {
        let store = Store::default();
        let running = first(&store, "k");
        assert!(store.begin("api-1", "k", "POST /a").is_err());
        running.settle(&reply(StatusCode::OK));
        assert!(is_repeat(&store, "api-1"));
    }

    #[test]
    fn another_endpoint_is_refused() {
        let store = Store::default();
        first(&store, "k").settle(&reply(StatusCode::OK));
        assert!(store.begin("api-1", "k", "PATCH /a").is_err());
        assert!(store.begin("api-1", "k", "POST /b").is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_forgotten_after_an_hour() {
        let store = Store::default();
        first(&store, "k").settle(&reply(StatusCode::OK));
        tokio::time::advance(LIFETIME - Duration::from_secs(1)).await;
        assert!(is_repeat(&store, "api-1"));
        tokio::time::advance(Duration::from_secs(1)).await;
        drop(first(&store, "k"));
    }
}
