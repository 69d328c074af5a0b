//! One attempt of a call: builds the request, sends it and reads the response. What carries it is known to `sender`;
//! retries are decided in `retry_loop`.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::{Method, Request, Url};

use super::http_transport::{Attempt, HttpTransport};
use super::{PreparedRequest, REQUEST_ID, response_body};
use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::operation;
use crate::transport::client_handle::Shared;

pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NOTHING: HeaderValue = HeaderValue::from_static("0");

/// Sends a prepared request over the connections of a client.
pub(crate) struct ReqwestTransport<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) prepared: &'a PreparedRequest,
}

impl HttpTransport for ReqwestTransport<'_> {
    type Request = Request;

    /// Only headers that the API declares or documents are sent, and those that the caller adds.
    fn sign(&self) -> Result<Request, Error> {
        let Self { shared, prepared } = self;
        let url: Url = shared
            .endpoint
            .base_url
            .join(&prepared.path, &prepared.query)?;
        let mut request = Request::new(method(prepared.operation.method), url);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, shared.authorization.clone());
        headers.insert(USER_AGENT, shared.endpoint.user_agent.clone());
        headers.insert(ACCEPT, JSON);
        if let Some(key) = &prepared.key {
            headers.insert(IDEMPOTENCY_KEY, text(IdempotencyKey::as_str(key))?);
        }
        if let Some(id) = prepared.options.request_id() {
            headers.insert(REQUEST_ID, text(id)?);
        }
        if let Some(additions) = prepared.options.additions() {
            // None of them is one of ours.
            headers.extend(additions.headers.clone());
        }
        if let Some(body) = &prepared.body {
            headers.insert(CONTENT_TYPE, JSON);
            *request.body_mut() = Some(body.clone().into());
        } else if may_have_a_body(prepared.operation.method) {
            // Gateways answer 411 to a POST without `Content-Length`.
            headers.insert(CONTENT_LENGTH, NOTHING);
        }
        Ok(request)
    }

    async fn send(&self, request: Request, time: Duration) -> Attempt {
        let sender = &self.shared.endpoint.sender;
        let (head, body) = match sender.send(request, Some(time)).await {
            Ok(response) => response.into_parts(),
            Err(failure) => return Attempt::Failed(failure),
        };
        let body = response_body::read(body, self.shared.context.max_response_bytes).await;
        Attempt::Answered(body.into_response(head.status.as_u16(), head.headers))
    }
}

fn text(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::invalid_request("an option is not a valid header value"))
}

/// Whether HTTP defines a body for this method, so that `Content-Length` is always sent.
const fn may_have_a_body(method: operation::Method) -> bool {
    use operation::Method;
    matches!(method, Method::Post | Method::Put | Method::Patch)
}

const fn method(method: operation::Method) -> Method {
    match method {
        operation::Method::Get => Method::GET,
        operation::Method::Head => Method::HEAD,
        operation::Method::Post => Method::POST,
        operation::Method::Put => Method::PUT,
        operation::Method::Patch => Method::PATCH,
        operation::Method::Delete => Method::DELETE,
    }
}
