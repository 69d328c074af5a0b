//! The catalogue of error codes, each with its category and advice. The list is open: the server
//! may add codes. A few names are assumed, and their docs say so.

use crate::model::open_enum::{OpenEnum, Unrecognized, open_enum};

/// The category of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCategory {
    /// The caller could not be authenticated.
    Authentication,
    /// The caller is not permitted to do this.
    Permission,
    /// The request is invalid.
    Validation,
    /// Billing for a seat failed.
    Billing,
    /// The requested resource does not exist.
    NotFound,
    /// The request conflicts with the state of the server.
    Conflict,
    /// A rate limit or quota is exceeded.
    RateLimit,
    /// The server failed.
    Server,
}

/// Generates the enum and its two lookups from one table.
macro_rules! catalogue {
    ($($category:ident { $($(#[$remark:meta])* $name:ident = $text:literal: $advice:literal,)* })*) => {
        /// An error code of the API. Codes are stable across releases of the API.
        ///
        /// Codes that this version does not know are preserved.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(
                #[doc = concat!("`", $text, "`: ", $advice, ".\n")]
                $(#[$remark])*
                $name,
            )*)*
            /// A code this version does not know.
            Unrecognized(Unrecognized),
        }

        impl OpenEnum for ErrorCode {
            const KNOWN: &'static [&'static str] = &[$($($text,)*)*];

            fn as_str(&self) -> &str {
                match self {
                    $($(Self::$name => $text,)*)*
                    Self::Unrecognized(text) => text.as_str(),
                }
            }

            fn from_known(text: &str) -> Option<Self> {
                Some(match text {
                    $($($text => Self::$name,)*)*
                    _ => return None,
                })
            }

            fn unrecognized(text: Unrecognized) -> Self {
                Self::Unrecognized(text)
            }
        }

        impl ErrorCode {
            /// What to do about the error, in one sentence; `None` for unknown codes.
            #[must_use]
            pub const fn advice(&self) -> Option<&'static str> {
                Some(match self {
                    $($(Self::$name => $advice,)*)*
                    Self::Unrecognized(_) => return None,
                })
            }

            /// The category of the code; `None` for unknown codes.
            #[must_use]
            pub const fn category(&self) -> Option<ErrorCategory> {
                Some(match self {
                    $($(Self::$name => ErrorCategory::$category,)*)*
                    Self::Unrecognized(_) => return None,
                })
            }
        }
    };
}

