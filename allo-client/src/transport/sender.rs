//! Which transport carries the requests of a client: the HTTP client of this crate, or a transport of the caller. What
//! happens to a response is the same for both.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use reqwest::Request;
use tokio::time::{Instant, timeout_at};

use super::connections::Connections;
use super::custom::{SharedTransport, Transport, TransportBody, TransportFailure};
use super::http_transport::{TransportError, TransportErrorKind};
use super::route::Proxies;
use crate::support::box_future::BoxFuture;

/// Longer than any download; the HTTP client cannot be told that there is no end.
const NO_END: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Sends requests.
#[derive(Clone)]
pub(crate) enum Sender {
    Http(HttpConnections),
    Custom(SharedTransport),
}

/// Connections, and what they go through.
#[derive(Clone)]
pub(crate) struct HttpConnections {
    pub(crate) connections: Arc<Connections>,
    pub(crate) proxies: Arc<Proxies>,
}

/// The body of a response that is being read.
pub(crate) struct OpenBody {
    body: TransportBody,
    /// When it must be whole, unless the transport sees to that itself.
    end: Option<Instant>,
}

impl Sender {
    /// Sends a request and waits for the head of the response. With a `timeout`, that bounds all of it, to the last byte of
    /// the body.
    pub(crate) async fn send(
        &self,
        mut request: Request,
        timeout: Option<Duration>,
    ) -> Result<Response<OpenBody>, TransportError> {
        match self {
            Self::Http(http) => {
                *request.timeout_mut() = Some(timeout.unwrap_or(NO_END));
                let response = http.execute(request).await?;
                Ok(response.map(|body| OpenBody { body, end: None }))
            }
            Self::Custom(transport) => {
                let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
                let sending = transport.send(detached(request)?);
                let response = until(end, async {
                    sending.await.map_err(TransportFailure::into_error)
                });
                Ok(response.await?.map(|body| OpenBody { body, end }))
            }
        }
    }
}

impl HttpConnections {
    async fn execute(&self, request: Request) -> Result<Response<TransportBody>, TransportError> {
        let asked = request.url().clone();
        let http = self.connections.http().map_err(|error| {
            TransportError::new(TransportErrorKind::Unsendable, error.message())
        })?;
        let response = http.execute(request).await;
        let mut response = response.map_err(|error| TransportError::of(error, &self.proxies))?;
        if *response.url() != asked {
            // Only an HTTP client of the caller follows redirects.
            let cause = "the HTTP client in use follows redirects";
            return Err(TransportError::new(TransportErrorKind::Redirected, cause));
        }
        let mut head = Response::new(());
        *head.status_mut() = response.status();
        *head.headers_mut() = std::mem::take(response.headers_mut());
        let body = TransportBody::of_http(response, Arc::clone(&self.proxies));
        Ok(head.map(|()| body))
    }
}

/// So that a transport of the caller can send by it.
impl Transport for HttpConnections {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<Result<Response<TransportBody>, TransportFailure>> {
        let http = self.clone();
        Box::pin(async move {
            let sending = async { http.execute(attached(request)?).await };
            sending.await.map_err(TransportFailure::of_http)
        })
    }
}

impl OpenBody {
    /// The length of the body, if it is known before it is read.
    pub(crate) fn length(&self) -> Option<u64> {
        self.body.length()
    }

    /// The next piece; none at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        until(self.end, self.body.chunk()).await
    }
}

/// Waits until `end` at most.
async fn until<T>(
    end: Option<Instant>,
    work: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let Some(end) = end else { return work.await };
    let timed_out = || TransportError::new(TransportErrorKind::Timeout, "no response in time");
    timeout_at(end, work)
        .await
        .unwrap_or_else(|_| Err(timed_out()))
}

/// A request for a transport of the caller.
fn detached(request: Request) -> Result<http::Request<Bytes>, TransportError> {
    let body = request.body().and_then(|body| body.as_bytes());
    let mut detached = http::Request::new(body.map(Bytes::copy_from_slice).unwrap_or_default());
    *detached.method_mut() = request.method().clone();
    *detached.headers_mut() = request.headers().clone();
    *detached.uri_mut() = request.url().as_str().parse().map_err(|_| {
        TransportError::new(TransportErrorKind::Unsendable, "its address is no URI")
    })?;
    Ok(detached)
}

/// A request for the HTTP client.
fn attached(request: http::Request<Bytes>) -> Result<Request, TransportError> {
    let (head, body) = request.into_parts();
    let url = head.uri.to_string().parse().map_err(|_| {
        TransportError::new(TransportErrorKind::Unsendable, "its address is no URL")
    })?;
    let mut attached = Request::new(head.method, url);
    *attached.headers_mut() = head.headers;
    if !body.is_empty() {
        *attached.body_mut() = Some(body.into());
    }
    // The caller of the transport bounds it.
    *attached.timeout_mut() = Some(NO_END);
    Ok(attached)
}
