//! The table of operations: what each is called, where it answers, which scope it asks for and
//! what carries it out. Everything else (router, scopes, `getMe`, log, control) reads this table.

use std::fmt;

use axum::http::Method;
use serde_json::Value;

use crate::errors::ApiError;
use crate::handlers::{Context, dialing_queues, me, users};
use crate::reply::Reply;

const DIALER: Scope = Some("DIALING_QUEUE_READ_WRITE");
const USERS: Scope = Some("USERS_READ");

const CURRENT: &str = "/v2/api/dialing-queues/current";
const CURRENT_NUMBERS: &str = "/v2/api/dialing-queues/current/numbers";

const DELETE: Method = Method::DELETE;
const GET: Method = Method::GET;
const PATCH: Method = Method::PATCH;
const POST: Method = Method::POST;

/// An operation of the API.
#[non_exhaustive]
pub struct Operation {
    /// The `operationId` of the API's description.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template, with `{name}` for a parameter.
    pub path: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// The scope a key needs; `None` when any valid key will do.
    pub scope: Option<&'static str>,
    pub(crate) handler: Handler,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}

/// Carries out one request of an operation.
pub(crate) type Handler = fn(&Context<'_>) -> Result<Reply, ApiError>;

type Scope = Option<&'static str>;
type Text = &'static str;

/// A row of the table: id, method, path, scope, summary, handler.
const fn op(
    id: Text,
    method: Method,
    path: Text,
    scope: Scope,
    summary: Text,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        summary,
        scope,
        handler,
    }
}

/// Every operation the sandbox answers, by resource; one row is one or two lines.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    // Partner accounts

    // Summary templates

    // Webhooks

    // Calls (v1)

    // Contacts (v1)

    // SMS and numbers (v1)

    // Numbers, tags

    // Conversations

    // The key and the team
    op("getMe", GET, "/v2/api/me", None, "What this API key is and may do", me::get),
    op("listUsers", GET, "/v2/api/users", USERS, "Everybody in the team", users::list),
    op("getUser", GET, "/v2/api/users/{id}", USERS, "One person of the team", users::get),

    // Analytics

    // CRM: people

    // CRM: companies

    // CRM: deals

    // Power Dialer
    op("getCurrentDialingQueue", GET, CURRENT, DIALER,
        "A page of a person's current dialing queue", dialing_queues::read::handle),
    op("resetCurrentDialingQueue", POST, CURRENT, DIALER,
        "Start a new, empty dialing queue", dialing_queues::reset::handle),
    op("upsertCurrentDialingQueue", PATCH, CURRENT, DIALER,
        "Change the settings of a dialing queue, creating it if need be", dialing_queues::upsert::handle),
    op("appendDialingQueueNumbers", POST, CURRENT_NUMBERS, DIALER,
        "Append numbers to a dialing queue", dialing_queues::append::handle),
    op("clearDialingQueueNumbers", DELETE, CURRENT_NUMBERS, DIALER,
        "Delete numbers from a dialing queue", dialing_queues::clear::handle),
];

/// The operation with this id.
pub(crate) fn by_id(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// All operations at one path template that differ in their method.
pub(crate) fn at_path(path: &str) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .filter(move |operation| operation.path == path && !is_told_by_body(operation))
}

/// Operations that share the endpoint of another one: the other's id, their own id, and the field
/// of the body that only they have. A body with `from` is the first one's, whatever else it has.
const TOLD_BY_BODY: &[(&str, &str, &str)] = &[("sendSMS", "sendSMSFrance", "sender_id")];

fn is_told_by_body(operation: &Operation) -> bool {
    TOLD_BY_BODY.iter().any(|(_, id, _)| *id == operation.id)
}

/// The operation that a request to the endpoint of `operation` means.
pub(crate) fn meant(
    operation: &'static Operation,
    body: impl Fn() -> Option<Value>,
) -> &'static Operation {
    let sharing = TOLD_BY_BODY.iter().find(|(id, ..)| *id == operation.id);
    let told = sharing.and_then(|(_, id, field)| {
        let body = body()?;
        let is_other = body.get(field).is_some() && body.get("from").is_none();
        is_other.then(|| by_id(id)).flatten()
    });
    told.unwrap_or(operation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scopes;

    #[test]
    fn ids_and_endpoints_are_unique_and_scopes_exist() {
        for (index, operation) in OPERATIONS.iter().enumerate() {
            for other in &OPERATIONS[..index] {
                assert_ne!(operation.id, other.id);
                let same = operation.path == other.path && operation.method == other.method;
                assert_eq!(same, is_told_by_body(operation), "{operation:?}, {other:?}");
            }
            assert!(
                operation
                    .scope
                    .is_none_or(|scope| scopes::ALL.contains(&scope))
            );
        }
    }
}
