//! The client's operation table comes from the API's document, the sandbox's is written by hand: both must agree.

use allo_client::operation::Operation;
use allo_client::operations;
use allo_sandbox::{OPERATIONS, Success};
use tests::{coverage, document, trial};

#[test]
fn the_sandbox_answers_exactly_the_operations_of_the_client() {
    let different = coverage::routes(operations::ALL, OPERATIONS);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// `ScriptedResponse::answer` relies on it.
#[test]
fn the_sandbox_knows_the_form_of_every_successful_response() {
    for operation in OPERATIONS {
        let status = operation.success.status();
        let declared = document::statuses(operation.id);
        let declared: Vec<_> = declared.iter().filter(|status| **status < 300).collect();
        assert_eq!(declared, [&status], "{operation:?}");
        let file = format!(
            "{}/fixtures/{}.{status}.json",
            env!("CARGO_MANIFEST_DIR"),
            operation.id
        );
        let Ok(text) = std::fs::read_to_string(&file) else {
            let is_bare = matches!(operation.success, Success::Empty | Success::NoContent);
            assert!(is_bare, "{operation:?}: no {file}");
            continue;
        };
        let body: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let members: Vec<_> = body.as_object().expect("an object").keys().collect();
        let is_page = members.iter().any(|name| *name == "pagination");
        assert_eq!(
            is_page,
            operation.success == Success::Page,
            "{operation:?}: {members:?}"
        );
        assert!(is_page || members == ["data"], "{operation:?}: {members:?}");
    }
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
