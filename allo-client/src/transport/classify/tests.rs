//! The rules as tables: a failed attempt and its decision.

use super::*;
use crate::error::retry_decision::{is_known, status_of};

fn code(text: &str) -> Option<ErrorCode> {
    (!text.is_empty()).then(|| ErrorCode::from(text))
}

fn decision(arrived: Arrived, text: &str, retryable: Option<bool>) -> RetryDecision {
    let code = code(text);
    let operation = &crate::generated::operations::APPEND_DIALING_QUEUE_NUMBERS;
    classify(&Facts {
        arrived,
        code: code.as_ref(),
        retryable,
        // An incomplete body with the shape of a success.
        is_in_shape: matches!(
            arrived,
            Arrived::Part(200..=299) | Arrived::TooMuch(200..=299)
        ),
        settles: code.as_ref().is_some_and(|code| settles(operation, code)),
    })
}

#[test]
fn what_never_arrived() {
    let table = [
        (
            TransportErrorKind::Connect,
            RetryKind::Transient,
            SideEffect::Nothing,
        ),
        (
            TransportErrorKind::Unreachable,
            RetryKind::Never,
            SideEffect::Nothing,
        ),
        (
            TransportErrorKind::Timeout,
            RetryKind::Transient,
            SideEffect::Maybe,
        ),
        (
            TransportErrorKind::Broken,
            RetryKind::Transient,
            SideEffect::Maybe,
        ),
        (
            TransportErrorKind::Unsendable,
            RetryKind::Never,
            SideEffect::Nothing,
        ),
        (
            TransportErrorKind::Redirected,
            RetryKind::Never,
            SideEffect::Maybe,
        ),
    ];
    for (failure, kind, side_effect) in table {
        let expected = RetryDecision { kind, side_effect };
        assert_eq!(
            decision(Arrived::Nothing(failure), "", None),
            expected,
            "{failure:?}"
        );
    }
}

#[test]
fn every_status_without_an_envelope() {
    for status in 300..=599 {
        let found = decision(Arrived::All(status), "", None);
        let kind = match status {
            408 | 425 | 499 | 500 | 502 | 503 | 504 | 520..=530 => RetryKind::Transient,
            429 => RetryKind::RateLimit,
            _ => RetryKind::Never,
        };
        let side_effect = match status {
            300..=399 | 408 | 499 | 500..=599 => SideEffect::Maybe,
            _ => SideEffect::Nothing,
        };
        assert_eq!(found, RetryDecision { kind, side_effect }, "{status}");
    }
}

#[test]
fn codes_that_decide() {
    use RetryKind::{Conflict, Never, RateLimit, Transient};
    use SideEffect::{Maybe, Nothing, Refused};
    let table = [
        (429, "RATE_LIMIT_EXCEEDED", Some(true), RateLimit, Nothing),
        (429, "RATE_LIMIT_EXCEEDED", Some(false), RateLimit, Nothing),
        (200, "RATE_LIMIT_EXCEEDED", None, RateLimit, Nothing),
        (429, "API_KEY_QUOTA_EXCEEDED", Some(true), Never, Nothing),
        (429, "TRIAL_SMS_LIMIT_REACHED", Some(true), Never, Nothing),
        (429, "SMS_LIMIT_REACHED", Some(true), Never, Nothing),
        (429, "DAILY_SMS_LIMIT_REACHED", Some(true), Never, Nothing),
        (503, "API_KEY_QUOTA_EXCEEDED", None, Never, Maybe),
        (429, "NEW_LIMIT", None, RateLimit, Nothing),
        (429, "NEW_LIMIT", Some(true), RateLimit, Nothing),
        (429, "NEW_LIMIT", Some(false), Never, Nothing),
        (429, "FORBIDDEN", None, Never, Nothing),
        (
            409,
            "DIALING_QUEUE_APPEND_CONFLICT",
            Some(false),
            Conflict,
            Nothing,
        ),
        (
            409,
            "OTHER_TRANSACTION_IN_PROGRESS",
            None,
            Transient,
            Nothing,
        ),
        (409, "TAG_ALREADY_EXISTS", None, Never, Nothing),
        (409, "IDEMPOTENCY_KEY_REUSE", None, Never, Nothing),
        (409, "NEW_CONFLICT", Some(true), Transient, Nothing),
        (500, "INTERNAL_SERVER_ERROR", Some(true), Transient, Maybe),
        (500, "INTERNAL_SERVER_ERROR", Some(false), Transient, Maybe),
        (501, "NEW_FAILURE", Some(true), Transient, Maybe),
        (501, "NEW_FAILURE", None, Never, Maybe),
        // Only the codes that the operation itself returns after the lookup of the key.
        (404, "ASSIGNEE_NOT_FOUND", Some(false), Never, Refused),
        (403, "ASSIGNEE_NOT_FOUND", Some(false), Never, Nothing),
        (400, "INVALID_REQUEST_BODY", None, Never, Nothing),
        (400, "DIALING_QUEUE_LIMIT_REACHED", None, Never, Nothing),
        (400, "MISSING_HEADER", None, Never, Nothing),
        (405, "METHOD_NOT_ALLOWED", None, Never, Nothing),
        (404, "DEPLOYMENT_NOT_FOUND", None, Never, Nothing),
        (404, "DEAL_NOT_FOUND", None, Never, Nothing),
        (422, "NEW_PROBLEM", Some(false), Never, Nothing),
        (404, "ENDPOINT_NOT_FOUND", None, Never, Nothing),
        (401, "API_KEY_REVOKED", None, Never, Nothing),
        (403, "FORBIDDEN", None, Never, Nothing),
        (402, "PARTNER_BILLING_FAILED", None, Never, Nothing),
        (302, "RATE_LIMIT_EXCEEDED", Some(true), Never, Maybe),
        // An error in a 200 counts as that error; an unknown one may be any.
        (200, "ASSIGNEE_NOT_FOUND", None, Never, Refused),
        (200, "FORBIDDEN", None, Never, Nothing),
        (200, "INTERNAL_SERVER_ERROR", None, Transient, Maybe),
        (200, "NEW_PROBLEM", None, Transient, Maybe),
        (200, "NEW_PROBLEM", Some(false), Never, Maybe),
        (499, "NEW_PROBLEM", None, Transient, Maybe),
        (200, "NEW_PROBLEM", Some(true), Transient, Maybe),
    ];
    for (status, text, retryable, kind, side_effect) in table {
        let found = decision(Arrived::All(status), text, retryable);
        assert_eq!(
            found,
            RetryDecision { kind, side_effect },
            "{status} {text} {retryable:?}"
        );
    }
}

