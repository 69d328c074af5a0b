//! `getContactContext`: everything known about a contact in one response.

use serde_json::{Value, json};

use super::{no_contact, to_json};
use crate::clock::without_offset;
use crate::errors::{ApiError, Code};
use crate::handlers::Context;
use crate::handlers::object;
use crate::lock::lock;
use crate::query::Query;
use crate::reply::Reply;
use crate::state::State;
use crate::state::contacts::Contact;
use crate::state::direction::Direction;
use crate::state::inbox::Item;

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = context.request.path_param("contact_id");
    let extra = Extra::from_query(&context.request.query)?;
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let contact = state.contacts.find(&team_id, id).ok_or_else(no_contact)?;
    let details = &contact.details;
    let mut fields = object(json!({
        "id": contact.id,
        "name": details.name,
        "last_name": details.last_name,
        "numbers": details.numbers,
        "emails": details.emails,
        "company": to_json::company(contact),
        "job_title": details.job_title,
        "website": details.website,
        "integration_data": contact.integration_data,
        "custom_properties": contact.custom_properties,
        "conversation_url": format!("/v1/api/contact/{}/conversation", contact.id),
    }));
    if extra.engagement {
        let engagement = to_json::engagement(contact, &state, context.app.clock.now());
        fields.insert("engagement".into(), engagement.into());
    }
    if extra.activity {
        fields.insert("activity".into(), activity(contact, &state));
    }
    Ok(Reply::data(fields))
}

/// The additional parts that `extend` requests.
#[derive(Default)]
struct Extra {
    engagement: bool,
    activity: bool,
}

impl Extra {
    fn from_query(query: &Query) -> Result<Self, ApiError> {
        let mut extra = Self::default();
        let Some(extend) = query.text("extend") else {
            return Ok(extra);
        };
        for value in extend.split(',') {
            match value.trim() {
                "engagement" => extra.engagement = true,
                "activity" => extra.activity = true,
                _ => return Err(unsupported()),
            }
        }
        Ok(extra)
    }
}

fn unsupported() -> ApiError {
    let message = "extend supports only engagement and activity.";
    ApiError::new(Code::UnsupportedExtendValue, message).param("extend")
}

fn activity(contact: &Contact, state: &State) -> Value {
    let entry = |item: &Item| {
        let user = item.user_id().and_then(|id| state.users.user(id));
        json!({
            "type": kind(item),
            "made_by": user.map(|user| &user.name),
            "made_at": without_offset(item.at()),
            "allo_number": item.call().map(|call| &call.allo_number),
            "content": match item {
                Item::Message(message) => Some(&message.content),
                Item::Call(_) => None,
            },
        })
    };
    to_json::items(contact, state).map(entry).collect()
}

fn kind(item: &Item) -> &'static str {
    match (item.direction(), item.call().is_some()) {
        (Direction::Inbound, true) => "INBOUND_CALL",
        (Direction::Outbound, true) => "OUTBOUND_CALL",
        (Direction::Inbound, false) => "INBOUND_SMS",
        (Direction::Outbound, false) => "OUTBOUND_SMS",
    }
}
