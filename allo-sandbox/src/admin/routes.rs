//! The table of routes of the admin API. `docs/sandbox.md` has the same table, for people.

use std::pin::Pin;

use axum::http::Method;
use serde_json::{Value, json};

use super::input::Input;
use super::{ROOT, dialing, lifecycle, log, people, scripting, workspace};
use crate::control::Control;
use crate::errors::ApiError;

/// The `data` of a response.
pub(super) type AdminResult = Result<Value, ApiError>;

/// The future of an answer.
type BoxFuture<'a> = Pin<Box<dyn Future<Output = AdminResult> + Send + 'a>>;

/// Carries out a request.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    Now(fn(&Control, &Input) -> AdminResult),
    Later(for<'a> fn(&'a Control, &'a Input) -> BoxFuture<'a>),
}

/// A row of the table.
pub(super) struct Route {
    pub(super) method: Method,
    /// The path after `/__sandbox`. Paths have no parameters.
    pub(super) path: &'static str,
    summary: &'static str,
    pub(super) handler: Handler,
}

const DELETE: Method = Method::DELETE;
const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;

const fn row(
    method: Method,
    path: &'static str,
    handler: fn(&Control, &Input) -> AdminResult,
    summary: &'static str,
) -> Route {
    Route {
        method,
        path,
        summary,
        handler: Handler::Now(handler),
    }
}

/// Every route.
#[rustfmt::skip]
pub(super) static ROUTES: &[Route] = &[
    row(GET, "", index, "The owner's API key, the time, and these routes"),

    // The sandbox as a whole
    row(POST, "/reset", lifecycle::reset, "Start again, with data `empty`, `demo` or `examples`"),
    row(GET, "/state", lifecycle::state, "Everything below in one document, without the log"),
    row(POST, "/seed", lifecycle::seed, "Execute operations of the API to create data"),
    row(GET, "/clock", lifecycle::clock, "Read the clock"),
    row(PUT, "/clock", lifecycle::set_clock, "Set the clock to `now`"),
    row(POST, "/clock/advance", lifecycle::advance, "Advance the clock by `seconds` or `ms`"),
    row(GET, "/quotas", lifecycle::quotas, "Read the quotas"),
    row(PUT, "/quotas", lifecycle::set_quotas, "Change the quotas, or disable them"),
    row(PUT, "/settings", lifecycle::settings, "Choose between undocumented behaviours"),

    // Scripted behaviour
    row(POST, "/responses", scripting::respond, "Script the next responses of an operation"),
    row(GET, "/responses", scripting::pending, "Count the scripted responses that are left"),
    row(DELETE, "/responses", scripting::clear, "Remove the scripted responses that are left"),
    row(POST, "/endpoints", scripting::add_endpoint, "Add an endpoint that the API does not have"),
    row(GET, "/faults", scripting::faults, "The fault plan, and every injected fault"),
    row(PUT, "/faults", scripting::set_faults, "Set the fault plan"),
    row(DELETE, "/faults", scripting::clear_faults, "Remove the fault plan"),
    Route {
        method: POST,
        path: "/connections/refuse",
        summary: "Refuse connections for `ms`, those to this API included",
        handler: Handler::Later(|control, input| Box::pin(scripting::refuse(control, input))),
    },

    // What happened
    row(GET, "/requests", log::requests, "The request log, filtered by the query"),
    row(DELETE, "/requests", log::clear, "Clear the request log"),
    row(GET, "/executions", log::executions, "Every executed write, in order"),
    row(DELETE, "/idempotency-keys", log::forget_keys, "Forget all idempotency keys"),

    // People and keys
    row(GET, "/users", people::users, "List users of all teams"),
    row(POST, "/users", people::add_user, "Add a user"),
    row(PUT, "/users/status", people::set_status, "Block or activate a user"),
    row(DELETE, "/users", people::remove_user, "Remove a user"),
    row(POST, "/keys", people::add_key, "Add an API key"),
    row(POST, "/keys/revoke", people::revoke, "Revoke an API key"),

    // Dialing queues
    row(GET, "/queue", dialing::queue, "The current queue of a user, with its entries"),
    row(GET, "/queues", dialing::queues, "Every queue ever created, replaced ones included"),
    row(POST, "/queue/dial", dialing::dial, "Call the number at a position, to its end"),
    row(POST, "/queue/start-call", dialing::start_call, "Start a call at a position"),
    row(POST, "/queue/finish-call", dialing::finish_call, "End the call at a position"),
    row(PUT, "/queue/sync-status", dialing::sync_status, "Set the sync status of an entry"),

    // The workspace
    row(GET, "/phone-numbers", workspace::phone_numbers, "List phone numbers and sender ids"),
    row(POST, "/phone-numbers", workspace::add_phone_number, "Add a phone number or sender id"),
    row(POST, "/tags", workspace::add_tag, "Add a tag"),
    row(POST, "/contacts", workspace::add_contact, "Add a contact"),
    row(GET, "/calls", workspace::calls, "The calls of the demo team, newest first"),
    row(POST, "/calls", workspace::add_call, "Add a finished call"),
    row(GET, "/messages", workspace::messages, "The text messages of the demo team, newest first"),
    row(POST, "/messages", workspace::add_message, "Add a text message"),
    row(GET, "/webhooks", workspace::webhooks, "List webhooks, with their signing secrets"),
    row(GET, "/partner-accounts", workspace::accounts, "List partner accounts"),
    row(POST, "/partner-accounts/activate", workspace::activate, "Let the owner of an account sign in"),
    row(POST, "/partner-accounts/end-period", workspace::end_period, "End the billing period"),
];

fn index(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    let routes = ROUTES.iter().map(|route| {
        let path = format!("{ROOT}{}", route.path);
        json!({ "method": route.method.as_str(), "path": path, "summary": route.summary })
    });
    Ok(json!({
        "api_key": control.api_key(),
        "now": control.now().to_string(),
        "routes": routes.collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_unique() {
        for (index, route) in ROUTES.iter().enumerate() {
            let same = |other: &&Route| other.path == route.path && other.method == route.method;
            assert_eq!(
                ROUTES[index..].iter().filter(same).count(),
                1,
                "{}",
                route.path
            );
        }
    }
}
