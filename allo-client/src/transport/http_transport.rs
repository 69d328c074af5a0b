//! One attempt as the loop sees it: what goes out, and what comes back or does
//! not. The loop needs no socket, so that its tests can answer from a script.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::decoded::Decoded;
use super::reason::{self, Reason};
use super::route::{Proxies, Route};
use crate::error::BoxError;
use crate::error::Error;
use crate::rate_limit::{PermitOutcome, RateLimitInfo};

/// Sends the request of a call, as often as it is asked to.
pub(crate) trait HttpTransport {
    /// A request that is ready to go.
    type Request: Send;

    /// Writes the request down, with everything that proves who sends it.
    fn sign(&self) -> Result<Self::Request, Error>;

    /// Sends it and reads the whole answer within `time`.
    fn send(&self, request: Self::Request, time: Duration) -> impl Future<Output = Attempt> + Send;
}

/// What came back from one attempt.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// No status arrived.
    Failed(TransportError),
    /// A status arrived, and at least a part of the body.
    Answered(Answer),
}

impl Attempt {
    /// What became of the slot of the rate limit.
    pub(crate) fn permit_outcome(&self) -> PermitOutcome {
        match self {
            Self::Answered(answer) => {
                PermitOutcome::Answered(RateLimitInfo::of(&answer.headers, answer.status))
            }
            Self::Failed(TransportError {
                kind: TransportErrorKind::Connect | TransportErrorKind::Unsendable,
                ..
            }) => PermitOutcome::Unused,
            Self::Failed(_) => PermitOutcome::Lost,
        }
    }
}

/// An answer, as far as it arrived.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) problem: Option<BodyProblem>,
    /// What it was read into, once it is read.
    pub(crate) decoded: Option<Decoded>,
}

impl Answer {
    /// Whether its status says that it succeeded, and all of it arrived.
    pub(crate) fn is_whole_success(&self) -> bool {
        (200..=299).contains(&self.status) && self.problem.is_none()
    }
}

/// Why a body is not whole.
#[derive(Debug)]
pub(crate) enum BodyProblem {
    /// It is longer than the limit.
    TooLarge,
    /// The connection broke or the time was up.
    Broken(TransportError),
}

/// Why nothing more arrived.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) kind: TransportErrorKind,
    /// Why, in words; not yet fit to be shown.
    pub(crate) cause: String,
    /// What to do about it.
    pub(crate) advice: Option<&'static str>,
    /// Where the connection went, if an HTTP client made it.
    pub(super) route: Option<Route>,
    pub(crate) source: Option<BoxError>,
}

/// The sorts of loss, by what the server can have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportErrorKind {
    /// The request cannot be sent at all.
    Unsendable,
    /// No connection was made: the server has not seen the request.
    Connect,
    /// No connection can be made: TLS does not accept the server, or the address is none.
    /// Another attempt meets the same. The server has not seen the request.
    Unreachable,
    /// The time was up.
    Timeout,
    /// The connection broke.
    Broken,
    /// A redirect was followed, by an HTTP client that is not ours.
    Redirected,
}

impl TransportError {
    /// What an error of the HTTP client means, which goes through these proxies.
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

    /// A loss that has no error of the HTTP client behind it.
    pub(crate) fn new(kind: TransportErrorKind, cause: &str) -> Self {
        Self {
            kind,
            cause: cause.to_owned(),
            advice: None,
            route: None,
            source: None,
        }
    }

    /// Where the connection went, not yet fit to be shown.
    pub(crate) fn peer(&self) -> String {
        match &self.route {
            Some(route) => route.to_string(),
            None => "the server".to_owned(),
        }
    }
}
