//! The reasons for which a lead is rejected before sending. `validate` decides them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a lead was rejected before anything was sent. `Display` writes a message without the number and without
/// personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// The lead has no number.
    Empty,
    /// The text is not a telephone number.
    NotANumber,
    /// The number has an extension, which a dialer cannot dial.
    Extension,
    /// The number has no country code, and no default region is set.
    NoCountryCode,
    /// The text has the form of a number, but no subscriber can have this number.
    InvalidNumber {
        /// What is wrong with the number.
        why: NumberProblem,
    },
    /// The same number appears earlier in the list.
    DuplicateInList {
        /// The index of its first occurrence in the input, from 0.
        first: usize,
    },
    /// The number is already in the queue.
    AlreadyQueued {
        /// Its position in the queue.
        position: i64,
    },
    /// Another field breaks a limit of the API.
    InvalidField {
        /// The name of the field in the API.
        field: String,
        /// What is wrong with the field, without its value.
        why: String,
    },
}

/// Why a number is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NumberProblem {
    /// No country has this country code.
    UnknownCountryCode,
    /// The number has fewer digits than any number of its country.
    TooShort,
    /// The number has more digits than any number of its country.
    TooLong,
    /// The numbering plan of its country does not assign the number.
    NotAssigned,
}

impl Rejection {
    pub(super) const fn invalid(why: NumberProblem) -> Self {
        Self::InvalidNumber { why }
    }

    /// The reason code, for tables and programs.
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

    /// Whether the number is valid but a duplicate.
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
            Self::Empty => f.write_str("the lead has no number"),
            Self::NotANumber => f.write_str("not a telephone number"),
            Self::Extension => f.write_str("the number has an extension, which cannot be dialled"),
            Self::NoCountryCode => {
                f.write_str("the number has no country code and no default region is set")
            }
            Self::InvalidNumber { why } => why.fmt(f),
            Self::DuplicateInList { first } => {
                let place = first.saturating_add(1);
                write!(f, "duplicate of lead {place} of the list")
            }
            Self::AlreadyQueued { position } => {
                write!(
                    f,
                    "the number is already in the queue, at position {position}"
                )
            }
            Self::InvalidField { why, .. } => f.write_str(why),
        }
    }
}

impl fmt::Display for NumberProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UnknownCountryCode => "unknown country code",
            Self::TooShort => "the number is too short for its country",
            Self::TooLong => "the number is too long for its country",
            Self::NotAssigned => "the number is not assigned in its country",
        })
    }
}
