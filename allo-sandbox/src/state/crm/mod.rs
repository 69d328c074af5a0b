//! The CRM of the teams: people, companies and deals, and their relations.

pub(crate) mod companies;
pub(crate) mod deals;
pub(crate) mod people;
pub(crate) mod search;

use jiff::Timestamp;

use companies::Company;
use deals::Deal;
use people::Person;

/// A record that belongs to a team.
pub(crate) trait CrmRecord {
    fn team_id(&self) -> &str;
    fn id(&self) -> &str;
}

/// Records of one kind of all teams, oldest first.
#[derive(Debug)]
pub(crate) struct Records<T>(Vec<T>);

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: CrmRecord> Records<T> {
    pub(crate) fn of<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a T> {
        self.0
            .iter()
            .filter(move |record| record.team_id() == team_id)
    }

    pub(crate) fn find(&self, team_id: &str, id: &str) -> Option<&T> {
        self.0
            .iter()
            .find(|record| record.team_id() == team_id && record.id() == id)
    }

    pub(crate) fn find_mut(&mut self, team_id: &str, id: &str) -> Option<&mut T> {
        self.0
            .iter_mut()
            .find(|record| record.team_id() == team_id && record.id() == id)
    }

    pub(crate) fn add(&mut self, record: T) {
        self.0.push(record);
    }

    /// Returns whether there was one.
    pub(crate) fn remove(&mut self, team_id: &str, id: &str) -> bool {
        let before = self.0.len();
        self.0
            .retain(|record| record.team_id() != team_id || record.id() != id);
        self.0.len() < before
    }
}

/// The number and time of interactions with a person or company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Activity {
    pub(crate) interactions: u64,
    pub(crate) last_at: Option<Timestamp>,
}

impl Activity {
    /// Counts an interaction.
    pub(crate) fn note(&mut self, at: Timestamp) {
        self.interactions += 1;
        self.last_at = self.last_at.max(Some(at));
    }

    /// Adds the activity of another person.
    pub(crate) fn merge(&mut self, other: Self) {
        self.interactions += other.interactions;
        self.last_at = self.last_at.max(other.last_at);
    }
}

/// The CRM.
#[derive(Debug, Default)]
pub(crate) struct Crm {
    pub(crate) people: Records<Person>,
    pub(crate) companies: Records<Company>,
    pub(crate) deals: Records<Deal>,
}

impl Crm {
    /// A company by its id.
    pub(crate) fn company(&self, team_id: &str, id: Option<&str>) -> Option<&Company> {
        self.companies.find(team_id, id?)
    }

    /// The people of a company.
    pub(crate) fn staff<'a>(&'a self, company: &'a Company) -> impl Iterator<Item = &'a Person> {
        self.people
            .of(&company.team_id)
            .filter(|person| person.company_id.as_deref() == Some(company.id.as_str()))
    }

    /// The deals of a person's company.
    pub(crate) fn deals_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Deal> {
        let company = person.company_id.as_deref();
        self.deals
            .of(&person.team_id)
            .filter(move |deal| company.is_some() && deal.company_id.as_deref() == company)
    }

    /// A number in the list that already belongs to a person of the team.
    pub(crate) fn taken<'a>(&self, team_id: &str, numbers: &'a [String]) -> Option<&'a str> {
        let mut numbers = numbers.iter();
        let taken = |number: &&String| self.people.of(team_id).any(|p| p.numbers.contains(number));
        numbers.find(taken).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
