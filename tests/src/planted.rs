//! Responses with planted secrets in every possible place, none of which may be visible afterwards, and texts without a
//! secret, which must not be changed. A case is derived from its seed; everything counts as visible that a program can
//! print or log without asking for the body.

mod encode;
mod harmless;
mod log_capture;
mod secret;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use allo_client::{Client, Error};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::harness::{Harness, one_attempt};
use log_capture::Log;
use secret::{KEYS, Secret, Seen};

/// The counts of a campaign.
#[derive(Debug, Default)]
pub struct Tally {
    /// Responses with secrets.
    pub answers: u64,
    /// Secrets planted in them.
    pub secrets: u64,
    /// Secrets of which a part was visible.
    pub seen: u64,
    /// Texts without a secret.
    pub harmless: u64,
    /// Texts without a secret that were changed.
    pub changed: u64,
    /// Characters that were searched.
    pub characters: u64,
    /// The first failures, each with the seed of its case.
    pub failures: Vec<String>,
}

/// The maximum number of failures that are reported.
const MOST_FAILURES: usize = 10;

impl Tally {
    fn fail(&mut self, seed: u64, failure: impl fmt::Display) {
        if self.failures.len() < MOST_FAILURES {
            self.failures.push(format!("seed {seed}: {failure}"));
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{failure}")?;
        }
        writeln!(f, "answers {:>19}", self.answers)?;
        writeln!(f, "secrets planted {:>11}", self.secrets)?;
        writeln!(f, "secrets seen {:>14}", self.seen)?;
        writeln!(f, "harmless texts {:>12}", self.harmless)?;
        writeln!(f, "of them changed {:>11}", self.changed)?;
        writeln!(f, "characters read {:>11}", self.characters)
    }
}

/// Runs the cases of these seeds, each a response with secrets and one without.
///
/// # Panics
/// If this machine has no free port.
pub async fn run(seeds: std::ops::Range<u64>) -> Tally {
    let server = PlantedServer::start().await;
    let mut tally = Tally::default();
    for seed in seeds {
        let mut random = Rng::with_seed(seed);
        let case = Case::of(&mut random);
        let seen = server.play(&mut random, &case).await;
        let read = Seen::of(&seen);
        for secret in &case.secrets {
            if let Some(part) = secret.part_in(&read) {
                tally.seen += 1;
                tally.fail(
                    seed,
                    format_args!("{part:?} of {secret:?} is seen in\n{seen}"),
                );
            }
        }
        tally.answers += 1;
        tally.secrets += case.secrets.len() as u64;
        tally.characters += seen.chars().count() as u64;
        let (given, shown) = server.message(&harmless::text(&mut random)).await;
        if given != shown {
            tally.changed += 1;
            tally.fail(seed, format_args!("{given:?} became {shown:?}"));
        }
        tally.harmless += 1;
    }
    tally
}

/// A server with scripted responses, and its clients.
struct PlantedServer {
    harness: Harness,
    /// One for each key.
    clients: Vec<Client>,
    events: Arc<Mutex<String>>,
}

impl PlantedServer {
    async fn start() -> Self {
        let harness = Harness::start().await;
        let events = Arc::new(Mutex::new(String::new()));
        let client = |key: &str| {
            let events = Arc::clone(&events);
            let builder = one_attempt(&harness.base_url(), key).on_attempt(move |event| {
                let mut event = event.clone();
                // Six digits of a time may by chance be those of a number.
                event.elapsed = Duration::ZERO;
                let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
                events.push_str(&format!("{event:?}"));
            });
            builder.build().expect("a client")
        };
        Self {
            clients: KEYS.iter().map(|key| client(key)).collect(),
            harness,
            events,
        }
    }

    /// Serves the response to a call, and returns everything that is visible of it.
    async fn play(&self, random: &mut Rng, case: &Case) -> String {
        const OPERATION: &str = "getMe";
        let headers: Vec<_> = case
            .headers
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let control = &self.harness.control;
        let scripted = control.respond_once(OPERATION, case.status, &headers, case.body.clone());
        scripted.expect("an answer that is possible");
        let log = Log::start();
        let client = &self.clients[case.key];
        let call = client.get_me().options(|o| match random.bool() {
            true => o.with_request_id("req-1"),
            false => o,
        });
        let error = call.send().await.expect_err("no success");
        let mut seen = printed(&error);
        seen.push_str(&log.take());
        seen.push_str(&std::mem::take(
            &mut *self.events.lock().unwrap_or_else(PoisonError::into_inner),
        ));
        control.clear_log();
        seen
    }