catalogue! {
    Authentication {
        ApiKeyInvalid = "API_KEY_INVALID": "check that the API key is complete and of this workspace",
        ApiKeyRevoked = "API_KEY_REVOKED": "create a new API key; this one was withdrawn",
        Unauthorized = "UNAUTHORIZED": "send an API key that is in use",
    }
    Permission {
        ApiKeyInsufficientScope = "API_KEY_INSUFFICIENT_SCOPE": "use an API key that has the scope of this operation",
        ApiKeyTrialNotAllowed = "API_KEY_TRIAL_NOT_ALLOWED": "move the workspace to a paid plan; trials have no API",
        Forbidden = "FORBIDDEN": "use the API key of somebody whose role allows it",
        A2pNotEnabled = "A2P_NOT_ENABLED": "register the number for business texting (10DLC) first",
        DialingQueueAssignForbidden = "DIALING_QUEUE_ASSIGN_FORBIDDEN": "use the API key of a manager or admin to assign queues",
    }
    Validation {
        InvalidRequestBody = "INVALID_REQUEST_BODY": "correct the named fields, or the JSON itself",
        MissingParameter = "MISSING_PARAMETER": "add the named query parameter",
        MissingHeader = "MISSING_HEADER": "add the named header",
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE": "send the body as application/json",
        MethodNotAllowed = "METHOD_NOT_ALLOWED": "check the base URL; this path does not support the method",
        InvalidPageSize = "INVALID_PAGE_SIZE": "request 1 to 100 items per page",
        InvalidSearchQuery = "INVALID_SEARCH_QUERY": "put at least one letter or digit into the search text",
        MissingAlloNumber = "MISSING_ALLO_NUMBER": "specify one of your Allo numbers",
        InvalidDateRange = "INVALID_DATE_RANGE": "set a start that is before the end",
        DateRangeTooWide = "DATE_RANGE_TOO_WIDE": "request fewer days at once",
        InvalidItemId = "INVALID_ITEM_ID": "use the id of a call or message as the API returned it",
        BatchTooLarge = "BATCH_TOO_LARGE": "request at most 100 ids at once",
        TagsRequired = "TAGS_REQUIRED": "specify at least one tag",
        InvalidAction = "INVALID_ACTION": "use one of the actions that a conversation supports",
        InvalidGranularity = "INVALID_GRANULARITY": "use days, weeks or months",
        InvalidGroupBy = "INVALID_GROUP_BY": "use a supported grouping",
        UnsupportedExtendValue = "UNSUPPORTED_EXTEND_VALUE": "request only extensions that this operation supports",
        InvalidPhoneFormat = "INVALID_PHONE_FORMAT": "write the number in E.164 form: +, country code, digits",
        InvalidPhoneNumber = "INVALID_PHONE_NUMBER": "write the number in E.164 form: +, country code, digits",
        InvalidToNumber = "INVALID_TO_NUMBER": "check the recipient's number",
        ToNumberCountryMismatch = "TO_NUMBER_COUNTRY_MISMATCH": "send from a number of the recipient's country",
        NumberNotSmsEnabled = "NUMBER_NOT_SMS_ENABLED": "send from a number that supports SMS",
        SenderIdInboxCannotSendSms = "SENDER_ID_INBOX_CANNOT_SEND_SMS": "send from a phone number instead of this inbox",
        SenderIdNotActive = "SENDER_ID_NOT_ACTIVE": "wait until the sender id is approved, or use another",
        MessageNotCompliant = "MESSAGE_NOT_COMPLIANT": "change the text; its content is not allowed",
        LandlineNumberNotSupported = "LANDLINE_NUMBER_NOT_SUPPORTED": "send to a mobile number",
        SummaryTemplateKeyRequired = "SUMMARY_TEMPLATE_KEY_REQUIRED": "specify which summary of the call to use",
        DialingQueueLimitReached = "DIALING_QUEUE_LIMIT_REACHED": "clear the queue or push fewer numbers",
        DialingQueueDeleteFilterRequired = "DIALING_QUEUE_DELETE_FILTER_REQUIRED": "specify what to remove: a number, a position, or all unassigned",
        DialingQueueDeleteFilterConflict = "DIALING_QUEUE_DELETE_FILTER_CONFLICT": "specify either `unassigned` or a number and position, not both",
        DialingQueueAssigneeRequired = "DIALING_QUEUE_ASSIGNEE_REQUIRED": "specify the teammate who gets the queue",
        InvalidLength = "INVALID_LENGTH": "keep the message within 1 to 1,000 characters",
        ProviderNotSupported = "PROVIDER_NOT_SUPPORTED": "send from a number of another carrier route",
        InvalidSenderId = "INVALID_SENDER_ID": "use a sender id that is registered for the workspace",
    }
    Billing {
        PartnerSubscriptionNotBillable = "PARTNER_SUBSCRIPTION_NOT_BILLABLE": "settle the subscription before adding a seat",
        PartnerBillingFailed = "PARTNER_BILLING_FAILED": "check the payment method, then retry",
    }
    NotFound {
        ConversationItemNotFound = "CONVERSATION_ITEM_NOT_FOUND": "check the id; no call or message has it",
        CallNotFound = "CALL_NOT_FOUND": "check the id; no call has it",
        TextMessageNotFound = "TEXT_MESSAGE_NOT_FOUND": "check the id; no message has it",
        MemberNotFound = "MEMBER_NOT_FOUND": "use an id from the list of users",
        TeamNotFound = "TEAM_NOT_FOUND": "use the API key of somebody who belongs to a team",
        UserNotFound = "USER_NOT_FOUND": "use another API key; the account of this key's owner no longer exists",
        BusinessNotFound = "BUSINESS_NOT_FOUND": "finish setting up the workspace first",
        PhoneNumberNotFound = "PHONE_NUMBER_NOT_FOUND": "use a number from the list of your Allo numbers",
        FromNumberNotFound = "FROM_NUMBER_NOT_FOUND": "send from one of your Allo numbers",
        TagNotFound = "TAG_NOT_FOUND": "the item does not have this tag; there is nothing to remove",
        SenderIdNotFound = "SENDER_ID_NOT_FOUND": "use a sender id that is registered for the workspace",
        SummaryTemplateNotFound = "SUMMARY_TEMPLATE_NOT_FOUND": "use an id from the list of summary templates",
        EndpointNotFound = "ENDPOINT_NOT_FOUND": "check the base URL; the server has no such path",
        AssigneeNotFound = "ASSIGNEE_NOT_FOUND": "use the teammate's id or e-mail address from the list of users",
        DialingQueueNotFound = "DIALING_QUEUE_NOT_FOUND": "the teammate has no queue; there is nothing to remove",
        QueueNumberPositionNotFound = "QUEUE_NUMBER_POSITION_NOT_FOUND": "read the queue again and use a position that is in it",
        PartnerAccountNotFound = "PARTNER_ACCOUNT_NOT_FOUND": "use the id of an account that was created with this API key",
        ContactNotFound = "CONTACT_NOT_FOUND": "check the id; no contact has it",
        /// The name is assumed: the API's documentation has none for this case.
        PersonNotFound = "PERSON_NOT_FOUND": "check the id; no person in the CRM has it",
        /// The name is assumed: the API's documentation has none for this case.
        CompanyNotFound = "COMPANY_NOT_FOUND": "check the id; no company in the CRM has it",
        /// The name is assumed: the API's documentation has none for this case.
        DealNotFound = "DEAL_NOT_FOUND": "check the id; no deal in the CRM has it",
        /// The name is assumed: the API's documentation has none for this case.
        WebhookNotFound = "WEBHOOK_NOT_FOUND": "use an id from the list of webhooks",
    }
    Conflict {
        TagAlreadyExists = "TAG_ALREADY_EXISTS": "the item has this tag already; there is nothing to add",
        OtherTransactionInProgress = "OTHER_TRANSACTION_IN_PROGRESS": "wait a moment, then retry with the same idempotency key",
        NumberAlreadyAssigned = "NUMBER_ALREADY_ASSIGNED": "update the person who has the number, or allow duplicates",
        IdempotencyKeyReuse = "IDEMPOTENCY_KEY_REUSE": "use a new idempotency key; this one belongs to another operation",
        DialingQueueAppendConflict = "DIALING_QUEUE_APPEND_CONFLICT": "retry with the same idempotency key; another request appended concurrently",
        PartnerAccountAlreadyExists = "PARTNER_ACCOUNT_ALREADY_EXISTS": "use another e-mail address and mobile number",
        NoNumberAvailable = "NO_NUMBER_AVAILABLE": "request another country or prefix",
        DialingQueueSessionActive = "DIALING_QUEUE_SESSION_ACTIVE": "wait until the dialing session is over",
    }
    RateLimit {
        RateLimitExceeded = "RATE_LIMIT_EXCEEDED": "slow down; a key may read 20 and write 5 times a second",
        TrialSmsLimitReached = "TRIAL_SMS_LIMIT_REACHED": "move the workspace to a paid plan to send more messages",
        SmsLimitReached = "SMS_LIMIT_REACHED": "send the rest tomorrow; the daily limit is reached",
        DailySmsLimitReached = "DAILY_SMS_LIMIT_REACHED": "send from another number, or tomorrow",
        ApiKeyQuotaExceeded = "API_KEY_QUOTA_EXCEEDED": "wait until tomorrow; the daily quota is used up",
    }
    Server {
        InternalServerError = "INTERNAL_SERVER_ERROR": "retry; if the error persists, give the request id to support",
    }
}

open_enum!(ErrorCode);

#[cfg(test)]
mod tests;
