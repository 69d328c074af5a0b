//! `allOf` of objects becomes one object with all their properties; `allOf` of one reference stays, as it only
//! carries nullability or a description.

use serde_json::{Map, Value};

use super::for_each_schema;
use crate::openapi::{reference, resolve};

pub(super) fn flatten(root: &mut Value) {
    let frozen = root.clone();
    for_each_schema(root, &mut |schema| {
        let members = match schema.get("allOf").and_then(Value::as_array) {
            Some(members) if members.len() > 1 || is_object(members) => members.clone(),
            _ => return,
        };
        let mut merged = Map::new();
        if let Some(object) = schema.as_object_mut() {
            object.shift_remove("allOf");
            merge(&mut merged, object);
        }
        for member in &members {
            merge_resolved(&mut merged, member, &frozen);
        }
        merged.insert("type".into(), "object".into());
        *schema = Value::Object(merged);
    });
}

/// Whether the members are one object that stands there itself.
fn is_object(members: &[Value]) -> bool {
    matches!(members, [only] if only.get("properties").is_some())
}

fn merge_resolved(into: &mut Map<String, Value>, member: &Value, root: &Value) {
    let target = match reference(member) {
        Some(pointer) => resolve(root, pointer),
        None => Some(member),
    };
    let Some(object) = target.and_then(Value::as_object) else {
        return;
    };
    for nested in object
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        merge_resolved(into, nested, root);
    }
    let mut own = object.clone();
    own.shift_remove("allOf");
    own.shift_remove("description");
    // What may be null as a whole is not so as a part.
    own.shift_remove("nullable");
    merge(into, &own);
}

fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(existing)), Value::Object(more)) => {
                for (name, schema) in more {
                    existing.insert(name.clone(), schema.clone());
                }
            }
            (Some(Value::Array(existing)), Value::Array(more)) => {
                existing.extend(more.iter().cloned());
            }
            (Some(_), _) => {}
            (None, value) => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
