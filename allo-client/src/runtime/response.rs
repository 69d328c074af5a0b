//! The answer to a call that succeeded: the decoded body and what came with it.

use std::fmt;

use reqwest::header::HeaderMap;

/// A successful answer.
#[derive(Clone)]
pub struct Response<T> {
    body: T,
    meta: Box<Meta>,
}

/// What every answer has besides its body.
#[derive(Clone)]
pub(crate) struct Meta {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
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

    /// The decoded body, by value.
    pub fn into_inner(self) -> T {
        self.body
    }

    /// The same answer with its body changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            body: change(self.body),
            meta: self.meta,
        }
    }

    /// The HTTP status, from 200 to 299.
    pub const fn status(&self) -> u16 {
        self.meta.status
    }

    /// The headers of the answer.
    pub const fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// The id under which the server knows the request, or the one given by
    /// [`CallOptions::with_request_id`](crate::CallOptions::with_request_id).
    pub fn request_id(&self) -> Option<&str> {
        self.meta.request_id.as_deref()
    }

    /// How many times the request was sent.
    pub const fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// Whether the server repeated an earlier answer to the same idempotency
    /// key instead of doing the work again.
    pub fn is_replayed(&self) -> bool {
        let header = self.meta.headers.get("idempotency-replayed");
        header.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers are left out: a server or proxy may put anything there.
        f.debug_struct("Response")
            .field("status", &self.meta.status)
            .field("request_id", &self.meta.request_id)
            .field("attempts", &self.meta.attempts)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
