//! The kinds and limits of what is sent, as the document states them.

use serde_json::Value;

use super::{Field, Place};
use crate::openapi::{self, deref};

/// JSON type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// A limit that can be checked before sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Range { min: Option<i64>, max: Option<i64> },
    Length { min: Option<u64>, max: Option<u64> },
    Items { min: Option<u64>, max: Option<u64> },
    Email,
}

/// Bodies nest two or three levels; deeper ones keep their outer fields only.
const DEPTH: usize = 6;

pub(super) fn body_fields(
    root: &Value,
    schema: &Value,
    prefix: &str,
    depth: usize,
    into: &mut Vec<Field>,
) {
    if depth > DEPTH {
        return;
    }
    let required = openapi::required(root, schema);
    let mut properties = openapi::properties(root, schema);
    // The order of a mapping means nothing, so it must not show.
    properties.sort_by_key(|(name, _)| name.as_str());
    for (name, property) in properties {
        let Some(target) = deref(root, property) else {
            continue;
        };
        let name_here = format!("{prefix}{name}");
        into.push(Field {
            name: name_here.clone(),
            place: Place::Body,
            kind: kind(root, target),
            required: required.contains(name),
            rules: rules(target),
        });
        match target.get("items") {
            Some(items) => body_fields(root, items, &format!("{name_here}[]."), depth + 1, into),
            None => body_fields(root, target, &format!("{name_here}."), depth + 1, into),
        }
    }
}

pub(super) fn kind(root: &Value, schema: &Value) -> Kind {
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Boolean,
        Some("array") => Kind::Array,
        Some("string") => Kind::String,
        _ if openapi::properties(root, schema).is_empty() => Kind::String,
        _ => Kind::Object,
    }
}

pub(super) fn rules(schema: &Value) -> Vec<Rule> {
    let signed = |key: &str| schema.get(key).and_then(Value::as_i64);
    let unsigned = |key: &str| schema.get(key).and_then(Value::as_u64);
    let mut rules = Vec::new();
    if let (min, max) = (signed("minimum"), signed("maximum"))
        && (min.is_some() || max.is_some())
    {
        rules.push(Rule::Range { min, max });
    }
    if let (min, max) = (unsigned("minLength"), unsigned("maxLength"))
        && (min.is_some() || max.is_some())
    {
        rules.push(Rule::Length { min, max });
    }
    if let (min, max) = (unsigned("minItems"), unsigned("maxItems"))
        && (min.is_some() || max.is_some())
    {
        rules.push(Rule::Items { min, max });
    }
    if schema.get("format").and_then(Value::as_str) == Some("email") {
        rules.push(Rule::Email);
    }
    rules
}
