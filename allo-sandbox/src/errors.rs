//! The error codes of the API, and the error envelope of v2. The status, type and `retryable` of
//! each code are defined here once.

pub(crate) mod scripted;
mod v1;

use std::fmt;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::reply::Reply;

/// An error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    A2pNotEnabled,
    ApiKeyInsufficientScope,
    ApiKeyInvalid,
    ApiKeyQuotaExceeded,
    ApiKeyRevoked,
    AssigneeNotFound,
    BatchTooLarge,
    CallNotFound,
    CompanyNotFound,
    ContactNotFound,
    ConversationItemNotFound,
    DailySmsLimitReached,
    DateRangeTooWide,
    DealNotFound,
    DialingQueueAppendConflict,
    DialingQueueDeleteFilterConflict,
    DialingQueueDeleteFilterRequired,
    DialingQueueLimitReached,
    DialingQueueNotFound,
    EndpointNotFound,
    FromNumberNotFound,
    IdempotencyKeyReuse,
    InternalServerError,
    InvalidAction,
    InvalidDateRange,
    InvalidGranularity,
    InvalidItemId,
    InvalidLength,
    InvalidPageSize,
    InvalidPhoneFormat,
    InvalidPhoneNumber,
    InvalidRequestBody,
    InvalidSearchQuery,
    InvalidSenderId,
    InvalidToNumber,
    MemberNotFound,
    MethodNotAllowed,
    MissingAlloNumber,
    MissingParameter,
    NoNumberAvailable,
    NumberAlreadyAssigned,
    NumberNotSmsEnabled,
    OtherTransactionInProgress,
    PartnerAccountAlreadyExists,
    PartnerAccountNotFound,
    PartnerBillingFailed,
    PartnerSubscriptionNotBillable,
    PersonNotFound,
    PhoneNumberNotFound,
    ProviderNotSupported,
    QueueNumberPositionNotFound,
    RateLimitExceeded,
    SenderIdNotActive,
    SmsLimitReached,
    SummaryTemplateKeyRequired,
    SummaryTemplateNotFound,
    TagAlreadyExists,
    TagNotFound,
    TagsRequired,
    TeamNotFound,
    ToNumberCountryMismatch,
    TrialSmsLimitReached,
    Unauthorized,
    UnsupportedExtendValue,
    UnsupportedMediaType,
    UserNotFound,
    WebhookNotFound,
}

