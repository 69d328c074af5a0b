//! Faults whose response looks like one of a gateway or of the API.

use allo_sandbox::{Fault, FaultPlan, Quotas, RateLimitForm, SmsLimit};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::peer::{APPEND, End, ME, Peer, Seen};

const NOW: &str = "2026-03-02T08:30:00.7Z";
const NOW_SECONDS: u64 = 1_772_440_200;

/// Meets the fault, checks that nothing was executed, and retries with the same key.
async fn answered(fault: Fault) -> Seen {
    let plan = crate::peer::once(fault.clone());
    let start: Timestamp = NOW.parse().expect("a time");
    let peer = Peer::with(|builder| {
        let builder = builder.quotas(Quotas::standard()).start_time(start);
        builder.faults(plan)
    })
    .await;
    let seen = peer.last_append("k").await;
    assert_eq!(seen.end, End::Fin);
    assert_eq!(seen.length(), Some(seen.body().len()));
    assert!(!peer.executed_despite(&fault, "k"));
    assert_eq!(peer.control().requests()[0].status, seen.status());
    peer.settle("k", false).await;
    seen
}

/// The fields of the error that a test names, or of the whole v1 envelope.
fn fields(envelope: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| envelope[*name].clone()).collect()
}

#[tokio::test]
async fn pages_of_a_gateway() {
    for status in [502, 503, 504] {
        let seen = answered(Fault::Html(status)).await;
        assert_eq!(seen.status(), status);
        assert_eq!(seen.header("content-type"), Some("text/html"));
        assert!(seen.body().starts_with("<!doctype html>"));
        assert_eq!(seen.header("x-request-id"), None);
        assert_eq!(seen.header("x-ratelimit-limit"), None);
    }
}

#[tokio::test]
async fn redirects() {
    for status in [301, 302, 307, 308] {
        let to = "http://127.0.0.1:9/elsewhere".to_owned();
        let seen = answered(Fault::Redirect { status, to }).await;
        assert_eq!(seen.status(), status);
        assert_eq!(
            seen.header("location"),
            Some("http://127.0.0.1:9/elsewhere")
        );
    }
}

#[tokio::test]
async fn internal_errors_that_may_or_may_not_be_repeated() {
    for retryable in [true, false] {
        let seen = answered(Fault::Internal { retryable }).await;
        assert_eq!(seen.status(), 500);
        let error = fields(&seen.json()["error"], &["type", "code", "retryable"]);
        assert_eq!(
            error,
            json!(["server_error", "INTERNAL_SERVER_ERROR", retryable])
        );
    }
}

#[tokio::test]
async fn conflicts() {
    let cases = [
        (Fault::AppendConflict, "DIALING_QUEUE_APPEND_CONFLICT"),
        (
            Fault::TransactionInProgress,
            "OTHER_TRANSACTION_IN_PROGRESS",
        ),
    ];
    for (fault, code) in cases {
        let seen = answered(fault).await;
        assert_eq!(seen.status(), 409);
        let error = &seen.json()["error"];
        assert_eq!(
            fields(error, &["type", "code", "retryable"]),
            json!(["conflict_error", code, false])
        );
        assert!(error["suggestion"].is_string());
        assert_eq!(error["request_id"].as_str(), seen.header("x-request-id"));
        assert_eq!(seen.header("x-ratelimit-remaining"), Some("4"));
    }
}

#[tokio::test]
async fn an_error_under_the_status_of_a_success_is_not_kept() {
    let seen = answered(Fault::ErrorEnvelopeIn200).await;
    assert_eq!(seen.status(), 200);
    assert_eq!(seen.json()["error"]["code"], "INTERNAL_SERVER_ERROR");
}

/// `Retry-After`, the three `X-RateLimit-*` and `retry_after_seconds` of a 429.
async fn limited(form: RateLimitForm) -> Value {
    let seen = answered(Fault::RateLimited(form)).await;
    assert_eq!(seen.status(), 429);
    let error = &seen.json()["error"];
    assert_eq!(
        fields(error, &["type", "code", "retryable"]),
        json!(["rate_limit_error", "RATE_LIMIT_EXCEEDED", true])
    );
    let names = [
        "retry-after",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ];
    let headers = names.map(|name| seen.header(name));
    if matches!(form, RateLimitForm::RetryAfterDate(_)) {
        assert_eq!(seen.header("date"), Some("Mon, 02 Mar 2026 08:30:00 GMT"));
    }
    json!([headers, error["retry_after_seconds"]])
}

