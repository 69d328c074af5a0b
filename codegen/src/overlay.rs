//! OpenAPI Overlay 1.0 over a `Document`: `target` (RFC 9535), `update`, `remove`.
//! What is corrected and why is in `openapi/overlay.yaml`, not here.

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::document::{Document, child};
use crate::problem::{Location, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    target: String,
    description: String,
    #[serde(default)]
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
}

/// Applies all actions in order and reports every one that cannot be applied.
pub(crate) fn apply(document: &mut Document, overlay: &Document) -> Vec<Problem> {
    let mut problems = check_header(overlay);
    let Some(actions) = overlay.value.get("actions").and_then(Value::as_array) else {
        problems.push(overlay.problem("", "an overlay needs a list named `actions`"));
        return problems;
    };
    for (index, raw) in actions.iter().enumerate() {
        let pointer = format!("/actions/{index}");
        if let Err(message) = apply_one(document, raw, &overlay.location(&pointer)) {
            problems.push(overlay.problem(&pointer, message));
        }
    }
    problems
}

fn check_header(overlay: &Document) -> Vec<Problem> {
    match overlay.value.get("overlay").and_then(Value::as_str) {
        Some(version) if version.starts_with("1.0.") => Vec::new(),
        _ => vec![overlay.problem(
            "/overlay",
            "`overlay: 1.0.0` is the only version known here",
        )],
    }
}

fn apply_one(document: &mut Document, raw: &Value, from: &Location) -> Result<(), String> {
    let action = Action::deserialize(raw).map_err(|error| format!("not an action: {error}"))?;
    if action.description.trim().is_empty() {
        return Err("an action needs a `description` that says why".to_owned());
    }
    let targets = locate(&document.value, &action.target)?;
    match (action.update, action.remove) {
        (Some(update), false) => {
            for target in targets {
                update_at(document, &target, &update, from);
            }
            Ok(())
        }
        (None, true) => {
            // Highest index first, so that the earlier pointers keep their meaning.
            for target in targets.iter().rev() {
                remove_at(&mut document.value, target);
            }
            Ok(())
        }
        _ => Err("an action has either `update` or `remove: true`".to_owned()),
    }
}

fn locate(value: &Value, target: &str) -> Result<Vec<String>, String> {
    let path = JsonPath::parse(target)
        .map_err(|error| format!("`{target}` is not an RFC 9535 JSONPath: {error}"))?;
    let found: Vec<String> = path
        .query_located(value)
        .locations()
        .map(|location| location.to_json_pointer())
        .collect();
    if found.is_empty() {
        return Err(format!(
            "`{target}` matches nothing; if the vendor mended it, delete this action"
        ));
    }
    Ok(found)
}

fn update_at(document: &mut Document, pointer: &str, update: &Value, from: &Location) {
    let mut written = Vec::new();
    if let Some(node) = document.value.pointer_mut(pointer) {
        merge(node, update, pointer, &mut written);
    }
    for pointer in written {
        document.relocate(pointer, from.clone());
    }
}

/// Objects merge, arrays append, anything else replaces; collects the pointers that are new.
fn merge(node: &mut Value, update: &Value, pointer: &str, written: &mut Vec<String>) {
    match (node, update) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                let at = child(pointer, key);
                match into.get_mut(key) {
                    Some(existing) => merge(existing, value, &at, written),
                    None => {
                        into.insert(key.clone(), value.clone());
                        written.push(at);
                    }
                }
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from.iter().cloned()),
        (node, update) => {
            *node = update.clone();
            written.push(pointer.to_owned());
        }
    }
}

fn remove_at(value: &mut Value, pointer: &str) {
    let Some((parent, _)) = pointer.rsplit_once('/') else {
        return;
    };
    let key = crate::document::last_token(pointer);
    match value.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.shift_remove(&key);
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = key.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Source, load};
    use serde_json::json;

    fn run(spec: &str, actions: &str) -> (Document, Vec<Problem>) {
        let mut document = load(Source {
            name: "spec",
            text: spec,
        })
        .unwrap();
        let text = format!("overlay: 1.0.0\nactions:\n{actions}");
        let overlay = load(Source {
            name: "overlay",
            text: &text,
        })
        .unwrap();
        let problems = apply(&mut document, &overlay);
        (document, problems)
    }

    #[test]
    fn objects_merge_arrays_append_scalars_replace() {
        let (document, problems) = run(
            "a: {x: 1, list: [1], keep: k}\n",
            "  - {target: $.a, description: d, update: {x: 2, list: [2], y: {z: 3}}}\n",
        );
        assert_eq!(problems, []);
        assert_eq!(
            document.value,
            json!({"a": {"x": 2, "list": [1, 2], "keep": "k", "y": {"z": 3}}})
        );
        assert_eq!(document.location("/a/y").file, "overlay");
        assert_eq!(document.location("/a/keep").file, "spec");
    }

    #[test]
    fn several_array_items_can_be_removed() {
        let (document, problems) = run(
            "a: [1, 2, 3, 2]\nb: 1\n",
            "  - {target: '$.a[?@ == 2]', description: d, remove: true}\n  - {target: $.b, description: d, remove: true}\n",
        );
        assert_eq!(problems, []);
        assert_eq!(document.value, json!({"a": [1, 3]}));
    }

    #[test]
    fn every_bad_action_is_reported_with_its_line() {
        let (_, problems) = run(
            "a: 1\n",
            "  - {target: $.gone, description: d, remove: true}\n  - {target: '$[', description: d, remove: true}\n  - {target: $.a, description: d}\n  - {target: $.a, description: ' ', remove: true}\n  - {target: $.a, remove: true}\n  - {target: $.a, description: d, upate: 1}\n",
        );
        let lines: Vec<u64> = problems.iter().map(|p| p.location.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
        assert!(problems[0].message.contains("matches nothing"));
    }
}
