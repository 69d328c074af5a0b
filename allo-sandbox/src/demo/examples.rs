//! One object of each kind with a fixed id, as used by the examples in the documentation of
//! `allo-client`, so that each example runs unchanged against a sandbox. The client's generator
//! uses the same ids.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use serde_json::Map;

use crate::state::State;
use crate::state::calls::CallRecord;
use crate::state::change::Change;
use crate::state::contacts::{Contact, Details};
use crate::state::crm::companies::Company;
use crate::state::crm::deals::Deal;
use crate::state::crm::people::{Person, PersonChange};
use crate::state::inbox::Item;
use crate::state::partner::PartnerAccount;
use crate::state::queues::{NewEntry, Queue};
use crate::state::templates::{Content, Template};
use crate::state::users::{Role, Status, User};
use crate::state::webhooks::Webhook;

const LINE: &str = "+12125550100";
const NUMBER: &str = "+12125550140";
const MARIE: &str = "marie@example.com";

/// Adds all objects to the first team. The partner account belongs to the API key `key_id`.
pub(super) fn fill(state: &mut State, now: Timestamp, key_id: &str) {
    let Some(team_id) = state.users.teams.first().map(|team| team.id.clone()) else {
        return;
    };
    state.users.users.push(user(&team_id));
    let then = now.checked_sub(2.hours()).unwrap_or(now);
    let contact = Contact::new("cnt-example".to_owned(), &team_id, details(), then);
    state.contacts.add(contact);
    let call = CallRecord::outbound(LINE, NUMBER)
        .at(then)
        .user("usr-example")
        .ended("ANSWERED", Duration::from_secs(90))
        .summary("Ines asks for the long lease.")
        .tags(["interested"]);
    let call = call.settled("cll-example".to_owned(), &team_id, now);
    state.inbox.add(Item::Call(call));
    fill_crm(state, &team_id, then);
    let template = Template::new("tst-example".to_owned(), team_id.clone(), content(), then);
    state.templates.add(template);
    state.webhooks.add(webhook(&team_id, then));
    state.partner.admit(account(key_id));
    add_queue(state, then);
}

fn fill_crm(state: &mut State, team_id: &str, then: Timestamp) {
    let (team, name) = (|| team_id.to_owned(), |name: &str| name.to_owned());
    let said = PersonChange {
        name: Change::Set(name("Ines")),
        numbers: Change::Set(vec![name(NUMBER)]),
        ..PersonChange::default()
    };
    let person = Person::new(name("per-example"), team(), said, then);
    state.crm.people.add(person);
    let company = Company::new(name("com-example"), team(), name("Ferry Road Paper"), then);
    state.crm.companies.add(company);
    let deal = Deal::new(name("dea-example"), team(), name("Envelopes"), then);
    state.crm.deals.add(deal);
}

/// A queue of Marie's with one number that has not been called.
fn add_queue(state: &mut State, then: Timestamp) {
    let marie = state.users.users.iter().find(|user| user.email == MARIE);
    let Some(marie) = marie.map(|user| user.id.clone()) else {
        return;
    };
    let mut queue = Queue::new("pdl_example".to_owned(), &marie, &marie, then);
    let entry = NewEntry {
        number_to: NUMBER.to_owned(),
        contact: Map::new(),
    };
    queue.append(vec![entry], then);
    state.queues.add(queue);
}

fn user(team_id: &str) -> User {
    User {
        id: "usr-example".to_owned(),
        name: "Ola Brandvik".to_owned(),
        email: "ola@example.com".to_owned(),
        role: Role::Member,
        status: Status::Active,
        image_url: None,
        team_id: Some(team_id.to_owned()),
    }
}

fn details() -> Details {
    Details {
        name: Some("Ines".to_owned()),
        numbers: vec![NUMBER.to_owned()],
        ..Details::default()
    }
}

fn content() -> Content {
    Content {
        name: "Follow-up".to_owned(),
        call_context: None,
        icon: None,
        sections: Vec::new(),
    }
}

fn webhook(team_id: &str, then: Timestamp) -> Webhook {
    Webhook {
        id: "ep_example".to_owned(),
        team_id: team_id.to_owned(),
        url: "https://hooks.example.com/calls".to_owned(),
        topics: vec!["call.completed".to_owned()],
        description: None,
        enabled: true,
        signing_secret: "whsec_c2FuZGJveGV4YW1wbGVzZWNyZXQwMDAw".to_owned(),
        created_at: then,
    }
}

fn account(key_id: &str) -> PartnerAccount {
    PartnerAccount {
        id: "usr-example-account".to_owned(),
        opened_by: key_id.to_owned(),
        email: "noor@example.com".to_owned(),
        name: "Noor Haddad".to_owned(),
        personal_mobile: "+12125550141".to_owned(),
        partner_client_ref: None,
        phone_numbers: vec![("US".to_owned(), "+12125550142".to_owned())],
        activated: false,
        cancelled: false,
    }
}
