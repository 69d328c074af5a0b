//! Where on the way of a request each fault strikes. The order of the way itself is the pipeline's.

use jiff::Timestamp;

use super::delivery::Delivery;
use super::fault::Fault;
use super::{answers, damage};
use crate::net::connection_script::Act;
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
