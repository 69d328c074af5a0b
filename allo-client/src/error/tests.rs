//! The messages of errors, and what they never show.

use super::*;
use crate::error::envelope::FieldError;
use crate::generated::operations;
use crate::model::idempotency_key::IdempotencyKey;

fn not_found() -> Error {
    let envelope = Envelope {
        code: Some(ErrorCode::AssigneeNotFound),
        message: "No such teammate.".to_owned(),
        suggestion: Some("Look at the list of users.".to_owned()),
        ..Envelope::default()
    };
    Error::new(ErrorKind::Status, "")
        .with_operation(&operations::APPEND_DIALING_QUEUE_NUMBERS)
        .with_outcome(Outcome::NotExecuted)
        .with_response(404, HeaderMap::new(), b"{\"name\": \"Marie\"}".to_vec())
        .with_envelope(envelope)
        .with_request_id(Some("req_a1b2c3d4e5f6".to_owned()))
        .with_attempts(1)
}

#[test]
fn an_error_of_the_server_is_one_line_to_act_on() {
    assert_eq!(
        not_found().to_string(),
        "appendDialingQueueNumbers failed: 404 ASSIGNEE_NOT_FOUND: No such teammate; \
         Look at the list of users (request req_a1b2c3d4e5f6)"
    );
}

#[test]
fn without_words_of_the_server_ours_are_used() {
    let envelope = Envelope {
        code: Some(ErrorCode::RateLimitExceeded),
        ..Envelope::default()
    };
    let error = Error::new(ErrorKind::Status, "")
        .with_operation(&operations::LIST_USERS)
        .with_response(429, HeaderMap::new(), Vec::new())
        .with_envelope(envelope)
        .with_retry_after(Some(Duration::from_millis(1500)));
    assert_eq!(
        error.to_string(),
        "listUsers failed: 429 RATE_LIMIT_EXCEEDED; \
         slow down; a key may read 20 and write 5 times a second; wait 2 s"
    );
}

#[test]
fn a_write_of_unknown_fate_says_so_without_showing_its_key() {
    let key = IdempotencyKey::new("for-12125550101").unwrap();
    let retry_until = "2026-05-20T13:59:00Z".parse().unwrap();
    let error = Error::new(ErrorKind::Timeout, "no response within 30 s")
        .with_operation(&operations::RESET_CURRENT_DIALING_QUEUE)
        .with_outcome(Outcome::Unknown {
            key: key.clone(),
            retry_until,
        });
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("may have been executed") && !shown.contains("555"),
        "{shown}"
    );
    assert!(matches!(error.outcome(), Outcome::Unknown { key: found, .. } if *found == key));
    assert!(error.outcome().may_have_executed() && error.is_transport() && error.is_timeout());
}

#[test]
fn broken_limits_are_told_together() {
    let complaint = |text: &str| {
        FieldError::new(
            Some(text.to_owned()),
            None,
            Some(format!("{text} is required")),
        )
    };
    let error = Error::invalid_fields(["a", "b", "c", "d", "e"].map(complaint).to_vec())
        .with_operation(&operations::UPSERT_CURRENT_DIALING_QUEUE);
    assert_eq!(
        error.to_string(),
        "upsertCurrentDialingQueue was not sent: \
         a is required; b is required; c is required; and 2 more"
    );
    assert_eq!((error.param(), error.field_errors().len()), (Some("a"), 5));
    assert_eq!((error.outcome(), error.attempts()), (&Outcome::NotSent, 0));
}

#[test]
fn debug_shows_no_payload() {
    let shown = format!("{:?}", not_found());
    assert!(shown.contains("ASSIGNEE_NOT_FOUND") || shown.contains("AssigneeNotFound"));
    assert!(
        shown.contains("<17 bytes>") && !shown.contains("Marie"),
        "{shown}"
    );
}

#[test]
fn predicates_follow_status_and_code() {
    let error = not_found();
    assert!(error.is_not_found() && error.is_assignee_not_found() && error.is_status());
    assert!(!error.is_conflict() && !error.is_server_error() && !error.is_transport());
    let v1 = Error::new(ErrorKind::Status, "")
        .with_response(400, HeaderMap::new(), Vec::new())
        .with_envelope(Envelope {
            code: Some(ErrorCode::ContactNotFound),
            ..Envelope::default()
        });
    assert!(v1.is_not_found());
}
