//! One attempt: a request goes out, and an answer comes back or does not.
//! Whether to try again is decided elsewhere.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use super::response_body::{self, BodyProblem};
use super::{Prepared, REQUEST_ID};
use crate::client::Shared;
use crate::{Error, IdempotencyKey, runtime};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What came back from one attempt.
pub(crate) enum Attempt {
    /// No status arrived.
    Lost(reqwest::Error),
    /// A status arrived, and at least a part of the body.
    Answered(Answer),
}

/// An answer, as far as it arrived.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) problem: Option<BodyProblem>,
}

/// Sends `prepared` once. Fails only if it cannot even be written down.
pub(crate) async fn run(shared: &Shared, prepared: &Prepared) -> Result<Attempt, Error> {
    let request = write(shared, prepared)?;
    let response = match shared.http.execute(request).await {
        Ok(response) => response,
        Err(error) => return Ok(Attempt::Lost(error)),
    };
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response_body::read(response, shared.max_response_bytes).await;
    let (body, problem) = (body.bytes, body.problem);
    Ok(Attempt::Answered(Answer {
        status,
        headers,
        body,
        problem,
    }))
}

/// Nothing is sent that the API does not declare or document.
fn write(shared: &Shared, prepared: &Prepared) -> Result<Request, Error> {
    let url: Url = shared.base_url.join(&prepared.path, &prepared.query)?;
    let mut request = Request::new(method(prepared.operation.method), url);
    *request.timeout_mut() = Some(prepared.options.timeout().unwrap_or(shared.timeout));
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, shared.authorization.clone());
    headers.insert(ACCEPT, JSON);
    if let Some(key) = &prepared.key {
        headers.insert(IDEMPOTENCY_KEY, text(IdempotencyKey::as_str(key))?);
    }
    if let Some(id) = prepared.options.request_id() {
        headers.insert(REQUEST_ID, text(id)?);
    }
    if let Some(body) = &prepared.body {
        headers.insert(CONTENT_TYPE, JSON);
        *request.body_mut() = Some(body.clone().into());
    }
    Ok(request)
}

fn text(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::invalid_request("an option cannot be written into a header"))
}

const fn method(method: runtime::Method) -> Method {
    match method {
        runtime::Method::Get => Method::GET,
        runtime::Method::Post => Method::POST,
        runtime::Method::Put => Method::PUT,
        runtime::Method::Patch => Method::PATCH,
        runtime::Method::Delete => Method::DELETE,
    }
}
