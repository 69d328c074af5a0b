//! `listUsers` and `getUser`.

use serde_json::{Value, json};

use super::Context;
use crate::errors::{ApiError, Code};
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::users::{Role, Status, User};

pub(crate) fn list(context: &Context<'_>) -> Result<Reply, ApiError> {
    let query = &context.request.query;
    let role = query.choice("role", &Role::ALL, Role::as_str)?;
    let status = query.choice("status", &Status::ALL, Status::as_str)?;
    let status = status.unwrap_or(Status::Active);
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let wanted = |user: &&User| user.status == status && role.is_none_or(|role| user.role == role);
    let users = state.users.members(&team).filter(wanted).map(json_of);
    Ok(Reply::data(users.collect::<Vec<_>>()))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = context.request.path_param("id");
    let state = lock(&context.app.state);
    let team = context.team_id(&state)?;
    let user = state.users.members(&team).find(|user| user.id == id);
    user.map(json_of).map(Reply::data).ok_or_else(|| {
        ApiError::new(Code::MemberNotFound, "The team has no member with this id.")
            .suggestion("List the members with GET /v2/api/users.")
    })
}

fn json_of(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role.as_str(),
        "status": user.status.as_str(),
        "image_url": user.image_url,
    })
}
