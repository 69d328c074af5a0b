//! Corrupts responses. The HTTP framing of a corrupt response is written here, because a server
//! library would refuse to.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};

use super::delivery::Delivery;
use super::fault::Fault;
use crate::net::connection_script::{ConnectionScript, End, Step};
use crate::reply::Reply;

/// Invalid JSON, whatever follows.
const BROKEN: &str = "{\"data\":";

pub(super) fn apply(fault: &Fault, mut reply: Reply) -> Delivery {
    let (half, rest) = halves(&reply.body);
    match fault {
        Fault::ResetAfterExecution => Delivery::without_response(ConnectionScript::reset()),
        Fault::StallBeforeBody(time) => {
            let steps = vec![Step::Wait(*time), Step::Write(reply.body.clone())];
            scripted(&last(reply), steps, End::Close)
        }
        Fault::StallInsideBody(time) => {
            let steps = vec![Step::Write(half), Step::Wait(*time), Step::Write(rest)];
            scripted(&last(reply), steps, End::Close)
        }
        Fault::SlowDrip { interval } => {
            let steps = vec![Step::Drip(reply.body.clone(), *interval)];
            scripted(&last(reply), steps, End::Close)
        }
        Fault::HalfBody => scripted(&sized(reply), vec![Step::Write(half)], End::Close),
        Fault::WrongContentLength => {
            let body = reply.body.clone();
            reply.header("content-length", &half.len().to_string());
            scripted(&reply, vec![Step::Write(body)], End::Close)
        }
        Fault::HugeBody(size) => huge(reply, *size),
        Fault::TlsCloseWithoutNotify => {
            reply.header("connection", "close");
            scripted(&reply, vec![Step::Write(half)], End::Cut)
        }
        Fault::DropsConnectionAfterResponse => {
            let body = reply.body.clone();
            scripted(&sized(reply), vec![Step::Write(body)], End::Close)
        }
        Fault::WrongContentType => {
            reply.header("content-type", "text/html");
            Delivery::Http(reply)
        }
        Fault::Undecodable201 if reply.status.is_success() => {
            reply.status = StatusCode::CREATED;
            reply.body = Bytes::from_static(BROKEN.as_bytes());
            Delivery::Http(reply)
        }
        _ => Delivery::Http(reply),
    }
}

fn huge(mut reply: Reply, size: u64) -> Delivery {
    let body = reply.body.clone();
    let padding = size.saturating_sub(u64::try_from(body.len()).unwrap_or(u64::MAX));
    reply.header("transfer-encoding", "chunked");
    reply.header("connection", "close");
    let steps = vec![
        Step::Chunk(body),
        Step::Padding(padding),
        Step::Chunk(Bytes::new()),
    ];
    scripted(&reply, steps, End::Close)
}

fn halves(body: &Bytes) -> (Bytes, Bytes) {
    let middle = body.len() / 2;
    (body.slice(..middle), body.slice(middle..))
}

/// Sets the correct `Content-Length`.
fn sized(mut reply: Reply) -> Reply {
    let length = HeaderValue::from(reply.body.len());
    reply.headers.insert(header::CONTENT_LENGTH, length);
    reply
}

/// Announces that the connection closes after this response.
fn last(mut reply: Reply) -> Reply {
    reply.header("connection", "close");
    sized(reply)
}

fn scripted(reply: &Reply, mut steps: Vec<Step>, end: End) -> Delivery {
    steps.insert(0, Step::Write(head(reply)));
    Delivery::Script {
        script: ConnectionScript { steps, end },
        status: reply.status.as_u16(),
    }
}

/// The status line and headers, unchanged.
fn head(reply: &Reply) -> Bytes {
    let mut head = format!("HTTP/1.1 {}\r\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head.into()
}
