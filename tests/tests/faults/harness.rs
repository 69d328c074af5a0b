//! A client that meets faults in virtual time, and everything observable of one call: its attempts, its waits, its
//! result and what the sandbox executed.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allo_client::{
    AttemptEvent, Backoff, CallOptions, Client, ClientBuilder, Error, Outcome, Response,
};
use allo_sandbox::{Control, Fault, FaultPlan, Quotas};
use tests::harness::Harness;
use tests::virtual_time::StillWhileSending;
use tokio::time::Instant;

use crate::timeline;

pub(crate) const APPEND: &str = "appendDialingQueueNumbers";

/// The first requests, this many, meet this fault.
pub(crate) fn first(times: u64, fault: Fault) -> FaultPlan {
    FaultPlan::new(1).times(times).inject(fault)
}

/// Every request meets this fault.
pub(crate) fn always(fault: Fault) -> FaultPlan {
    FaultPlan::new(1).inject(fault)
}

/// A sandbox with faults, and a client that retries.
pub(crate) struct FaultHarness {
    pub(crate) harness: Harness,
    pub(crate) client: Client,
    pub(crate) control: Control,
    events: Arc<Mutex<Vec<AttemptEvent>>>,
}

impl FaultHarness {
    /// Time advances only between attempts.
    pub(crate) async fn meeting(plan: FaultPlan) -> Self {
        Self::with(plan, |builder| builder).await
    }

    /// The same as `meeting`, with other settings of the client.
    pub(crate) async fn with(
        plan: FaultPlan,
        change: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        // A date in the past, so that the clocks of client and server differ recognisably.
        let start = "2026-03-02T08:30:00Z".parse().expect("a time");
        let harness = Harness::with(|builder| {
            let builder = builder.quotas(Quotas::off()).start_time(start);
            builder.faults(plan)
        });
        Self::of(harness.await, change)
    }

    /// A client of a running sandbox.
    pub(crate) fn of(
        harness: Harness,
        change: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let client = harness.client_with(|builder| {
            let builder = builder
                .max_attempts(6)
                .backoff(Backoff::new().seed(7))
                .pacer(StillWhileSending)
                .on_attempt(move |event| seen.lock().expect("a list").push(event.clone()));
            change(builder)
        });
        Self {
            control: harness.control.clone(),
            client,
            harness,
            events,
        }
    }

    /// An error as one line, with `SERVER` for the address, which differs between runs.
    pub(crate) fn line(&self, error: &Error) -> String {
        let url = self.harness.base_url();
        let (_, address) = url.split_once("://").expect("a URL");
        error.to_string().replace(address, "SERVER")
    }

    /// Appends a number.
    pub(crate) async fn write(&self) -> Told {
        self.write_with(|options| options).await
    }

    pub(crate) async fn write_with(
        &self,
        options: impl FnOnce(CallOptions) -> CallOptions,
    ) -> Told {
        let append = self.client.append_dialing_queue_numbers(["+12125550100"]);
        self.told(append.options(options).send()).await
    }

    /// Reads the owner of the key.
    pub(crate) async fn read(&self) -> Told {
        self.read_with(|options| options).await
    }

    pub(crate) async fn read_with(&self, options: impl FnOnce(CallOptions) -> CallOptions) -> Told {
        let read = self.client.get_me();
        self.told(read.options(options).send()).await
    }

    async fn told<T>(&self, call: impl Future<Output = Result<Response<T>, Error>>) -> Told {
        self.events.lock().expect("a list").clear();
        let before = self.control.requests().len();
        let started = Instant::now();
        let result = call.await.map(|answer| answer.map(|_| ()));
        let told = Told {
            result,
            elapsed: started.elapsed(),
            events: self.events.lock().expect("a list").clone(),
        };
        self.check_keys(before);
        told
    }

    /// Every request of a write has the same key, and a read has none.
    #[track_caller]
    fn check_keys(&self, before: usize) {
        let requests = self.control.requests().split_off(before);
        let keys: HashSet<_> = requests
            .iter()
            .map(|request| (request.method == "GET", request.header("idempotency-key")))
            .collect();
        assert!(keys.len() <= 1, "{keys:?}");
        assert!(
            keys.iter().all(|(is_read, key)| *is_read == key.is_none()),
            "{keys:?}"
        );
    }

    /// The number of executed writes.
    pub(crate) fn executed(&self) -> usize {
        self.control.executed().len()
    }

    /// Retries a write with an unknown outcome with its key, without faults.
    pub(crate) async fn settle(&self, unknown: &Told) -> Outcome {
        let Outcome::Unknown { key, .. } = unknown.outcome() else {
            panic!("it is known: {:?}", unknown.outcome())
        };
        self.control.clear_faults();
        self.control.refuse_connections(false).await;
        let settled = self.write_with(|o| o.with_idempotency_key(key)).await;
        assert_eq!(self.executed(), 1, "in the end it was done, and once");
        settled.outcome()
    }
}

/// The observations of one call.
pub(crate) struct Told {
    pub(crate) result: Result<Response<()>, Error>,
    pub(crate) elapsed: Duration,
    pub(crate) events: Vec<AttemptEvent>,
}

impl Told {
    /// Asserts the attempts and waits; see `timeline`.
    #[track_caller]
    pub(crate) fn went(&self, expected: &str) -> &Self {
        timeline::assert_fits(&self.events, self.elapsed, expected);
        let attempts = match &self.result {
            Ok(answer) => answer.attempts(),
            Err(error) => error.attempts(),
        };
        assert_eq!(attempts as usize, self.events.len());
        self
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match &self.result {
            Ok(answer) => answer.outcome(),
            Err(error) => error.outcome().clone(),
        }
    }

    /// Asserts a success with this outcome.
    #[track_caller]
    pub(crate) fn succeeded(&self, outcome: Outcome) {
        assert!(self.result.is_ok(), "{}", self.error());
        assert_eq!(self.outcome(), outcome);
    }

    /// Asserts an error with this outcome.
    #[track_caller]
    pub(crate) fn failed(&self, outcome: Outcome) -> &Error {
        assert_eq!(self.error().outcome(), &outcome);
        self.error()
    }

    #[track_caller]
    pub(crate) fn unknown(&self) -> &Error {
        assert!(
            matches!(self.outcome(), Outcome::Unknown { .. }),
            "{:?}",
            self.outcome()
        );
        self.error()
    }

    #[track_caller]
    pub(crate) fn error(&self) -> &Error {
        self.result.as_ref().expect_err("it fails")
    }
}
