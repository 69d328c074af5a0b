//! Exit codes: one for each kind of failure, and which error has which. They are
//! listed for users in `docs/cli.md`, which a test compares with this table.

use std::process::ExitCode;

use allo_client::{Error, ErrorCategory, ErrorCode, Outcome, operations};

/// Writes the enum and its lookups from one table.
macro_rules! exits {
    ($($name:ident = $code:literal $word:literal: $meaning:literal,)*) => {
        /// How the program ended.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Exit {
            $(#[doc = $meaning] $name = $code,)*
        }

        impl Exit {
            /// All of them, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind in one word, as `--json-errors` has it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

exits! {
    Ok = 0 "ok": "everything was done",
    Other = 1 "other": "a local file could not be written, or the program itself failed",
    Usage = 2 "usage": "the command line or the configuration is wrong, or a file cannot be read",
    Auth = 3 "auth": "the API key is missing, unknown or revoked",
    Scope = 4 "scope": "the API key or its owner may not do this",
    Validation = 5 "validation": "what was to be sent is wrong",
    NotFound = 6 "not_found": "what was asked for does not exist, or a name does not stand for one teammate",
    Conflict = 7 "conflict": "it collides with the present state",
    Limit = 8 "limit": "too much was asked for: the rate limit, the quota of the day, or a full queue",
    Server = 9 "server": "the service failed, or its answer cannot be read",
    Network = 10 "network": "no whole answer arrived",
    Unknown = 11 "unknown_outcome": "it may have been done; the error says how to find out",
    Partial = 12 "partial": "part of it was done, the output says which",
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// How a failed call ends the program.
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
            // A file that is no journal, is damaged, or is that of another push.
            return Self::Usage;
        }
        let coded = error.code().and_then(|code| Self::of_code(&code));
        coded.unwrap_or_else(|| Self::of_kind(error))
    }

    /// How an error with this code ends the program; nothing for unknown codes.
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
