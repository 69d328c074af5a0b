//! Semantic comparison of JSON.

use serde_json::Value;

/// The same JSON with every whole number as an integer: a type with fractions writes `3` as `3.0`.
#[must_use]
pub fn with_whole_numbers(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), with_whole_numbers(value)))
            .collect(),
        Value::Array(items) => items.iter().map(with_whole_numbers).collect(),
        Value::Number(number) => whole(number).unwrap_or_else(|| value.clone()),
        other => other.clone(),
    }
}

fn whole(number: &serde_json::Number) -> Option<Value> {
    let text = number.to_string();
    let digits = text.strip_suffix(".0")?;
    digits.parse::<i64>().ok().map(Value::from)
}
