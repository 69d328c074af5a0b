//! How a call travels: send, judge the answer, hand it on. What is sent is put
//! together in `runtime::call`; what an answer means is in `judge`.

mod attempt;
pub(crate) mod base_url;
mod idempotency;
mod judge;
pub(crate) mod redact;
mod response_body;
mod retry_after;
pub(crate) mod tls;

use reqwest::header::HeaderName;

use crate::client::Shared;
use crate::runtime::{Meta, Operation};
use crate::{CallOptions, Error, Timestamp};

pub use idempotency::IdempotencyKey;

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
pub(crate) struct Success {
    pub(crate) meta: Meta,
    pub(crate) body: Vec<u8>,
}

/// Sends a request and waits for its answer.
pub(crate) async fn send(shared: &Shared, prepared: &Prepared) -> Result<Success, Error> {
    let started = Timestamp::now();
    let attempts = 1;
    let attempt = attempt::run(shared, prepared).await?;
    judge::judge(
        attempt,
        &judge::Context {
            shared,
            prepared,
            started,
            attempts,
        },
    )
}

/// The error of a 2xx answer that is whole but cannot be read: it has been done.
pub(crate) fn undecodable(prepared: &Prepared, success: Success, problem: &str) -> Error {
    judge::undecodable(prepared, success, problem)
}
