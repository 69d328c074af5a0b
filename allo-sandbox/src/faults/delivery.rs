//! How the answer to a request leaves the sandbox: over HTTP, or by hand.

use axum::body::Bytes;

use crate::net::connection_script::ConnectionScript;
use crate::reply::Reply;

/// What becomes of a request at the end.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// The HTTP server sends it.
    Http(Reply),
    /// The connection is taken away from the HTTP server. `status` is what the client gets to see,
    /// 0 for nothing.
    Script {
        script: ConnectionScript,
        status: u16,
    },
}

impl Delivery {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Http(reply) => reply.status.as_u16(),
            Self::Script { status, .. } => *status,
        }
    }

    /// The body the HTTP server sends; empty when it sends none.
    pub(crate) fn body(&self) -> Bytes {
        match self {
            Self::Http(reply) => reply.body.clone(),
            Self::Script { .. } => Bytes::new(),
        }
    }

    pub(crate) fn without_response(script: ConnectionScript) -> Self {
        Self::Script { script, status: 0 }
    }
}
