//! The interface by which a caller brings a transport of its own, and transports that are built upon it. What is common to
//! all of them, retries above all, is in `retry_loop`; which transport a client has is known to `sender`.

mod body;
mod failure;
mod recording;
#[cfg(feature = "tower")]
mod tower;
mod transport_fn;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::support::box_future::BoxFuture;

pub use body::TransportBody;
pub use failure::TransportFailure;
pub use recording::{RecordedRequest, RecordingTransport, RequestLog};
#[cfg(feature = "tower")]
pub use tower::TowerTransport;
pub use transport_fn::{TransportFn, transport_fn};

/// Sends one HTTP request and receives its response: what is below the retry loop.
///
/// Give one to [`ClientBuilder::transport`](crate::ClientBuilder::transport) to send requests by something
/// other than the HTTP client of this crate, or to [`wrap_transport`](crate::ClientBuilder::wrap_transport) to look at what
/// it sends. Rate limit, retries, idempotency keys, deadlines, size limits and outcomes stay the same.
///
/// A request has an absolute URL and all its headers, the API key in `Authorization` among them. An
/// implementation
///
/// * sends it once, and follows no redirect: the key would go elsewhere;
/// * returns a response of any status as a response;
/// * says by its [`TransportFailure`] whether the server can have received the request, as the
///   [`Outcome`](crate::Outcome) is derived from it.
///
/// The future, and the body of the response, are dropped when the timeout of the attempt is over.
///
/// ```
/// use allo_client::http_transport::{Transport, TransportBody, TransportFailure};
/// use allo_client::{BoxFuture, Client};
/// use bytes::Bytes;
///
/// /// Answers everything with an empty list.
/// struct Nothing;
///
/// impl Transport for Nothing {
///     fn send(
///         &self,
///         _: http::Request<Bytes>,
///     ) -> BoxFuture<Result<http::Response<TransportBody>, TransportFailure>> {
///         let response = http::Response::new(r#"{"data":[]}"#.into());
///         Box::pin(async { Ok(response) })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), allo_client::Error> {
/// let client = Client::builder().api_key("ak_test_1").transport(Nothing).build()?;
/// assert!(client.list_tags().send().await?.body().is_empty());
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request, and returns the response as soon as its headers arrived.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<Result<Response<TransportBody>, TransportFailure>>;
}

/// The transport that a client would use otherwise, for
/// [`ClientBuilder::wrap_transport`](crate::ClientBuilder::wrap_transport). A clone is cheap.
#[derive(Clone)]
pub struct SharedTransport(pub(crate) Arc<dyn Transport>);

impl Transport for SharedTransport {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<Result<Response<TransportBody>, TransportFailure>> {
        self.0.send(request)
    }
}

impl fmt::Debug for SharedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTransport").finish_non_exhaustive()
    }
}
