//! How the fault server handles one request: whether it executes the request, and what it responds. It never sends a
//! lie that no client could detect: a plain refusal (4xx) of a write that was executed.

use std::time::Duration;

use fastrand::Rng;
use serde_json::json;

use super::http::{HttpResponse, Request};
use super::service;

/// How one request is handled.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Whether the request reaches the service.
    pub executes: bool,
    /// The processing time, whether or not the caller still waits.
    pub late: Option<Duration>,
    /// The response.
    pub reply: Reply,
}

/// The kinds of responses.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The response of the service.
    Proper,
    /// The same with a wrong media type.
    WrongType,
    /// The same after a delay.
    Slow(Duration),
    /// This percentage of the response; then the connection closes.
    Part(u8),
    /// The response, damaged by this seed.
    Damaged(u64),
    /// None: the connection closes.
    Close,
    /// None: the connection is reset.
    Reset,
    /// Another response, as from a gateway.
    Instead(HttpResponse),
}

impl Behaviour {
    /// No failure.
    #[must_use]
    pub const fn proper() -> Self {
        Self::after(Reply::Proper)
    }

    /// The request is executed, and this is the response.
    #[must_use]
    pub const fn after(reply: Reply) -> Self {
        Self {
            executes: true,
            late: None,
            reply,
        }
    }

    /// The request is not executed, and this is the response.
    #[must_use]
    pub const fn without(reply: Reply) -> Self {
        Self {
            executes: false,
            late: None,
            reply,
        }
    }

    /// A random behaviour. `slow` is longer than the client waits for a response.
    #[must_use]
    pub fn random(rng: &mut Rng, request: &Request, slow: Duration) -> Self {
        let executes = rng.bool();
        let lost = |reply| Self {
            executes,
            late: None,
            reply,
        };
        match rng.u8(..100) {
            0..30 => Self::proper(),
            30..38 => lost(Reply::Close),
            38..46 => lost(Reply::Reset),
            46..52 => Self::after(Reply::Part(rng.u8(..100))),
            52..54 => Self::after(Reply::WrongType),
            54..56 => Self {
                executes: true,
                late: Some(slow),
                reply: Reply::Proper,
            },
            56..58 => Self::after(Reply::Slow(slow)),
            // These responses say nothing about whether the request was executed.
            58..80 => lost(Reply::Instead(doubtful(rng, request))),
            _ => Self::without(Reply::Instead(refusal(rng))),
        }
    }
}

/// A response that says nothing about the request.
fn doubtful(rng: &mut Rng, request: &Request) -> HttpResponse {
    let answer = any_doubtful(rng);
    // An empty 200 is the valid response of some operations, so its origin cannot be detected.
    match (answer.status, answer.body.is_empty()) {
        (200, true) if !service::answers_with_a_body(request) => {
            HttpResponse::text(200, "text/plain", "OK")
        }
        _ => answer,
    }
}

fn any_doubtful(rng: &mut Rng) -> HttpResponse {
    const STATUSES: [u16; 20] = [
        408, 499, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530, 301, 302,
        307, 505,
    ];
    let status = STATUSES[rng.usize(..STATUSES.len())];
    let page = "<!doctype html><title>Maintenance</title><h1>We will be back</h1>";
    match rng.u8(..12) {
        0 => HttpResponse::text(200, "text/html", page),
        1 => HttpResponse::text(200, "text/plain", "OK"),
        2 => HttpResponse::text(200, "application/json", ""),
        3 => HttpResponse::json(200, &json!({"status": "maintenance"})),
        4 => HttpResponse::json(200, &json!({"error": "upstream unavailable"})),
        5 => HttpResponse::json(200, &json!({"success": false})),
        6 => HttpResponse::json(202, &json!({"status": "accepted"})),
        7 => HttpResponse::text(206, "text/html", page),
        8 => HttpResponse::json(
            status,
            &json!({"error": {"code": code(rng), "message": "?"}}),
        ),
        9 => HttpResponse::text(status, "text/html", page),
        10 => HttpResponse::text(status, "text/plain", ""),
        _ => HttpResponse::json(status, &json!({"message": "no healthy upstream"})),
    }
}

/// A refusal before the service: the request was not executed.
fn refusal(rng: &mut Rng) -> HttpResponse {
    const STATUSES: [u16; 14] = [
        400, 401, 403, 404, 405, 409, 411, 413, 415, 421, 422, 425, 429, 431,
    ];
    let status = STATUSES[rng.usize(..STATUSES.len())];
    match rng.u8(..8) {
        0 => HttpResponse::text(status, "text/html", "<html>no</html>"),
        1 => HttpResponse::text(status, "text/plain", ""),
        2 => HttpResponse::json(status, &json!({"code": code(rng), "details": null})),
        3 => HttpResponse::json(
            400,
            &json!({"error": {
                "code": "DIALING_QUEUE_LIMIT_REACHED", "message": "full", "retryable": false,
            }}),
        ),
        4 => HttpResponse::json(
            429,
            &json!({"error": {
                "code": "RATE_LIMIT_EXCEEDED", "message": "slow down", "retry_after_seconds": 0,
            }}),
        ),
        _ => HttpResponse::json(
            status,
            &json!({"error": {"code": code(rng), "message": "no"}}),
        ),
    }
}

/// Codes of gateways and of checks before an operation; no operation refuses with these itself.
fn code(rng: &mut Rng) -> &'static str {
    const CODES: [&str; 12] = [
        "DEPLOYMENT_NOT_FOUND",
        "FUNCTION_INVOCATION_FAILED",
        "METHOD_NOT_ALLOWED",
        "MISSING_HEADER",
        "INVALID_REQUEST_BODY",
        "UNSUPPORTED_MEDIA_TYPE",
        "ENDPOINT_NOT_FOUND",
        "API_KEY_INVALID",
        "FORBIDDEN",
        "OTHER_TRANSACTION_IN_PROGRESS",
        "INTERNAL_SERVER_ERROR",
        "SOMETHING_NEW",
    ];
    CODES[rng.usize(..CODES.len())]
}
