//! How a request is sent: `retry_loop`, and one module for each of its concerns. Requests are encoded in `call`.

pub(crate) mod additions;
mod authorization;
pub(crate) mod backoff;
pub(crate) mod base_url;
mod budget;
pub(crate) mod call_options;
mod classify;
pub(crate) mod client_handle;
pub(crate) mod connections;
pub(crate) mod context;
pub(crate) mod custom;
mod deadline;
mod decoded;
mod decoding;
mod download;
mod http_transport;
mod interpret;
mod observe;
mod outcome_tracker;
pub(crate) mod permissions;
mod reason;
mod reqwest_transport;
pub(crate) mod response;
mod response_body;
mod response_shape;
pub(crate) mod retry_after;
mod retry_loop;
pub(crate) mod route;
pub(crate) mod sender;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod timeline_tests;
pub(crate) mod tls;

use std::any::Any;

use bytes::Bytes;
use reqwest::header::HeaderName;
use tracing::Instrument;

use context::{ClientContext, Server};
use http_transport::HttpTransport;

use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::operation::Operation;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Shared;
use crate::transport::response::{Meta, RawBody};

pub use backoff::Backoff;
pub use budget::RetryBudget;
pub(crate) use decoded::{DecodeBody, Decoded};
pub(crate) use download::Download;
pub use download::Downloaded;
pub use observe::AttemptEvent;
pub(crate) use observe::Hook;
#[cfg(test)]
pub(crate) use response_shape::is_success;

/// The header of request ids, in requests and responses.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A validated and encoded request. All attempts of a call share it.
pub(crate) struct PreparedRequest {
    pub(crate) operation: &'static Operation,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Shared by all attempts.
    pub(crate) body: Option<Bytes>,
    /// The idempotency key, the same on every attempt; none for reads.
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) options: CallOptions,
    /// Decodes the body of the response.
    pub(crate) read: DecodeBody,
    /// The server, if it is not that of the base URL. The rate limit of the key does not apply to it.
    pub(crate) other_server: Option<Server>,
}

/// A complete 2xx response.
#[derive(Debug)]
pub(crate) struct Success {
    pub(crate) meta: Meta,
    pub(crate) body: Vec<u8>,
    /// The decoded body, or why it cannot be decoded.
    pub(crate) value: Result<Box<dyn Any + Send>, String>,
}

/// The result of a call: the decoded body, of a type that the caller knows.
pub(crate) type CallResult = Result<(Meta, Box<dyn Any + Send>), Error>;

/// Sends a request, with retries, and decodes the response.
pub(crate) async fn send(shared: &Shared, prepared: &PreparedRequest) -> CallResult {
    let wire = reqwest_transport::ReqwestTransport { shared, prepared };
    let mut success = send_over(&wire, &shared.context, prepared).await?;
    match success.value {
        Ok(value) => {
            if prepared.options.keeps_raw_body() {
                success.meta.raw_body = RawBody(Some(success.body.into()));
            }
            Ok((success.meta, value))
        }
        Err(problem) => Err(interpret::undecodable(
            prepared,
            success.meta,
            success.body,
            problem,
        )),
    }
}

/// The same over any transport, in its own span.
async fn send_over<E: HttpTransport>(
    transport: &E,
    context: &ClientContext,
    prepared: &PreparedRequest,
) -> Result<Success, Error> {
    let span = observe::span(context, prepared);
    let call = retry_loop::run(context, transport, prepared);
    let result = call.instrument(span.clone()).await;
    observe::close(&span, result.as_ref().map(|success| &success.meta));
    result
}
