//! A transport made of a function.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::{Transport, TransportBody, TransportFailure};
use crate::support::box_future::BoxFuture;

/// A transport made of a function, for tests that need a particular response or failure.
///
/// ```
/// use allo_client::Client;
/// use allo_client::http_transport::{TransportFailure, transport_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), allo_client::Error> {
/// let offline = transport_fn(|_| async { Err(TransportFailure::refused("offline")) });
/// let client = Client::builder().api_key("ak_test_1").transport(offline).build()?;
/// assert!(client.get_me().send().await.unwrap_err().is_connect());
/// # Ok(())
/// # }
/// ```
pub fn transport_fn<F, R>(send: F) -> TransportFn<F>
where
    F: Fn(Request<Bytes>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Response<TransportBody>, TransportFailure>> + Send + 'static,
{
    TransportFn(send)
}

/// A transport made of a function; see [`transport_fn`].
#[derive(Clone)]
pub struct TransportFn<F>(F);

impl<F, R> Transport for TransportFn<F>
where
    F: Fn(Request<Bytes>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Response<TransportBody>, TransportFailure>> + Send + 'static,
{
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<Result<Response<TransportBody>, TransportFailure>> {
        Box::pin((self.0)(request))
    }
}

impl<F> fmt::Debug for TransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportFn").finish_non_exhaustive()
    }
}
