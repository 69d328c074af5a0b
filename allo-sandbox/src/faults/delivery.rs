//! How the answer to a request leaves the sandbox: over HTTP, or by hand.

use axum::body::Bytes;

use crate::net::connection_script::Act;
use crate::reply::Reply;

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
