//! The interface between the retry loop and HTTP: one attempt and its result. The loop needs no socket, so tests run it
//! with scripted responses. The implementation over HTTP is in `reqwest_transport`.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::decoded::Decoded;
use super::reason::{self, Reason};
use super::route::{Proxies, Route};
use crate::error::BoxError;
use crate::error::Error;
use crate::rate_limit::{PermitOutcome, RateLimitInfo};

/// Sends one attempt of a call.
pub(crate) trait HttpTransport {
    /// A request with its headers.
    type Request: Send;

    /// Builds the request, with the API key.
    fn sign(&self) -> Result<Self::Request, Error>;

    /// Sends the request and reads the response; both must end within `time`.
    fn send(&self, request: Self::Request, time: Duration) -> impl Future<Output = Attempt> + Send;
}

/// The result of one attempt.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// No response arrived.
    Failed(TransportError),
    /// A response arrived, perhaps with an incomplete body.
    Answered(ReceivedResponse),
}

impl Attempt {
    /// What the attempt means for its permit of the rate limiter.
    pub(crate) fn permit_outcome(&self) -> PermitOutcome {
        match self {
            Self::Answered(response) => {
                PermitOutcome::Answered(RateLimitInfo::of(&response.headers, response.status))
            }
            Self::Failed(TransportError {
                kind: TransportErrorKind::Connect | TransportErrorKind::Unsendable,
                ..
            }) => PermitOutcome::Unused,
            Self::Failed(_) => PermitOutcome::Lost,
        }
    }
}

/// A response, as far as it arrived.
#[derive(Debug)]
pub(crate) struct ReceivedResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) problem: Option<BodyProblem>,
    /// The decoded body, once the body is decoded.
    pub(crate) decoded: Option<Decoded>,
}

impl ReceivedResponse {
    /// Whether the status is 2xx and the body is complete.
    pub(crate) fn is_whole_success(&self) -> bool {
        (200..=299).contains(&self.status) && self.problem.is_none()
    }
}

/// Why a body is incomplete.
#[derive(Debug)]
pub(crate) enum BodyProblem {
    /// The body exceeds the size limit.
    TooLarge,
    /// The connection closed or the attempt timed out.
    Broken(TransportError),
}

/// Why no response, or only a part of it, arrived.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) kind: TransportErrorKind,
    /// The cause as text; not redacted yet.
    pub(crate) cause: String,
    /// What the user can do about it.
    pub(crate) advice: Option<&'static str>,
    /// The route of the connection, if an HTTP client made it.
    pub(super) route: Option<Route>,
    pub(crate) source: Option<BoxError>,
}

/// Kinds of transport errors, by what the server can have received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportErrorKind {
    /// The HTTP client refuses the request.
    Unsendable,
    /// Connecting failed, so the server has not received the request. A retry may help.
    Connect,
    /// Connecting fails permanently: TLS rejects the server, or the address is invalid. The server
    /// has not received the request.
    Unreachable,
    /// The attempt timed out.
    Timeout,
    /// The connection closed after the request was sent.
    Broken,
    /// An HTTP client of the caller followed a redirect.
    Redirected,
}

impl TransportError {
    /// Maps an error of the HTTP client, which uses these proxies.
    pub(crate) fn of(error: reqwest::Error, proxies: &Proxies) -> Self {
        let kind = if error.is_builder() {
            TransportErrorKind::Unsendable
        } else if error.is_connect() {
            match reason::is_lasting(&error) {
                true => TransportErrorKind::Unreachable,
                false => TransportErrorKind::Connect,
            }
        } else if error.is_timeout() {
            TransportErrorKind::Timeout
        } else if error.is_redirect() {
            TransportErrorKind::Redirected
        } else {
            TransportErrorKind::Broken
        };
        let is_of_proxy = reason::is_of_proxy(&error);
        let route = error.url().map(|url| proxies.route(url, is_of_proxy));
        let Reason { words, advice } = Reason::of(&error);
        Self {
            kind,
            cause: words,
            advice: advice.filter(|_| error.is_connect()),
            route,
            source: Some(error.without_url().into()),
        }
    }

    /// An error that does not come from the HTTP client.
    pub(crate) fn new(kind: TransportErrorKind, cause: &str) -> Self {
        Self {
            kind,
            cause: cause.to_owned(),
            advice: None,
            route: None,
            source: None,
        }
    }

    /// The server or proxy of the connection; not redacted yet.
    pub(crate) fn peer(&self) -> String {
        match &self.route {
            Some(route) => route.to_string(),
            None => "the server".to_owned(),
        }
    }
}
