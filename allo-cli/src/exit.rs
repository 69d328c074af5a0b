//! Exit codes: one per kind of error, and which error has which. A test compares the table
//! in `docs/cli.md` with this one.

use std::process::ExitCode;

use allo_client::{Error, ErrorCategory, ErrorCode, Outcome, operations};

/// Defines the enum and its lookups from one table.
macro_rules! exits {
    ($($name:ident = $code:literal $word:literal: $meaning:literal,)*) => {
        /// The exit status of the program.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Exit {
            $(#[doc = $meaning] $name = $code,)*
        }

        impl Exit {
            /// All exit statuses, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind in `--json-errors`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The meaning in `docs/cli.md`.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

exits! {
    Ok = 0 "ok": "everything was done",
    Other = 1 "other": "a local file could not be written, or an internal error occurred",
    Usage = 2 "usage": "invalid command line or configuration, or a file that cannot be read",
    Auth = 3 "auth": "the API key is missing, unknown or revoked",
    Scope = 4 "scope": "the API key or its owner lacks permission",
    Validation = 5 "validation": "invalid request or input data",
    NotFound = 6 "not_found": "the resource does not exist, or a name does not identify exactly one teammate",
    Conflict = 7 "conflict": "the request conflicts with the current state",
    Limit = 8 "limit": "rate limit, daily quota or queue capacity exceeded",
    Server = 9 "server": "the service failed, or its response could not be decoded",
    Network = 10 "network": "network error: no complete response was received",
    Unknown = 11 "unknown_outcome": "the request may have been executed; the error says how to find out",
    Partial = 12 "partial": "partially done; the output shows which part",
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The exit status for an error of the client.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        if matches!(error.outcome(), Outcome::Unknown { .. }) && is_write(error) {
            return Self::Unknown;
        }
        if error.is_configuration() {
            return match error.param() {
                Some("api_key") => Self::Auth,
                _ => Self::Usage,
            };
        }
        if error.param() == Some("journal") && error.is_invalid_request() {
            // The file is not a journal, is damaged, or belongs to another push.
            return Self::Usage;
        }
        let coded = error.code().and_then(Self::of_code);
        coded.unwrap_or_else(|| Self::of_kind(error))
    }

    /// The exit status for an error code; `None` for unknown codes.
    #[must_use]
    pub const fn of_code(code: &ErrorCode) -> Option<Self> {
        if matches!(code, ErrorCode::DialingQueueLimitReached) {
            return Some(Self::Limit);
        }
        match code.category() {
            Some(category) => Some(Self::of_category(category)),
            None => None,
        }
    }

    const fn of_category(category: ErrorCategory) -> Self {
        match category {
            ErrorCategory::Authentication => Self::Auth,
            ErrorCategory::Permission | ErrorCategory::Billing => Self::Scope,
            ErrorCategory::Validation => Self::Validation,
            ErrorCategory::NotFound => Self::NotFound,
            ErrorCategory::Conflict => Self::Conflict,
            ErrorCategory::RateLimit => Self::Limit,
            _ => Self::Server,
        }
    }

    fn of_kind(error: &Error) -> Self {
        let table: [(bool, Self); 12] = [
            (error.is_missing_scope(), Self::Scope),
            (error.is_assignee_not_found(), Self::NotFound),
            (error.is_invalid_request(), Self::Validation),
            (error.is_unauthorized(), Self::Auth),
            (error.is_forbidden(), Self::Scope),
            (error.is_not_found(), Self::NotFound),
            (error.is_conflict(), Self::Conflict),
            (error.is_journal_in_use(), Self::Conflict),
            (error.is_rate_limited(), Self::Limit),
            (error.is_transport(), Self::Network),
            (error.is_timeout(), Self::Limit),
            (error.is_output(), Self::Other),
        ];
        let named = table.iter().find(|(is, _)| *is).map(|(_, exit)| *exit);
        named.unwrap_or(match error.status() {
            Some(400..=499) if !error.is_decode() => Self::Validation,
            _ => Self::Server,
        })
    }
}

fn is_write(error: &Error) -> bool {
    let id = error.operation();
    let mut all = operations::ALL.iter();
    let operation = all.find(|operation| Some(operation.id) == id);
    operation.is_some_and(|operation| operation.takes_idempotency_key())
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
