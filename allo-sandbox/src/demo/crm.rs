//! The CRM and the summary templates of the demo team. The people are the contacts of its address
//! book, with the same companies and deals. All data is fictional.

use jiff::Timestamp;

use crate::ids::Ids;
use crate::state::State;
use crate::state::change::Change;
use crate::state::contacts::Contact;
use crate::state::crm::companies::{Company, CompanyChange};
use crate::state::crm::deals::{Deal, DealChange};
use crate::state::crm::people::{Person, PersonChange};
use crate::state::templates::{Content, Section, Template};

/// Industry and website of the companies, in order of appearance.
const COMPANIES: &[(&str, &str)] = &[
    ("Food", "https://bakery.example.com"),
    ("Retail", "https://outdoor.example.com"),
    ("Printing", "https://prints.example.com"),
    ("Retail", "https://cycles.example.com"),
];

/// Amount and currency of the deals, in order of appearance.
const DEALS: &[(u64, &str)] = &[(8_400, "USD"), (1_250, "USD"), (3_900, "EUR")];

/// Name, call context, and sections with their instructions.
type DemoTemplate = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const TEMPLATES: &[DemoTemplate] = &[
    (
        "First call",
        "Calls with people we have not talked to before",
        &[
            ("Situation", "What they use today and what bothers them"),
            ("Budget", "Any sum that was named, else nothing"),
            ("Next step", "Who does what, and when"),
        ],
    ),
    (
        "Complaint",
        "Calls by customers with a problem",
        &[
            ("Problem", "In the customer's words"),
            ("Promise", "What we said we would do"),
        ],
    ),
];

/// Adds the CRM data and templates of the first team.
pub(super) fn fill(state: &mut State, ids: &mut Ids, now: Timestamp) {
    let Some(team_id) = state.users.teams.first().map(|team| team.id.clone()) else {
        return;
    };
    for template in TEMPLATES {
        let template = Template::new(
            ids.summary_template(),
            team_id.clone(),
            content(template),
            now,
        );
        state.templates.add(template);
    }
    let contacts: Vec<_> = state.contacts.of_team(&team_id).cloned().collect();
    for contact in &contacts {
        add_company(state, contact);
        add_deals(state, contact);
        state.crm.people.add(person(contact, ids.person()));
    }
}

fn content(&(name, call_context, sections): &DemoTemplate) -> Content {
    let section = |(order, &(title, instructions)): (u64, &(&str, &str))| Section {
        title: title.to_owned(),
        instructions: Some(instructions.to_owned()),
        order,
    };
    Content {
        name: name.to_owned(),
        call_context: Some(call_context.to_owned()),
        icon: None,
        sections: (0..).zip(sections).map(section).collect(),
    }
}

fn add_company(state: &mut State, contact: &Contact) {
    let Some(named) = &contact.company else {
        return;
    };
    let (team, at) = (&contact.team_id, contact.created_at);
    if state.crm.companies.find(team, &named.id).is_some() {
        return;
    }
    let index = state.crm.companies.of(team).count();
    let mut company = Company::new(named.id.clone(), team.clone(), named.name.clone(), at);
    if let Some(&(industry, website)) = COMPANIES.get(index) {
        let said = CompanyChange {
            name: None,
            website: set(website),
            industry: set(industry),
        };
        company.change(said, at);
    }
    state.crm.companies.add(company);
}

fn add_deals(state: &mut State, contact: &Contact) {
    let (team, at) = (&contact.team_id, contact.created_at);
    for note in &contact.deals {
        let index = state.crm.deals.of(team).count();
        let company_id = contact.company.as_ref().map(|company| company.id.clone());
        let mut deal = Deal::new(
            note.named.id.clone(),
            team.clone(),
            note.named.name.clone(),
            at,
        );
        let mut said = DealChange {
            status: set(&note.status),
            company_id: known(company_id),
            ..DealChange::default()
        };
        if let Some(&(amount, currency)) = DEALS.get(index) {
            said.amount = Change::Set(amount.into());
            said.currency = set(currency);
        }
        deal.change(said, at);
        state.crm.deals.add(deal);
    }
}

fn person(contact: &Contact, id: String) -> Person {
    let details = &contact.details;
    let company_id = contact.company.as_ref().map(|company| company.id.clone());
    let said = PersonChange {
        name: known(details.name.clone()),
        last_name: known(details.last_name.clone()),
        job_title: known(details.job_title.clone()),
        website: known(details.website.clone()),
        address: Change::Keep,
        numbers: Change::Set(details.numbers.clone()),
        emails: Change::Set(details.emails.clone()),
        company_id: known(company_id),
    };
    Person::new(id, contact.team_id.clone(), said, contact.created_at)
}

fn known(text: Option<String>) -> Change<String> {
    text.map_or(Change::Keep, Change::Set)
}

fn set(text: &str) -> Change<String> {
    Change::Set(text.to_owned())
}
