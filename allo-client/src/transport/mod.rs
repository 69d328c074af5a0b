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
mod reading;
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

use std::any::Any;

use bytes::Bytes;
use reqwest::header::HeaderName;
use tracing::Instrument;

use engine::Engine;
use exchange::Exchange;

use crate::client::Shared;
use crate::runtime::{Meta, Operation};
use crate::{CallOptions, Error};

#[cfg(test)]
pub(crate) use answer_shape::is_success;
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
pub(crate) use reading::{Decoded, ReadBody};

/// The header by which request ids travel, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request, checked and encoded: all that each attempt has in common.
pub(crate) struct Prepared {
    pub(crate) operation: &'static Operation,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Shared by all attempts.
    pub(crate) body: Option<Bytes>,
    /// The same on every attempt; none for reads.
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) options: CallOptions,
    /// How the body of its answer is read.
    pub(crate) read: ReadBody,
}

/// A whole 2xx answer.
#[derive(Debug)]
pub(crate) struct Success {
    pub(crate) meta: Meta,
    pub(crate) body: Vec<u8>,
    /// What it was read into, or why it cannot be read.
    pub(crate) value: Result<Box<dyn Any + Send>, String>,
}

/// Sends a request, as often as it takes, and waits for its answer, which is read as the request says.
pub(crate) async fn send(
    shared: &Shared,
    prepared: &Prepared,
) -> Result<(Meta, Box<dyn Any + Send>), Error> {
    let wire = attempt::Wire { shared, prepared };
    let success = send_over(&wire, &shared.engine, prepared).await?;
    match success.value {
        Ok(value) => Ok((success.meta, value)),
        Err(problem) => Err(judge::undecodable(
            prepared,
            success.meta,
            success.body,
            problem,
        )),
    }
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
