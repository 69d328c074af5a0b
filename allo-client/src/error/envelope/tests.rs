//! What is understood of error bodies, whole, odd and broken.

use super::*;
use crate::model::api_key::ApiKey;

fn read_as(body: &str, content_type: &str) -> Envelope {
    let key = ApiKey::from("s3cret-key");
    Envelope::of_body(502, body.as_bytes(), content_type, &Redactor::new(&key))
}

fn read(body: &str) -> Envelope {
    read_as(body, "application/json")
}

#[test]
fn the_envelope_of_v2_is_read() {
    let envelope = read(
        r#"{"error": {
            "type": "rate_limit_error", "code": "RATE_LIMIT_EXCEEDED", "message": "Too fast.",
            "retryable": true, "request_id": "req_a1b2c3d4e5f6", "param": "size",
            "suggestion": "Wait.", "retry_after_seconds": 2, "added_later": {},
            "errors": [{"field": "numbers", "code": "REQUIRED", "message": "Give one."}]
        }}"#,
    );
    let expected = Envelope {
        code: Some(ErrorCode::RateLimitExceeded),
        message: "Too fast.".to_owned(),
        retryable: Some(true),
        request_id: Some("req_a1b2c3d4e5f6".to_owned()),
        param: Some("size".to_owned()),
        suggestion: Some("Wait.".to_owned()),
        retry_after: Some(Duration::from_secs(2)),
        errors: vec![FieldError::new(
            Some("numbers".to_owned()),
            Some("REQUIRED".to_owned()),
            Some("Give one.".to_owned()),
        )],
    };
    assert_eq!(envelope, expected);
}

#[test]
fn the_envelope_of_v1_is_read() {
    let envelope = read(
        r#"{"code": "API_KEY_INSUFFICIENT_SCOPE", "details": [{"message": "required=SMS_SEND", "field": "scope"}]}"#,
    );
    assert_eq!(envelope.code, Some(ErrorCode::ApiKeyInsufficientScope));
    assert_eq!(envelope.message, "required=SMS_SEND");
    assert_eq!(envelope.param.as_deref(), Some("scope"));

    let quota = read(
        r#"{"code": "API_KEY_QUOTA_EXCEEDED", "details": [{"message": "limit=7;type=DAILY;reset_in=900", "field": "DAILY"}]}"#,
    );
    assert_eq!(quota.retry_after, Some(Duration::from_secs(900)));

    let bare = read(r#"{"code": "CONTACT_NOT_FOUND", "details": null}"#);
    assert_eq!(bare.code, Some(ErrorCode::ContactNotFound));
    assert_eq!(bare.message, "");
}

#[test]
fn one_malformed_field_does_not_cost_the_others() {
    let envelope = read(
        r#"{"error": {"code": "FORBIDDEN", "message": 7, "retryable": "no", "request_id": ["x"],
            "retry_after_seconds": -1, "errors": [3, {"field": "a"}, null], "param": null}}"#,
    );
    assert_eq!(envelope.code, Some(ErrorCode::Forbidden));
    assert_eq!(envelope.errors.len(), 1);
    assert_eq!(envelope.errors[0].field(), Some("a"));
    assert_eq!((envelope.retryable, envelope.retry_after), (None, None));
    assert_eq!((envelope.request_id, envelope.param), (None, None));
}

#[test]
fn a_body_that_explains_nothing_is_described_and_not_quoted() {
    let table = [
        ("", "", "no body"),
        (" \r\n", "application/json", "no body"),
        (
            "<html><body>Marie</body></html>",
            "text/html; charset=utf-8",
            "HTML page",
        ),
        ("<!doctype html>Marie", "", "HTML page"),
        (
            "{\"error\": {\"message\": \"Marie",
            "application/json",
            "malformed JSON",
        ),
        ("{\"error\": ", "", "malformed JSON"),
        ("{}", "application/json", "JSON without a known error"),
        ("[]", "application/json", "JSON without a known error"),
        ("null", "application/json", "JSON without a known error"),
        ("upstream of Marie failed", "text/plain", "not JSON"),
    ];
    for (body, content_type, expected) in table {
        let envelope = read_as(body, content_type);
        assert!(
            envelope.message.contains(expected),
            "{body}: {}",
            envelope.message
        );
        assert!(!envelope.message.contains("Marie"));
        assert_eq!(envelope.code, None);
    }
}

#[test]
fn the_errors_of_frameworks_are_read() {
    let envelope = read(r#"{"timestamp": 1, "status": 404, "error": "Not Found", "path": "/x"}"#);
    assert_eq!(envelope.message, "Not Found");
    let envelope = read(r#"{"code": "NEW_CODE", "message": "Something new."}"#);
    assert_eq!(envelope.code, Some("NEW_CODE".into()));
    assert_eq!(envelope.message, "Something new.");
}

#[test]
fn nothing_personal_comes_through() {
    let odd = "+12125550101 of marie@example.com with s3cret-key\u{1b}[31m";
    let body = serde_json::json!({"error": {
        "code": odd, "message": odd, "param": odd, "suggestion": odd, "request_id": "s3cret-key",
        "errors": [{"field": odd, "code": odd, "message": odd}],
    }});
    let shown = format!("{:?}", read(&body.to_string()));
    for secret in ["555", "marie", "s3cret", "\\u{1b}"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_huge_list_of_complaints_is_bounded() {
    let errors = vec![serde_json::json!({"field": "x", "message": "wrong"}); 5_000];
    let body = serde_json::json!({"code": "INVALID_REQUEST_BODY", "details": errors});
    let envelope = read(&body.to_string());
    assert_eq!(envelope.errors.len(), MOST_FIELD_ERRORS);
    assert_eq!(envelope.message, "wrong; wrong; wrong; and 97 more");
}
