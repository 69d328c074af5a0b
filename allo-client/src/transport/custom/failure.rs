//! Why a transport has no response, by what the server can have received.

use std::fmt;
use std::iter::successors;

use crate::error::BoxError;
use crate::transport::http_transport::{TransportError, TransportErrorKind};

/// So many causes of a cause are told.
const MOST_CAUSES: usize = 4;

/// Why a [`Transport`](super::Transport) has no response. Which constructor is right depends on what the
/// server can have received; if that is not known, it is [`broken`](Self::broken).
///
/// The text of the cause is shown in the error of the call, with secrets masked. The cause itself is not kept, as what it
/// prints cannot be masked.
pub struct TransportFailure(Box<TransportError>);

impl TransportFailure {
    /// The server has not received the request, as no connection could be made. The call is retried.
    pub fn not_sent(cause: impl Into<BoxError>) -> Self {
        Self::of(TransportErrorKind::Connect, cause)
    }

    /// The server has not received the request, and a retry does not help.
    pub fn refused(cause: impl Into<BoxError>) -> Self {
        Self::of(TransportErrorKind::Unreachable, cause)
    }

    /// The server may have received the request; its response is lost, or did not come in time. A write is retried only with an
    /// idempotency key that the server honours.
    pub fn broken(cause: impl Into<BoxError>) -> Self {
        let cause = cause.into();
        match cause.downcast::<Self>() {
            // What happened amid a body may be known better.
            Ok(known) => *known,
            Err(cause) => Self::of(TransportErrorKind::Broken, cause),
        }
    }

    fn of(kind: TransportErrorKind, cause: impl Into<BoxError>) -> Self {
        let cause = cause.into();
        let first: &(dyn std::error::Error + 'static) = &*cause;
        let chain = successors(Some(first), |error| error.source());
        let texts: Vec<_> = chain.take(MOST_CAUSES).map(ToString::to_string).collect();
        Self(Box::new(TransportError::new(kind, &texts.join(": "))))
    }

    /// As our own HTTP client fails.
    pub(crate) fn of_http(error: TransportError) -> Self {
        Self(Box::new(error))
    }

    pub(crate) fn into_error(self) -> TransportError {
        *self.0
    }
}

impl fmt::Debug for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportFailure")
            .field("kind", &self.0.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TransportFailure {
    /// Not the cause, which is not masked here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.kind {
            TransportErrorKind::Unsendable
            | TransportErrorKind::Connect
            | TransportErrorKind::Unreachable => "the request was not sent",
            TransportErrorKind::Timeout => "the request timed out",
            TransportErrorKind::Broken => "the connection broke",
            TransportErrorKind::Redirected => "the request was redirected",
        })
    }
}

impl std::error::Error for TransportFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
