//! Drops the lower bounds of integers that can be received. Progenitor maps `minimum: 0` to an unsigned type, and a
//! negative number would then cost the whole answer. Limits are checked on what is sent, by the rules that `meta`
//! reads before this stage.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{for_each_operation, visit_schema};
use crate::openapi::{json_schema_of_mut, reference};

const SCHEMAS: &str = "#/components/schemas/";

pub(super) fn drop_minimums(root: &mut Value) {
    let mut open = Vec::new();
    for_each_operation(root, |operation| {
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flat_map(Map::values_mut);
        for schema in responses.filter_map(json_schema_of_mut) {
            visit_schema(schema, &mut |schema| drop_minimum(schema, &mut open));
        }
    });
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let pointer = format!("/components/schemas/{name}");
        if reached.insert(name)
            && let Some(schema) = root.pointer_mut(&pointer)
        {
            visit_schema(schema, &mut |schema| drop_minimum(schema, &mut open));
        }
    }
}

fn drop_minimum(schema: &mut Value, references: &mut Vec<String>) {
    if let Some(name) = reference(schema).and_then(|target| target.strip_prefix(SCHEMAS)) {
        references.push(name.to_owned());
    }
    if let Some(object) = schema.as_object_mut() {
        object.shift_remove("minimum");
    }
}
