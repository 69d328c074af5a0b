//! Converts `--field name=value` and `--body` to JSON by the types in the operation table.
//! The client checks the limits.

use std::io::Read;
use std::path::Path;

use allo_client::operation::{FieldSpec, JsonType, Operation};
use serde_json::Value;

use crate::error::CliError;
use crate::exit::Exit;

/// Parses the `--field` options; values of one list field are merged.
pub(super) fn read(
    operation: &'static Operation,
    texts: &[String],
) -> Result<Vec<(&'static str, Value)>, CliError> {
    let mut values: Vec<(&'static str, Value)> = Vec::new();
    for text in texts {
        let (name, text) = text.split_once('=').ok_or_else(|| {
            CliError::usage("--field must be of the form name=value")
                .next("pass --field name=value")
        })?;
        let spec = find(operation, name)?;
        let value = value(spec, text)?;
        match values.iter_mut().find(|(name, _)| *name == spec.name) {
            Some((_, Value::Array(list))) => match value {
                Value::Array(more) => list.extend(more),
                one => list.push(one),
            },
            Some((name, _)) => {
                return Err(CliError::usage(format!("--field {name} was given twice")));
            }
            None => values.push((spec.name, value)),
        }
    }
    Ok(values)
}

fn find(operation: &'static Operation, name: &str) -> Result<&'static FieldSpec, CliError> {
    // Fields inside a list cannot be set by name.
    let settable = |spec: &&FieldSpec| !spec.name.contains("[]");
    let mut fields = operation.fields.iter().filter(settable);
    fields.find(|spec| spec.name == name).ok_or_else(|| {
        let known: Vec<_> = operation
            .fields
            .iter()
            .filter(settable)
            .map(|it| it.name)
            .collect();
        let id = operation.id;
        let advice = match known.as_slice() {
            [] => format!("see `allo api {id} --help`"),
            known => format!("the fields are: {}", known.join(", ")),
        };
        CliError::usage(format!("unknown field `{name}` for {id}")).next(advice)
    })
}

/// Parses a value to the JSON type of the field.
fn value(spec: &FieldSpec, text: &str) -> Result<Value, CliError> {
    let parsed = || serde_json::from_str::<Value>(text).ok();
    let value = match spec.json_type {
        JsonType::String => Some(Value::from(text)),
        JsonType::Integer => text.parse::<i64>().ok().map(Value::from),
        JsonType::Number => parsed().filter(Value::is_number),
        JsonType::Boolean => parsed().filter(Value::is_boolean),
        JsonType::Object => parsed().filter(Value::is_object),
        JsonType::Array => Some(
            parsed()
                .filter(Value::is_array)
                .unwrap_or_else(|| Value::Array(vec![Value::from(text)])),
        ),
    };
    value.ok_or_else(|| {
        let kind = match spec.json_type {
            JsonType::Integer => "a whole number",
            JsonType::Number => "a number",
            JsonType::Boolean => "true or false",
            _ => "a JSON object",
        };
        CliError::new(
            Exit::Validation,
            format!("field `{}` must be {kind}", spec.name),
        )
    })
}

/// Reads JSON from a file, or from stdin for `-`.
pub(super) fn body(path: &Path) -> Result<Value, CliError> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| super::unreadable(path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let message = format!("the body is not valid JSON: {} at {place}", what(&error));
        CliError::new(Exit::Validation, message)
    })
}

fn what(error: &serde_json::Error) -> &'static str {
    if error.is_eof() {
        "unexpected end of input"
    } else {
        "syntax error"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use allo_client::operations;
    use serde_json::json;

    fn values(texts: &[&str]) -> Result<Vec<(&'static str, Value)>, CliError> {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        read(&operations::SEARCH_ALL_CONVERSATIONS, &texts)
    }

    #[test]
    fn texts_become_what_the_field_takes() {
        let read = values(&["size=5", "unread=true", "search=a=b", "tags=x", "tags=y,z"]).ok();
        assert_eq!(
            read.unwrap(),
            [
                ("size", json!(5)),
                ("unread", json!(true)),
                ("search", json!("a=b")),
                ("tags", json!(["x", "y,z"])),
            ]
        );
        assert_eq!(
            values(&[r#"tags=["a","b"]"#]).ok().unwrap(),
            [("tags", json!(["a", "b"]))]
        );
    }

    #[test]
    fn invalid_fields_are_rejected() {
        for (text, exit) in [
            ("size=many", Exit::Validation),
            ("unread=yes", Exit::Validation),
            ("name", Exit::Usage),
            ("nothing=1", Exit::Usage),
            ("tags[]=1", Exit::Usage),
        ] {
            assert_eq!(values(&[text]).err().unwrap().exit(), exit, "{text}");
        }
        assert!(values(&["size=1", "size=2"]).is_err());
    }
}
