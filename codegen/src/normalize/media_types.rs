//! Media types: of several, JSON is the one that the client sends and asks for, and the others go.

use serde_json::{Map, Value};

use super::for_each_operation;

const JSON: &str = "application/json";

pub(super) fn keep_json(root: &mut Value) {
    for_each_operation(root, |operation| {
        if let Some(body) = operation.get_mut("requestBody") {
            keep(body);
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        responses
            .into_iter()
            .flat_map(Map::values_mut)
            .for_each(keep);
    });
}

fn keep(node: &mut Value) {
    let content = node.get_mut("content").and_then(Value::as_object_mut);
    if let Some(content) = content.filter(|content| content.contains_key(JSON)) {
        content.retain(|media_type, _| media_type == JSON);
    }
}