impl Code {
    /// The text of the code, its HTTP status and its error type.
    fn facts(self) -> (&'static str, u16, &'static str) {
        const AUTHENTICATION: &str = "authentication_error";
        const BILLING: &str = "billing_error";
        const CONFLICT: &str = "conflict_error";
        const NOT_FOUND: &str = "not_found_error";
        const PERMISSION: &str = "permission_error";
        const RATE_LIMIT: &str = "rate_limit_error";
        const VALIDATION: &str = "validation_error";
        match self {
            Self::A2pNotEnabled => ("A2P_NOT_ENABLED", 403, PERMISSION),
            Self::ApiKeyInsufficientScope => ("API_KEY_INSUFFICIENT_SCOPE", 403, PERMISSION),
            Self::ApiKeyInvalid => ("API_KEY_INVALID", 401, AUTHENTICATION),
            Self::ApiKeyQuotaExceeded => ("API_KEY_QUOTA_EXCEEDED", 429, RATE_LIMIT),
            Self::ApiKeyRevoked => ("API_KEY_REVOKED", 401, AUTHENTICATION),
            Self::AssigneeNotFound => ("ASSIGNEE_NOT_FOUND", 404, NOT_FOUND),
            Self::BatchTooLarge => ("BATCH_TOO_LARGE", 400, VALIDATION),
            Self::CallNotFound => ("CALL_NOT_FOUND", 404, NOT_FOUND),
            Self::CompanyNotFound => ("COMPANY_NOT_FOUND", 404, NOT_FOUND),
            Self::ContactNotFound => ("CONTACT_NOT_FOUND", 404, NOT_FOUND),
            Self::ConversationItemNotFound => ("CONVERSATION_ITEM_NOT_FOUND", 404, NOT_FOUND),
            Self::DailySmsLimitReached => ("DAILY_SMS_LIMIT_REACHED", 429, RATE_LIMIT),
            Self::DateRangeTooWide => ("DATE_RANGE_TOO_WIDE", 400, VALIDATION),
            Self::DealNotFound => ("DEAL_NOT_FOUND", 404, NOT_FOUND),
            Self::DialingQueueAppendConflict => ("DIALING_QUEUE_APPEND_CONFLICT", 409, CONFLICT),
            Self::DialingQueueDeleteFilterConflict => {
                ("DIALING_QUEUE_DELETE_FILTER_CONFLICT", 400, VALIDATION)
            }
            Self::DialingQueueDeleteFilterRequired => {
                ("DIALING_QUEUE_DELETE_FILTER_REQUIRED", 400, VALIDATION)
            }
            Self::DialingQueueLimitReached => ("DIALING_QUEUE_LIMIT_REACHED", 400, VALIDATION),
            Self::DialingQueueNotFound => ("DIALING_QUEUE_NOT_FOUND", 404, NOT_FOUND),
            Self::EndpointNotFound => ("ENDPOINT_NOT_FOUND", 404, NOT_FOUND),
            Self::FromNumberNotFound => ("FROM_NUMBER_NOT_FOUND", 404, NOT_FOUND),
            Self::IdempotencyKeyReuse => ("IDEMPOTENCY_KEY_REUSE", 409, CONFLICT),
            Self::InternalServerError => ("INTERNAL_SERVER_ERROR", 500, "server_error"),
            Self::InvalidAction => ("INVALID_ACTION", 400, VALIDATION),
            Self::InvalidDateRange => ("INVALID_DATE_RANGE", 400, VALIDATION),
            Self::InvalidGranularity => ("INVALID_GRANULARITY", 400, VALIDATION),
            Self::InvalidItemId => ("INVALID_ITEM_ID", 400, VALIDATION),
            Self::InvalidLength => ("INVALID_LENGTH", 400, VALIDATION),
            Self::InvalidPageSize => ("INVALID_PAGE_SIZE", 400, VALIDATION),
            Self::InvalidPhoneFormat => ("INVALID_PHONE_FORMAT", 400, VALIDATION),
            Self::InvalidPhoneNumber => ("INVALID_PHONE_NUMBER", 400, VALIDATION),
            Self::InvalidRequestBody => ("INVALID_REQUEST_BODY", 400, VALIDATION),
            Self::InvalidSearchQuery => ("INVALID_SEARCH_QUERY", 400, VALIDATION),
            Self::InvalidSenderId => ("INVALID_SENDER_ID", 400, VALIDATION),
            Self::InvalidToNumber => ("INVALID_TO_NUMBER", 400, VALIDATION),
            Self::MemberNotFound => ("MEMBER_NOT_FOUND", 404, NOT_FOUND),
            Self::MethodNotAllowed => ("METHOD_NOT_ALLOWED", 405, VALIDATION),
            Self::MissingAlloNumber => ("MISSING_ALLO_NUMBER", 400, VALIDATION),
            Self::MissingParameter => ("MISSING_PARAMETER", 400, VALIDATION),
            Self::NoNumberAvailable => ("NO_NUMBER_AVAILABLE", 409, CONFLICT),
            Self::NumberAlreadyAssigned => ("NUMBER_ALREADY_ASSIGNED", 409, CONFLICT),
            Self::NumberNotSmsEnabled => ("NUMBER_NOT_SMS_ENABLED", 400, VALIDATION),
            Self::OtherTransactionInProgress => ("OTHER_TRANSACTION_IN_PROGRESS", 409, CONFLICT),
            Self::PartnerAccountAlreadyExists => ("PARTNER_ACCOUNT_ALREADY_EXISTS", 409, CONFLICT),
            Self::PartnerAccountNotFound => ("PARTNER_ACCOUNT_NOT_FOUND", 404, NOT_FOUND),
            Self::PartnerBillingFailed => ("PARTNER_BILLING_FAILED", 402, BILLING),
            Self::PartnerSubscriptionNotBillable => {
                ("PARTNER_SUBSCRIPTION_NOT_BILLABLE", 402, BILLING)
            }
            Self::PersonNotFound => ("PERSON_NOT_FOUND", 404, NOT_FOUND),
            Self::PhoneNumberNotFound => ("PHONE_NUMBER_NOT_FOUND", 404, NOT_FOUND),
            Self::ProviderNotSupported => ("PROVIDER_NOT_SUPPORTED", 400, VALIDATION),
            Self::QueueNumberPositionNotFound => {
                ("QUEUE_NUMBER_POSITION_NOT_FOUND", 404, NOT_FOUND)
            }
            Self::RateLimitExceeded => ("RATE_LIMIT_EXCEEDED", 429, RATE_LIMIT),
            Self::SenderIdNotActive => ("SENDER_ID_NOT_ACTIVE", 400, VALIDATION),
            Self::SmsLimitReached => ("SMS_LIMIT_REACHED", 429, RATE_LIMIT),
            Self::SummaryTemplateKeyRequired => ("SUMMARY_TEMPLATE_KEY_REQUIRED", 400, VALIDATION),
            Self::SummaryTemplateNotFound => ("SUMMARY_TEMPLATE_NOT_FOUND", 404, NOT_FOUND),
            Self::TagAlreadyExists => ("TAG_ALREADY_EXISTS", 409, CONFLICT),
            Self::TagNotFound => ("TAG_NOT_FOUND", 404, NOT_FOUND),
            Self::TagsRequired => ("TAGS_REQUIRED", 400, VALIDATION),
            Self::TeamNotFound => ("TEAM_NOT_FOUND", 404, NOT_FOUND),
            Self::ToNumberCountryMismatch => ("TO_NUMBER_COUNTRY_MISMATCH", 400, VALIDATION),
            Self::TrialSmsLimitReached => ("TRIAL_SMS_LIMIT_REACHED", 429, RATE_LIMIT),
            Self::Unauthorized => ("UNAUTHORIZED", 401, AUTHENTICATION),
            Self::UnsupportedExtendValue => ("UNSUPPORTED_EXTEND_VALUE", 400, VALIDATION),
            Self::UnsupportedMediaType => ("UNSUPPORTED_MEDIA_TYPE", 415, VALIDATION),
            Self::UserNotFound => ("USER_NOT_FOUND", 404, NOT_FOUND),
            Self::WebhookNotFound => ("WEBHOOK_NOT_FOUND", 404, NOT_FOUND),
        }
    }

