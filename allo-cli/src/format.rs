//! Formats a JSON value as one cell, for people or for a spreadsheet. Tables and files are
//! in `output`.

use allo_client::Timestamp;
use serde_json::Value;

use crate::escape;

/// The value at a dotted path; null if there is none.
pub(crate) fn at_path<'a>(value: &'a Value, path: &str) -> &'a Value {
    match path {
        "" => value,
        path => path.split('.').fold(value, |value, name| &value[name]),
    }
}

/// For people: joins lists, shows people by name, and times in UTC without seconds.
pub(crate) fn for_people(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => moment(text).unwrap_or_else(|| escape::line(text)),
        Value::Array(items) => joined(items, ", ", for_people),
        Value::Object(object) => {
            let named = ["name", "number", "id"]
                .iter()
                .find_map(|key| object.get(*key));
            named.map_or_else(|| escape::line(&value.to_string()), for_people)
        }
    }
}

/// Whether the value is shown as a time, so that its column head must say UTC.
pub(crate) fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| moment(text).is_some())
}

/// For programs: text and times unchanged.
pub(crate) fn for_programs(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            joined(items, "; ", for_programs)
        }
        other => other.to_string(),
    }
}

fn joined(items: &[Value], between: &str, text: fn(&Value) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(between)
}

/// `2026-05-04T11:00:00+02:00` as `2026-05-04 09:00`; `None` for other texts. A time without
/// an offset is UTC.
fn moment(text: &str) -> Option<String> {
    let begins = |form: &str| {
        let mut given = text.chars();
        form.chars().all(|wanted| match (wanted, given.next()) {
            ('0', Some(given)) => given.is_ascii_digit(),
            (other, given) => given == Some(other),
        })
    };
    if !begins("0000-00-00T00:00:00") {
        return None;
    }
    let time: Timestamp = text.parse().ok()?;
    let utc = time.instant().to_string();
    Some(utc.get(..16)?.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_formatted_for_people_and_programs() {
        let table = [
            (json!(null), "", ""),
            (json!(true), "yes", "true"),
            (
                json!("2026-05-04T09:00:00"),
                "2026-05-04 09:00",
                "2026-05-04T09:00:00",
            ),
            (
                json!("2026-05-04T09:00:00.25Z"),
                "2026-05-04 09:00",
                "2026-05-04T09:00:00.25Z",
            ),
            (
                json!("2026-05-04T01:30:00+02:00"),
                "2026-05-03 23:30",
                "2026-05-04T01:30:00+02:00",
            ),
            (
                json!("2026-05-04T09:00:00, or so"),
                "2026-05-04T09:00:00, or so",
                "2026-05-04T09:00:00, or so",
            ),
            (json!("To you"), "To you", "To you"),
            (json!("T"), "T", "T"),
            (json!(["a", "b"]), "a, b", "a; b"),
            (
                json!({"id": "usr-1", "name": "Marie"}),
                "Marie",
                r#"{"id":"usr-1","name":"Marie"}"#,
            ),
            (json!([{"id": "usr-1"}]), "usr-1", r#"[{"id":"usr-1"}]"#),
            (json!("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb c", "a\u{1b}[2Jb\nc"),
        ];
        for (value, person, program) in table {
            assert_eq!(
                (for_people(&value), for_programs(&value)),
                (person.to_owned(), program.to_owned())
            );
        }
    }

    #[test]
    fn a_path_leads_through_objects() {
        let value = json!({"a": {"b": 7}});
        assert_eq!(at_path(&value, "a.b"), &json!(7));
        assert_eq!(at_path(&value, "a.x.y"), &Value::Null);
        assert_eq!(at_path(&value, ""), &value);
    }
}
