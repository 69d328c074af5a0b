//! Drops from schemas what must not steer decoding: limits, defaults, formats that only narrow. Limits are
//! checked on what is sent, by the rules that `meta` writes into the operation table. `x-type` becomes the format, by
//! which progenitor is told of types that the client has.

use serde_json::{Map, Value};

use super::{for_each_operation, for_each_schema};
use crate::text_types::{self, KEY};

const KEPT: [&str; 15] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "deprecated",
    "description",
    "enum",
    "format",
    "items",
    "minimum",
    "nullable",
    "properties",
    "required",
    "type",
    "x-field",
    KEY,
];

pub(super) fn relax(root: &mut Value) {
    for_each_schema(root, &mut |schema| {
        if let Some(object) = schema.as_object_mut() {
            object.retain(|key, _| KEPT.contains(&key.as_str()));
            relax_numbers(object);
            relax_strings(object);
            relax_objects(object);
        }
    });
    for_each_operation(root, |operation| {
        operation.retain(|key, _| !key.starts_with("x-"));
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if let Some(parameter) = parameter.as_object_mut() {
                parameter.retain(|key, _| !key.starts_with("example"));
            }
        }
    });
}

fn relax_numbers(schema: &mut Map<String, Value>) {
    let minimum = schema.shift_remove("minimum");
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => {
            let natural = minimum
                .and_then(|bound| bound.as_i64())
                .is_some_and(|bound| bound >= 0);
            let format = if natural { "uint64" } else { "int64" };
            schema.insert("format".into(), format.into());
        }
        Some("number") if format_of(schema) != Some("decimal") => {
            schema.insert("format".into(), "double".into());
        }
        _ => {}
    }
}

fn format_of(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("format").and_then(Value::as_str)
}

fn relax_strings(schema: &mut Map<String, Value>) {
    if let Some(name) = schema.shift_remove(KEY) {
        schema.insert("format".into(), name);
    }
    let keeps_format = match format_of(schema) {
        Some("timestamp" | "date" | "decimal" | "uint64" | "int64" | "double") => true,
        other => other.and_then(text_types::find).is_some(),
    };
    if !keeps_format {
        schema.shift_remove("format");
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
}

/// `additionalProperties: false` would refuse every field that the vendor adds; no properties are any properties.
fn relax_objects(schema: &mut Map<String, Value>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    if properties.is_none_or(Map::is_empty) {
        schema.shift_remove("properties");
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        schema.shift_remove("additionalProperties");
    }
}
