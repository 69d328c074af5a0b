//! The service of the fault server: a few operations of the API over a list, with idempotency keys, and a record of
//! everything executed. Requests identify their call by `X-Request-Id`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::http::{HttpResponse, Request};

/// An unknown e-mail address: a call for this teammate gets `ASSIGNEE_NOT_FOUND`.
pub const STRANGER: &str = "stranger@example.com";

/// Whether the success of this request has a body.
pub(super) fn answers_with_a_body(request: &Request) -> bool {
    !request.path.ends_with("/tags")
}

/// The service with its record. Clones share it.
#[derive(Clone, Debug)]
pub struct Service {
    state: Arc<Mutex<State>>,
    /// Whether the first version of the API honours idempotency keys.
    honours_v1: bool,
}

#[derive(Debug, Default)]
struct State {
    requests: usize,
    replays: usize,
    /// How often each call was executed.
    effects: HashMap<String, usize>,
    /// Stored responses by idempotency key and endpoint.
    kept: HashMap<(String, String), HttpResponse>,
    under_way: HashSet<(String, String)>,
    queue: Vec<String>,
}

impl Service {
    /// A service without any record.
    #[must_use]
    pub fn new(honours_v1: bool) -> Self {
        Self {
            state: Arc::default(),
            honours_v1,
        }
    }

    /// How often a call was executed.
    #[must_use]
    pub fn times(&self, call: &str) -> usize {
        self.state().effects.get(call).copied().unwrap_or(0)
    }

    /// The calls that were executed more than once.
    #[must_use]
    pub fn doubled(&self) -> usize {
        let state = self.state();
        state.effects.values().filter(|times| **times > 1).count()
    }

    /// The number of all executions.
    #[must_use]
    pub fn executed(&self) -> usize {
        self.state().effects.values().sum()
    }

    /// The number of requests that reached the service.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.state().requests
    }

    /// The number of replayed responses.
    #[must_use]
    pub fn replays(&self) -> usize {
        self.state().replays
    }

    /// The numbers in the queue, in order.
    #[must_use]
    pub fn queue(&self) -> Vec<String> {
        self.state().queue.clone()
    }

    /// Whether a request is being executed.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.state().under_way.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Executes a request, which takes this long, and returns the response.
    pub(super) async fn execute_request(&self, request: &Request, late: Duration) -> HttpResponse {
        self.state().requests += 1;
        let Some(key) = self.key(request) else {
            sleep(late).await;
            return self
                .state()
                .execute(request)
                .unwrap_or_else(|refusal| refusal);
        };
        if let Some(answer) = self.begin(&key) {
            return answer;
        }
        sleep(late).await;
        let mut state = self.state();
        state.under_way.remove(&key);
        match state.execute(request) {
            Ok(answer) => {
                state.kept.insert(key, answer.clone());
                answer
            }
            Err(refusal) => refusal,
        }
    }

    /// The idempotency key with its endpoint, where keys are honoured.
    fn key(&self, request: &Request) -> Option<(String, String)> {
        let honours = self.honours_v1 || !request.path.starts_with("/v1/");
        let key = request.header("idempotency-key").filter(|_| honours)?;
        Some((
            key.to_owned(),
            format!("{} {}", request.method, request.path),
        ))
    }

    /// The response without execution, if there is one.
    fn begin(&self, key: &(String, String)) -> Option<HttpResponse> {
        let mut state = self.state();
        if let Some(kept) = state.kept.get(key) {
            let mut answer = kept.clone();
            answer.replayed = true;
            state.replays += 1;
            return Some(answer);
        }
        if state.under_way.insert(key.clone()) {
            return None;
        }
        let busy = json!({"error": {
            "code": "OTHER_TRANSACTION_IN_PROGRESS", "message": "busy", "retryable": true,
        }});
        Some(HttpResponse::json(409, &busy))
    }
}

impl State {
    /// The response of a success, or a refusal.
    fn execute(&mut self, request: &Request) -> Result<HttpResponse, HttpResponse> {
        let body = request.json();
        if body["email"] == STRANGER {
            let refusal = json!({"error": {
                "code": "ASSIGNEE_NOT_FOUND", "message": "nobody", "retryable": false,
            }});
            return Err(HttpResponse::json(404, &refusal));
        }
        let data = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/v2/api/dialing-queues/current") => return Ok(self.page()),
            ("GET", _) => json!({"api_key_id": "api-1", "scopes": ["SMS_SEND"], "endpoints": []}),
            ("POST", "/v2/api/dialing-queues/current/numbers") => self.append(&body),
            _ if !answers_with_a_body(request) => Value::Null,
            ("PATCH", _) => json!({"id": "pdl_1", "name": body["name"]}),
            (_, path) if path.starts_with("/v1/api/sms") => {
                json!({"to_number": body["to"], "content": body["message"]})
            }
            // Reset, and any other operation that a test calls.
            _ => json!({"id": "pdl_1"}),
        };
        let call = request.header("x-request-id").unwrap_or_default();
        *self.effects.entry(call.to_owned()).or_default() += 1;
        Ok(match data {
            Value::Null => HttpResponse::text(200, "application/json", ""),
            data => HttpResponse::json(200, &json!({ "data": data })),
        })
    }

    fn append(&mut self, body: &Value) -> Value {
        let numbers = body["numbers"].as_array().cloned().unwrap_or_default();
        let mut added = Vec::new();
        for number in numbers {
            let number = number["number"].as_str().unwrap_or_default().to_owned();
            added.push(json!({"number_to": number, "position": self.queue.len()}));
            self.queue.push(number);
        }
        json!({"added": added, "skipped": []})
    }

    fn page(&self) -> HttpResponse {
        let entries = self.queue.iter().enumerate();
        let entries = entries.map(|(at, number)| json!({"number_to": number, "position": at}));
        let (entries, count) = (entries.collect::<Vec<_>>(), self.queue.len());
        let pagination = json!({
            "page": 1, "size": 100, "total_count": count, "total_pages": 1, "has_more": false,
        });
        HttpResponse::json(200, &json!({"data": entries, "pagination": pagination}))
    }
}
