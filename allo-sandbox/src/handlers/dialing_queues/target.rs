//! Selects the assignee of a request: an id takes precedence over an e-mail address; the default is
//! the owner of the API key.

use email_address::EmailAddress;

use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::handlers::Context;
use crate::query::Query;
use crate::state::State;
use crate::state::users::Target;

/// The parameter names of the id; the first one given is used.
pub(super) const ID: &[&str] = &["user_id"];

/// The documents disagree on the name in the reset operation, so both are accepted.
pub(super) const ID_ON_RESET: &[&str] = &["user_id", "user_pid"];

pub(super) fn from_query(query: &Query) -> Result<Target, ApiError> {
    let id = ID.iter().find_map(|name| query.text(name));
    choose(
        id.map(str::to_owned),
        query.text("email").map(str::to_owned),
    )
}

/// Reads all names, so that a wrong type in any of them is reported.
pub(super) fn from_fields(fields: &mut Fields, id_names: &[&str]) -> Result<Target, ApiError> {
    fields.nullable(id_names);
    fields.nullable(&["email"]);
    let ids: Vec<_> = id_names.iter().map(|name| fields.text(name, ANY)).collect();
    choose(ids.into_iter().flatten().next(), fields.text("email", ANY))
}

fn choose(id: Option<String>, email: Option<String>) -> Result<Target, ApiError> {
    match (id, email) {
        (Some(id), _) if id.trim().is_empty() => {
            Err(ApiError::invalid_parameter("user_id", "must not be empty"))
        }
        (Some(id), _) => Ok(Target::Id(id)),
        (None, Some(email)) if !EmailAddress::is_valid(&email) => Err(ApiError::invalid_parameter(
            "email",
            "is not an e-mail address",
        )),
        (None, Some(email)) => Ok(Target::Email(email)),
        (None, None) => Ok(Target::Owner),
    }
}

/// The id of the assignee.
pub(super) fn resolve(
    context: &Context<'_>,
    state: &State,
    target: &Target,
) -> Result<String, ApiError> {
    let found = state.users.resolve(&context.key.owner, target);
    found.ok_or_else(|| {
        ApiError::new(
            Code::AssigneeNotFound,
            "No team member matches the given user_id or email.",
        )
        .suggestion("Use an id from GET /v2/api/users.")
    })
}
