//! A server with the responses of a row, which records when requests arrive.

use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::row::Row;
use crate::error::Error;
use crate::generated::operations;
use crate::model::api_key::ApiKey;
use crate::model::idempotency_key::IdempotencyKey;
use crate::rate_limit::Pacing;
use crate::transport::backoff::Backoff;
use crate::transport::call_options::CallOptions;
use crate::transport::context::{ClientContext, Clock, Policy, Server};
use crate::transport::http_transport::{
    Attempt, BodyProblem, HttpTransport, ReceivedResponse, TransportError, TransportErrorKind,
};
use crate::transport::{Decoded, PreparedRequest, RetryBudget};

/// The time of day at which every row starts.
const START: &str = "2026-05-20T13:00:00Z";

pub(in crate::transport) struct Script {
    pub(in crate::transport) context: ClientContext,
    pub(in crate::transport) prepared: PreparedRequest,
    answers: Vec<Vec<String>>,
    slow: Duration,
    /// When each request came and when its response was over.
    log: Mutex<Vec<(Instant, Instant)>>,
    keys: Mutex<Vec<Option<IdempotencyKey>>>,
}

impl Script {
    pub(in crate::transport) fn new(row: &Row, seed: u64) -> Self {
        let key = row.is_write.then(IdempotencyKey::random);
        Self {
            context: context(row, seed),
            prepared: PreparedRequest {
                operation: match (row.is_write, row.is_unproven) {
                    (true, false) => &operations::APPEND_DIALING_QUEUE_NUMBERS,
                    (true, true) => &operations::SEND_SMS,
                    (false, _) => &operations::GET_ME,
                },
                path: "/".to_owned(),
                query: String::new(),
                body: None,
                key,
                options: options(row),
                read: Decoded::unit,
                other_server: None,
            },
            answers: row.answers.clone(),
            slow: Duration::from_secs_f64(row.option("slow").unwrap_or(0.01)),
            log: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    pub(in crate::transport) fn requests(&self) -> usize {
        self.log.lock().unwrap().len()
    }

    /// The time between each response and the next request.
    pub(in crate::transport) fn waits(&self) -> Vec<Duration> {
        let log = self.log.lock().unwrap();
        let pairs = log.iter().zip(log.iter().skip(1));
        pairs.map(|((_, over), (next, _))| *next - *over).collect()
    }

    /// Every attempt of a write has the same key, and none of a read has one.
    pub(in crate::transport) fn same_key(&self) -> Result<(), String> {
        let wrong = self
            .keys
            .lock()
            .unwrap()
            .iter()
            .any(|key| *key != self.prepared.key);
        if wrong {
            Err("another key".to_owned())
        } else {
            Ok(())
        }
    }
}

impl HttpTransport for Script {
    type Request = Option<IdempotencyKey>;

    fn sign(&self) -> Result<Self::Request, Error> {
        Ok(self.prepared.key.clone())
    }

    fn send(&self, key: Self::Request, time: Duration) -> impl Future<Output = Attempt> + Send {
        self.keys.lock().unwrap().push(key);
        let count = self.requests();
        let words = self
            .answers
            .get(count)
            .or(self.answers.last())
            .cloned()
            .unwrap_or_default();
        let came = Instant::now();
        async move {
            let attempt = if words.iter().any(|word| word == "stalls") || self.slow >= time {
                sleep(time).await;
                Attempt::Failed(TransportError::new(
                    TransportErrorKind::Timeout,
                    "timed out",
                ))
            } else {
                sleep(self.slow).await;
                attempt(&words)
            };
            self.log.lock().unwrap().push((came, Instant::now()));
            attempt
        }
    }
}

fn context(row: &Row, seed: u64) -> ClientContext {
    let policy = Policy {
        backoff: Backoff::new().seed(seed),
        budget: match row.option("budget") {
            Some(tokens) => RetryBudget::new(tokens as u32),
            None => RetryBudget::unlimited(),
        },
        pacing: match row.option("paced") {
            Some(limit) => Pacing::limits(limit as u32, limit as u32),
            None => Pacing::off(),
        },
        ..Policy::default()
    };
    let server = Server {
        address: "localhost".to_owned(),
        port: 9,
    };
    let mut context = ClientContext::new(policy, server, ApiKey::from("s3cret"), 1_000);
    context.clock = Clock::Virtual {
        start: START.parse().unwrap(),
        since: Instant::now(),
    };
    context
}

fn options(row: &Row) -> CallOptions {
    let mut options = CallOptions::default();
    if let Some(seconds) = row.option("deadline") {
        options = options.with_deadline(Duration::from_secs_f64(seconds));
    }
    if let Some(seconds) = row.option("timeout") {
        options = options.with_timeout(Duration::from_secs_f64(seconds));
    }
    if row.option("replay").is_some() {
        options = options.with_retry_unproven_writes(true);
    }
    if let Some(most) = row.option("attempts") {
        options = options.with_max_attempts(most as u32);
    }
    options
}

fn attempt(words: &[String]) -> Attempt {
    let lost = |kind| Attempt::Failed(TransportError::new(kind, "scripted"));
    match words.first().map(String::as_str) {
        Some("refused") => lost(TransportErrorKind::Connect),
        Some("lost") => lost(TransportErrorKind::Broken),
        Some("unreachable") => lost(TransportErrorKind::Unreachable),
        Some("unsendable") => lost(TransportErrorKind::Unsendable),
        Some("redirected") => lost(TransportErrorKind::Redirected),
        Some(status) => Attempt::Answered(answer(status.parse().unwrap(), &words[1..])),
        None => panic!("an empty answer"),
    }
}

fn answer(status: u16, words: &[String]) -> ReceivedResponse {
    let mut headers = HeaderMap::new();
    let mut error = json!({});
    let mut body = None;
    let mut problem = None;
    for word in words {
        match word.as_str() {
            "part" => {
                problem = Some(BodyProblem::Broken(TransportError::new(
                    TransportErrorKind::Broken,
                    "reset",
                )))
            }
            "huge" => problem = Some(BodyProblem::TooLarge),
            "html" => body = Some("<html>".to_owned()),
            "empty" => body = Some(String::new()),
            "+retryable" => error["retryable"] = true.into(),
            "-retryable" => error["retryable"] = false.into(),
            "replayed" => _ = headers.insert("idempotency-replayed", "true".parse().unwrap()),
            word => match word.split_once(':').expect("a header or an envelope") {
                ("says", name) => body = Some(said(name).to_owned()),
                ("v2", code) => error["code"] = code.into(),
                ("v1", code) => body = Some(json!({"code": code, "details": null}).to_string()),
                ("body-wait", seconds) => {
                    error["retry_after_seconds"] = seconds.parse::<u64>().unwrap().into();
                }
                (name, value) => {
                    let name: HeaderName = name.parse().unwrap();
                    headers.insert(name, value.replace('_', " ").parse().unwrap());
                }
            },
        }
    }
    let nothing_said = error == json!({}) && body.is_none();
    let json = match (status, nothing_said) {
        (200..=299, true) => json!({"data": {}}),
        _ => json!({"error": error}),
    };
    let body = body.unwrap_or_else(|| json.to_string()).into_bytes();
    ReceivedResponse {
        status,
        headers,
        body,
        problem,
        decoded: None,
    }
}

/// Bodies that have no word of their own.
fn said(name: &str) -> &'static str {
    match name {
        "ok" => "OK",
        "object" => "{}",
        "list" => "[]",
        "maintenance" => r#"{"status":"maintenance"}"#,
        "busy" => r#"{"error":"busy"}"#,
        "failure" => r#"{"success":false}"#,
        "null" => r#"{"data":null}"#,
        "data" => r#"{"data":{}}"#,
        other => panic!("no such body: {other}"),
    }
}
