//! Deals of the CRM.

use std::fmt;

use jiff::Timestamp;
use serde_json::Number;

use super::{CrmRecord, search::Search};
use crate::state::change::Change;

/// A deal. `Debug` shows no texts and no amount.
#[derive(Clone, PartialEq)]
pub(crate) struct Deal {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) name: String,
    /// Any text; every CRM has its own statuses.
    pub(crate) status: Option<String>,
    /// The number as sent, so that no precision is lost.
    pub(crate) amount: Option<Number>,
    pub(crate) currency: Option<String>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) company_id: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// An update of a deal.
#[derive(Default)]
pub(crate) struct DealChange {
    pub(crate) name: Option<String>,
    pub(crate) status: Change<String>,
    pub(crate) amount: Change<Number>,
    pub(crate) currency: Change<String>,
    pub(crate) closed_at: Change<Timestamp>,
    pub(crate) company_id: Change<String>,
}

impl fmt::Debug for Deal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deal")
            .field("id", &self.id)
            .field("team_id", &self.team_id)
            .field("company_id", &self.company_id)
            .finish_non_exhaustive()
    }
}

impl CrmRecord for Deal {
    fn team_id(&self) -> &str {
        &self.team_id
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Deal {
    pub(crate) fn new(id: String, team_id: String, name: String, now: Timestamp) -> Self {
        Self {
            id,
            team_id,
            name,
            status: None,
            amount: None,
            currency: None,
            closed_at: None,
            company_id: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn change(&mut self, said: DealChange, now: Timestamp) {
        if let Some(name) = said.name {
            self.name = name;
        }
        said.status.apply(&mut self.status);
        said.amount.apply(&mut self.amount);
        said.currency.apply(&mut self.currency);
        said.closed_at.apply(&mut self.closed_at);
        said.company_id.apply(&mut self.company_id);
        self.updated_at = now;
    }
}

/// Filters of a deal search.
#[derive(Default)]
pub(crate) struct DealFilter {
    /// Exactly this status.
    pub(crate) stage: Option<String>,
    pub(crate) search: Option<Search>,
}

impl DealFilter {
    /// Whether a deal with this company matches.
    pub(crate) fn matches(&self, deal: &Deal, company: Option<&str>) -> bool {
        let texts = [Some(deal.name.as_str()), deal.status.as_deref(), company];
        self.stage
            .as_ref()
            .is_none_or(|stage| deal.status.as_ref() == Some(stage))
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.matches(texts.into_iter().flatten()))
    }
}
