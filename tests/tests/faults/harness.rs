//! A client that meets faults under virtual time, and all there is to see of one call: its attempts, its waits, its end
//! and what the sandbox executed.

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

/// The first requests, so many, meet this fault.
pub(crate) fn first(times: u64, fault: Fault) -> FaultPlan {
    FaultPlan::new(1).times(times).inject(fault)
}

/// Every request meets this fault.
pub(crate) fn always(fault: Fault) -> FaultPlan {
    FaultPlan::new(1).inject(fault)
}

/// A sandbox that goes wrong, and a client that repeats its calls.
pub(crate) struct FaultHarness {
    pub(crate) harness: Harness,
    pub(crate) client: Client,
    pub(crate) control: Control,
    events: Arc<Mutex<Vec<AttemptEvent>>>,
}

impl FaultHarness {
    /// Time passes only between attempts.
    pub(crate) async fn meeting(plan: FaultPlan) -> Self {
        Self::with(plan, |builder| builder).await
    }

    /// As `meeting`, with other settings of the client.
    pub(crate) async fn with(
        plan: FaultPlan,
        change: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        // A date long past, so that the clocks of client and server are known to differ.
        let start = "2026-03-02T08:30:00Z".parse().expect("a time");
        let harness = Harness::with(|builder| {
            let builder = builder.quotas(Quotas::off()).start_time(start);
            builder.faults(plan)
        });
        Self::of(harness.await, change)
    }

    /// A client of a sandbox that runs already.
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

    /// An error as one line, with `SERVER` for the address, which differs from run to run.
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

    /// Reads who the key belongs to.
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

    /// Every request of a write has the same key, and one of a read has none.
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

    /// How many writes were executed.
    pub(crate) fn executed(&self) -> usize {
        self.control.executed().len()
    }

    /// Repeats a write of which the outcome is unknown with its key, with no fault in the way.
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

/// What was to be seen of one call.
pub(crate) struct Told {
    pub(crate) result: Result<Response<()>, Error>,
    pub(crate) elapsed: Duration,
    pub(crate) events: Vec<AttemptEvent>,
}

impl Told {
    /// Whether the attempts and waits were these; see `timeline`.
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

    /// It ended well, in this way.
    #[track_caller]
    pub(crate) fn succeeded(&self, outcome: Outcome) {
        assert!(self.result.is_ok(), "{}", self.error());
        assert_eq!(self.outcome(), outcome);
    }

    /// It ended badly, in this way.
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
