//! What typify's structs lose about the properties they come from: whether null may stand there, and the
//! field name that a maintainer gave a property whose own name Rust reserves.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde_json::Value;

/// Facts of one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldFacts {
    pub(crate) nullable: bool,
    pub(crate) required: bool,
    pub(crate) rename: Option<String>,
    pub(crate) object_list: bool,
    pub(crate) is_deprecated: bool,
    /// Its place among the properties, as the document has them.
    pub(crate) place: usize,
}

/// By Rust type name, then by property name on the wire.
pub(crate) type Fields = BTreeMap<String, BTreeMap<String, FieldFacts>>;

/// Reads the facts and takes the extensions that carry them out of the document.
pub(super) fn collect(root: &mut Value) -> Fields {
    let frozen = root.clone();
    let schemas = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    let mut fields = Fields::new();
    for (name, schema) in schemas.into_iter().flatten() {
        let required = crate::openapi::required(&frozen, schema);
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        let of_type = fields.entry(name.to_pascal_case()).or_default();
        for (place, (property, inner)) in properties.into_iter().flatten().enumerate() {
            let facts = FieldFacts {
                nullable: inner.get("nullable").and_then(Value::as_bool) == Some(true),
                required: required.contains(property),
                rename: take_text(inner, "x-field"),
                object_list: is_object_list(&frozen, inner),
                is_deprecated: take_flag(inner, "deprecated"),
                place,
            };
            of_type.insert(property.clone(), facts);
        }
    }
    fields
}

fn take_text(schema: &mut Value, key: &str) -> Option<String> {
    let value = schema.as_object_mut()?.shift_remove(key)?;
    value.as_str().map(str::to_owned)
}

fn take_flag(schema: &mut Value, key: &str) -> bool {
    let value = schema
        .as_object_mut()
        .and_then(|schema| schema.shift_remove(key));
    value == Some(Value::Bool(true))
}

fn is_object_list(root: &Value, schema: &Value) -> bool {
    schema
        .get("items")
        .is_some_and(|items| !crate::openapi::properties(root, items).is_empty())
}
