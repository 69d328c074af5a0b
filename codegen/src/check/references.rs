//! References: each must be local and lead somewhere. Circles are found in `used`.

use serde_json::Value;

use crate::document::{Document, child};
use crate::openapi::resolve;
use crate::problem::Problem;

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
                    // Samples are data; a `$ref` in them refers to nothing.
                    ("example" | "examples", _) => {}
                    ("$ref", Value::String(target)) => {
                        problems.extend(
                            broken(document, target).map(|text| document.problem(&at, text)),
                        );
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

fn broken(document: &Document, target: &str) -> Option<String> {
    if !target.starts_with("#/components/") {
        return Some(format!(
            "the reference `{target}` leaves `#/components`; copy what it means into this document"
        ));
    }
    resolve(&document.value, target)
        .is_none()
        .then(|| format!("the reference `{target}` leads nowhere; define it by an overlay action"))
}
