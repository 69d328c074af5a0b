//! A transport made of a `tower::Service`.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::{Transport, TransportBody, TransportFailure};
use crate::error::BoxError;
use crate::support::box_future::BoxFuture;

/// A transport made of a [`tower` service](tower_service::Service). Needs the feature `tower`.
///
/// Each request is sent by a clone of the service, once that is ready. If it does not get ready, nothing
/// was sent; an error of the call itself counts as [`TransportFailure::broken`], unless it is a
/// [`TransportFailure`] already. A service whose responses have another body changes them by
/// `map_response`, with [`TransportBody::from_stream`] if they arrive piece by piece.
///
/// Layers that retry or follow redirects do not belong here: attempts and outcomes would not be those
/// that are counted.
pub struct TowerTransport<S>(Mutex<S>);

impl<S> TowerTransport<S> {
    /// Sends by clones of a service.
    pub const fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S, B> Transport for TowerTransport<S>
where
    S: Service<Request<Bytes>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Into<TransportBody> + 'static,
{
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<Result<Response<TransportBody>, TransportFailure>> {
        let service = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut service = service.clone();
        Box::pin(async move {
            let ready = poll_fn(|context| service.poll_ready(context)).await;
            ready.map_err(TransportFailure::not_sent)?;
            let response = service.call(request).await;
            let response = response.map_err(TransportFailure::broken)?;
            Ok(response.map(Into::into))
        })
    }
}

impl<S> fmt::Debug for TowerTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerTransport").finish_non_exhaustive()
    }
}
