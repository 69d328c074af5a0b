//! The client's table of operations comes from the API's document, the sandbox's was written by hand: they must agree.

use std::collections::BTreeSet;

use allo_client::operations;

/// Everything by which the two describe an operation.
type Row = (String, String, String, Vec<String>);

fn of_the_client() -> BTreeSet<Row> {
    let rows = operations::ALL.iter().map(|operation| {
        let scopes = operation.scopes.iter().map(ToString::to_string);
        (
            operation.id.to_owned(),
            operation.method.as_str().to_owned(),
            operation.path.to_owned(),
            scopes.collect(),
        )
    });
    rows.collect()
}

fn of_the_sandbox() -> BTreeSet<Row> {
    let rows = allo_sandbox::OPERATIONS.iter().map(|operation| {
        let scopes = operation.scope.iter().map(ToString::to_string);
        (
            operation.id.to_owned(),
            operation.method.to_string(),
            operation.path.to_owned(),
            scopes.collect(),
        )
    });
    rows.collect()
}

#[test]
fn the_sandbox_answers_exactly_the_operations_of_the_client() {
    let (client, sandbox) = (of_the_client(), of_the_sandbox());
    let missing: Vec<_> = client.difference(&sandbox).collect();
    let surplus: Vec<_> = sandbox.difference(&client).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "id, method, path and scopes differ.\n\
         Only in allo_client::operations (add to or mend in allo-sandbox/src/routes.rs): {missing:#?}\n\
         Only in allo_sandbox::OPERATIONS (add to or mend in openapi/, then `cargo xtask codegen`): {surplus:#?}"
    );
    assert_eq!(client.len(), operations::ALL.len(), "no row twice");
    assert_eq!(
        sandbox.len(),
        allo_sandbox::OPERATIONS.len(),
        "no row twice"
    );
}
