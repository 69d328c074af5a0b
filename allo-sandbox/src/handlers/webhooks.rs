//! The operations on webhook endpoints.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Context;
use crate::clock::with_offset;
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::change::Change;
use crate::state::webhooks::{TOPICS, Webhook, WebhookChange, destination, topic};

pub(crate) fn list(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let webhooks = state.webhooks.of(&team).map(without_secret);
    Ok(Reply::data(webhooks.collect::<Vec<_>>()))
}

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let url = read_url(&mut fields);
    let url = fields.require("url", url);
    let topics = read_topics(&mut fields);
    let topics = fields.require("topics", topics);
    fields.nullable(&["description"]);
    let description = fields.text("description", ANY);
    let (url, topics) = fields.finish_with(url.zip(topics))?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let mut ids = lock(&context.app.ids);
    let webhook = Webhook {
        id: ids.webhook(),
        team_id,
        url,
        topics,
        description: description.filter(|text| !text.is_empty()),
        enabled: true,
        signing_secret: ids.signing_secret(),
        created_at: context.app.clock.now(),
    };
    let reply = Reply::created(with_secret(&webhook));
    state.webhooks.add(webhook);
    Ok(reply)
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let webhook = state.webhooks.find(&team, id(context));
    webhook
        .map(|webhook| Reply::data(with_secret(webhook)))
        .ok_or_else(not_found)
}

/// Updates the given fields, although the method is PUT.
pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    let change = WebhookChange {
        url: read_url(&mut fields),
        topics: read_topics(&mut fields),
        description: read_description(&mut fields),
        enabled: fields.flag("enabled"),
    };
    fields.finish()?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let webhook = state.webhooks.find_mut(&team, id(context));
    let webhook = webhook.ok_or_else(not_found)?;
    webhook.change(change);
    Ok(Reply::data(without_secret(webhook)))
}

pub(crate) fn delete(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    if state.webhooks.remove(&team, id(context)) {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    Err(not_found())
}

pub(crate) fn event_types(_: &Context<'_>) -> Result<Reply, ApiError> {
    let types = TOPICS
        .iter()
        .map(|(name, description)| json!({ "name": name, "description": description }));
    Ok(Reply::data(types.collect::<Vec<_>>()))
}

fn id<'a>(context: &'a Context<'_>) -> &'a str {
    context.request.path_param("webhook_id")
}

fn read_url(fields: &mut Fields) -> Option<String> {
    fields.parsed("url", destination, "must be an https URL")
}

/// Each topic once, in the given order.
fn read_topics(fields: &mut Fields) -> Option<Vec<String>> {
    let expected = "must be a topic of GET /v2/api/webhooks/event_types";
    let named = fields.list("topics", topic, expected)?;
    if named.is_empty() {
        fields.reject("topics", "must contain at least one topic");
        return None;
    }
    let mut topics = Vec::with_capacity(named.len());
    for topic in named {
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    Some(topics)
}

/// The document does not say how to remove a description: null and an empty string both do.
fn read_description(fields: &mut Fields) -> Change<String> {
    let text = |fields: &mut Fields, name: &str| fields.text(name, ANY);
    match fields.change("description", text) {
        Change::Set(text) if text.is_empty() => Change::Clear,
        change => change,
    }
}

fn without_secret(webhook: &Webhook) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("id".into(), webhook.id.clone().into());
    fields.insert("url".into(), webhook.url.clone().into());
    fields.insert("topics".into(), webhook.topics.clone().into());
    fields.insert("description".into(), webhook.description.clone().into());
    fields.insert("enabled".into(), webhook.enabled.into());
    fields.insert("created_at".into(), with_offset(webhook.created_at).into());
    fields
}

fn with_secret(webhook: &Webhook) -> Map<String, Value> {
    let mut fields = without_secret(webhook);
    let secret = webhook.signing_secret.clone();
    fields.insert("signing_secret".into(), secret.into());
    fields
}

fn not_found() -> ApiError {
    ApiError::new(
        Code::WebhookNotFound,
        "The team has no webhook with this id.",
    )
    .suggestion("List them with GET /v2/api/webhooks.")
}
