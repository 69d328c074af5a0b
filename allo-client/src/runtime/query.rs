//! Encodes paths and query strings. Values come as JSON, so that they can be
//! checked by the same validator as bodies.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::Error;

/// Everything but the unreserved characters of RFC 3986; so `+` is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Fills the `{names}` of a path template.
pub(crate) fn path(template: &str, values: &Map<String, Value>) -> Result<String, Error> {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        path.push_str(before);
        path.push_str(&segment(name, values.get(name))?);
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// One segment. Those that would lead to another path are refused.
fn segment(name: &str, value: Option<&Value>) -> Result<String, Error> {
    let text = value.and_then(scalar);
    match text.as_deref() {
        None | Some("") => Err(refused(name, "must not be empty")),
        Some("." | "..") => Err(refused(name, "must not be `.` or `..`")),
        Some(text) => Ok(encode(text)),
    }
}

fn refused(name: &str, why: &str) -> Error {
    Error::invalid_request(format!("{name} {why}")).with_param(name)
}

/// A query string; null is left out, an array becomes a repeated name.
pub(crate) fn query(values: &Map<String, Value>) -> String {
    let mut pairs = Vec::new();
    for (name, value) in values {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let texts = items.iter().filter_map(scalar);
        pairs.extend(texts.map(|text| format!("{}={}", encode(name), encode(&text))));
    }
    pairs.join("&")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The text of a value; none for null and for what has no text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_segment_stays_one_segment() {
        let table = [
            ("usr-0001", "/users/usr-0001/tags"),
            ("+12125550101", "/users/%2B12125550101/tags"),
            ("a/../b", "/users/a%2F..%2Fb/tags"),
            ("a?b#c%2e", "/users/a%3Fb%23c%252e/tags"),
            ("é {x}", "/users/%C3%A9%20%7Bx%7D/tags"),
            ("...", "/users/.../tags"),
        ];
        for (value, expected) in table {
            let values = object(json!({"id": value}));
            assert_eq!(path("/users/{id}/tags", &values).unwrap(), expected);
        }
    }

    #[test]
    fn a_segment_that_leads_elsewhere_is_refused() {
        for value in [json!(""), json!("."), json!(".."), json!(null)] {
            let error = path("/users/{id}", &object(json!({"id": value}))).unwrap_err();
            assert!(
                error.is_invalid_request() && error.param() == Some("id"),
                "{value}"
            );
        }
        assert!(path("/users/{id}", &Map::new()).is_err());
    }

    #[test]
    fn nothing_that_was_not_set_is_sent() {
        let values = object(json!({
            "page": 2, "unread": true, "email": "a+b@example.com", "user_id": null,
            "tag": ["x y", "&"], "none": [],
        }));
        let mut pairs: Vec<_> = query(&values).split('&').map(str::to_owned).collect();
        pairs.sort();
        assert_eq!(
            pairs,
            [
                "email=a%2Bb%40example.com",
                "page=2",
                "tag=%26",
                "tag=x%20y",
                "unread=true"
            ]
        );
        assert_eq!(query(&Map::new()), "");
    }
}
