//! Stores responses by `Idempotency-Key`, so that a repeated write is replayed instead of executed.
//! Only successful responses are stored, for one hour; keys are separate for each API key.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::errors::{ApiError, Code};
use crate::lock::lock;
use crate::reply::Reply;

/// How long a stored response is replayed.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// API key and idempotency key.
type Owner = (String, String);

#[derive(Debug, Clone)]
struct Entry {
    endpoint: String,
    /// The response, and when it was stored.
    answer: Option<(Reply, Duration)>,
}

impl Entry {
    fn expired(&self, now: Duration) -> bool {
        let kept = self.answer.as_ref().map(|(_, at)| now.saturating_sub(*at));
        kept.is_some_and(|age| age >= LIFETIME)
    }
}

/// The stored responses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    entries: Arc<Mutex<HashMap<Owner, Entry>>>,
    ignores_v1: Arc<AtomicBool>,
}

impl Store {
    /// Removes all responses, as after an hour.
    pub(crate) fn clear(&self) {
        lock(&self.entries).retain(|_, entry| entry.answer.is_none());
    }

    /// Removes everything, requests in progress included, and honours keys in v1 again.
    pub(crate) fn reset(&self) {
        lock(&self.entries).clear();
        self.ignore_v1(false);
    }

    /// A copy of the store.
    pub(crate) fn copy(&self) -> Self {
        let ignores_v1 = self.ignores_v1.load(Ordering::Relaxed);
        Self {
            entries: Arc::new(Mutex::new(lock(&self.entries).clone())),
            ignores_v1: Arc::new(AtomicBool::new(ignores_v1)),
        }
    }

    /// Replaces the responses by those of another store.
    pub(crate) fn restore(&self, other: &Self) {
        let responses = lock(&other.entries).clone();
        *lock(&self.entries) = responses;
    }
}

/// What to do with a request that has an idempotency key.
#[derive(Debug)]
pub(crate) enum Claim {
    /// Execute it, then complete the reservation.
    New(Reservation),
    /// Replay this response.
    Replay(Reply),
}

impl Store {
    /// Sets whether v1 of the API ignores idempotency keys.
    pub(crate) fn ignore_v1(&self, ignores: bool) {
        self.ignores_v1.store(ignores, Ordering::Relaxed);
    }

    /// Whether this version of the API honours idempotency keys.
    pub(crate) fn is_enabled(&self, is_v1: bool) -> bool {
        !(is_v1 && self.ignores_v1.load(Ordering::Relaxed))
    }

    /// Claims a key for a request at this time since the start of the sandbox. `endpoint` is method and concrete path: the same key on the same
    /// endpoint replays, whatever the body; on another endpoint it is an error.
    pub(crate) fn claim(
        &self,
        api_key: &str,
        key: &str,
        endpoint: &str,
        now: Duration,
    ) -> Result<Claim, ApiError> {
        let owner = (api_key.to_owned(), key.to_owned());
        let mut entries = lock(&self.entries);
        entries.retain(|_, entry| !entry.expired(now));
        let Some(entry) = entries.get(&owner) else {
            let endpoint = endpoint.to_owned();
            let answer = None;
            entries.insert(owner.clone(), Entry { endpoint, answer });
            return Ok(Claim::New(Reservation {
                store: self.clone(),
                owner,
            }));
        };
        if entry.endpoint != endpoint {
            return Err(reused());
        }
        match &entry.answer {
            Some((reply, _)) => Ok(Claim::Replay(reply.clone())),
            None => Err(in_progress()),
        }
    }
}

/// The right to execute a request under a key. If dropped without `complete`, the key is free again.
#[derive(Debug)]
pub(crate) struct Reservation {
    store: Store,
    owner: Owner,
}

impl Reservation {
    /// Stores a successful response at this time; otherwise the key stays unused.
    pub(crate) fn complete(self, reply: &Reply, now: Duration) {
        if !reply.status.is_success() {
            return;
        }
        if let Some(entry) = lock(&self.store.entries).get_mut(&self.owner) {
            entry.answer = Some((reply.clone(), now));
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut entries = lock(&self.store.entries);
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
    let message = "A request with this idempotency key is still in progress.";
    ApiError::new(Code::OtherTransactionInProgress, message)
        .suggestion("Retry the request with the same key after a short delay.")
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;

    const NOW: Duration = Duration::from_secs(7);

    fn reply(status: StatusCode) -> Reply {
        Reply::json(status, &json!({}))
    }

    fn first(store: &Store, key: &str) -> Reservation {
        match store.claim("api-1", key, "POST /a", NOW).unwrap() {
            Claim::New(reservation) => reservation,
            Claim::Replay(_) => panic!("{key} was answered before"),
        }
    }

    fn is_repeat(store: &Store, api_key: &str) -> bool {
        matches!(
            store.claim(api_key, "k", "POST /a", NOW),
            Ok(Claim::Replay(_))
        )
    }

    #[test]
    fn a_success_is_kept_for_its_api_key_only() {
        let store = Store::default();
        first(&store, "k").complete(&reply(StatusCode::OK), NOW);
        assert!(is_repeat(&store, "api-1"));
        assert!(!is_repeat(&store, "api-2"));
    }

    #[test]
    fn a_failure_or_an_abandoned_request_frees_the_key() {
        let store = Store::default();
        first(&store, "k").complete(&reply(StatusCode::NOT_FOUND), NOW);
        drop(first(&store, "k"));
        first(&store, "k").complete(&reply(StatusCode::OK), NOW);
    }

    #[test]
    fn a_request_in_flight_blocks_its_duplicate() {
        let store = Store::default();
        let running = first(&store, "k");
        assert!(store.claim("api-1", "k", "POST /a", NOW).is_err());
        running.complete(&reply(StatusCode::OK), NOW);
        assert!(is_repeat(&store, "api-1"));
    }

    #[test]
    fn another_endpoint_is_refused() {
        let store = Store::default();
        first(&store, "k").complete(&reply(StatusCode::OK), NOW);
        assert!(store.claim("api-1", "k", "PATCH /a", NOW).is_err());
        assert!(store.claim("api-1", "k", "POST /b", NOW).is_err());
    }

    #[test]
    fn an_answer_is_forgotten_after_an_hour() {
        let store = Store::default();
        let is_repeat = |after| {
            let claim = store.claim("api-1", "k", "POST /a", NOW + after);
            matches!(claim, Ok(Claim::Replay(_)))
        };
        first(&store, "k").complete(&reply(StatusCode::OK), NOW);
        assert!(is_repeat(LIFETIME - Duration::from_secs(1)));
        assert!(!is_repeat(LIFETIME));
    }
}