    /// The message of the server as the client shows it.
    async fn message(&self, text: &str) -> (String, String) {
        let body = json!({"error": {"code": "FORBIDDEN", "message": text}});
        let control = &self.harness.control;
        let scripted = control.respond_once("getMe", 403, &[], body.to_string());
        scripted.expect("an answer that is possible");
        let error = self.clients[0]
            .get_me()
            .send()
            .await
            .expect_err("no success");
        control.clear_log();
        (text.to_owned(), error.message().to_owned())
    }
}

/// Everything that can be printed of an error without asking for the body or the headers.
fn printed(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?} {} ", error.message());
    shown.extend(error.suggestion());
    shown.extend(error.param());
    shown.extend(error.request_id());
    shown.extend(error.code().map(|code| format!("{code} {code:?}")));
    shown.push_str(&format!("{:?} {:?}", error.field_errors(), error.outcome()));
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        shown.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    shown
}

/// A response with secrets.
struct Case {
    /// The index of the client's key.
    key: usize,
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    secrets: Vec<Secret>,
}

impl Case {
    fn of(random: &mut Rng) -> Self {
        let mut planter = Planter {
            key: random.usize(..KEYS.len()),
            random,
            secrets: Vec::new(),
        };
        let statuses = [200, 302, 400, 401, 404, 409, 422, 429, 500, 503];
        let status = statuses[planter.random.usize(..statuses.len())];
        let headers = vec![
            ("x-request-id", planter.header()),
            ("x-echo", planter.header()),
            ("location", planter.header()),
        ];
        let body = planter.body();
        Self {
            key: planter.key,
            status,
            headers,
            body,
            secrets: planter.secrets,
        }
    }
}

/// Plants secrets into texts, and remembers them.
struct Planter<'a> {
    key: usize,
    random: &'a mut Rng,
    secrets: Vec<Secret>,
}

impl Planter<'_> {
    fn body(&mut self) -> String {
        let field = |planter: &mut Self| json!({"field": planter.text(), "code": planter.text(), "message": planter.text()});
        let body = match self.random.u8(..6) {
            0..3 => json!({"error": {
                "type": self.text(), "code": self.text(), "message": self.text(), "param": self.text(),
                "request_id": self.text(), "suggestion": self.text(), "doc_url": self.text(),
                "errors": [field(self), field(self)],
            }}),
            3 => json!({"code": self.text(), "details": [field(self), field(self)]}),
            4 => json!({"error": self.text(), "message": self.text(), "path": self.text()}),
            _ => return self.broken(),
        };
        body.to_string()
    }

    /// A body that is malformed or not a response of the API.
    fn broken(&mut self) -> String {
        let text = self.text();
        match self.random.u8(..4) {
            0 => format!("<html>{text}</html>"),
            1 => text,
            2 => json!({"data": {"api_key": {"id": text, "scopes": text}}}).to_string(),
            _ => {
                let whole = Value::from(text).to_string();
                let cut = whole
                    .chars()
                    .take(whole.chars().count() / 2)
                    .collect::<String>();
                format!("{{\"data\": {cut}")
            }
        }
    }

    /// A one-line text of visible ASCII.
    fn header(&mut self) -> String {
        let text = self.text();
        let text = text
            .chars()
            .map(|c| if c.is_ascii_graphic() { c } else { ' ' });
        text.collect::<String>().trim().to_owned()
    }

    /// Words around one to four secrets.
    fn text(&mut self) -> String {
        let mut text = self.start();
        for _ in 0..self.random.usize(1..=4) {
            let secret = Secret::any(self.random, KEYS[self.key]);
            let (before, after) = secret::around(self.random, &secret);
            let written = encode::any(self.random, secret.text());
            text.push_str(&format!("{before}{written}{after}"));
            self.secrets.push(secret);
        }
        text.push_str(["", " is taken", ".", "\n", " \u{202e}"][self.random.usize(..5)]);
        text
    }

    /// Sometimes long enough for a length limit to fall into the secret.
    fn start(&mut self) -> String {
        let length = match self.random.u8(..24) {
            0..3 => 100 + self.random.usize(..40),
            3..6 => 270 + self.random.usize(..40),
            6 => 7_100 + self.random.usize(..1_200),
            _ => {
                return ["", "the number ", "numbers: ", "cannot call "][self.random.usize(..4)]
                    .to_owned();
            }
        };
        match self.random.bool() {
            true => "a".repeat(length) + " ",
            false => "aa@bb ".repeat(length / 6),
        }
    }
}
