//! A scripted server, for responses that the sandbox does not send because they come from a gateway in front of the
//! service.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allo_client::{Backoff, CallOptions, Client, Error, Outcome, Pacing, Response};
use tests::fault_server::FaultServer;
use tests::fault_server::behaviour::{Behaviour, Reply};
use tests::fault_server::http::{HttpResponse, Request};
use tests::fault_server::service::Service;

/// A server with these behaviours, the last one repeated, and a client of it.
pub(crate) struct Foreign {
    pub(crate) server: FaultServer,
    pub(crate) client: Client,
    requests: Arc<AtomicUsize>,
    last: Arc<Mutex<Option<Request>>>,
}

/// The request id of the calls of these tests.
pub(crate) const NAME: &str = "one-call";

impl Foreign {
    pub(crate) async fn behaving(behaviours: Vec<Behaviour>) -> Self {
        let requests = Arc::new(AtomicUsize::new(0));
        let last = Arc::new(Mutex::new(None));
        let (count, seen) = (Arc::clone(&requests), Arc::clone(&last));
        let script = move |request: &Request| {
            let number = count.fetch_add(1, Ordering::SeqCst);
            *seen.lock().expect("a request") = Some(request.clone());
            let behaviour = behaviours.get(number).or(behaviours.last());
            behaviour.cloned().unwrap_or_else(Behaviour::proper)
        };
        let server = FaultServer::start(Service::new(false), Arc::new(script)).await;
        let backoff = Backoff::new().base(Duration::from_millis(1)).seed(7);
        let client = Client::builder()
            .api_key("ak_live_foreign")
            .base_url(server.base_url())
            .max_attempts(3)
            .pacing(Pacing::off())
            .backoff(backoff)
            .build()
            .expect("a client");
        Self {
            server,
            client,
            requests,
            last,
        }
    }

    /// Appends a number.
    pub(crate) async fn write(&self) -> (Outcome, Option<Error>) {
        let call = self.client.append_dialing_queue_numbers(["+12125550100"]);
        ended(call.options(named).send().await)
    }

    /// The number of requests.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The last request.
    pub(crate) fn last(&self) -> Request {
        let last = self.last.lock().expect("a request").clone();
        last.expect("a request came")
    }

    /// How often the call was executed.
    pub(crate) fn times(&self) -> usize {
        self.server.service.times(NAME)
    }
}

pub(crate) fn named(options: CallOptions) -> CallOptions {
    options.with_request_id(NAME)
}

pub(crate) fn ended<T>(answer: Result<Response<T>, Error>) -> (Outcome, Option<Error>) {
    match answer {
        Ok(answer) => (answer.outcome(), None),
        Err(error) => (error.outcome().clone(), Some(error)),
    }
}

/// Executed, but the response is lost.
pub(crate) const fn lost() -> Behaviour {
    Behaviour::after(Reply::Close)
}

/// Executed, but a gateway responds.
pub(crate) const fn done_but(answer: HttpResponse) -> Behaviour {
    Behaviour::after(Reply::Instead(answer))
}

/// Not executed, and a gateway responds.
pub(crate) const fn instead(answer: HttpResponse) -> Behaviour {
    Behaviour::without(Reply::Instead(answer))
}

#[track_caller]
pub(crate) fn assert_unknown(outcome: &Outcome, what: &str) {
    assert!(
        matches!(outcome, Outcome::Unknown { .. }),
        "{what}: {outcome:?}"
    );
}
