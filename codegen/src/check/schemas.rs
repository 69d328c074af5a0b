//! Schemas that become Rust types: constructs the generator mistranslates, and names that collide.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value};

use super::reserved;
use crate::document::{Document, child};
use crate::openapi::{self, deref, text};
use crate::problem::Problem;

pub(super) fn check(document: &Document, used: &[(String, Value)]) -> Vec<Problem> {
    let mut problems = component_names(document);
    for (pointer, schema) in used {
        let Some(object) = schema.as_object() else {
            problems.push(document.problem(pointer, "a schema must be a mapping"));
            continue;
        };
        let found = [
            construct(object),
            nullable(object),
            array(object),
            all_of(document, object),
        ];
        problems.extend(
            found
                .into_iter()
                .flatten()
                .map(|text| document.problem(pointer, text)),
        );
        problems.extend(enum_values(document, object, pointer));
        problems.extend(property_names(document, object, pointer));
    }
    problems
}

fn component_names(document: &Document) -> Vec<Problem> {
    let mut taken = BTreeMap::new();
    let mut problems = Vec::new();
    let schemas = document
        .value
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for name in schemas.into_iter().flat_map(Map::keys) {
        if let Some(first) = claim(&mut taken, name.to_pascal_case(), name) {
            let pointer = child("/components/schemas", name);
            problems.push(document.problem(
                &pointer,
                format!("`{name}` and `{first}` become the same type name"),
            ));
        }
    }
    problems
}

/// Takes a Rust name for the first that asks; tells the others who has it.
fn claim<'a>(
    taken: &mut BTreeMap<String, &'a str>,
    rust_name: String,
    name: &'a str,
) -> Option<&'a str> {
    match taken.entry(rust_name) {
        Entry::Vacant(free) => {
            free.insert(name);
            None
        }
        Entry::Occupied(first) => Some(first.get()),
    }
}

fn construct(schema: &Map<String, Value>) -> Option<String> {
    for key in ["oneOf", "anyOf", "not", "discriminator"] {
        if schema.contains_key(key) {
            return Some(format!(
                "`{key}` is not supported; choose one shape by an overlay action"
            ));
        }
    }
    match schema.get("type") {
        None => None,
        Some(Value::String(kind)) => {
            let known = ["array", "boolean", "integer", "number", "object", "string"];
            (!known.contains(&kind.as_str()))
                .then(|| format!("the type `{kind}` is not one of OpenAPI 3.0"))
        }
        Some(_) => Some("`type` must be one word in OpenAPI 3.0".to_owned()),
    }
}

fn nullable(schema: &Map<String, Value>) -> Option<String> {
    let says_what = ["type", "$ref", "allOf", "enum", "properties"];
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    (is_nullable && !says_what.iter().any(|key| schema.contains_key(*key)))
        .then(|| "it is nullable but has no `type`".to_owned())
}

fn array(schema: &Map<String, Value>) -> Option<String> {
    (text(schema, "type") == "array" && !schema.contains_key("items"))
        .then(|| "an array needs `items`".to_owned())
}

fn all_of(document: &Document, schema: &Map<String, Value>) -> Option<String> {
    let members = schema.get("allOf")?.as_array()?;
    let root = &document.value;
    let all_objects = members.iter().all(|member| {
        deref(root, member).is_none_or(|member| !openapi::properties(root, member).is_empty())
    });
    (members.len() > 1 && !all_objects).then(|| {
        "`allOf` of several members is supported for objects with properties only".to_owned()
    })
}

fn enum_values(document: &Document, schema: &Map<String, Value>, pointer: &str) -> Vec<Problem> {
    let Some(values) = schema.get("enum").and_then(Value::as_array) else {
        return Vec::new();
    };
    let at = child(pointer, "enum");
    let mut variants = BTreeMap::new();
    let mut problems = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let at = format!("{at}/{index}");
        let Some(value) = value.as_str() else {
            if !value.is_null() {
                problems.push(document.problem(&at, "an enum value must be a string; quote it"));
            }
            continue;
        };
        let variant = value.to_pascal_case();
        let message = if variant.is_empty() {
            format!("the enum value `{value}` has no letter or digit to name a variant by")
        } else if variant == "Unrecognized" {
            format!("the enum value `{value}` takes the name of the variant for unknown values")
        } else if let Some(first) = claim(&mut variants, variant.clone(), value) {
            format!("the enum values `{first}` and `{value}` both become the variant `{variant}`")
        } else {
            continue;
        };
        problems.push(document.problem(&at, message));
    }
    problems
}

fn property_names(document: &Document, schema: &Map<String, Value>, pointer: &str) -> Vec<Problem> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut taken = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, property) in properties.into_iter().flatten() {
        let at = child(&child(pointer, "properties"), name);
        let given = property.get("x-field").and_then(Value::as_str);
        let field = given.map_or_else(|| name.to_snake_case(), str::to_owned);
        let message = if field.is_empty() {
            format!(
                "the property `{name}` has no letter or digit to name a field by; give it `x-field`"
            )
        } else if reserved::is_keyword(&field) {
            format!(
                "the property `{name}` becomes the Rust keyword `{field}`; name the field by `x-field` in the overlay"
            )
        } else if let Some(first) = claim(&mut taken, field.clone(), name) {
            format!("the properties `{first}` and `{name}` both become the field `{field}`")
        } else {
            continue;
        };
        problems.push(document.problem(&at, message));
    }
    problems
}
