//! References: components that are not schemas are written out where they are used, and what stands beside
//! or behind a schema reference (nullability, a description) is kept. Resolving is in `openapi`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{for_each_operation, for_each_schema};
use crate::openapi::{reference, resolve};

pub(super) fn inline_parameters_and_responses(root: &mut Value) {
    let frozen = root.clone();
    let write_out = |node: &mut Value| {
        if let Some(target) = reference(node).and_then(|target| resolve(&frozen, target)) {
            *node = target.clone();
        }
    };
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut() {
            for parameter in array_mut(item, "parameters") {
                write_out(parameter);
            }
        }
    }
    for_each_operation(root, |operation| {
        if let Some(parameters) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        {
            parameters.iter_mut().for_each(write_out);
        }
        if let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            responses.values_mut().for_each(write_out);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            write_out(body);
        }
    });
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        components.retain(|section, _| section == "schemas");
    }
}

fn array_mut<'a>(node: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    node.get_mut(key)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// A component that is neither an object with properties nor an enum names no Rust type: it is written out where it
/// is used, with what stands beside the reference.
pub(super) fn inline_aliases(root: &mut Value) {
    // An alias may hold another, but hardly nine of them in each other.
    for _ in 0..8 {
        let frozen = root.clone();
        let mut found = false;
        for_each_schema(root, &mut |schema| {
            if let Some(written) = written_out(schema, &frozen) {
                *schema = written;
                found = true;
            }
        });
        if !found {
            break;
        }
    }
}

fn written_out(schema: &Value, root: &Value) -> Option<Value> {
    let target = root.pointer(reference(schema)?.strip_prefix('#')?)?;
    if names_a_type(target) {
        return None;
    }
    let mut written = target.as_object()?.clone();
    let beside = schema.as_object()?.iter().filter(|(key, _)| *key != "$ref");
    written.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
    Some(written.into())
}

fn names_a_type(schema: &Value) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.is_some_and(|properties| !properties.is_empty())
        || schema.get("enum").is_some()
        || schema.get("allOf").is_some()
}

/// OpenAPI 3.0 ignores what stands beside `$ref`, and typify ignores `nullable` on a component. Both become
/// `{nullable: true, allOf: [{$ref}]}` at the place of use, which it understands.
pub(super) fn lift_nullability(root: &mut Value) {
    let nullable_components = take_nullable_components(root);
    for_each_schema(root, &mut |schema| {
        let Some(target) = reference(schema).map(str::to_owned) else {
            return;
        };
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        let nullable = nullable_components.contains(&target)
            || object.get("nullable").and_then(Value::as_bool) == Some(true);
        let description = object
            .get("description")
            .filter(|text| text.is_string())
            .cloned();
        let deprecated = object.get("deprecated").and_then(Value::as_bool) == Some(true);
        if !nullable && !deprecated && description.is_none() {
            object.retain(|key, _| key == "$ref");
            return;
        }
        let mut wrapped = json!({"allOf": [{"$ref": target}]});
        if nullable {
            wrapped["nullable"] = Value::Bool(true);
        }
        if deprecated {
            wrapped["deprecated"] = Value::Bool(true);
        }
        if let Some(description) = description {
            wrapped["description"] = description;
        }
        *schema = wrapped;
    });
}

fn take_nullable_components(root: &mut Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let schemas = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let nullable = schema
            .as_object_mut()
            .and_then(|object| object.shift_remove("nullable"));
        if nullable == Some(Value::Bool(true)) {
            found.insert(format!("#/components/schemas/{name}"));
        }
    }
    found
}
