//! Helpers of the scenarios for checking a response or an error.

use std::fmt::Debug;

use allo_client::operation::Operation;
use allo_client::{Error, ErrorCode, List, Outcome, Response, operations};
use serde_json::json;
use tests::calls;
use tests::fixtures::Fixtures;
use tests::harness::Harness;

/// The body of a success with this status.
#[track_caller]
pub(crate) fn done<T>(answer: Result<Response<T>, Error>, status: u16) -> T {
    let answer = answer.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((answer.status(), answer.attempts()), (status, 1));
    answer.into_inner()
}

/// The body of a 200.
#[track_caller]
pub(crate) fn ok<T>(answer: Result<Response<T>, Error>) -> T {
    done(answer, 200)
}

/// The items of a list without malformed items.
#[track_caller]
pub(crate) fn all<T: Debug>(list: List<T>) -> Vec<T> {
    let (items, malformed) = list.into_parts();
    assert!(malformed.is_empty(), "{malformed:?}");
    items
}

/// The error of a refused call, after the checks that apply to all errors.
#[track_caller]
pub(crate) fn refused<T: Debug>(answer: Result<Response<T>, Error>, status: u16) -> Error {
    let error = answer.expect_err("a refusal");
    assert!(error.is_status(), "{error}");
    assert_eq!(error.status(), Some(status), "{error}");
    assert_eq!(error.attempts(), 1);
    assert!(error.request_id().is_some_and(|id| id.starts_with("req_")));
    assert!(error.suggestion().is_some(), "{error}");
    // The first version of the API has no messages.
    assert!(!error.message().is_empty() || is_v1(&error), "{error}");
    if status < 500 {
        assert_eq!(*error.outcome(), Outcome::NotExecuted);
    }
    error
}

fn is_v1(error: &Error) -> bool {
    let mut all = operations::ALL.iter();
    all.any(|operation| {
        Some(operation.id) == error.operation() && operation.path.starts_with("/v1/")
    })
}

/// The same as [`refused`], with this code.
#[track_caller]
pub(crate) fn refused_as<T: Debug>(
    answer: Result<Response<T>, Error>,
    status: u16,
    code: &str,
) -> Error {
    let error = refused(answer, status);
    assert_eq!(error.code().map(AsRef::as_ref), Some(code));
    error
}

/// The error of a minimal call with a scripted response, for errors that no typed request causes.
pub(crate) async fn scripted(
    harness: &Harness,
    operation: &Operation,
    status: u16,
    code: &str,
) -> Error {
    let body = if operation.path.starts_with("/v1/") {
        json!({"code": code, "details": [{"message": "As scripted.", "field": "name"}]})
    } else {
        json!({"error": {
            "type": "conflict_error", "code": code, "message": "As scripted.",
            "retryable": false, "param": "name",
        }})
    };
    let error = answered(
        harness,
        operation,
        status,
        "application/json",
        body.to_string(),
    )
    .await;
    assert_eq!(error.code(), Some(&ErrorCode::from(code)));
    error
}

/// The error of a minimal call with this response, without retries.
pub(crate) async fn answered(
    harness: &Harness,
    operation: &Operation,
    status: u16,
    kind: &str,
    body: String,
) -> Error {
    let headers = [("content-type", kind)];
    let scripted = harness
        .control
        .respond_once(operation.id, status, &headers, body);
    scripted.expect("an answer");
    let once = |o: allo_client::CallOptions| o.with_max_attempts(1);
    let about = Fixtures::nothing();
    let error = calls::plain(&harness.client, operation, &about, once).await;
    let error = error.expect_err("a scripted refusal");
    assert_eq!(error.status(), Some(status), "{error}");
    assert_eq!(error.operation(), Some(operation.id));
    error
}
