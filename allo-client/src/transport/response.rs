//! The response of a successful call: the decoded body and its metadata.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::error::Outcome;
use crate::model::api_key::ApiKey;
use crate::rate_limit::header_number;
use crate::redact::Redactor;
use crate::transport::retry_after;

/// A successful response.
#[derive(Clone)]
pub struct Response<T> {
    body: T,
    meta: Box<Meta>,
}

/// The metadata of a response.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: RequestId,
    pub(crate) attempts: u32,
    /// Whether an earlier attempt may have executed the request.
    pub(crate) after_doubt: bool,
    /// When the response was complete.
    pub(crate) received: jiff::Timestamp,
    /// The body as it came, if the call keeps it.
    pub(crate) raw_body: RawBody,
}

/// The body of a response, if it is kept. `Debug` shows only its length.
#[derive(Clone, Default)]
pub(crate) struct RawBody(pub(crate) Option<Bytes>);

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(body) => write!(f, "<{} bytes>", body.len()),
            None => f.write_str("<not kept>"),
        }
    }
}

/// The id of a request. It is masked when it is first read, since most are never read.
#[derive(Clone)]
pub(crate) struct RequestId {
    /// The id as received, or as set by the caller.
    raw: Option<HeaderValue>,
    key: ApiKey,
    shown: OnceLock<Option<String>>,
}

impl RequestId {
    pub(crate) const fn new(raw: Option<HeaderValue>, key: ApiKey) -> Self {
        Self {
            raw,
            key,
            shown: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> Option<&str> {
        let clean = || {
            let text = self.raw.as_ref()?.to_str().ok()?;
            Redactor::new(&self.key).clean_id(text)
        };
        self.shown.get_or_init(clean).as_deref()
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl Meta {
    /// The outcome of the call.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.is_replayed() {
            Outcome::Replayed
        } else {
            Outcome::Executed
        }
    }

    fn is_replayed(&self) -> bool {
        let header = self.headers.get("idempotency-replayed");
        header.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
    }

    /// A response for tests that need one.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self {
            status: 200,
            headers: HeaderMap::new(),
            request_id: RequestId::new(None, "".into()),
            attempts: 1,
            after_doubt: false,
            received: jiff::Timestamp::UNIX_EPOCH,
            raw_body: RawBody::default(),
        }
    }
}

/// The state of the rate limit, according to the headers of a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// The number of requests of this class that are allowed in a window.
    pub limit: Option<u32>,
    /// The number of requests that are left in the window.
    pub remaining: Option<u32>,
    /// The time from the response to the end of the window.
    pub reset: Option<Duration>,
}

impl<T> Response<T> {
    pub(crate) fn new(body: T, meta: Meta) -> Self {
        let meta = Box::new(meta);
        Self { body, meta }
    }

    /// The decoded body.
    pub const fn body(&self) -> &T {
        &self.body
    }

    /// Returns the decoded body by value.
    pub fn into_inner(self) -> T {
        self.body
    }

    /// The same response with another body.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            body: change(self.body),
            meta: self.meta,
        }
    }

    /// The body as it came, if the call was sent with
    /// [`CallOptions::keep_raw_body`](crate::CallOptions::keep_raw_body).
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let answer = client.get_me().options(|o| o.keep_raw_body()).send().await?;
    /// if let Some(body) = answer.raw_body() {
    ///     println!("{} bytes", body.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub const fn raw_body(&self) -> Option<&Bytes> {
        self.meta.raw_body.0.as_ref()
    }

    /// The HTTP status, from 200 to 299.
    pub const fn status(&self) -> u16 {
        self.meta.status
    }

    /// The headers of the response.
    pub const fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// The id by which the server knows the request, or the one set by
    /// [`CallOptions::with_request_id`](crate::CallOptions::with_request_id).
    pub fn request_id(&self) -> Option<&str> {
        self.meta.request_id.get()
    }

    /// The number of attempts.
    pub const fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// Whether an attempt before the last one may have executed the request.
    #[cfg(feature = "power-dialer")]
    pub(crate) const fn is_after_doubt(&self) -> bool {
        self.meta.after_doubt
    }

    /// Whether the server replayed an earlier response for the same idempotency key instead of
    /// executing the request.
    pub fn is_replayed(&self) -> bool {
        self.meta.is_replayed()
    }

    /// The outcome of the call: [`Outcome::Executed`], or [`Outcome::Replayed`] if the server
    /// replayed an earlier response.
    pub fn outcome(&self) -> Outcome {
        self.meta.outcome()
    }

    /// The state of the rate limit.
    pub fn quota(&self) -> Quota {
        Quota {
            limit: header_number(&self.meta.headers, "x-ratelimit-limit"),
            remaining: header_number(&self.meta.headers, "x-ratelimit-remaining"),
            reset: retry_after::of_reset(&self.meta.headers, self.meta.received),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers are omitted: a server or proxy may put anything there.
        f.debug_struct("Response")
            .field("status", &self.meta.status)
            .field("request_id", &self.meta.request_id)
            .field("attempts", &self.meta.attempts)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
