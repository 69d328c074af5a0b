//! The phone numbers, tags, contacts, calls and text messages of the demo team. All data is
//! fictional; the numbers are from ranges reserved for fiction.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::PEOPLE;
use crate::ids::Ids;
use crate::state::State;
use crate::state::calls::{CallRecord, Speaker};
use crate::state::contacts::{Contact, DealNote, Details, Named};
use crate::state::inbox::Item;
use crate::state::messages::MessageRecord;
use crate::state::phone_numbers::PhoneNumber;
use crate::state::tags::Tag;

const MAIN: &str = "+12125550100";
const DIRECT: &str = "+12125550101";

const CAMILLE: usize = 0;
const MARIE: usize = 1;
const JONAS: usize = 2;

const TAGS: &[(&str, &str)] = &[
    ("interested", "#2E7D32"),
    ("call_back", "#F9A825"),
    ("not_now", "#757575"),
    ("demo_booked", "#1565C0"),
];

/// First name, last name, number, company, deal and its status, days since creation.
type DemoContact = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<(&'static str, &'static str)>,
    i64,
);

#[rustfmt::skip]
const CONTACTS: &[DemoContact] = &[
    ("Nina", "Okonkwo", "+12125550120", Some("Copper Lane Bakery"), Some(("Oven lease", "OPEN")), 200),
    ("Theo", "Lindqvist", "+12125550121", Some("Fjord Outdoor"), None, 160),
    ("Rosa", "Ferreira", "+12125550122", Some("Ferreira Prints"), Some(("Poster run", "WON")), 120),
    ("Mei", "Tanaka", "+12125550123", None, None, 90),
    ("Luc", "Moreau", "+33199000120", Some("Moreau Cycles"), Some(("Workshop phones", "LOST")), 60),
    ("Dana", "Cole", "+12125550124", None, None, 30),
    ("Sam", "Cole", "+12125550124", None, None, 30),
];

/// Hours ago, whether outbound, phone number, contact number, user, seconds ringing, seconds talking,
/// result, tags, summary.
type DemoCall = (
    i64,
    bool,
    &'static str,
    &'static str,
    Option<usize>,
    u64,
    u64,
    &'static str,
    &'static [&'static str],
    Option<&'static str>,
);

#[rustfmt::skip]
const CALLS: &[DemoCall] = &[
    (1_400, true, MAIN, "+12125550122", Some(CAMILLE), 9, 420, "ANSWERED", &["interested"],
        Some("Rosa wants prices for two hundred posters.")),
    (1_200, false, MAIN, "+12125550121", Some(JONAS), 6, 95, "ANSWERED", &[],
        Some("Theo asked for the winter catalogue.")),
    (1_000, true, MAIN, "+33199000120", Some(CAMILLE), 20, 0, "FAILED", &[], None),
    (700, true, MAIN, "+12125550123", Some(MARIE), 12, 31, "VOICEMAIL", &["call_back"], None),
    (650, true, DIRECT, "+12125550123", Some(MARIE), 11, 180, "ANSWERED", &["not_now"],
        Some("Mei has no budget before summer.")),
    (500, false, MAIN, "anonymous", None, 25, 0, "RECEIVED", &[], None),
    (400, true, MAIN, "+12125550121", Some(JONAS), 7, 52, "ANSWERED", &[],
        Some("Theo will look at the offer this week.")),
    (340, false, MAIN, "+12125550124", None, 2, 64, "TRANSFERRED_AI", &[],
        Some("A caller from the Cole office left the order number with the assistant.")),
    (260, true, DIRECT, "+12125550120", Some(MARIE), 10, 610, "ANSWERED",
        &["interested", "demo_booked"], Some("Nina wants to see the oven. Demo on Thursday.")),
    (170, true, MAIN, "+12125550121", Some(JONAS), 14, 22, "VOICEMAIL", &["call_back"], None),
    (98, false, DIRECT, "+12125550120", Some(MARIE), 4, 240, "ANSWERED", &["interested"],
        Some("Nina moved the demo to Friday.")),
    (75, true, MAIN, "+12125550130", Some(JONAS), 30, 0, "FAILED", &[], None),
    (50, true, DIRECT, "+12125550120", Some(MARIE), 8, 75, "ANSWERED", &["demo_booked"],
        Some("Friday is confirmed.")),
    (26, false, MAIN, "+12125550122", None, 28, 0, "RECEIVED", &[], None),
    (20, true, MAIN, "+12125550122", Some(CAMILLE), 9, 130, "ANSWERED", &[],
        Some("Rosa received the posters and is happy.")),
    (3, false, MAIN, "+12125550124", None, 30, 12, "VOICEMAIL", &[], None),
];

/// Hours ago, whether outbound, phone number, contact number, user, text.
type DemoMessage = (
    i64,
    bool,
    &'static str,
    &'static str,
    Option<usize>,
    &'static str,
);

#[rustfmt::skip]
const MESSAGES: &[DemoMessage] = &[
    (640, true, DIRECT, "+12125550123", Some(MARIE), "Thank you for your time today, Mei."),
    (258, true, DIRECT, "+12125550120", Some(MARIE), "See you on Thursday at ten."),
    (256, false, DIRECT, "+12125550120", Some(MARIE), "Looking forward to it!"),
    (49, true, DIRECT, "+12125550120", Some(MARIE), "Friday at ten it is."),
    (19, true, MAIN, "+12125550122", Some(CAMILLE), "Here is the invoice for the posters."),
    (5, false, MAIN, "+12125550121", Some(JONAS), "Could you call me about the offer?"),
];

