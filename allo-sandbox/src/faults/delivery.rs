//! How a response is delivered: by the HTTP server, or by a connection script.

use axum::body::Bytes;

use crate::net::connection_script::ConnectionScript;
use crate::reply::Reply;

/// How a response is delivered.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// By the HTTP server.
    Http(Reply),
    /// By a connection script, which takes the connection from the HTTP server. `status` is the status
    /// that the client sees, 0 for none.
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

    /// The response body sent by the HTTP server; empty if it sends none.
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
