//! Where on the way of a request each fault strikes. The order of the way itself is the pipeline's.

use axum::body::Bytes;
use jiff::Timestamp;

use super::act::Act;
use super::{Fault, answers, damage};
use crate::reply::Reply;

/// Where a fault strikes.
#[derive(Debug)]
pub(crate) enum Stage {
    /// At the socket, instead of any answer.
    Socket(Act),
    /// In front of the API, which never sees the request.
    Front(Reply),
    /// In the API, once the key and its quota have been looked at.
    Inside(Reply),
    /// On the way back.
    Return,
}

/// What becomes of a request at the end.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// The HTTP server sends it.
    Answer(Reply),
    /// The connection is taken away from the HTTP server. `status` is what the client gets to see,
    /// 0 for nothing.
    ByHand { act: Act, status: u16 },
}

impl Delivery {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Answer(reply) => reply.status.as_u16(),
            Self::ByHand { status, .. } => *status,
        }
    }

    /// The body the HTTP server sends; empty when it sends none.
    pub(crate) fn body(&self) -> Bytes {
        match self {
            Self::Answer(reply) => reply.body.clone(),
            Self::ByHand { .. } => Bytes::new(),
        }
    }

    pub(crate) fn silence(act: Act) -> Self {
        Self::ByHand { act, status: 0 }
    }
}

impl Fault {
    /// Whether it strikes before the body of the request is read.
    pub(crate) fn ignores_body(&self) -> bool {
        matches!(
            self,
            Self::Refuse | Self::AcceptAndClose | Self::ResetAfterHeaders
        )
    }

    pub(crate) fn stage(&self, request_id: &str, now: Timestamp) -> Stage {
        match self {
            Self::Refuse | Self::ResetAfterHeaders | Self::ResetBeforeExecution => {
                Stage::Socket(Act::reset())
            }
            Self::AcceptAndClose => Stage::Socket(Act::close()),
            Self::Html(status) => Stage::Front(answers::html(*status)),
            Self::Redirect { status, to } => Stage::Front(answers::redirect(*status, to)),
            Self::RateLimited(form) => Stage::Front(answers::rate_limited(*form, request_id, now)),
            Self::DailyQuota => Stage::Front(answers::daily_quota(now)),
            Self::SmsLimit(limit) => Stage::Front(answers::sms_limit(*limit, request_id)),
            Self::Internal { retryable } => {
                Stage::Inside(answers::internal(*retryable, request_id))
            }
            Self::AppendConflict => Stage::Inside(answers::append_conflict(request_id)),
            Self::TransactionInProgress => {
                Stage::Inside(answers::transaction_in_progress(request_id))
            }
            Self::ErrorEnvelopeIn200 => Stage::Inside(answers::error_in_200(request_id)),
            Self::ResetAfterExecution
            | Self::StallBeforeBody(_)
            | Self::StallInsideBody(_)
            | Self::HalfBody
            | Self::WrongContentLength
            | Self::WrongContentType
            | Self::Undecodable201
            | Self::HugeBody(_)
            | Self::SlowDrip { .. }
            | Self::TlsCloseWithoutNotify
            | Self::DropsConnectionAfterResponse => Stage::Return,
        }
    }

    /// What the client gets in place of this answer.
    pub(crate) fn damage(&self, reply: Reply) -> Delivery {
        damage::apply(self, reply)
    }
}
