//! Why a lead is not sent at all. Who decides is `validate`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a lead was rejected before anything was sent. `Display` says it in a
/// sentence that names neither the number nor the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// There is no number.
    Empty,
    /// It is no notation of a telephone number.
    NotANumber,
    /// It has an extension, which a dialer cannot dial.
    Extension,
    /// It has no country code, and no default region was given.
    NoCountryCode,
    /// It is written like a number, but nobody can have it.
    InvalidNumber {
        /// What is wrong with it.
        why: NumberProblem,
    },
    /// The same number stood in the list before.
    DuplicateInList {
        /// The position in the input at which it stood first, from 0.
        first: usize,
    },
    /// The number is in the queue already.
    AlreadyQueued {
        /// Its position in the queue.
        position: i64,
    },
    /// Another field breaks a limit of the API.
    InvalidField {
        /// The field, by its name in the API.
        field: String,
        /// What is wrong with it, without its value.
        why: String,
    },
}

/// Why nobody can have a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NumberProblem {
    /// No country has that code.
    UnknownCountryCode,
    /// It has fewer digits than any number of its country.
    TooShort,
    /// It has more digits than any number of its country.
    TooLong,
    /// No number of its country looks like this.
    NotAssigned,
}

impl Rejection {
    pub(super) const fn invalid(why: NumberProblem) -> Self {
        Self::InvalidNumber { why }
    }

    /// The reason as one word, for tables and programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotANumber => "not_a_number",
            Self::Extension => "extension",
            Self::NoCountryCode => "no_country_code",
            Self::InvalidNumber { .. } => "invalid_number",
            Self::DuplicateInList { .. } => "duplicate_in_list",
            Self::AlreadyQueued { .. } => "already_queued",
            Self::InvalidField { .. } => "invalid_field",
        }
    }

    /// Whether the number itself is good, but there already.
    #[must_use]
    pub const fn is_duplicate(&self) -> bool {
        matches!(
            self,
            Self::DuplicateInList { .. } | Self::AlreadyQueued { .. }
        )
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no number"),
            Self::NotANumber => f.write_str("this is not a telephone number"),
            Self::Extension => f.write_str("the number has an extension, which cannot be dialled"),
            Self::NoCountryCode => {
                f.write_str("the number has no country code and no default region is set")
            }
            Self::InvalidNumber { why } => why.fmt(f),
            Self::DuplicateInList { first } => {
                let place = first.saturating_add(1);
                write!(f, "the same number is already number {place} of the list")
            }
            Self::AlreadyQueued { position } => {
                write!(
                    f,
                    "the number is in the queue already, at position {position}"
                )
            }
            Self::InvalidField { why, .. } => f.write_str(why),
        }
    }
}

impl fmt::Display for NumberProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UnknownCountryCode => "no country has that country code",
            Self::TooShort => "the number is too short for its country",
            Self::TooLong => "the number is too long for its country",
            Self::NotAssigned => "no number of its country looks like this",
        })
    }
}
