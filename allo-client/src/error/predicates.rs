//! The predicates of an error. Its other accessors are in the parent module.

use super::{Error, ErrorKind, GaveUp};
use crate::error::code::ErrorCode;

/// The kind of failure.
impl Error {
    /// The settings of the client are invalid.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        self.0.kind == ErrorKind::Configuration
    }

    /// The request breaks a documented limit. Nothing was sent.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.0.kind == ErrorKind::InvalidRequest
    }

    /// The response did not arrive completely: connecting failed, the connection closed or an
    /// attempt timed out.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout
        )
    }

    /// Connecting to the server failed; it has not received the request.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// The response was not complete within the timeout, or the call was never sent because the
    /// rate limit allowed no request before the deadline.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout | ErrorKind::Deadline)
    }

    /// The deadline passed before a retry that might have succeeded.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        matches!(self.0.gave_up, Some((GaveUp::Deadline, _)))
    }

    /// The server succeeded (2xx) and the response comes from the API, but it could not be decoded
    /// or exceeds the size limit. Check [`outcome`](Error::outcome) before you retry a write: it
    /// has normally been executed. [`body`](Error::body) has the bytes.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.0.kind == ErrorKind::Decode
    }

    /// The status is 2xx, but the response does not come from the API: it is an HTML page, empty,
    /// or JSON without the members that every response of the operation has. A gateway, proxy or
    /// login page answered instead, so the [`outcome`](Error::outcome) of a write is unknown.
    #[must_use]
    pub fn is_unexpected_response(&self) -> bool {
        self.0.kind == ErrorKind::UnexpectedResponse
    }

    /// The server answered with a status other than 2xx, or with an error inside a 2xx.
    #[must_use]
    pub fn is_status(&self) -> bool {
        self.0.kind == ErrorKind::Status
    }

    /// The API key is missing, unknown or revoked (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.is_status() && self.effective_status() == Some(401)
    }

    /// The API key or its owner lacks the permission (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_status() && self.effective_status() == Some(403)
    }

    /// The API key lacks a scope of the operation; the message names it. Either the server said so,
    /// or [`learn_limits`](crate::Client::learn_limits) had learned the scopes; in that case
    /// nothing was sent and [`param`](Error::param) is the scope.
    #[must_use]
    pub fn is_missing_scope(&self) -> bool {
        self.0.kind == ErrorKind::MissingScope
            || self.0.envelope.code == Some(ErrorCode::ApiKeyInsufficientScope)
    }

    /// Reading or writing a local file failed, for example because the disk is full or a pipe is closed. The file is
    /// the output of a recording or a journal. [`source`](std::error::Error::source) has the cause.
    #[must_use]
    pub fn is_output(&self) -> bool {
        self.0.kind == ErrorKind::Output
    }

    /// Another push or import is using the journal. Nothing was sent.
    #[must_use]
    pub fn is_journal_in_use(&self) -> bool {
        self.0.kind == ErrorKind::InUse
    }

    /// The requested resource does not exist: a 404, or a code of v1 with that meaning and another
    /// status.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let code = self.0.envelope.code.as_ref();
        let named =
            code.and_then(ErrorCode::category) == Some(crate::error::code::ErrorCategory::NotFound);
        self.is_status() && (self.0.status == Some(404) || named)
    }

    /// The request conflicts with the state of the server (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is_status() && self.effective_status() == Some(409)
    }

    /// A rate limit or quota is exceeded (429), for a moment or for the rest of the day.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.is_status() && self.effective_status() == Some(429)
    }

    /// The server or a gateway in front of it failed (5xx).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.is_status() && matches!(self.effective_status(), Some(500..=599))
    }

    /// Several people have the number of a person that `CrmPeople::ensure` looks for. The message contains their ids.
    /// Nothing was created.
    #[must_use]
    pub fn is_ambiguous_person(&self) -> bool {
        self.0.kind == ErrorKind::AmbiguousPerson
    }

    /// The teammate of the call does not exist: the server does not know the id or e-mail address,
    /// or [`Teammate::find`](crate::Teammate::find) found no or several members with that name.
    /// Nothing was executed for another teammate.
    #[must_use]
    pub fn is_assignee_not_found(&self) -> bool {
        self.0.kind == ErrorKind::UnresolvedTeammate
            || self.0.envelope.code == Some(ErrorCode::AssigneeNotFound)
    }
}
