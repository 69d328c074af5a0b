//! JSON of calls, messages and contacts in v1 of the API.

use serde_json::{Map, Value, json};

use crate::clock::without_offset;
use crate::handlers::object;
use crate::state::State;
use crate::state::calls::{CallRecord, Utterance};
use crate::state::contacts::{Contact, Engagement};
use crate::state::direction::Direction;
use crate::state::inbox::Item;
use crate::state::messages::MessageRecord;

pub(super) fn call(call: &CallRecord) -> Value {
    let (from, to) = match call.direction {
        Direction::Inbound => (&call.contact_number, &call.allo_number),
        Direction::Outbound => (&call.allo_number, &call.contact_number),
    };
    let phone_number = |phone_number: &Utterance| {
        json!({
            "source": phone_number.speaker.as_str(),
            "text": phone_number.text,
            "time": without_offset(call.time_of(phone_number.begins)),
            "start_seconds": phone_number.begins.as_secs_f64(),
            "end_seconds": phone_number.ends.as_secs_f64(),
        })
    };
    json!({
        "id": call.id,
        "from_number": from,
        "to_number": to,
        "length_in_minutes": call.talked.as_secs_f64() / 60.0,
        "type": call.direction.as_str(),
        "result": call.result,
        "summary": call.summaries.first().map(|summary| &summary.content),
        "tag": call.tags.first(),
        "recording_url": call.recording_url,
        "start_date": without_offset(call.started_at),
        "transcript": call.transcript.iter().map(phone_number).collect::<Vec<_>>(),
    })
}

/// A call with all its tags, as in the history of a contact.
pub(super) fn call_with_tags(record: &CallRecord) -> Value {
    let mut call = call(record);
    if let Some(fields) = call.as_object_mut() {
        fields.insert("tags".into(), record.tags.clone().into());
    }
    call
}

pub(super) fn message(message: &MessageRecord) -> Value {
    let own = message.allo_number.as_deref();
    let contact = Some(message.contact_number.as_str());
    let (from, to) = match message.direction {
        Direction::Inbound => (contact, own),
        Direction::Outbound => (own, contact),
    };
    json!({
        "from_number": from,
        "sender_id": message.sender_id,
        "to_number": to,
        "type": message.direction.as_str(),
        "content": message.content,
        "start_date": without_offset(message.sent_at),
    })
}

/// The keys of a contact in every response; lists have more.
pub(super) fn contact(contact: &Contact, state: &State) -> Map<String, Value> {
    let details = &contact.details;
    let last_item = last_item(contact, state).map(Item::at);
    let last_activity = last_item.map_or(contact.updated_at, |at| at.max(contact.updated_at));
    object(json!({
        "id": contact.id,
        "name": details.name,
        "last_name": details.last_name,
        "job_title": details.job_title,
        "website": details.website,
        "status": contact.status,
        "is_archived": contact.archived,
        "created_at": without_offset(contact.created_at),
        "updated_at": without_offset(contact.updated_at),
        "numbers": details.numbers,
        "is_whitelisted": contact.whitelisted,
        "last_activity_date": without_offset(last_activity),
        "engagement": null,
    }))
}

pub(super) fn company(contact: &Contact) -> Value {
    let company = contact.company.as_ref();
    company.map_or(
        Value::Null,
        |company| json!({ "name": company.name, "id": company.id }),
    )
}

/// How active the contact is; null if there was no call or message.
pub(super) fn engagement(
    contact: &Contact,
    state: &State,
    now: jiff::Timestamp,
) -> Option<&'static str> {
    let last = last_item(contact, state)?.at();
    Some(Engagement::since(last, now).as_str())
}

/// Calls and messages with a contact, newest first.
pub(super) fn items<'a>(contact: &'a Contact, state: &'a State) -> impl Iterator<Item = &'a Item> {
    let items = state.inbox.of_team(&contact.team_id);
    items.filter(|item| contact.has_number(item.contact_number()))
}

fn last_item<'a>(contact: &'a Contact, state: &'a State) -> Option<&'a Item> {
    items(contact, state).next()
}
