//! One attempt as the loop sees it: what goes out, and what comes back or does
//! not. The loop needs no socket, so that its tests can answer from a script.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::Error;
use crate::error::Source;
use crate::rate_limit::{PermitOutcome, RateLimitInfo};

/// Sends the request of a call, as often as it is asked to.
pub(crate) trait Exchange {
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
    Lost(Loss),
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
            Self::Lost(Loss {
                sort: LossSort::Connect | LossSort::Unsendable,
                ..
            }) => PermitOutcome::Unused,
            Self::Lost(_) => PermitOutcome::Lost,
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
}

/// Why a body is not whole.
#[derive(Debug)]
pub(crate) enum BodyProblem {
    /// It is longer than the limit.
    TooLarge,
    /// The connection broke or the time was up.
    Broken(Loss),
}

/// Why nothing more arrived.
#[derive(Debug)]
pub(crate) struct Loss {
    pub(crate) sort: LossSort,
    /// The deepest cause, as it was told; not yet fit to be shown.
    pub(crate) cause: String,
    pub(crate) source: Option<Source>,
}

/// The sorts of loss, by what the server can have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LossSort {
    /// The request cannot be sent at all.
    Unsendable,
    /// No connection was made: the server has not seen the request.
    Connect,
    /// The time was up.
    Timeout,
    /// The connection broke.
    Broken,
    /// A redirect was followed, by an HTTP client that is not ours.
    Redirected,
}

impl Loss {
    /// What an error of the HTTP client means.
    pub(crate) fn of(error: reqwest::Error) -> Self {
        let sort = if error.is_builder() {
            LossSort::Unsendable
        } else if error.is_connect() {
            LossSort::Connect
        } else if error.is_timeout() {
            LossSort::Timeout
        } else if error.is_redirect() {
            LossSort::Redirected
        } else {
            LossSort::Broken
        };
        Self {
            sort,
            cause: deepest(&error),
            source: Some(error.without_url().into()),
        }
    }

    /// A loss that has no error of the HTTP client behind it.
    pub(crate) fn new(sort: LossSort, cause: &str) -> Self {
        Self {
            sort,
            cause: cause.to_owned(),
            source: None,
        }
    }
}

/// The cause at the bottom, which says most: the others only say where.
fn deepest(error: &reqwest::Error) -> String {
    let top: &dyn std::error::Error = error;
    let causes = std::iter::successors(top.source(), |cause| cause.source());
    let deepest = causes.last().map(ToString::to_string);
    deepest.unwrap_or_else(|| "no cause is known".to_owned())
}
