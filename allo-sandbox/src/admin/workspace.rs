//! Routes for phone numbers, tags, contacts, calls, text messages, webhooks and partner accounts.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, choice, wrong};
use super::people::user_id;
use super::routes::AdminResult;
use super::{output, refusal};
use crate::control::Control;
use crate::errors::ApiError;
use crate::state::calls::{CallRecord, Speaker};
use crate::state::direction::Direction;
use crate::state::messages::MessageRecord;
use crate::state::phone_numbers::PhoneNumber;

pub(super) fn phone_numbers(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.phone_numbers(), output::phone_number))
}

/// A number, or a sender id by `name`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPhoneNumber {
    number: Option<String>,
    sender_id: Option<String>,
    country: String,
    name: Option<String>,
    capabilities: Option<Vec<String>>,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default = "approved")]
    texting_approved: bool,
}

fn approved() -> bool {
    true
}

pub(super) fn add_phone_number(control: &Control, input: &Input) -> AdminResult {
    let new: NewPhoneNumber = input.body()?;
    let mut added = match (new.number, new.sender_id) {
        (Some(number), None) => PhoneNumber::number(number, new.country),
        (None, Some(name)) => PhoneNumber::sender_id(name, new.country),
        _ => return Err(wrong("number", "or sender_id is required, and not both")),
    };
    if let Some(name) = new.name {
        added = added.named(name);
    }
    if let Some(capabilities) = new.capabilities {
        added = added.capabilities(capabilities);
    }
    if !new.texting_approved {
        added = added.texting_refused();
    }
    let users = new.users.iter().map(|user| user_id(control, user));
    control.add_phone_number(added.users(users.collect::<Result<Vec<_>, _>>()?));
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTag {
    name: String,
}

pub(super) fn add_tag(control: &Control, input: &Input) -> AdminResult {
    let new: NewTag = input.body()?;
    control.add_tag(&new.name);
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewContact {
    name: String,
    numbers: Vec<String>,
}

pub(super) fn add_contact(control: &Control, input: &Input) -> AdminResult {
    let new: NewContact = input.body()?;
    Ok(json!({ "id": control.add_contact(&new.name, new.numbers) }))
}

pub(super) fn calls(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.calls(), output::call))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCall {
    direction: String,
    allo_number: String,
    contact_number: String,
    user: Option<String>,
    started_at: Option<Timestamp>,
    rang_ms: Option<u64>,
    #[serde(default)]
    talked_ms: u64,
    result: Option<String>,
    recording_url: Option<String>,
    summary: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    transcript: Vec<NewUtterance>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUtterance {
    speaker: String,
    text: String,
}

pub(super) fn add_call(control: &Control, input: &Input) -> AdminResult {
    let new: NewCall = input.body()?;
    let mut call = match direction(&new.direction)? {
        Direction::Outbound => CallRecord::outbound(new.allo_number, new.contact_number),
        Direction::Inbound => CallRecord::inbound(new.allo_number, new.contact_number),
    };
    let talked = Duration::from_millis(new.talked_ms);
    let result = new.result.unwrap_or_else(|| match new.talked_ms {
        0 => call.result.clone(),
        _ => "ANSWERED".to_owned(),
    });
    call = call.ended(result, talked).tags(new.tags);
    if let Some(rang) = new.rang_ms {
        call = call.rang(Duration::from_millis(rang));
    }
    if let Some(time) = new.started_at {
        call = call.at(time);
    }
    if let Some(user) = new.user {
        call = call.user(user_id(control, &user)?);
    }
    if let Some(url) = new.recording_url {
        call = call.recording(url);
    }
    if let Some(summary) = new.summary {
        call = call.summary(summary);
    }
    for said in new.transcript {
        let speakers = [Speaker::User, Speaker::Agent, Speaker::External];
        let speaker = choice("speaker", &said.speaker, &speakers, Speaker::as_str)?;
        call = call.says(speaker, said.text);
    }
    Ok(json!({ "id": control.add_call(call) }))
}

pub(super) fn messages(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.messages(), output::message))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    direction: String,
    allo_number: String,
    contact_number: String,
    content: String,
    user: Option<String>,
    sent_at: Option<Timestamp>,
    status: Option<String>,
}

pub(super) fn add_message(control: &Control, input: &Input) -> AdminResult {
    let new: NewMessage = input.body()?;
    let (line, contact, content) = (new.allo_number, new.contact_number, new.content);
    let mut message = match direction(&new.direction)? {
        Direction::Outbound => MessageRecord::outbound(line, contact, content),
        Direction::Inbound => MessageRecord::inbound(line, contact, content),
    };
    if let Some(user) = new.user {
        message = message.user(user_id(control, &user)?);
    }
    if let Some(time) = new.sent_at {
        message = message.at(time);
    }
    if let Some(status) = new.status {
        message.status = status;
    }
    Ok(json!({ "id": control.add_message(message) }))
}

fn direction(text: &str) -> Result<Direction, ApiError> {
    choice("direction", text, &Direction::ALL, Direction::as_str)
}

pub(super) fn webhooks(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.webhooks(), output::webhook))
}

pub(super) fn accounts(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.partner_accounts(), output::account))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Activate {
    id: String,
}

pub(super) fn activate(control: &Control, input: &Input) -> AdminResult {
    let activate: Activate = input.body()?;
    let done = control.activate_partner_account(&activate.id);
    done.map_err(|error| refusal(&error))?;
    Ok(Value::Null)
}

pub(super) fn end_period(control: &Control, _: &Input) -> AdminResult {
    Ok(json!({ "removed": control.end_billing_period() }))
}
