//! People of the CRM.

use std::fmt;

use jiff::Timestamp;

use super::{CrmRecord, search::Search};
use crate::state::change::Change;

/// A person. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) details: Details,
    /// E.164, without duplicates.
    pub(crate) numbers: Vec<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) company_id: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The fields of a person.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Details {
    pub(crate) name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) job_title: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) address: Option<String>,
}

/// An update of a person.
#[derive(Default)]
pub(crate) struct PersonChange {
    pub(crate) name: Change<String>,
    pub(crate) last_name: Change<String>,
    pub(crate) job_title: Change<String>,
    pub(crate) website: Change<String>,
    pub(crate) address: Change<String>,
    pub(crate) numbers: Change<Vec<String>>,
    pub(crate) emails: Change<Vec<String>>,
    pub(crate) company_id: Change<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .field("team_id", &self.team_id)
            .field("company_id", &self.company_id)
            .finish_non_exhaustive()
    }
}

impl CrmRecord for Person {
    fn team_id(&self) -> &str {
        &self.team_id
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Person {
    /// A new person with these fields.
    pub(crate) fn new(id: String, team_id: String, said: PersonChange, now: Timestamp) -> Self {
        let mut person = Self {
            id,
            team_id,
            details: Details::default(),
            numbers: Vec::new(),
            emails: Vec::new(),
            company_id: None,
            created_at: now,
            updated_at: now,
        };
        person.change(said, now);
        person
    }

    pub(crate) fn change(&mut self, said: PersonChange, now: Timestamp) {
        let details = &mut self.details;
        said.name.apply(&mut details.name);
        said.last_name.apply(&mut details.last_name);
        said.job_title.apply(&mut details.job_title);
        said.website.apply(&mut details.website);
        said.address.apply(&mut details.address);
        said.numbers.apply_or_default(&mut self.numbers);
        said.emails.apply_or_default(&mut self.emails);
        said.company_id.apply(&mut self.company_id);
        self.updated_at = now;
    }

    /// First and last name, if known; the sort key.
    pub(crate) fn full_name(&self) -> String {
        let names = [&self.details.name, &self.details.last_name];
        let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
        names.join(" ")
    }
}

/// Filters of a people search. Texts match case-insensitively as substrings.
#[derive(Default)]
pub(crate) struct PersonFilter {
    pub(crate) name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) job_title: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) email: Option<String>,
    /// Exactly one of the numbers.
    pub(crate) phone_number: Option<String>,
    /// Exactly the status of one of the company's deals.
    pub(crate) deal_status: Option<String>,
    pub(crate) search: Option<Search>,
}

impl PersonFilter {
    /// Whether a person with this company and these deal statuses matches.
    pub(crate) fn matches(
        &self,
        person: &Person,
        company: Option<&str>,
        deal_statuses: &[&str],
    ) -> bool {
        use super::search::within;
        let details = &person.details;
        let texts = [
            (&self.name, details.name.as_deref()),
            (&self.last_name, details.last_name.as_deref()),
            (&self.job_title, details.job_title.as_deref()),
            (&self.website, details.website.as_deref()),
            (&self.company, company),
        ];
        let number = |wanted: &String| person.numbers.contains(wanted);
        let email = |wanted: &String| {
            person
                .emails
                .iter()
                .any(|email| within(wanted, Some(email)))
        };
        let status = |wanted: &String| deal_statuses.contains(&wanted.as_str());
        texts
            .into_iter()
            .all(|(wanted, text)| wanted.as_ref().is_none_or(|wanted| within(wanted, text)))
            && self.phone_number.as_ref().is_none_or(number)
            && self.email.as_ref().is_none_or(email)
            && self.deal_status.as_ref().is_none_or(status)
            && self.found(person, company)
    }

    fn found(&self, person: &Person, company: Option<&str>) -> bool {
        let details = &person.details;
        let texts = [
            details.name.as_deref(),
            details.last_name.as_deref(),
            details.job_title.as_deref(),
            company,
        ];
        let lists = person.numbers.iter().chain(&person.emails);
        let texts = texts.into_iter().flatten().chain(lists.map(String::as_str));
        self.search
            .as_ref()
            .is_none_or(|search| search.matches(texts))
    }
}
