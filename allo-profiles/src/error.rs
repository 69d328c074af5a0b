//! Errors of profiles: what failed, and what to do next. They never contain a key.

use std::fmt;
use std::path::Path;

/// Why a profile cannot be used.
#[derive(Debug)]
pub struct ProfileError {
    kind: ProblemKind,
    message: String,
    suggestion: Option<String>,
}

/// Where the problem lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The configuration file is missing, damaged, unsafe, or has no such profile.
    Config,
    /// The keyring cannot be used.
    Keyring,
    /// The keyring is switched off, or this build does not support it.
    KeyringDisabled,
}

impl ProfileError {
    pub(crate) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Config, message)
    }

    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::config(format!("cannot read {}: {error}", path.display()))
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// Where the problem lies.
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// What failed, in a sentence without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " ({suggestion})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ProfileError {}
