//! `getMe`.

use serde_json::{Value, json};

use super::Context;
use crate::errors::ApiError;
use crate::lock::lock;
use crate::operations::OPERATIONS;
use crate::reply::Reply;
use crate::scopes;

pub(crate) fn get(context: &Context<'_>) -> Result<Reply, ApiError> {
    let key = context.key;
    let quotas = lock(&context.app.meter).quotas();
    let state = lock(&context.app.state);
    let team = state.users.team_of(&key.owner);
    Ok(Reply::data(json!({
        "api_key_id": key.id,
        "scopes": key.scopes,
        "endpoints": endpoints(&key.scopes),
        "team": team.map(|team| json!({ "id": team.id, "name": team.name })),
        "rate_limits": {
            "read_per_second": quotas.read_per_second,
            "write_per_second": quotas.write_per_second,
        },
    })))
}

/// The endpoints that require a scope and are permitted.
fn endpoints(held: &[String]) -> Vec<Value> {
    let granted = OPERATIONS.iter().filter_map(|operation| {
        let scope = operation
            .scope
            .filter(|scope| scopes::satisfied(held, scope))?;
        Some(json!({
            "method": operation.method.as_str(),
            "path": operation.path,
            "description": operation.summary,
            "scope": scope,
        }))
    });
    granted.collect()
}
