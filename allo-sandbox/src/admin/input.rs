//! Reads requests of the admin API: strictly, so that a misspelt field is an error and not a test that
//! passes for the wrong reason.

use axum::body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::errors::{ApiError, Code};
use crate::query::Query;

/// Far above the size of a queue or a recording in a test.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// Query and body of a request.
pub(super) struct Input {
    query: Query,
    body: Vec<u8>,
}

impl Input {
    pub(super) async fn read(request: Request) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = body::to_bytes(body, MAX_BODY_BYTES).await;
        let body = body.map_err(|_| unreadable("it is too large or incomplete"))?;
        let kind = parts.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("");
        let essence = kind.split(';').next().unwrap_or("").trim();
        if !body.is_empty() && !essence.eq_ignore_ascii_case("application/json") {
            let message = "The content type of the body is not JSON.";
            return Err(ApiError::new(Code::UnsupportedMediaType, message)
                .suggestion("Send the header Content-Type: application/json."));
        }
        Ok(Self {
            query: Query::parse(parts.uri.query().unwrap_or_default()),
            body: body.into(),
        })
    }

    /// The body, which must have the fields of `T` and no others.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|error| unreadable(&error.to_string()))
    }

    /// The body, or that of `{}` if there is none.
    pub(super) fn optional_body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let body: &[u8] = match self.body.as_slice() {
            [] => b"{}",
            body => body,
        };
        serde_json::from_slice(body).map_err(|error| unreadable(&error.to_string()))
    }

    /// The query, which must have no other parameters than these.
    pub(super) fn query(&self, known: &[&str]) -> Result<&Query, ApiError> {
        let mut pairs = self.query.pairs().iter();
        match pairs.find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(&self.query),
            Some((name, _)) => {
                let expected = match known {
                    [] => "this route has none".to_owned(),
                    known => format!("expected one of {}", known.join(", ")),
                };
                Err(ApiError::invalid_parameter(
                    name,
                    &format!("is an unknown parameter: {expected}"),
                ))
            }
        }
    }

    /// A required parameter, the only one of its route.
    pub(super) fn only_param(&self, name: &str) -> Result<&str, ApiError> {
        let value = self.query(&[name])?.text(name);
        value.ok_or_else(|| ApiError::invalid_parameter(name, "is required in the query"))
    }
}

fn unreadable(why: &str) -> ApiError {
    let message = format!("Invalid request body: {why}.");
    ApiError::new(Code::InvalidRequestBody, message)
}

/// An error for a field of the body.
pub(super) fn wrong(name: &str, why: &str) -> ApiError {
    ApiError::invalid_parameter(name, why)
}

/// One of `choices`, by its text.
pub(super) fn choice<T: Copy>(
    name: &str,
    text: &str,
    choices: &[T],
    text_of: fn(T) -> &'static str,
) -> Result<T, ApiError> {
    let mut all = choices.iter().copied();
    all.find(|&choice| text_of(choice) == text).ok_or_else(|| {
        let texts: Vec<_> = choices.iter().map(|&choice| text_of(choice)).collect();
        wrong(name, &format!("must be one of {}", texts.join(", ")))
    })
}