#[tokio::test]
async fn every_form_of_a_429_says_only_what_it_names() {
    let none = Value::Null;
    let date = "Mon, 02 Mar 2026 08:31:30 GMT";
    let reset = (NOW_SECONDS + 90).to_string();
    let cases = [
        (RateLimitForm::Bare, json!([[none, none, none, none], none])),
        (
            RateLimitForm::RetryAfterSeconds(2),
            json!([["2", none, none, none], none]),
        ),
        (
            RateLimitForm::RetryAfterDate(90),
            json!([[date, none, none, none], none]),
        ),
        (
            RateLimitForm::BodyOnly(2),
            json!([[none, none, none, none], 2]),
        ),
        (
            RateLimitForm::ResetUnix(90),
            json!([[none, "5", "0", reset], none]),
        ),
        (
            RateLimitForm::ResetDelay(2),
            json!([[none, "5", "0", "2"], none]),
        ),
    ];
    for (form, expected) in cases {
        assert_eq!(limited(form).await, expected, "{form:?}");
    }
}

#[tokio::test]
async fn the_quota_of_the_day_in_the_older_envelope() {
    let seen = answered(Fault::DailyQuota).await;
    assert_eq!(seen.status(), 429);
    let envelope = seen.json();
    assert_eq!(envelope["code"], "API_KEY_QUOTA_EXCEEDED");
    assert_eq!(
        envelope["details"][0]["message"],
        "limit=1000;type=DAILY;reset_in=55800"
    );
    assert_eq!(envelope.get("error"), None);
    assert_eq!(seen.header("retry-after"), None);
}

#[tokio::test]
async fn limits_on_text_messages_claim_to_be_retryable() {
    let cases = [
        (SmsLimit::Trial, "TRIAL_SMS_LIMIT_REACHED"),
        (SmsLimit::Api, "SMS_LIMIT_REACHED"),
        (SmsLimit::Number, "DAILY_SMS_LIMIT_REACHED"),
    ];
    for (limit, code) in cases {
        let seen = answered(Fault::SmsLimit(limit)).await;
        assert_eq!(seen.status(), 429);
        assert_eq!(
            fields(&seen.json()["error"], &["type", "code", "retryable"]),
            json!(["rate_limit_error", code, true])
        );
        assert_eq!(seen.header("retry-after"), None);
    }
}

/// Remaining writes in the current second after a write with this fault; the clock is paused.
async fn left_after(fault: Fault) -> Option<String> {
    let plan = FaultPlan::new(1).times(1).inject(fault);
    let peer = Peer::with(|builder| builder.quotas(Quotas::standard()).faults(plan)).await;
    let extra = "connection: close\r\n";
    let request = peer.request("POST", "/v2/api/dialing-queues/current", extra, "");
    peer.send(&request).await;
    let next = peer.send(&request).await;
    next.header("x-ratelimit-remaining").map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn only_requests_that_reach_the_api_count_against_the_quota() {
    let free = [
        Fault::AcceptAndClose,
        Fault::ResetAfterHeaders,
        Fault::ResetBeforeExecution,
        Fault::Html(503),
        Fault::RateLimited(RateLimitForm::Bare),
        Fault::DailyQuota,
    ];
    for fault in free {
        assert_eq!(
            left_after(fault.clone()).await.as_deref(),
            Some("4"),
            "{fault}"
        );
    }
    let paid = [
        Fault::Internal { retryable: true },
        Fault::AppendConflict,
        Fault::ErrorEnvelopeIn200,
        Fault::ResetAfterExecution,
        Fault::HalfBody,
    ];
    for fault in paid {
        assert_eq!(
            left_after(fault.clone()).await.as_deref(),
            Some("3"),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn an_answer_of_the_api_still_asks_for_the_key() {
    let plan = FaultPlan::new(1).inject(Fault::Internal { retryable: true });
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    let seen = peer
        .send("GET /v2/api/me HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(seen.status(), 401);
    assert_eq!(peer.get(ME).await.status(), 500);
}

#[tokio::test]
async fn an_answer_comes_before_a_kept_one() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .attempt(1)
        .inject(Fault::ResetAfterExecution)
        .on(APPEND)
        .attempt(2)
        .inject(Fault::Internal { retryable: true });
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    assert_eq!(peer.append("k").await.end, End::Reset);
    assert_eq!(peer.last_append("k").await.status(), 500);
    peer.settle("k", true).await;
}
