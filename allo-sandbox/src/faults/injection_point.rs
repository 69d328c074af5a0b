//! Where in the processing of a request each fault is injected. The order of processing is in `pipeline`.

use jiff::Timestamp;

use super::delivery::Delivery;
use super::fault::Fault;
use super::{corrupt, error_responses};
use crate::net::connection_script::ConnectionScript;
use crate::reply::Reply;

/// Where a fault is injected.
#[derive(Debug)]
pub(crate) enum InjectionPoint {
    /// At the socket, instead of a response.
    Socket(ConnectionScript),
    /// In front of the API, which does not see the request.
    BeforeApi(Reply),
    /// In the API, after authentication and quota.
    InsideApi(Reply),
    /// On the response.
    OnResponse,
}

impl Fault {
    /// Whether the fault is injected before the body of the request is read.
    pub(crate) fn ignores_body(&self) -> bool {
        matches!(
            self,
            Self::Refuse | Self::AcceptAndClose | Self::ResetAfterHeaders
        )
    }

    pub(crate) fn injection_point(&self, request_id: &str, now: Timestamp) -> InjectionPoint {
        match self {
            Self::Refuse | Self::ResetAfterHeaders | Self::ResetBeforeExecution => {
                InjectionPoint::Socket(ConnectionScript::reset())
            }
            Self::AcceptAndClose => InjectionPoint::Socket(ConnectionScript::close()),
            Self::Html(status) => InjectionPoint::BeforeApi(error_responses::html(*status)),
            Self::Redirect { status, to } => {
                InjectionPoint::BeforeApi(error_responses::redirect(*status, to))
            }
            Self::RateLimited(form) => {
                InjectionPoint::BeforeApi(error_responses::rate_limited(*form, request_id, now))
            }
            Self::DailyQuota => InjectionPoint::BeforeApi(error_responses::daily_quota(now)),
            Self::SmsLimit(limit) => {
                InjectionPoint::BeforeApi(error_responses::sms_limit(*limit, request_id))
            }
            Self::Internal { retryable } => {
                InjectionPoint::InsideApi(error_responses::internal(*retryable, request_id))
            }
            Self::AppendConflict => {
                InjectionPoint::InsideApi(error_responses::append_conflict(request_id))
            }
            Self::TransactionInProgress => {
                InjectionPoint::InsideApi(error_responses::transaction_in_progress(request_id))
            }
            Self::ErrorEnvelopeIn200 => {
                InjectionPoint::InsideApi(error_responses::error_in_200(request_id))
            }
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
            | Self::DropsConnectionAfterResponse => InjectionPoint::OnResponse,
        }
    }

    /// Corrupts a response.
    pub(crate) fn corrupt(&self, reply: Reply) -> Delivery {
        corrupt::apply(self, reply)
    }
}
