//! `executeConversationAction`: marks conversations as read or unread, archives and unarchives them.

use axum::http::StatusCode;

use super::no_phone_number;
use crate::errors::{ApiError, Code};
use crate::fields::ANY;
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::inbox::Action;

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let contact = e164(
        "contact_number",
        context.request.path_param("contact_number"),
    )?;
    let mut fields = context.request.required_body()?;
    let action = fields.text("action", ANY);
    let action = fields.require("action", action).unwrap_or_default();
    let phone_number = fields.text("allo_number", ANY);
    fields.finish()?;
    let action = parse(&action)?;
    let phone_number = phone_number
        .map(|phone_number| e164("allo_number", &phone_number))
        .transpose()?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    if let Some(phone_number) = &phone_number
        && state
            .phone_numbers
            .with_number(&team_id, phone_number)
            .is_none()
    {
        return Err(no_phone_number("allo_number"));
    }
    let found = state
        .inbox
        .act(&team_id, &contact, phone_number.as_deref(), action);
    if found {
        Ok(Reply::empty(StatusCode::OK))
    } else {
        Err(no_conversation())
    }
}

fn parse(action: &str) -> Result<Action, ApiError> {
    match action {
        "READ" => Ok(Action::Read),
        "UNREAD" => Ok(Action::Unread),
        "ARCHIVE" => Ok(Action::Archive),
        "UNARCHIVE" => Ok(Action::Unarchive),
        _ => Err(ApiError::new(Code::InvalidAction, "Unknown action.")
            .param("action")
            .suggestion("Actions are READ, UNREAD, ARCHIVE and UNARCHIVE.")),
    }
}

fn no_conversation() -> ApiError {
    let message = "The team has no calls or messages with this number.";
    ApiError::new(Code::ConversationItemNotFound, message).param("contact_number")
}
