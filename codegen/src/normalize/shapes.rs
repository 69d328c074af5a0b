//! Whether two inline schemas are one type, and the type of two that were one until one of them got more.

use serde_json::{Map, Value};

pub(super) fn are_one(one: &Value, other: &Value) -> bool {
    comparable(one) == comparable(other)
}

/// A shape that holds what either may hold; `None` if they contradict each other.
pub(super) fn union(one: &Value, other: &Value) -> Option<Value> {
    let (one, other) = (one.as_object()?, other.as_object()?);
    let same = |key: &str| one.get(key).map(comparable) == other.get(key).map(comparable);
    if !same("type") || !same("format") || !same("items") || !same("additionalProperties") {
        return None;
    }
    let mut both = one.clone();
    match (one.get("enum"), other.get("enum")) {
        (Some(Value::Array(values)), Some(Value::Array(more))) => {
            let new = more.iter().filter(|value| !values.contains(value));
            let all = values.iter().chain(new).cloned().collect();
            both.insert("enum".to_owned(), Value::Array(all));
        }
        (None, None) => {}
        _ => return None,
    }
    match (one.get("properties"), other.get("properties")) {
        (Some(Value::Object(properties)), Some(Value::Object(more))) => {
            let all = union_of_properties(properties, more)?;
            both.insert("properties".to_owned(), Value::Object(all));
            both.insert("required".to_owned(), in_both(one, other));
        }
        (None, None) => {}
        _ => return None,
    }
    Some(both.into())
}

fn union_of_properties(
    one: &Map<String, Value>,
    other: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let mut all = one.clone();
    for (name, schema) in other {
        match one.get(name) {
            Some(known) if are_one(known, schema) => {}
            Some(_) => return None,
            None => {
                all.insert(name.clone(), schema.clone());
            }
        }
    }
    Some(all)
}

/// The names that both require.
fn in_both(one: &Map<String, Value>, other: &Map<String, Value>) -> Value {
    let list = |schema: &Map<String, Value>| {
        let names = schema.get("required").and_then(Value::as_array);
        names.cloned().unwrap_or_default()
    };
    let theirs = list(other);
    let names = list(one).into_iter();
    names.filter(|name| theirs.contains(name)).collect()
}

/// A shape without what does not change the Rust type.
fn comparable(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => map
            .iter()
            .filter(|(key, value)| !(key.as_str() == "description" && value.is_string()))
            .map(|(key, value)| {
                let mut value = comparable(value);
                if key == "enum"
                    && let Some(values) = value.as_array_mut()
                {
                    values.retain(|value| !value.is_null());
                }
                (key.clone(), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(comparable).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_either_holds_is_in_the_union() {
        assert_eq!(
            union(
                &json!({"type": "string", "enum": ["a", "b"]}),
                &json!({"type": "string", "enum": ["b", "c"]})
            ),
            Some(json!({"type": "string", "enum": ["a", "b", "c"]}))
        );
        let id = json!({"type": "string"});
        assert_eq!(
            union(
                &json!({"type": "object", "properties": {"id": id, "a": id}, "required": ["id", "a"]}),
                &json!({"type": "object", "properties": {"id": id, "b": id}, "required": ["id"]}),
            ),
            Some(
                json!({"type": "object", "properties": {"id": id, "a": id, "b": id}, "required": ["id"]})
            )
        );
    }

    #[test]
    fn contradictions_have_no_union() {
        let text = json!({"type": "string", "enum": ["a"]});
        let object = |kind: &str| json!({"type": "object", "properties": {"id": {"type": kind}}});
        assert_eq!(union(&text, &object("string")), None);
        assert_eq!(union(&object("integer"), &object("string")), None);
    }
}
