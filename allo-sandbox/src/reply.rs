//! A response before it is sent: cheap to clone and store for replays.

use std::fmt;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

/// Status, headers and body. `Debug` shows only the status.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.status)
    }
}

impl Reply {
    /// `200 {"data": …}`, the usual success response.
    pub(crate) fn data(data: impl Into<Value>) -> Self {
        Self::json(StatusCode::OK, &json!({ "data": data.into() }))
    }

    /// `200 {"data": […], "pagination": {…}}`.
    pub(crate) fn page(data: impl Into<Value>, pagination: Value) -> Self {
        let document = json!({ "data": data.into(), "pagination": pagination });
        Self::json(StatusCode::OK, &document)
    }

    /// `201 {"data": …}`.
    pub(crate) fn created(data: impl Into<Value>) -> Self {
        Self::json(StatusCode::CREATED, &json!({ "data": data.into() }))
    }

    /// A status without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A JSON document.
    pub(crate) fn json(status: StatusCode, document: &Value) -> Self {
        let mut reply = Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::from(document.to_string()),
        };
        reply.header("content-type", "application/json");
        reply
    }

    /// `200` with the bytes of a recording.
    pub(crate) fn audio(bytes: Bytes) -> Self {
        let mut reply = Self::empty(StatusCode::OK);
        reply.body = bytes;
        reply.header("content-type", "audio/mpeg");
        reply
    }

    /// Sets a header; an invalid value is omitted.
    pub(crate) fn header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
