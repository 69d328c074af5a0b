//! The operations on summary templates, and on the default template of a phone number.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Context, e164};
use crate::clock::without_offset;
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::templates::{Content, MAX_CONTEXT, MAX_SECTIONS, Section, Template};

pub(crate) fn list(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let templates = state.templates.of(&team).map(json_of);
    Ok(Reply::data(templates.collect::<Vec<_>>()))
}

pub(crate) fn create(context: &Context<'_>) -> Result<Reply, ApiError> {
    let content = read(context.request.required_body()?)?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let id = lock(&context.app.ids).summary_template();
    let template = Template::new(id, team_id, content, context.app.clock.now());
    let reply = Reply::created(json_of(&template));
    state.templates.add(template);
    Ok(reply)
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let template = state.templates.find(&team, id(context));
    template.map(json_of).map(Reply::data).ok_or_else(not_found)
}

/// Replaces the whole template.
pub(crate) fn update(context: &Context<'_>) -> Result<Reply, ApiError> {
    let content = read(context.request.required_body()?)?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let template = state.templates.find_mut(&team, id(context));
    let template = template.ok_or_else(not_found)?;
    template.replace(content, context.app.clock.now());
    Ok(Reply::data(json_of(template)))
}

/// Deletes the template; phone numbers that use it by default use none afterwards.
pub(crate) fn delete(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    if !state.templates.remove(&team, id(context)) {
        return Err(not_found());
    }
    state.phone_numbers.forget_template(id(context));
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn set_default(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    fields.nullable(&["summary_template_id"]);
    let template_id = fields.text("summary_template_id", ANY);
    fields.finish()?;
    let number = context.request.path_param("number");
    let number = e164("number", number)?;
    let mut state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let known = template_id
        .as_deref()
        .is_none_or(|id| state.templates.find(&team, id).is_some());
    let phone_number = state.phone_numbers.with_number_mut(&team, &number);
    let phone_number = phone_number.ok_or_else(no_number)?;
    if !known {
        return Err(not_found());
    }
    phone_number
        .default_summary_template_id
        .clone_from(&template_id);
    Ok(Reply::data(json!({
        "number": number,
        "default_summary_template_id": template_id,
    })))
}

fn id<'a>(context: &'a Context<'_>) -> &'a str {
    context.request.path_param("id")
}

fn read(mut fields: Fields) -> Result<Content, ApiError> {
    fields.nullable(&["call_context", "icon"]);
    let name = fields.text("name", 1..=usize::MAX);
    let name = fields.require("name", name);
    let call_context = fields.text("call_context", 0..=MAX_CONTEXT);
    let icon = fields.text("icon", ANY);
    let sections = fields.optional_objects("sections", MAX_SECTIONS, read_section);
    let content = name.map(|name| Content {
        name,
        call_context,
        icon,
        sections: sections.unwrap_or_default(),
    });
    fields.finish_with(content)
}

fn read_section(fields: &mut Fields) -> Option<Section> {
    let title = fields.text("title", 1..=usize::MAX);
    let title = fields.require("title", title);
    let instructions = fields.text("instructions", ANY);
    let order = fields.integer("order", 0..=u64::from(u32::MAX));
    let order = fields.require("order", order);
    Some(Section {
        title: title?,
        instructions,
        order: order?,
    })
}

fn json_of(template: &Template) -> Value {
    let content = &template.content;
    json!({
        "id": template.id,
        "name": content.name,
        "call_context": content.call_context,
        "icon": content.icon,
        "sections": content.sections.iter().map(json_of_section).collect::<Vec<_>>(),
        "created_at": without_offset(template.created_at),
        "updated_at": without_offset(template.updated_at),
    })
}

/// Instructions cannot be null, so a section without instructions lacks the key.
fn json_of_section(section: &Section) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("title".into(), section.title.clone().into());
    if let Some(instructions) = &section.instructions {
        fields.insert("instructions".into(), instructions.clone().into());
    }
    fields.insert("order".into(), section.order.into());
    fields
}

fn not_found() -> ApiError {
    let message = "The team has no summary template with this id.";
    ApiError::new(Code::SummaryTemplateNotFound, message)
        .suggestion("List them with GET /v2/api/summary_templates.")
}

fn no_number() -> ApiError {
    ApiError::new(Code::PhoneNumberNotFound, "The team has no such number.")
        .param("number")
        .suggestion("List them with GET /v2/api/numbers.")
}
