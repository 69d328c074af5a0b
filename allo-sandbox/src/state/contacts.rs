//! The contacts in a team's address book.

use std::fmt;

use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value};

use super::change::Change;

/// Id and name of a company or deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A deal of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DealNote {
    pub(crate) named: Named,
    pub(crate) status: String,
}

/// How active a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engagement {
    Engaged,
    Cooling,
    Cold,
}

impl Engagement {
    /// Derived from the last call or message: active within a month, cold after three months.
    pub(crate) fn since(last: Timestamp, now: Timestamp) -> Self {
        let days = |days: i64| {
            now.checked_sub((days * 24).hours())
                .unwrap_or(Timestamp::MIN)
        };
        if last >= days(30) {
            Self::Engaged
        } else if last >= days(90) {
            Self::Cooling
        } else {
            Self::Cold
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Engaged => "ENGAGED",
            Self::Cooling => "COOLING",
            Self::Cold => "COLD",
        }
    }
}

/// A contact. `Debug` shows no personal data.
#[derive(Clone)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) details: Details,
    pub(crate) company: Option<Named>,
    pub(crate) deals: Vec<DealNote>,
    pub(crate) status: Option<String>,
    pub(crate) archived: bool,
    pub(crate) whitelisted: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Data of integrations, by name.
    pub(crate) integration_data: Map<String, Value>,
    pub(crate) custom_properties: Option<Map<String, Value>>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("id", &self.id)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// The fields that the API can set.
#[derive(Clone, Default)]
pub(crate) struct Details {
    pub(crate) name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) job_title: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) numbers: Vec<String>,
}

/// A partial update of these fields.
#[derive(Default)]
pub(crate) struct DetailsChange {
    pub(crate) name: Change<String>,
    pub(crate) last_name: Change<String>,
    pub(crate) job_title: Change<String>,
    pub(crate) website: Change<String>,
    pub(crate) emails: Change<Vec<String>>,
    /// `None` keeps them: a contact must have a number.
    pub(crate) numbers: Option<Vec<String>>,
}

impl Details {
    pub(crate) fn apply(&mut self, change: DetailsChange) {
        change.name.apply(&mut self.name);
        change.last_name.apply(&mut self.last_name);
        change.job_title.apply(&mut self.job_title);
        change.website.apply(&mut self.website);
        change.emails.apply_or_default(&mut self.emails);
        if let Some(numbers) = change.numbers {
            self.numbers = numbers;
        }
    }
}

impl Contact {
    pub(crate) fn new(id: String, team_id: &str, details: Details, now: Timestamp) -> Self {
        Self {
            id,
            team_id: team_id.to_owned(),
            details,
            company: None,
            deals: Vec::new(),
            status: None,
            archived: false,
            whitelisted: false,
            created_at: now,
            updated_at: now,
            integration_data: Map::new(),
            custom_properties: None,
        }
    }

    /// First and last name, if known.
    pub(crate) fn full_name(&self) -> Option<String> {
        let parts = [&self.details.name, &self.details.last_name];
        let known: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        (!known.is_empty()).then(|| known.join(" "))
    }

    pub(crate) fn has_number(&self, number: &str) -> bool {
        self.details.numbers.iter().any(|other| other == number)
    }
}

/// The contacts of all teams, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Contacts(Vec<Contact>);

impl Contacts {
    pub(crate) fn add(&mut self, contact: Contact) {
        self.0.push(contact);
    }

    pub(crate) fn of_team<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a Contact> {
        let contacts = self.0.iter();
        contacts.filter(move |contact| contact.team_id == team_id)
    }

    /// All contacts with this number.
    pub(crate) fn with_number<'a>(
        &'a self,
        team_id: &'a str,
        number: &'a str,
    ) -> impl Iterator<Item = &'a Contact> {
        let contacts = self.of_team(team_id);
        contacts.filter(move |contact| contact.has_number(number))
    }

    pub(crate) fn find(&self, team_id: &str, id: &str) -> Option<&Contact> {
        let mut contacts = self.0.iter();
        contacts.find(|contact| contact.id == id && contact.team_id == team_id)
    }

    pub(crate) fn find_mut(&mut self, team_id: &str, id: &str) -> Option<&mut Contact> {
        let mut contacts = self.0.iter_mut();
        contacts.find(|contact| contact.id == id && contact.team_id == team_id)
    }
}
