//! What a new operation lacks besides its row in the operation table, as functions of any table, so that the tests can
//! also be run with operations that are not covered yet. Each function belongs to one test and reports where to add
//! what.

use std::collections::BTreeSet;

use allo_client::operation::{Body, Operation};
use serde_json::Value;

use crate::conformance::Conformance;
use crate::{calls, document};

/// The operations that `tests/tests/paginated.rs` reads to the end.
pub const PAGED: &[&str] = &[
    "searchCalls",
    "getContactConversation",
    "searchContacts",
    "getAnalyticsOutbound",
    "listConversations",
    "searchAllConversations",
    "searchCompanies",
    "searchDeals",
    "searchPeople",
    "getCurrentDialingQueue",
];

/// The operations that `tests/tests/teammates.rs` calls for teammates.
pub const AIMED: &[&str] = &[
    "getCurrentDialingQueue",
    "resetCurrentDialingQueue",
    "upsertCurrentDialingQueue",
    "appendDialingQueueNumbers",
    "clearDialingQueueNumbers",
];

/// The operations that are not compared with the API's document, each with what to add; `scenarios` are those that have
/// a scenario.
#[must_use]
pub fn scenarios(table: &[&Operation], scenarios: &[&str]) -> Vec<String> {
    let lines = table.iter().filter_map(|operation| {
        let id = operation.id;
        let mut steps = Vec::new();
        if !calls::COVERED.contains(&id) {
            steps.push("its plainest call to tests/src/calls.rs");
        }
        if !scenarios.contains(&id) {
            steps.push(
                "its scenario, a success and every declared refusal, to tests/tests/operations/ and its name to \
                 `scenarios!` there",
            );
        }
        if operation.pagination.is_some() && !PAGED.contains(&id) {
            steps.push("its row to PAGED in tests/src/coverage.rs and to tests/tests/paginated.rs");
        }
        if operation.teammate.is_some() && !AIMED.contains(&id) {
            steps.push("its row to AIMED in tests/src/coverage.rs and to tests/tests/teammates.rs");
        }
        told(id, "is not held against the document", &steps)
    });
    lines.collect()
}

/// The operations that a sandbox with these operations lacks or defines differently, each with what to add.
#[must_use]
pub fn routes(table: &[&Operation], sandbox: &[allo_sandbox::Operation]) -> Vec<String> {
    let same = |one: &Operation, other: &allo_sandbox::Operation| {
        let scopes: Vec<&str> = other.scope.into_iter().collect();
        let asked = (one.id, one.method.as_str(), one.path, one.scopes);
        asked == (other.id, other.method.as_str(), other.path, &scopes)
    };
    let missing = table.iter().filter_map(|operation| {
        let (id, method, path) = (operation.id, operation.method.as_str(), operation.path);
        let found = sandbox.iter().filter(|row| same(operation, row)).count();
        let scopes = operation.scopes.join(", ");
        (found != 1).then(|| {
            format!(
                "{id} is not answered by the sandbox: add one row `{method} {path}` with the scopes [{scopes}] to \
                 allo-sandbox/src/operations.rs, its handler to allo-sandbox/src/handlers/ and an arm that names the \
                 handler to allo-sandbox/src/routes.rs"
            )
        })
    });
    let surplus = sandbox
        .iter()
        .filter(|row| !table.iter().any(|operation| same(operation, row)));
    let surplus = surplus.map(|row| {
        let (id, method, path) = (row.id, &row.method, row.path);
        format!(
            "{id} is in the sandbox alone: take `{method} {path}` out of allo-sandbox/src/operations.rs, or add it to \
             openapi/allo.yaml and run `cargo xtask codegen`"
        )
    });
    missing.chain(surplus).collect()
}

/// The operations that lack a fixture, each with what to add. `kinds` returns the statuses of the fixtures of an
/// operation, `None` for a request.
pub fn fixtures(
    table: &[&Operation],
    document: &Value,
    kinds: impl Fn(&Operation) -> BTreeSet<Option<u16>>,
) -> Vec<String> {
    let conformance = Conformance::of(document);
    let statuses = document::statuses_in(document);
    let lines = table.iter().filter_map(|operation| {
        let id = operation.id;
        let has = kinds(operation);
        let declared = statuses.get(id).into_iter().flatten();
        let wanted = declared.filter(|status| conformance.has_body(id, **status));
        let missing = wanted.filter(|status| !has.contains(&Some(**status)));
        let mut steps: Vec<_> = missing
            .map(|status| format!("tests/fixtures/{id}.{status}.json"))
            .collect();
        match (operation.body != Body::None, has.contains(&None)) {
            (true, false) => steps.push(format!(
                "tests/fixtures/{id}.request.json and the type of its body to `request` in tests/tests/fixtures.rs"
            )),
            (false, true) => steps.push("no request: it has no body".to_owned()),
            _ => {}
        }
        let steps: Vec<_> = steps.iter().map(String::as_str).collect();
        told(id, "lacks fixtures", &steps)
    });
    lines.collect()
}

/// One line about an operation, if there is anything to add.
fn told(id: &str, what: &str, steps: &[&str]) -> Option<String> {
    let add = steps.join("; ");
    (!steps.is_empty()).then(|| format!("{id} {what}: add {add}"))
}
