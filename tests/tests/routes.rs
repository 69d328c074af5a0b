//! The client's operation table comes from the API's document, the sandbox's is written by hand: both must agree.

use allo_client::operation::Operation;
use allo_client::operations;
use allo_sandbox::OPERATIONS;
use tests::{coverage, trial};

#[test]
fn the_sandbox_answers_exactly_the_operations_of_the_client() {
    let different = coverage::routes(operations::ALL, OPERATIONS);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn a_new_operation_is_missed() {
    let add = |id, request| {
        format!(
            "{id} is not answered by the sandbox: add one row `{request}` with the scopes \
             [DIALING_QUEUE_READ_WRITE] to allo-sandbox/src/operations.rs, its handler to allo-sandbox/src/handlers/ \
             and an arm that names the handler to allo-sandbox/src/routes.rs"
        )
    };
    let missing = coverage::routes(&trial::table(), OPERATIONS);
    for told in [
        add("listTrialQueues", "GET /v2/api/trial-queues"),
        add("createTrialQueue", "POST /v2/api/trial-queues"),
    ] {
        assert!(missing.contains(&told), "{missing:#?}");
    }
}

#[test]
fn a_row_too_many_and_one_that_differs_are_told() {
    let (first, rest) = operations::ALL.split_first().expect("an operation");
    let alone = |table: &[&Operation]| {
        let told = coverage::routes(table, OPERATIONS);
        let alone = format!("{} is in the sandbox alone", first.id);
        told.iter().any(|line| line.starts_with(&alone))
    };
    assert!(alone(rest) && !alone(operations::ALL));
    let mut other = **first;
    other.scopes = &["NEW_SCOPE"];
    let table: Vec<_> = std::iter::once(&other)
        .chain(rest.iter().copied())
        .collect();
    assert!(alone(&table), "the client would ask for another scope");
}
