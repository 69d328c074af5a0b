//! Companies of the CRM.

use std::fmt;

use jiff::Timestamp;

use super::{CrmRecord, search::within};
use crate::state::change::Change;

/// A company. `Debug` shows no texts.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) name: String,
    pub(crate) website: Option<String>,
    pub(crate) industry: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// An update of a company.
#[derive(Default)]
pub(crate) struct CompanyChange {
    pub(crate) name: Option<String>,
    pub(crate) website: Change<String>,
    pub(crate) industry: Change<String>,
}

impl fmt::Debug for Company {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Company")
            .field("id", &self.id)
            .field("team_id", &self.team_id)
            .finish_non_exhaustive()
    }
}

impl CrmRecord for Company {
    fn team_id(&self) -> &str {
        &self.team_id
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Company {
    pub(crate) fn new(id: String, team_id: String, name: String, now: Timestamp) -> Self {
        Self {
            id,
            team_id,
            name,
            website: None,
            industry: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn change(&mut self, said: CompanyChange, now: Timestamp) {
        if let Some(name) = said.name {
            self.name = name;
        }
        said.website.apply(&mut self.website);
        said.industry.apply(&mut self.industry);
        self.updated_at = now;
    }
}

/// Filters of a company search. Texts match case-insensitively as substrings.
#[derive(Default)]
pub(crate) struct CompanyFilter {
    pub(crate) name: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) industry: Option<String>,
}

impl CompanyFilter {
    pub(crate) fn matches(&self, company: &Company) -> bool {
        let texts = [
            (&self.name, Some(company.name.as_str())),
            (&self.website, company.website.as_deref()),
            (&self.industry, company.industry.as_deref()),
        ];
        texts
            .into_iter()
            .all(|(wanted, text)| wanted.as_ref().is_none_or(|wanted| within(wanted, text)))
    }
}
