//! `allo me`: shows the team, scopes and rate limits of the API key.

use allo_client::{Permissions, operations};
use serde_json::{Value, json};

use crate::error::CliError;
use crate::json;
use crate::output::{Column, column};
use crate::session::Session;

const COLUMNS: &[Column] = &[
    column("key", "api_key_id"),
    column("team", "team"),
    column("reads per second", "rate_limits.read_per_second"),
    column("writes per second", "rate_limits.write_per_second"),
    column("scopes", "scopes"),
    column("unavailable operations", "closed_operations"),
];

pub(crate) async fn run(session: &mut Session) -> Result<(), CliError> {
    let client = session.client().await?;
    let me = client.get_me().send().await?.into_inner();
    let mut value = json::value(&me)?;
    if let Value::Object(object) = &mut value {
        object.insert("closed_operations".to_owned(), json!(closed(&me.scopes)));
    }
    session.printer.record(COLUMNS, value)
}

/// The operations for which the API key lacks a scope.
fn closed(scopes: &[String]) -> Vec<&'static str> {
    let permissions = Permissions::new(scopes.to_vec());
    let closed = operations::ALL
        .iter()
        .filter(|operation| !permissions.can(operation));
    closed.map(|operation| operation.id).collect()
}