#[test]
fn answers_that_are_not_whole() {
    use RetryKind::{Conflict, Never, RateLimit, Transient};
    use SideEffect::{Done, Maybe, Nothing};
    let table = [
        (Arrived::Part(201), Transient, Done),
        (Arrived::TooMuch(201), Never, Done),
        (Arrived::Part(503), Transient, Maybe),
        (Arrived::Part(429), RateLimit, Nothing),
        (Arrived::Part(409), Conflict, Nothing),
        (Arrived::Part(404), Never, Nothing),
        (Arrived::Part(302), Never, Maybe),
        (Arrived::TooMuch(500), Transient, Maybe),
    ];
    for (arrived, kind, side_effect) in table {
        assert_eq!(
            decision(arrived, "", None),
            RetryDecision { kind, side_effect },
            "{arrived:?}"
        );
    }
}

#[test]
fn whose_answer_it_is_counts() {
    let of = |arrived, is_in_shape| {
        classify(&Facts {
            arrived,
            code: None,
            retryable: None,
            is_in_shape,
            settles: false,
        })
    };
    let decision = |kind, side_effect| RetryDecision { kind, side_effect };
    use RetryKind::{Never, Transient};
    use SideEffect::{Maybe, Nothing};
    // The page of a gateway, complete or truncated, says nothing about the API.
    let foreign = [
        (Arrived::All(200), Transient),
        (Arrived::All(204), Transient),
        (Arrived::Part(200), Transient),
        (Arrived::TooMuch(200), Never),
    ];
    for (arrived, kind) in foreign {
        assert_eq!(of(arrived, false), decision(kind, Maybe), "{arrived:?}");
    }
    // A refusal with the body of a success contradicts itself.
    for status in [400, 401, 404, 429] {
        assert_eq!(
            of(Arrived::All(status), true).side_effect,
            Maybe,
            "{status}"
        );
        assert_eq!(
            of(Arrived::All(status), false).side_effect,
            Nothing,
            "{status}"
        );
    }
}

#[test]
fn every_code_that_settles_is_one_of_a_refusal_by_the_operation() {
    for operation in crate::generated::operations::ALL {
        for text in operation.settling_codes {
            let code = ErrorCode::from(*text);
            assert!(is_known(&code), "{}: {text}", operation.id);
            let status = code.category().map(status_of).unwrap();
            assert!(is_refusal(status), "{}: {text}", operation.id);
            // A refusal that an earlier attempt may have caused settles nothing.
            let own_work = ["ALREADY", "LIMIT", "TAG_NOT_FOUND", "POSITION"];
            assert!(
                own_work.iter().all(|part| !text.contains(part)),
                "{}: {text}",
                operation.id
            );
        }
    }
}

#[test]
fn every_known_code_is_retried_only_if_it_may_pass() {
    use crate::model::open_enum::OpenEnum;
    for text in ErrorCode::KNOWN {
        let category = ErrorCode::from(*text).category().map(status_of).unwrap();
        let found = decision(Arrived::All(category), text, None).kind;
        let expected = match *text {
            "RATE_LIMIT_EXCEEDED" => RetryKind::RateLimit,
            "DIALING_QUEUE_APPEND_CONFLICT" => RetryKind::Conflict,
            "OTHER_TRANSACTION_IN_PROGRESS" | "INTERNAL_SERVER_ERROR" => RetryKind::Transient,
            _ => RetryKind::Never,
        };
        assert_eq!(found, expected, "{text}");
    }
}