    fn retryable(self) -> bool {
        matches!(
            self,
            Self::DailySmsLimitReached
                | Self::InternalServerError
                | Self::RateLimitExceeded
                | Self::SmsLimitReached
                | Self::TrialSmsLimitReached
        )
    }
}

/// An entry of `errors` in the envelope.
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) message: String,
}

/// An error response. `Debug` shows only its code.
pub(crate) struct ApiError {
    code: Code,
    /// Overrides the status of the code.
    status: Option<u16>,
    /// Field and message of the entry in `details` of the v1 envelope.
    v1_detail: Option<Box<(&'static str, String)>>,
    message: String,
    retryable: bool,
    param: Option<Box<str>>,
    suggestion: Option<String>,
    fields: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({:?})", self.code)
    }
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            status: None,
            v1_detail: None,
            message: message.into(),
            retryable: code.retryable(),
            param: None,
            suggestion: None,
            fields: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// An error for a body that does not match the documented schema; `fields` must not be empty.
    pub(crate) fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let message = fields
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect::<Vec<_>>()
            .join("; ");
        let param = fields.first().map(|error| error.field.as_str().into());
        let mut error = Self::new(Code::InvalidRequestBody, message);
        error.param = param;
        error.fields = fields;
        error
    }

    /// An error for a query parameter of the wrong type or out of range.
    pub(crate) fn invalid_parameter(name: &str, message: &str) -> Self {
        Self::new(Code::InvalidRequestBody, format!("{name} {message}")).param(name)
    }

    /// Status, code and message.
    pub(crate) fn summary(&self) -> (u16, &'static str, &str) {
        let (code, usual, _) = self.code.facts();
        (self.status.unwrap_or(usual), code, &self.message)
    }

    /// Overrides the status of the code.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn param(mut self, name: impl Into<Box<str>>) -> Self {
        self.param = Some(name.into());
        self
    }

    pub(crate) fn suggestion(mut self, text: impl Into<String>) -> Self {
        self.suggestion = Some(text.into());
        self
    }

    /// Overrides `retryable` of the code.
    pub(crate) fn retryable(mut self, retryable: bool) -> Self {
        self.retryable = retryable;
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The HTTP response, with `Retry-After` if the envelope has a delay.
    pub(crate) fn into_reply(self, request_id: &str) -> Reply {
        let (_, usual, _) = self.code.facts();
        let status = self.status.unwrap_or(usual);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_seconds;
        let mut reply = Reply::json(status, &self.into_envelope(request_id));
        if let Some(seconds) = retry_after {
            reply.header("retry-after", &seconds.to_string());
        }
        reply
    }

    fn into_envelope(self, request_id: &str) -> Value {
        let (code, _, kind) = self.code.facts();
        let mut error = Map::new();
        error.insert("type".into(), kind.into());
        error.insert("code".into(), code.into());
        error.insert("message".into(), self.message.into());
        error.insert("retryable".into(), self.retryable.into());
        error.insert("request_id".into(), request_id.into());
        let optional = [
            ("param", self.param.map(|param| Value::from(&*param))),
            ("suggestion", self.suggestion.map(Value::from)),
            ("errors", field_errors(self.fields)),
            (
                "retry_after_seconds",
                self.retry_after_seconds.map(Value::from),
            ),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                error.insert(name.into(), value);
            }
        }
        json!({ "error": error })
    }
}

fn field_errors(fields: Vec<FieldError>) -> Option<Value> {
    if fields.is_empty() {
        return None;
    }
    let entry = |error: FieldError| json!({ "field": error.field, "code": "INVALID_VALUE", "message": error.message });
    Some(fields.into_iter().map(entry).collect())
}
