//! Tags: the first of an operation names a module, a type and a method of the client, which must all be free.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::{operations, reserved};
use crate::document::{Document, child};
use crate::openapi::text;
use crate::problem::Problem;

pub(super) fn check(document: &Document) -> Vec<Problem> {
    let operations = operations::all(document);
    let methods: BTreeMap<String, &str> = operations
        .iter()
        .map(|(_, _, operation)| text(operation, "operationId"))
        .map(|id| (id.to_snake_case(), id))
        .collect();
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (pointer, _, operation) in &operations {
        let tag = operation.get("tags").and_then(|tags| tags.get(0));
        let Some(tag) = tag.and_then(|tag| tag.as_str()) else {
            continue;
        };
        let name = tag.to_snake_case();
        let first = *taken.entry(name.clone()).or_insert(tag);
        let message = if reserved::is_no_name(&name) {
            format!("the tag `{tag}` cannot be a Rust name")
        } else if reserved::CLIENT_METHODS.contains(&name.as_str()) {
            format!("the tag `{tag}` becomes the method `{name}`, which the client has or reserves")
        } else if let Some(id) = methods.get(&name) {
            format!("the tag `{tag}` and the operation `{id}` both become the method `{name}`")
        } else if first != tag {
            format!("the tags `{first}` and `{tag}` both become the method `{name}`")
        } else {
            continue;
        };
        problems.push(document.problem(&child(&child(pointer, "tags"), "0"), message));
    }
    problems
}
