//! `sendSMS` and `sendSMSFrance`: from a phone number of the team, or under a sender id to France.

use super::to_json;
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::handlers::Context;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::inbox::Item;
use crate::state::messages::MessageRecord;
use crate::state::phone;
use crate::state::phone_numbers::PhoneNumber;

const LENGTH: std::ops::RangeInclusive<usize> = 1..=1_000;
const FRANCE: &str = "+33";
/// Calling codes of the countries that phone numbers are offered in.
const CALLING_CODES: &[(&str, &str)] = &[
    ("US", "+1"),
    ("CA", "+1"),
    ("FR", FRANCE),
    ("GB", "+44"),
    ("ES", "+34"),
    ("DE", "+49"),
];
/// Countries that can be reached from a phone number; others need a sender id.
const ROUTED: &str = "+1";

/// The requested text message.
struct Wanted {
    sender: String,
    to: String,
    message: String,
}

pub(crate) fn send(context: &Context<'_>) -> Result<Reply, ApiError> {
    let mut fields = context.request.required_body()?;
    fields.nullable(&["sender_id"]);
    if fields.text("sender_id", ANY).is_some() {
        fields.reject("sender_id", "cannot be given together with from");
    }
    let wanted = read(fields, "from")?;
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let phone_number = state.phone_numbers.with_number(&team_id, &wanted.sender);
    may_text(phone_number.ok_or_else(unknown_sender)?, &wanted.to)?;
    let text = MessageRecord::outbound(wanted.sender, wanted.to, wanted.message);
    Ok(sent(context, &mut state, &team_id, text))
}

pub(crate) fn send_france(context: &Context<'_>) -> Result<Reply, ApiError> {
    let fields = context.request.required_body()?;
    let wanted = read(fields, "sender_id")?;
    if !wanted.to.starts_with(FRANCE) {
        return Err(bad_recipient());
    }
    let mut state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let phone_number = state.phone_numbers.with_sender_id(&team_id, &wanted.sender);
    if !phone_number.ok_or_else(unknown_name)?.texting_approved {
        return Err(ApiError::new(
            Code::SenderIdNotActive,
            "This sender id is not verified.",
        ));
    }
    let text = MessageRecord::outbound("", wanted.to, wanted.message).under_name(wanted.sender);
    Ok(sent(context, &mut state, &team_id, text))
}

fn read(mut fields: Fields, sender_field: &str) -> Result<Wanted, ApiError> {
    let sender = fields.text(sender_field, ANY);
    let sender = fields.require(sender_field, sender);
    let to = fields.text("to", ANY);
    let to = fields.require("to", to);
    let message = fields.text("message", ANY);
    let message = fields.require("message", message);
    fields.finish()?;
    let wanted = Wanted {
        sender: sender.unwrap_or_default(),
        to: to.unwrap_or_default(),
        message: message.unwrap_or_default(),
    };
    if !LENGTH.contains(&wanted.message.chars().count()) {
        return Err(ApiError::new(
            Code::InvalidLength,
            "A text message has 1 to 1,000 characters.",
        ));
    }
    if phone::e164(&wanted.to).is_none() {
        return Err(bad_recipient());
    }
    Ok(wanted)
}

/// Whether a phone number can send a text message to this number.
fn may_text(phone_number: &PhoneNumber, to: &str) -> Result<(), ApiError> {
    let country = phone_number.country.as_deref().unwrap_or_default();
    let known = CALLING_CODES.iter().find(|(name, _)| *name == country);
    let code = known.map_or("+", |(_, code)| code);
    let refusal = if code != ROUTED {
        (
            Code::ProviderNotSupported,
            "There is no SMS route from this country.",
        )
    } else if !phone_number.can("SMS") {
        (Code::NumberNotSmsEnabled, "This number is for calls only.")
    } else if !phone_number.texting_approved {
        (
            Code::A2pNotEnabled,
            "This number is not registered for texting.",
        )
    } else if !to.starts_with(code) {
        (
            Code::ToNumberCountryMismatch,
            "Sender and recipient are in different countries.",
        )
    } else {
        return Ok(());
    };
    Err(ApiError::new(refusal.0, refusal.1))
}

fn sent(context: &Context<'_>, state: &mut State, team_id: &str, text: MessageRecord) -> Reply {
    let id = lock(&context.app.ids).message();
    let text = text.user(&context.key.owner);
    let text = text.settled(id, team_id, context.app.clock.now());
    let answer = to_json::message(&text);
    state.inbox.add(Item::Message(text));
    Reply::data(answer)
}

fn unknown_sender() -> ApiError {
    ApiError::new(
        Code::FromNumberNotFound,
        "The team does not have this number.",
    )
}

fn unknown_name() -> ApiError {
    ApiError::new(
        Code::InvalidSenderId,
        "The team does not have this sender id.",
    )
}

fn bad_recipient() -> ApiError {
    ApiError::new(
        Code::InvalidToNumber,
        "Text messages to this number are not supported here.",
    )
}
