//! A request that was read completely. Reading values from its query and body is in `query` and
//! `fields`.

use axum::body::{self, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header::CONTENT_TYPE};
use serde_json::Value;

use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::operations::{self, Operation};
use crate::query::Query;

/// Far above the size of a full queue with contact details.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The result of routing.
#[derive(Debug, Clone)]
pub(crate) enum Routed {
    Operation(&'static Operation, Vec<(String, String)>),
    /// A recording, which is not an operation in the document.
    Recording {
        name: String,
    },
    WrongMethod {
        allowed: String,
    },
    UnknownPath,
}

impl Routed {
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Operation(operation, _) => Some(operation),
            Self::Recording { .. } | Self::WrongMethod { .. } | Self::UnknownPath => None,
        }
    }
}

/// A request with its body. It contains the API key, so it has no `Debug`.
pub(crate) struct Received {
    pub(crate) routed: Routed,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: String,
    /// `None` if the body was too large, incomplete, or not read.
    body: Option<Bytes>,
}

impl Received {
    /// Reads the whole body.
    pub(crate) async fn read(routed: Routed, request: Request, request_id: String) -> Self {
        let (parts, body) = request.into_parts();
        let body = body::to_bytes(body, MAX_BODY_BYTES).await.ok();
        let mut request = Self::of(routed, parts, request_id, body);
        request.settle_operation();
        request
    }

    /// Does not read the body.
    pub(crate) fn without_body(routed: Routed, request: Request, request_id: String) -> Self {
        let (parts, _) = request.into_parts();
        Self::of(routed, parts, request_id, None)
    }

    /// A request that did not come over HTTP.
    pub(crate) fn internal(
        operation: &'static Operation,
        path: String,
        params: Vec<(String, String)>,
        body: Option<Value>,
    ) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            routed: Routed::Operation(operation, params),
            method: operation.method.clone(),
            path,
            query: Query::parse(""),
            headers,
            request_id: String::new(),
            body: Some(body.map(|body| body.to_string()).unwrap_or_default().into()),
        }
    }

    fn of(routed: Routed, parts: Parts, request_id: String, body: Option<Bytes>) -> Self {
        Self {
            routed,
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: Query::parse(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            request_id,
            body,
        }
    }

    /// Selects the operation by the body, if several operations share the endpoint.
    fn settle_operation(&mut self) {
        let meant = match &self.routed {
            Routed::Operation(operation, _) => operations::meant(operation, || self.json()),
            Routed::Recording { .. } | Routed::WrongMethod { .. } | Routed::UnknownPath => return,
        };
        if let Routed::Operation(operation, _) = &mut self.routed {
            *operation = meant;
        }
    }

    /// Whether the endpoint belongs to v1 of the API.
    pub(crate) fn is_v1(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        self.routed.operation()
    }

    /// The value of a header, if it is not blank.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        usable(&self.headers, name)
    }

    pub(crate) fn idempotency_key(&self) -> Option<&str> {
        idempotency_key(&self.headers)
    }

    /// A path parameter; the router guarantees those in the path of the operation.
    pub(crate) fn path_param(&self, name: &str) -> &str {
        let Routed::Operation(_, params) = &self.routed else {
            return "";
        };
        let found = params.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body.as_ref()?).ok()
    }

    /// A required body.
    pub(crate) fn required_body(&self) -> Result<Fields, ApiError> {
        self.optional_body()?
            .ok_or_else(|| unreadable("a JSON object is required"))
    }

    /// An optional body.
    pub(crate) fn optional_body(&self) -> Result<Option<Fields>, ApiError> {
        let body = self
            .body
            .as_ref()
            .ok_or_else(|| unreadable("it is too large or incomplete"))?;
        if body.is_empty() {
            return Ok(None);
        }
        self.require_json_type()?;
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Some(Fields::new(fields))),
            Ok(_) => Err(unreadable("it is not a JSON object")),
            Err(_) => Err(unreadable("it is not valid JSON")),
        }
    }

    fn require_json_type(&self) -> Result<(), ApiError> {
        let essence = self
            .header(CONTENT_TYPE.as_str())
            .and_then(|value| value.split(';').next());
        if essence.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
            return Ok(());
        }
        let message = "The content type of the body is not JSON.";
        Err(ApiError::new(Code::UnsupportedMediaType, message)
            .suggestion("Send the header Content-Type: application/json."))
    }
}

/// The idempotency key in these headers, if it is valid.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Option<&str> {
    usable(headers, "idempotency-key")
}

fn usable<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

fn unreadable(why: &str) -> ApiError {
    ApiError::new(
        Code::InvalidRequestBody,
        format!("Invalid request body: {why}."),
    )
}
