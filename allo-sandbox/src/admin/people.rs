//! Routes for users and API keys.

use axum::http::HeaderValue;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, choice, wrong};
use super::routes::AdminResult;
use super::{output, refusal};
use crate::auth::KeySpec;
use crate::control::{Control, UserSpec};
use crate::errors::ApiError;
use crate::scopes;
use crate::state::users::{Role, Status};

pub(super) fn users(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.users(), output::user))
}

/// `team` absent is the demo team, `null` none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    name: String,
    email: String,
    role: Option<String>,
    status: Option<String>,
    team: Option<Value>,
}

pub(super) fn add_user(control: &Control, input: &Input) -> AdminResult {
    // An explicit null differs from absence, which `Option` does not tell.
    let without_team = input.body::<Value>()?.get("team") == Some(&Value::Null);
    let new: NewUser = input.body()?;
    let mut spec = UserSpec::new(&new.name, &new.email);
    if control.user_id(&new.email).is_ok() {
        return Err(wrong("email", "already belongs to a user"));
    }
    if let Some(role) = new.role {
        spec = spec.role(choice("role", &role, &Role::ALL, Role::as_str)?);
    }
    if let Some(status) = new.status {
        spec = spec.status(choice("status", &status, &Status::ALL, Status::as_str)?);
    }
    spec = match new.team {
        _ if without_team => spec.without_team(),
        None => spec,
        Some(Value::String(team)) => spec.team(team),
        Some(_) => return Err(wrong("team", "must be a string or null")),
    };
    Ok(json!({ "id": control.add_user(spec) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetStatus {
    user: String,
    status: String,
}

pub(super) fn set_status(control: &Control, input: &Input) -> AdminResult {
    let set: SetStatus = input.body()?;
    let status = choice("status", &set.status, &Status::ALL, Status::as_str)?;
    let id = user_id(control, &set.user)?;
    let done = control.set_status(&id, status);
    done.map_err(|error| refusal(&error))?;
    Ok(Value::Null)
}

pub(super) fn remove_user(control: &Control, input: &Input) -> AdminResult {
    let id = user_id(control, input.only_param("user")?)?;
    Ok(json!({ "removed": control.remove_user(&id) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    user: Option<String>,
    scopes: Option<Vec<String>>,
    value: Option<String>,
}

pub(super) fn add_key(control: &Control, input: &Input) -> AdminResult {
    let new: NewKey = input.optional_body()?;
    let owner = match new.user {
        Some(user) => user_id(control, &user)?,
        None => control
            .users()
            .first()
            .map(|user| user.id.clone())
            .unwrap_or_default(),
    };
    let mut spec = KeySpec::new(owner);
    if let Some(scopes) = new.scopes {
        let unknown = |scope: &&String| !scopes::ALL.contains(&scope.as_str());
        if let Some(scope) = scopes.iter().find(unknown) {
            let known = scopes::ALL.join(", ");
            let why = format!("has {scope}, which is none of {known}");
            return Err(wrong("scopes", &why));
        }
        spec = spec.scopes(scopes);
    }
    if let Some(value) = new.value {
        let fits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits || HeaderValue::from_str(&value).is_err() {
            return Err(wrong(
                "value",
                "must consist of visible ASCII characters without spaces",
            ));
        }
        spec = spec.value(value);
    }
    Ok(json!({ "api_key": control.add_key(spec) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    api_key: String,
}

pub(super) fn revoke(control: &Control, input: &Input) -> AdminResult {
    let revoke: Revoke = input.body()?;
    Ok(json!({ "revoked": control.revoke(&revoke.api_key) }))
}

/// The id of a user, given by id or e-mail address.
pub(super) fn user_id(control: &Control, user: &str) -> Result<String, ApiError> {
    control.user_id(user).map_err(|error| refusal(&error))
}
