//! `listNumbers` and its v1 predecessor `getNumbers`.

use serde_json::{Value, json};

use super::Context;
use super::conversations::to_json::user_ref;
use crate::errors::ApiError;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::state::phone_numbers::PhoneNumber;

pub(crate) fn list(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let phone_numbers = state.phone_numbers.of_team(&team_id);
    let phone_numbers = phone_numbers.map(|phone_number| json_of(phone_number, &state));
    Ok(Reply::data(phone_numbers.collect::<Vec<_>>()))
}

pub(crate) fn list_v1(context: &Context<'_>) -> Result<Reply, ApiError> {
    let state = lock(&context.app.state);
    let team_id = context.team_id(&state)?;
    let phone_numbers = state.phone_numbers.of_team(&team_id).map(v1_json_of);
    Ok(Reply::data(phone_numbers.collect::<Vec<_>>()))
}

fn json_of(phone_number: &PhoneNumber, state: &State) -> Value {
    let users = phone_number.user_ids.iter();
    let users = users.filter_map(|id| user_ref(state, id));
    json!({
        "number": phone_number.number,
        "name": phone_number.name,
        "country": phone_number.country,
        "type": phone_number.kind.as_str(),
        "capabilities": phone_number.capabilities,
        "users": users.collect::<Vec<_>>(),
    })
}

fn v1_json_of(phone_number: &PhoneNumber) -> Value {
    json!({
        "number": phone_number.number,
        "name": phone_number.name,
        "country": phone_number.country,
        "is_shared_number": phone_number.user_ids.len() > 1,
    })
}
