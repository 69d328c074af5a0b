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
        problems.extend(required_names(document, schema, pointer));
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
        if reserved::TYPES.contains(&name.to_pascal_case().as_str()) {
            let pointer = child("/components/schemas", name);
            problems.push(document.problem(
                &pointer,
                format!("`{name}` would be taken for the type of that name that Rust has"),
            ));
        }
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
        None if schema.contains_key("format") => Some("it has a `format` but no `type`".to_owned()),
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
    if members.is_empty() {
        return Some("`allOf` needs a member".to_owned());
    }
    let all_objects = members.iter().all(|member| {
        deref(root, member).is_none_or(|member| !openapi::properties(root, member).is_empty())
    });
    (members.len() > 1 && !all_objects).then(|| {
        "`allOf` of several members is supported for objects with properties only".to_owned()
    })
}

/// As typify makes it: a name cannot begin with a digit.
fn variant_name(value: &str) -> String {
    let name = value.to_pascal_case();
    match name.chars().next() {
        Some('0'..='9') => format!("X{name}"),
        _ => name,
    }
}

/// A member of `allOf` may require what stands in another member, so only the whole is looked at.
fn required_names(document: &Document, schema: &Value, pointer: &str) -> Vec<Problem> {
    if openapi::parent(pointer).ends_with("/allOf") {
        return Vec::new();
    }
    let properties = openapi::properties(&document.value, schema);
    let required = openapi::required(&document.value, schema);
    let missing = required
        .iter()
        .filter(|name| properties.iter().all(|(property, _)| property != name));
    let at = child(pointer, "required");
    missing
        .map(|name| {
            document.problem(
                &at,
                format!("`required` names `{name}`, which is no property"),
            )
        })
        .collect()
}

fn enum_values(document: &Document, schema: &Map<String, Value>, pointer: &str) -> Vec<Problem> {
    let at = child(pointer, "enum");
    let values = match schema.get("enum") {
        Some(Value::Array(values)) if !values.iter().all(Value::is_null) => values,
        Some(Value::Array(_) | Value::Null) => {
            return vec![document.problem(&at, "an enum needs a value")];
        }
        _ => return Vec::new(),
    };
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
        let variant = variant_name(value);
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
        } else if reserved::is_no_name(&field) || field == "new" {
            format!(
                "the property `{name}` becomes the field `{field}`, which Rust or the generated code reserves; name it by `x-field` in the overlay"
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
