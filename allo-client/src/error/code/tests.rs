//! The catalogue as the documentation of the API has it, code by code: the types of its errors and
//! which of them pass. Kept apart from the table in `error::code`, so that neither can drift alone.

use std::collections::BTreeSet;

use super::*;
use ErrorCategory::*;

/// Every documented code, by the type of its errors. The four types that the first version of the
/// API does not name are those of the codes' kin.
const DOCUMENTED: &[(ErrorCategory, &[&str])] = &[
    (
        Authentication,
        &["API_KEY_INVALID", "API_KEY_REVOKED", "UNAUTHORIZED"],
    ),
    (
        Permission,
        &[
            "API_KEY_INSUFFICIENT_SCOPE",
            "API_KEY_TRIAL_NOT_ALLOWED",
            "FORBIDDEN",
            "A2P_NOT_ENABLED",
            "DIALING_QUEUE_ASSIGN_FORBIDDEN",
        ],
    ),
    (
        Validation,
        &[
            "INVALID_REQUEST_BODY",
            "MISSING_PARAMETER",
            "MISSING_HEADER",
            "UNSUPPORTED_MEDIA_TYPE",
            "METHOD_NOT_ALLOWED",
            "INVALID_PAGE_SIZE",
            "INVALID_SEARCH_QUERY",
            "MISSING_ALLO_NUMBER",
            "INVALID_DATE_RANGE",
            "DATE_RANGE_TOO_WIDE",
            "INVALID_ITEM_ID",
            "BATCH_TOO_LARGE",
            "TAGS_REQUIRED",
            "INVALID_ACTION",
            "INVALID_GRANULARITY",
            "INVALID_GROUP_BY",
            "UNSUPPORTED_EXTEND_VALUE",
            "INVALID_PHONE_FORMAT",
            "INVALID_PHONE_NUMBER",
            "INVALID_TO_NUMBER",
            "TO_NUMBER_COUNTRY_MISMATCH",
            "NUMBER_NOT_SMS_ENABLED",
            "SENDER_ID_INBOX_CANNOT_SEND_SMS",
            "SENDER_ID_NOT_ACTIVE",
            "MESSAGE_NOT_COMPLIANT",
            "LANDLINE_NUMBER_NOT_SUPPORTED",
            "SUMMARY_TEMPLATE_KEY_REQUIRED",
            "DIALING_QUEUE_LIMIT_REACHED",
            "DIALING_QUEUE_DELETE_FILTER_REQUIRED",
            "DIALING_QUEUE_DELETE_FILTER_CONFLICT",
            "INVALID_LENGTH",
            "PROVIDER_NOT_SUPPORTED",
            "INVALID_SENDER_ID",
            "DIALING_QUEUE_ASSIGNEE_REQUIRED",
        ],
    ),
    (
        Billing,
        &[
            "PARTNER_SUBSCRIPTION_NOT_BILLABLE",
            "PARTNER_BILLING_FAILED",
        ],
    ),
    (
        NotFound,
        &[
            "CONVERSATION_ITEM_NOT_FOUND",
            "CALL_NOT_FOUND",
            "TEXT_MESSAGE_NOT_FOUND",
            "MEMBER_NOT_FOUND",
            "TEAM_NOT_FOUND",
            "USER_NOT_FOUND",
            "BUSINESS_NOT_FOUND",
            "PHONE_NUMBER_NOT_FOUND",
            "FROM_NUMBER_NOT_FOUND",
            "TAG_NOT_FOUND",
            "SENDER_ID_NOT_FOUND",
            "SUMMARY_TEMPLATE_NOT_FOUND",
            "ENDPOINT_NOT_FOUND",
            "ASSIGNEE_NOT_FOUND",
            "DIALING_QUEUE_NOT_FOUND",
            "QUEUE_NUMBER_POSITION_NOT_FOUND",
            "PARTNER_ACCOUNT_NOT_FOUND",
            "CONTACT_NOT_FOUND",
        ],
    ),
    (
        Conflict,
        &[
            "TAG_ALREADY_EXISTS",
            "OTHER_TRANSACTION_IN_PROGRESS",
            "NUMBER_ALREADY_ASSIGNED",
            "IDEMPOTENCY_KEY_REUSE",
            "DIALING_QUEUE_APPEND_CONFLICT",
            "PARTNER_ACCOUNT_ALREADY_EXISTS",
            "NO_NUMBER_AVAILABLE",
            "DIALING_QUEUE_SESSION_ACTIVE",
        ],
    ),
    (
        RateLimit,
        &[
            "RATE_LIMIT_EXCEEDED",
            "TRIAL_SMS_LIMIT_REACHED",
            "SMS_LIMIT_REACHED",
            "DAILY_SMS_LIMIT_REACHED",
            "API_KEY_QUOTA_EXCEEDED",
        ],
    ),
    (Server, &["INTERNAL_SERVER_ERROR"]),
];

/// Those that a later attempt may get past by itself. The messages of a day or a trial are not
/// among them: within the life of a call they do not come back.
const PASSING: &[&str] = &[
    "DIALING_QUEUE_APPEND_CONFLICT",
    "INTERNAL_SERVER_ERROR",
    "OTHER_TRANSACTION_IN_PROGRESS",
    "RATE_LIMIT_EXCEEDED",
];

/// Codes with undocumented, assumed names. All are for missing resources.
const ASSUMED: &[&str] = &[
    "PERSON_NOT_FOUND",
    "COMPANY_NOT_FOUND",
    "DEAL_NOT_FOUND",
    "WEBHOOK_NOT_FOUND",
];

#[test]
fn every_documented_code_is_known_with_its_type_and_advice() {
    let mut known: BTreeSet<&str> = ErrorCode::KNOWN.iter().copied().collect();
    let assumed = (NotFound, ASSUMED);
    for (category, codes) in DOCUMENTED.iter().chain([&assumed]) {
        for text in *codes {
            let code = ErrorCode::from(*text);
            assert!(known.remove(text), "{text} is not in the catalogue");
            assert_eq!(code.category(), Some(*category), "{text}");
            assert_eq!(code.retry_helps(), Some(PASSING.contains(text)), "{text}");
            let advice = code.advice().unwrap();
            assert!(!advice.ends_with('.') && advice.len() < 90, "{advice}");
        }
    }
    assert!(
        known.is_empty(),
        "neither documented nor assumed: {known:?}"
    );
}

#[test]
fn exactly_the_assumed_codes_say_that_they_are() {
    let source = include_str!("../code.rs");
    let remarked = source.split("/// The name is assumed").skip(1);
    let texts: Vec<_> = remarked.filter_map(|rest| rest.split('"').nth(1)).collect();
    assert_eq!(texts, ASSUMED);
}

#[test]
fn no_code_is_listed_twice() {
    let texts: BTreeSet<_> = ErrorCode::KNOWN.iter().collect();
    assert_eq!(texts.len(), ErrorCode::KNOWN.len());
}

#[test]
fn of_an_unknown_code_nothing_is_claimed() {
    let code = ErrorCode::from("QUEUE_ON_FIRE");
    assert_eq!(code.to_string(), "QUEUE_ON_FIRE");
    assert_eq!(
        (code.advice(), code.category(), code.retry_helps()),
        (None, None, None)
    );
}
