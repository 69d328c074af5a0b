//! JSON of calls, messages and contacts in v2 of the API: complete, as listed by a search, and
//! brief as the last item of a conversation. The keys differ.

use serde_json::{Map, Value, json};

use crate::clock::with_offset;
use crate::handlers::object;
use crate::state::State;
use crate::state::calls::{CallRecord, Speaker};
use crate::state::contacts::{Contact, DealNote};
use crate::state::inbox::Item;
use crate::state::messages::MessageRecord;

/// The context for converting items.
pub(super) struct ItemFormat<'a> {
    pub(super) state: &'a State,
    pub(super) team_id: &'a str,
    pub(super) transcript: bool,
}

impl ItemFormat<'_> {
    /// All keys, null where they do not apply.
    pub(super) fn full(&self, item: &Item) -> Map<String, Value> {
        let mut fields = object(json!({
            "duration": null, "result": null, "recording_url": null, "summary": null, "tags": null,
            "transcript": null, "content": null, "status": null, "message_type": null,
        }));
        fields.extend(head(item));
        fields.extend(self.both_sides(item));
        fields.insert("contacts".into(), self.contacts(item.contact_number()));
        if let Some(user) = item.user_id().and_then(|id| user_ref(self.state, id)) {
            fields.insert("user".into(), user);
        }
        fields.extend(self.body(item));
        fields
    }

    /// Only the keys of the kind of item; contacts by name only.
    pub(super) fn listed(&self, item: &Item) -> Map<String, Value> {
        let mut fields = head(item);
        fields.extend(self.both_sides(item));
        let number = item.contact_number();
        let contacts = self.state.contacts.with_number(self.team_id, number);
        fields.insert(
            "contacts".into(),
            contacts.map(called).map(Value::from).collect(),
        );
        let user = item.user_id().and_then(|id| self.state.users.user(id));
        if let Some(user) = user {
            fields.insert("user".into(), json!({ "id": user.id, "name": user.name }));
        }
        fields.extend(self.body(item));
        fields
    }

    /// The last item in a list of conversations.
    pub(super) fn brief(&self, item: &Item) -> Map<String, Value> {
        let mut fields = head(item);
        let mut body = self.body(item);
        body.retain(|key, _| !matches!(key.as_str(), "recording_url" | "tags"));
        fields.extend(body);
        fields
    }

    /// The contacts with a number, with company and deals.
    pub(super) fn contacts(&self, number: &str) -> Value {
        let contacts = self.state.contacts.with_number(self.team_id, number);
        contacts.map(contact).collect()
    }

    fn both_sides(&self, item: &Item) -> Map<String, Value> {
        let mut fields = object(json!({ "contact_number": item.contact_number() }));
        // A message sent under a sender id has no phone number.
        if let Some(number) = item.allo_number() {
            fields.insert("allo_number".into(), number.into());
        }
        fields
    }

    fn body(&self, item: &Item) -> Map<String, Value> {
        match item {
            Item::Call(call) => self.call(call),
            Item::Message(message) => self::message(message),
        }
    }

    fn call(&self, call: &CallRecord) -> Map<String, Value> {
        let mut fields = object(json!({
            "duration": call.talked.as_secs(),
            "result": result(call),
            "recording_url": call.recording_url,
            "summary": call.summaries.first().map(|summary| &summary.content),
            "tags": call.tags,
        }));
        if self.transcript {
            fields.insert("transcript".into(), transcript(call));
        }
        fields
    }
}

fn head(item: &Item) -> Map<String, Value> {
    object(json!({
        "id": item.id(),
        "type": if item.call().is_some() { "CALL" } else { "SMS" },
        "direction": item.direction().as_str(),
        "date": with_offset(item.at()),
    }))
}

fn message(message: &MessageRecord) -> Map<String, Value> {
    object(json!({
        "content": message.content,
        "status": message.status,
        "message_type": message.message_type,
    }))
}

/// The API maps the results of calls to three values; some results map to none.
pub(super) fn result(call: &CallRecord) -> Option<&str> {
    match call.result.as_str() {
        transferred if transferred.starts_with("TRANSFERRED") => Some("TRANSFERRED"),
        "BLOCKED" | "FAILED" | "FAILED_EXTERNAL" | "RECEIVED" | "CLOSED" => None,
        other => Some(other),
    }
}

fn transcript(call: &CallRecord) -> Value {
    let phone_numbers = call.transcript.iter().map(|phone_number| {
        json!({
            "source": match phone_number.speaker {
                Speaker::External => Speaker::External.as_str(),
                // The voice agent has no name of its own.
                Speaker::User | Speaker::Agent => Speaker::User.as_str(),
            },
            "time": with_offset(call.time_of(phone_number.begins)),
            "text": phone_number.text,
        })
    });
    phone_numbers.collect()
}

/// A user of the team.
pub(in crate::handlers) fn user_ref(state: &State, id: &str) -> Option<Value> {
    let user = state.users.user(id)?;
    Some(json!({ "id": user.id, "name": user.name, "email": user.email }))
}

fn called(contact: &Contact) -> Map<String, Value> {
    let mut fields = object(json!({ "id": contact.id }));
    if let Some(name) = contact.full_name() {
        fields.insert("name".into(), name.into());
    }
    fields
}

fn contact(contact: &Contact) -> Value {
    let company = contact.company.as_ref();
    let deal = |DealNote { named, status }: &DealNote| json!({ "id": named.id, "name": named.name, "status": status });
    let mut fields = called(contact);
    fields.extend(object(json!({
        "company": company.map(|company| json!({ "id": company.id, "name": company.name })),
        "deals": contact.deals.iter().map(deal).collect::<Vec<_>>(),
    })));
    fields.into()
}
