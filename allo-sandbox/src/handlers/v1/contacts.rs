//! `searchContacts`, `createContact` and `updateContact`.

use serde_json::json;

use super::{no_contact, to_json};
use crate::errors::ApiError;
use crate::fields::{ANY, Fields};
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::contacts::{Contact, Details, DetailsChange};

pub(crate) fn search(context: &Context<'_>) -> Result<Reply, ApiError> {
    let page = Page::from_v1_query(&context.request.query)?;
    let now = context.app.clock.now();
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let contacts: Vec<_> = state.contacts.of_team(&team_id).collect();
    let shown = page.slice(&contacts).iter().map(|contact| {
        let mut fields = to_json::contact(contact, &state);
        fields.insert("company".into(), to_json::company(contact));
        let engagement = to_json::engagement(contact, &state, now);
        fields.insert("engagement".into(), engagement.into());
        fields
    });
    let shown: Vec<_> = shown.collect();
    Ok(Reply::data(json!({
        "results": shown,
        "metadata": { "pagination": page.v1_metadata(contacts.len()) },
    })))
}

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let change = read(&mut fields);
    if change.numbers.is_none() {
        let missing: Option<()> = None;
        fields.require("numbers", missing);
    }
    fields.finish()?;
    let change = checked(change)?;
    let mut details = Details::default();
    details.apply(change);
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let id = lock(&context.app.ids).contact();
    let contact = Contact::new(id, &team_id, details, context.app.clock.now());
    let answer = to_json::contact(&contact, &state);
    state.contacts.add(contact);
    Ok(Reply::data(answer))
}

pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = context.request.path_param("contact_id");
    let mut fields = context.request.required_body()?;
    let change = read(&mut fields);
    fields.finish()?;
    let change = checked(change)?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let contact = state.contacts.find_mut(&team_id, id);
    let contact = contact.ok_or_else(no_contact)?;
    contact.details.apply(change);
    contact.updated_at = context.app.clock.now();
    let contact = state.contacts.find(&team_id, id).ok_or_else(no_contact)?;
    Ok(Reply::data(to_json::contact(contact, &state)))
}

fn read(fields: &mut Fields) -> DetailsChange {
    let text = |fields: &mut Fields, name: &str| fields.text(name, ANY);
    fields.nullable(&["numbers"]);
    let numbers = fields.strings("numbers");
    if numbers.as_ref().is_some_and(Vec::is_empty) {
        fields.reject("numbers", "must have at least one number");
    }
    DetailsChange {
        name: fields.change("name", text),
        last_name: fields.change("last_name", text),
        job_title: fields.change("job_title", text),
        website: fields.change("website", text),
        emails: fields.change("emails", |fields, name| fields.strings(name)),
        numbers,
    }
}

fn checked(change: DetailsChange) -> Result<DetailsChange, ApiError> {
    for number in change.numbers.iter().flatten() {
        e164("numbers", number)?;
    }
    Ok(change)
}
