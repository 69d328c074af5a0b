//! A transport that writes down what is sent by another one, without secrets.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Request, Response};

use super::{Transport, TransportBody, TransportFailure};
use crate::support::box_future::BoxFuture;

/// What stands for the value of a secret header.
const MASKED: HeaderValue = HeaderValue::from_static("<redacted>");

/// Records the requests that go through another transport, for tests of programs that use this crate.
///
/// ```
/// use allo_client::Client;
/// use allo_client::http_transport::{RecordingTransport, RequestLog};
///
/// # async fn example(sandbox_url: &str) -> Result<(), allo_client::Error> {
/// let log = RequestLog::default();
/// let client = Client::builder()
///     .api_key("ak_test_1")
///     .base_url(sandbox_url)
///     .wrap_transport({
///         let log = log.clone();
///         move |http| RecordingTransport::new(http, log.clone())
///     })
///     .build()?;
/// client.get_me().send().await?;
/// assert_eq!(log.requests()[0].path(), "/v2/api/me");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RecordingTransport<T> {
    inner: T,
    log: RequestLog,
}

impl<T: Transport> RecordingTransport<T> {
    /// Sends by `inner`, and records in `log` what is sent.
    pub const fn new(inner: T, log: RequestLog) -> Self {
        Self { inner, log }
    }
}

impl<T: Transport> Transport for RecordingTransport<T> {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<Result<Response<TransportBody>, TransportFailure>> {
        let place = self.log.add(RecordedRequest::of(&request));
        let sending = self.inner.send(request);
        let log = self.log.clone();
        Box::pin(async move {
            let response = sending.await?;
            log.answered(place, response.status().as_u16());
            Ok(response)
        })
    }
}

/// The requests that a [`RecordingTransport`] has sent. Clones refer to the same log.
#[derive(Clone, Default)]
pub struct RequestLog(Arc<Mutex<Vec<RecordedRequest>>>);

impl RequestLog {
    /// Every request, in the order in which they were sent; each attempt of a call is one.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.with(|requests| requests.clone())
    }

    /// Takes out every request.
    #[must_use]
    pub fn take(&self) -> Vec<RecordedRequest> {
        self.with(std::mem::take)
    }

    fn add(&self, request: RecordedRequest) -> Arc<Mutex<Option<u16>>> {
        let status = request.status.clone();
        self.with(|requests| requests.push(request));
        status
    }

    fn answered(&self, place: Arc<Mutex<Option<u16>>>, status: u16) {
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
    }

    fn with<R>(&self, use_them: impl FnOnce(&mut Vec<RecordedRequest>) -> R) -> R {
        use_them(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|requests| f.debug_list().entries(requests).finish())
    }
}

/// A request as it was sent, but for secrets: the API key is not in it, nor the value of any header that
/// is secret. Its path, query and body are those that were sent; `Debug` shows none of them.
#[derive(Clone)]
pub struct RecordedRequest {
    method: Method,
    uri: http::Uri,
    headers: HeaderMap,
    body: Bytes,
    status: Arc<Mutex<Option<u16>>>,
}

impl RecordedRequest {
    fn of(request: &Request<Bytes>) -> Self {
        let mut headers = request.headers().clone();
        for (name, value) in &mut headers {
            let is_secret = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name);
            if is_secret || value.is_sensitive() {
                *value = MASKED;
            }
        }
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers,
            body: request.body().clone(),
            status: Arc::default(),
        }
    }

    /// The HTTP method, such as `POST`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path, with the ids in it.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query, encoded; empty if there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The value of a header; `<redacted>` if it is a secret.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body; empty if there is none.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The status of the response; none if there was no response, or not yet.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method())
            .field("status", &self.status())
            .field("body", &format_args!("<{} bytes>", self.body.len()))
            .finish_non_exhaustive()
    }
}
