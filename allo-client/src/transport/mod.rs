//! How a call travels: the loop in `run`, and around it a module for each thing
//! it has to know. What is sent is put together in `runtime::call`.

mod answer_shape;
mod attempt;
mod backoff;
pub(crate) mod base_url;
mod budget;
mod classify;
mod deadline;
mod download;
pub(crate) mod engine;
mod exchange;
mod fate;
mod idempotency;
mod judge;
mod observe;
mod reason;
pub(crate) mod redact;
mod response_body;
pub(crate) mod retry_after;
pub(crate) mod route;
mod run;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod timeline_tests;
pub(crate) mod tls;

use reqwest::header::HeaderName;
use tracing::Instrument;

use engine::Engine;
use exchange::Exchange;

use crate::client::Shared;
use crate::runtime::{Meta, Operation};
use crate::{CallOptions, Error};

pub use backoff::Backoff;
pub use budget::RetryBudget;
pub(crate) use classify::{effective, may_pass};
#[cfg(feature = "power-dialer")]
pub(crate) use classify::{is_considered_refusal, may_pass_later};
pub(crate) use download::Download;
pub use download::Downloaded;
pub use idempotency::IdempotencyKey;
#[cfg(feature = "power-dialer")]
pub(crate) use idempotency::repeat_until;
pub use observe::AttemptEvent;
pub(crate) use observe::Hook;

/// The header by which request ids travel, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request, checked and encoded: all that each attempt has in common.
pub(crate) struct Prepared {
    pub(crate) operation: &'static Operation,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Option<Vec<u8>>,
    /// The same on every attempt; none for reads.
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) options: CallOptions,
}

/// A whole 2xx answer, not yet decoded.
#[derive(Debug)]
pub(crate) struct Success {
    pub(crate) meta: Meta,
    pub(crate) body: Vec<u8>,
}

/// Sends a request, as often as it takes, and waits for its answer.
pub(crate) async fn send(shared: &Shared, prepared: &Prepared) -> Result<Success, Error> {
    let wire = attempt::Wire { shared, prepared };
    send_over(&wire, &shared.engine, prepared).await
}

/// The same over any exchange, in a span of its own.
async fn send_over<E: Exchange>(
    exchange: &E,
    engine: &Engine,
    prepared: &Prepared,
) -> Result<Success, Error> {
    let span = observe::span(engine, prepared);
    let call = run::run(engine, exchange, prepared);
    let result = call.instrument(span.clone()).await;
    observe::close(&span, &result);
    result
}

/// The error of a 2xx answer that is whole but cannot be read: it has been done.
pub(crate) fn undecodable(prepared: &Prepared, success: Success, problem: &str) -> Error {
    judge::undecodable(prepared, success, problem)
}