/// Adds the telephony data of the first team. Times are relative to `now`.
pub(super) fn fill(state: &mut State, ids: &mut Ids, now: Timestamp) {
    let Some(team_id) = state.users.teams.first().map(|team| team.id.clone()) else {
        return;
    };
    phone_numbers()
        .into_iter()
        .for_each(|phone_number| state.phone_numbers.add(&team_id, phone_number));
    for (name, color) in TAGS {
        state.tags.add(Tag {
            id: ids.tag(),
            team_id: team_id.clone(),
            name: (*name).to_owned(),
            color: (*color).to_owned(),
        });
    }
    for person in CONTACTS {
        state.contacts.add(contact(person, ids, &team_id, now));
    }
    for demo_call in CALLS {
        let call = call(demo_call, now).settled(ids.call(), &team_id, now);
        state.inbox.add(Item::Call(call));
    }
    for note in MESSAGES {
        let message = message(note, now).settled(ids.message(), &team_id, now);
        state.inbox.add(Item::Message(message));
    }
    mark_missed_calls_as_read(state, &team_id);
}

/// Marks old missed calls as read.
fn mark_missed_calls_as_read(state: &mut State, team_id: &str) {
    use crate::state::inbox::Action;
    for number in ["anonymous", "+12125550130"] {
        state.inbox.act(team_id, number, None, Action::Read);
    }
}

fn phone_numbers() -> Vec<PhoneNumber> {
    let id = |person: usize| PEOPLE.get(person).map_or("", |person| person.2);
    vec![
        PhoneNumber::number(MAIN, "US").named("Main line").users([
            id(CAMILLE),
            id(MARIE),
            id(JONAS),
        ]),
        PhoneNumber::number(DIRECT, "US")
            .named("Marie")
            .users([id(MARIE)]),
        PhoneNumber::number("+12125550102", "US")
            .named("Front door")
            .capabilities(["VOICE"])
            .users([id(JONAS)]),
        PhoneNumber::number("+12125550103", "US")
            .named("Campaigns")
            .users([id(CAMILLE)])
            .texting_refused(),
        PhoneNumber::number("+33199000110", "FR")
            .named("Paris")
            .users([id(CAMILLE)]),
        PhoneNumber::sender_id("LARCHST", "FR"),
        PhoneNumber::sender_id("LARCHNEW", "FR").texting_refused(),
    ]
}

fn contact(person: &DemoContact, ids: &mut Ids, team_id: &str, now: Timestamp) -> Contact {
    let &(name, last_name, number, company, deal, days) = person;
    let details = Details {
        name: Some(name.to_owned()),
        last_name: Some(last_name.to_owned()),
        emails: vec![format!("{}@example.com", name.to_lowercase())],
        numbers: vec![number.to_owned()],
        ..Details::default()
    };
    let mut contact = Contact::new(ids.contact(), team_id, details, ago(now, days * 24));
    if let Some(company) = company {
        contact.company = Some(Named {
            id: ids.company(),
            name: company.to_owned(),
        });
        contact.details.job_title = Some("Owner".to_owned());
        contact
            .integration_data
            .insert("HUBSPOT".to_owned(), json!({ "lifecycle": "customer" }));
        contact.custom_properties = json!({ "newsletter": true }).as_object().cloned();
        contact.whitelisted = true;
    }
    if let Some((name, status)) = deal {
        let named = Named {
            id: ids.deal(),
            name: name.to_owned(),
        };
        contact.deals.push(DealNote {
            named,
            status: status.to_owned(),
        });
        contact.status = Some("customer".to_owned());
    }
    contact
}

fn call(demo_call: &DemoCall, now: Timestamp) -> CallRecord {
    let &(hours, ours, phone_number, contact, who, rang, talked, result, tags, summary) = demo_call;
    let call = if ours {
        CallRecord::outbound(phone_number, contact)
    } else {
        CallRecord::inbound(phone_number, contact)
    };
    let mut call = call
        .at(ago(now, hours))
        .rang(Duration::from_secs(rang))
        .ended(result, Duration::from_secs(talked))
        .tags(tags.iter().copied());
    if let Some(person) = who.and_then(|who| PEOPLE.get(who)) {
        call = call.user(person.2);
    }
    if talked > 0 {
        call = call.recording(format!("https://media.example.com/recordings/{hours}.mp3"));
    }
    let Some(summary) = summary else {
        return call;
    };
    let speaker = if who.is_some() {
        Speaker::User
    } else {
        Speaker::Agent
    };
    let call = call
        .says(speaker, "Larch Street, good morning.")
        .says(Speaker::External, "Hello, nice to hear you.");
    match tags.contains(&"demo_booked") {
        true => call
            .summary(format!("## Outcome\n\n{summary}"))
            .summary_by("MARKDOWN_SHORT_CALL", summary),
        false => call.summary(summary),
    }
}

fn message(note: &DemoMessage, now: Timestamp) -> MessageRecord {
    let &(hours, ours, phone_number, contact, who, text) = note;
    let message = if ours {
        MessageRecord::outbound(phone_number, contact, text)
    } else {
        MessageRecord::inbound(phone_number, contact, text)
    };
    let message = message.at(ago(now, hours));
    match who.and_then(|who| PEOPLE.get(who)) {
        Some(person) => message.user(person.2),
        None => message,
    }
}

fn ago(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_sub(hours.hours()).unwrap_or(now)
}
