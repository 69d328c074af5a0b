//! The predicates of an error: one question each, answered by yes or no. What an
//! error carries besides is in its accessors, in the module above.

use super::{Error, ErrorKind, GaveUp};
use crate::error::code::ErrorCode;

/// What sort of failure it is.
impl Error {
    /// The client could not be built from its settings.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        self.0.kind == ErrorKind::Configuration
    }

    /// The request broke a limit known beforehand. Nothing was sent.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.0.kind == ErrorKind::InvalidRequest
    }

    /// The response did not arrive whole: no connection, a broken one, or too slow.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout
        )
    }

    /// No connection to the server was made; it has not seen the request.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// The response was not complete within the timeout, or the call was never sent
    /// because no place within the rate limit came free before its deadline.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout | ErrorKind::Deadline)
    }

    /// The call might have succeeded later, but its deadline came first.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        matches!(self.0.gave_up, Some((GaveUp::Deadline, _)))
    }

    /// The server succeeded (2xx), and the response is the API's, but it cannot be read
    /// or is longer than the limit. Look at [`outcome`](Error::outcome) before you send
    /// a write again: as a rule it has been executed.
    /// [`body`](Error::body) has the bytes.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.0.kind == ErrorKind::Decode
    }

    /// The status is 2xx, but the response is not the API's: an HTML page, no body, or
    /// JSON without what every response of the operation has. Some gateway, proxy or
    /// login page in between answered, so that nothing says whether the request was
    /// executed: [`outcome`](Error::outcome) of a write is unknown.
    #[must_use]
    pub fn is_unexpected_response(&self) -> bool {
        self.0.kind == ErrorKind::UnexpectedResponse
    }

    /// The server answered with a status other than 2xx, or with an error inside
    /// a 2xx.
    #[must_use]
    pub fn is_status(&self) -> bool {
        self.0.kind == ErrorKind::Status
    }

    /// The API key is missing, unknown or revoked (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.is_status() && self.effective_status() == Some(401)
    }

    /// The API key or its owner may not do this (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_status() && self.effective_status() == Some(403)
    }

    /// The API key lacks a scope of the operation, which the message names. Either
    /// the service said so, or [`learn_limits`](crate::Client::learn_limits) had
    /// told; then nothing was sent, and [`param`](Error::param) is the scope.
    #[must_use]
    pub fn is_missing_scope(&self) -> bool {
        self.0.kind == ErrorKind::MissingScope
            || self.0.envelope.code == Some(ErrorCode::ApiKeyInsufficientScope)
    }

    /// A file of yours could not be read or written: the disk is full, or the reader of
    /// a pipe is gone. It is where what arrived was to go, or the journal of a push. [`source`](std::error::Error::source) has
    /// the cause.
    #[must_use]
    pub fn is_output(&self) -> bool {
        self.0.kind == ErrorKind::Output
    }

    /// Another push is using the journal. Nothing was sent.
    #[must_use]
    pub fn is_journal_in_use(&self) -> bool {
        self.0.kind == ErrorKind::InUse
    }

    /// What was asked for does not exist: a 404, or a code of v1 that says so
    /// with another status.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let code = self.0.envelope.code.as_ref();
        let named =
            code.and_then(ErrorCode::category) == Some(crate::error::code::ErrorCategory::NotFound);
        self.is_status() && (self.0.status == Some(404) || named)
    }

    /// The request collides with the state of the server (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is_status() && self.effective_status() == Some(409)
    }

    /// Too many requests (429), for a moment or for the rest of the day.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.is_status() && self.effective_status() == Some(429)
    }

    /// The server or something in front of it failed (5xx).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.is_status() && matches!(self.effective_status(), Some(500..=599))
    }

    /// The teammate a call was aimed at is not one: the server does not know the
    /// id or e-mail address, or [`Teammate::find`](crate::Teammate::find) found
    /// nobody or several of that name. Nothing was done for anybody else.
    #[must_use]
    pub fn is_assignee_not_found(&self) -> bool {
        self.0.kind == ErrorKind::UnresolvedTeammate
            || self.0.envelope.code == Some(ErrorCode::AssigneeNotFound)
    }
}
