//! Instances of the document's schemas, built from the schema alone, with every property, optional or not. The tests
//! decide how to use them.

use serde_json::{Map, Value, json};

use crate::conformance::resolved;

/// A value of this schema with every property of every object, without null, and with one item in every list.
///
/// # Panics
/// If the schema has a form that the document did not have so far.
#[must_use]
pub fn full(schema: &Value, document: &Value) -> Value {
    let schema = resolved(schema, document);
    if let Some(known) = schema["enum"].as_array() {
        let value = known.iter().find(|value| !value.is_null());
        return value.expect("an enum has values").clone();
    }
    for unknown in ["oneOf", "anyOf", "not", "pattern"] {
        assert!(schema.get(unknown).is_none(), "{unknown} is new: {schema}");
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return merged(parts.iter().chain([&without_parts(schema)]), document);
    }
    match schema["type"].as_str() {
        Some("object") => object(schema, document),
        Some("array") => json!([full(&schema["items"], document)]),
        Some("string") => {
            let most = schema["maxLength"].as_u64();
            let most = most.and_then(|most| usize::try_from(most).ok());
            let text = text(schema["format"].as_str()).chars();
            json!(text.take(most.unwrap_or(usize::MAX)).collect::<String>())
        }
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(7)),
        Some("number") => json!(0.25),
        Some("boolean") => json!(true),
        None if schema.get("properties").is_some() => object(schema, document),
        // Any value.
        None => json!({"any": ["thing", 1]}),
        Some(new) => panic!("{new} is new: {schema}"),
    }
}

fn without_parts(schema: &Value) -> Value {
    let fields = schema.as_object().into_iter().flatten();
    let own = fields.filter(|(name, _)| *name != "allOf");
    let mut own: Map<_, _> = own
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    own.insert("type".to_owned(), json!("object"));
    Value::Object(own)
}

fn merged<'a>(parts: impl Iterator<Item = &'a Value>, document: &Value) -> Value {
    let parts = parts.map(|part| full(part, document));
    let fields = parts.filter_map(|part| match part {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    fields.flatten().collect::<Map<_, _>>().into()
}

fn object(schema: &Value, document: &Value) -> Value {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut fields: Map<String, Value> = properties
        .map(|(name, property)| (name.clone(), full(property, document)))
        .collect();
    match schema.get("additionalProperties") {
        Some(more @ Value::Object(_)) => {
            fields.insert("any_key".to_owned(), full(more, document));
        }
        Some(Value::Bool(true)) => {
            fields.insert("any_key".to_owned(), full(&Value::Null, document));
        }
        _ => {}
    }
    Value::Object(fields)
}

fn text(format: Option<&str>) -> &'static str {
    match format {
        None => "Larch Street",
        Some("date") => "2026-03-02",
        Some("date-time" | "timestamp") => "2026-03-02T08:30:00",
        Some("email") => "larch@example.com",
        Some("uri") => "https://larch.example.com",
        Some(new) => panic!("the format {new} is new"),
    }
}
