//! The validator that other tests rely on: what it rejects, what it accepts, and that it reports a new operation.

use std::collections::BTreeSet;

use allo_client::operations;
use serde_json::{Value, json};
use tests::conformance::{Conformance, operations_of, overlaid};

fn user(change: Value) -> Value {
    let mut user = json!({
        "id": "usr-1", "name": "Marie Dupont", "email": "marie@example.com", "role": "MEMBER",
        "status": "ACTIVE", "image_url": null,
    });
    let change = change.as_object().cloned().unwrap_or_default();
    user.as_object_mut().expect("an object").extend(change);
    json!({ "data": user })
}

#[test]
fn bad_bodies_are_found_and_good_ones_pass() {
    let conformance = Conformance::of_the_document();
    let answer = |body: Value| conformance.problems_of_answer("getUser", 200, Some(&body));
    for good in [
        json!({}),
        json!({"novelty": 1}),
        json!({"image_url": "https://example.com"}),
    ] {
        assert_eq!(answer(user(good)), Vec::<String>::new());
    }
    for bad in [
        json!({"name": 7}),
        json!({"email": null}),
        json!({"id": null}),
        json!({"role": "WIZARD"}),
    ] {
        let problems = answer(user(bad.clone()));
        assert_eq!(problems.len(), 1, "{bad}: {problems:?}");
        assert!(
            problems[0].starts_with("answer 200 of getUser: "),
            "{problems:?}"
        );
    }
    assert_eq!(answer(json!({})).len(), 1, "no data");

    let append = "appendDialingQueueNumbers";
    let request = |body: Value| conformance.problems_of_request(append, Some(&body)).len();
    assert_eq!(request(json!({"numbers": [{"number": "+12125550101"}]})), 0);
    assert_eq!(request(json!({"numbers": "+12125550101"})), 1);
    let gone = conformance.problems_of_answer("deleteDeal", 204, Some(&json!({})));
    assert_eq!(gone.len(), 1, "a body where there is none");
}

#[test]
fn the_client_and_the_document_have_the_same_operations() {
    let document = overlaid();
    let documented: BTreeSet<_> = operations_of(&document)
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let generated: BTreeSet<_> = operations::ALL
        .iter()
        .map(|operation| operation.id)
        .collect();
    let missing: Vec<_> = documented.symmetric_difference(&generated).collect();
    assert!(
        missing.is_empty(),
        "run `cargo xtask codegen`: it and openapi/ differ in {missing:?}"
    );
}
