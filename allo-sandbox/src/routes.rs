//! The table of operations: what each is called, where it answers, which scope it asks for and
//! what carries it out. Everything else (router, scopes, `getMe`, log, control) reads this table.

use std::fmt;

use axum::http::Method;

use crate::errors::ApiError;
use crate::handlers::{Context, dialing_queues, me, users};
use crate::reply::Reply;

const DIALER: Option<&str> = Some("DIALING_QUEUE_READ_WRITE");
const USERS: Option<&str> = Some("USERS_READ");

const CURRENT: &str = "/v2/api/dialing-queues/current";
const CURRENT_NUMBERS: &str = "/v2/api/dialing-queues/current/numbers";

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

/// Every operation the sandbox answers.
pub static OPERATIONS: &[Operation] = &[
    Operation {
        id: "getMe",
        method: Method::GET,
        path: "/v2/api/me",
        summary: "What this API key is and may do",
        scope: None,
        handler: me::get,
    },
    Operation {
        id: "listUsers",
        method: Method::GET,
        path: "/v2/api/users",
        summary: "Everybody in the team",
        scope: USERS,
        handler: users::list,
    },
    Operation {
        id: "getUser",
        method: Method::GET,
        path: "/v2/api/users/{id}",
        summary: "One person of the team",
        scope: USERS,
        handler: users::get,
    },
    Operation {
        id: "getCurrentDialingQueue",
        method: Method::GET,
        path: CURRENT,
        summary: "A page of a person's current dialing queue",
        scope: DIALER,
        handler: dialing_queues::read::handle,
    },
    Operation {
        id: "resetCurrentDialingQueue",
        method: Method::POST,
        path: CURRENT,
        summary: "Start a new, empty dialing queue",
        scope: DIALER,
        handler: dialing_queues::reset::handle,
    },
    Operation {
        id: "upsertCurrentDialingQueue",
        method: Method::PATCH,
        path: CURRENT,
        summary: "Change the settings of a dialing queue, creating it if need be",
        scope: DIALER,
        handler: dialing_queues::upsert::handle,
    },
    Operation {
        id: "appendDialingQueueNumbers",
        method: Method::POST,
        path: CURRENT_NUMBERS,
        summary: "Append numbers to a dialing queue",
        scope: DIALER,
        handler: dialing_queues::append::handle,
    },
    Operation {
        id: "clearDialingQueueNumbers",
        method: Method::DELETE,
        path: CURRENT_NUMBERS,
        summary: "Delete numbers from a dialing queue",
        scope: DIALER,
        handler: dialing_queues::clear::handle,
    },
];

/// The operation with this id.
pub(crate) fn by_id(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// All operations at one path template.
pub(crate) fn at_path(path: &str) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .filter(move |operation| operation.path == path)
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
                assert!(operation.path != other.path || operation.method != other.method);
            }
            assert!(
                operation
                    .scope
                    .is_none_or(|scope| scopes::ALL.contains(&scope))
            );
        }
    }
}
