//! The report of an import of people: the status of every person.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::generated::types::CreatePersonRequest;
use crate::phone::rejection::Rejection;

/// The result of an import: an entry for every person, in the order of the input.
///
/// Serialized as JSON it contains the people, so it is personal data; `Debug` shows none of it.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnsureReport {
    /// Every person, in the order of the input.
    pub people: Vec<PersonReport>,
    /// How many requests were sent, including retries, and those of earlier runs as far as the journal records them.
    pub requests: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stopped: Option<String>,
    #[serde(skip)]
    pub(super) error: Option<Arc<Error>>,
}

/// One person of an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PersonReport {
    /// The index of the person in the input, from 0.
    pub input: usize,
    /// The person as given.
    pub person: CreatePersonRequest,
    /// The status of the person.
    #[serde(flatten)]
    pub status: PersonStatus,
}

/// The status of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PersonStatus {
    /// The person was created.
    Created {
        /// The id of the person.
        id: String,
    },
    /// The person exists: before the import, from an earlier entry of the list, or because the response to the
    /// creation was lost.
    Found {
        /// The id of the person.
        id: String,
    },
    /// Several people have one of the numbers. Nothing was created.
    Ambiguous {
        /// The ids of these people.
        ids: Vec<String>,
    },
    /// The person was not sent.
    Rejected {
        /// What is wrong with a number or another field.
        reason: Rejection,
    },
    /// The server refused the person.
    Refused {
        /// The error code of the API.
        reason: String,
    },
    /// The person may have been created: the response was lost, and the person was not found.
    Unknown,
    /// The import stopped before.
    NotSent,
}

/// How many people have which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnsureCounts {
    /// People who were created.
    pub created: usize,
    /// People who were found.
    pub found: usize,
    /// People whose numbers several people have.
    pub ambiguous: usize,
    /// People who were not sent because of a number or another field.
    pub rejected: usize,
    /// People whom the server refused.
    pub refused: usize,
    /// People who may have been created.
    pub unknown: usize,
    /// People who were not sent because the import stopped before.
    pub not_sent: usize,
}

impl PersonStatus {
    /// The id of the person, if the person was created or found.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Created { id } | Self::Found { id } => Some(id),
            _ => None,
        }
    }

    /// Whether running the import again may change the status.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self, Self::Unknown | Self::NotSent)
    }
}

impl EnsureReport {
    /// How many people have which status.
    #[must_use]
    pub fn counts(&self) -> EnsureCounts {
        let mut counts = EnsureCounts::default();
        for person in &self.people {
            let count = match &person.status {
                PersonStatus::Created { .. } => &mut counts.created,
                PersonStatus::Found { .. } => &mut counts.found,
                PersonStatus::Ambiguous { .. } => &mut counts.ambiguous,
                PersonStatus::Rejected { .. } => &mut counts.rejected,
                PersonStatus::Refused { .. } => &mut counts.refused,
                PersonStatus::Unknown => &mut counts.unknown,
                PersonStatus::NotSent => &mut counts.not_sent,
            };
            *count += 1;
        }
        counts
    }

    /// Whether each person was created or found.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.people
            .iter()
            .all(|person| person.status.id().is_some())
    }

    /// Why the import stopped before its end. Run it again with its journal, or with
    /// [`remaining`](Self::remaining), to do the rest.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// The error that stopped the import. A report that was read from JSON has only [`stopped`](Self::stopped).
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_deref()
    }

    /// The people whose status is not final, for another import.
    #[must_use]
    pub fn remaining(&self) -> Vec<CreatePersonRequest> {
        let open = self.people.iter().filter(|one| one.status.is_open());
        open.map(|one| one.person.clone()).collect()
    }
}

impl fmt::Debug for EnsureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnsureReport")
            .field("counts", &self.counts())
            .field("requests", &self.requests)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}
