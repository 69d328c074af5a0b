//! `x-type`: it must name a type that the client has, and stand at a text. It is looked at wherever it is written, since
//! one that is beside a `$ref` or at a parameter would be overlooked.

use serde_json::{Map, Value};

use crate::document::{Document, child};
use crate::openapi::text;
use crate::problem::Problem;
use crate::text_types::{self, KEY};

pub(super) fn check(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(document, &document.value, "", &mut problems);
    problems
}

fn walk(document: &Document, node: &Value, pointer: &str, problems: &mut Vec<Problem>) {
    match node {
        Value::Object(map) => {
            for (key, value) in map {
                let at = child(pointer, key);
                match (key.as_str(), value) {
                    // Samples are data.
                    ("example" | "examples", _) => {}
                    // One that is a mapping is a property of that name.
                    (KEY, value) if !value.is_object() => {
                        problems.extend(fault(map, value).map(|fault| document.problem(&at, fault)))
                    }
                    _ => walk(document, value, &at, problems),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(document, item, &format!("{pointer}/{index}"), problems);
            }
        }
        _ => {}
    }
}

fn fault(schema: &Map<String, Value>, name: &Value) -> Option<String> {
    if name.as_str().and_then(text_types::find).is_none() {
        let known: Vec<&str> = text_types::ALL.iter().map(|known| known.name).collect();
        return Some(format!(
            "`{KEY}: {name}` is no type of the client; write one of {}, or add the type to `allo-client/src/model/ids.rs` and `codegen/src/text_types.rs`",
            known.join(", ")
        ));
    }
    let is_text = text(schema, "type") == "string" && !schema.contains_key("enum");
    let has_own_type = ["timestamp", "date"].contains(&text(schema, "format"));
    (!is_text || has_own_type).then(|| {
        format!(
            "`{KEY}` belongs at a text: a schema with `type: string`, without `enum`, and without a `format` that is a type of its own; move it there, or remove it"
        )
    })
}
