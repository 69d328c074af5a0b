//! JSON as text for a person or a spreadsheet: one value, one cell. Tables and
//! files of such cells are in `output`.

use serde_json::Value;

/// What is below a dotted path; null if there is nothing.
pub(crate) fn below<'a>(value: &'a Value, path: &str) -> &'a Value {
    match path {
        "" => value,
        path => path.split('.').fold(value, |value, name| &value[name]),
    }
}

/// For a person: lists joined, people by their names, times without seconds.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => clean(&moment(text).unwrap_or_else(|| text.clone())),
        Value::Array(items) => joined(items, ", ", shown),
        Value::Object(object) => {
            let named = ["name", "number", "id"]
                .iter()
                .find_map(|key| object.get(*key));
            named.map_or_else(|| clean(&value.to_string()), shown)
        }
    }
}

/// For a program: texts and times as they are.
pub(crate) fn raw(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            joined(items, "; ", raw)
        }
        other => other.to_string(),
    }
}

fn joined(items: &[Value], between: &str, text: fn(&Value) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(between)
}

/// `2026-05-04T09:00:00Z` as `2026-05-04 09:00`; nothing for other texts.
fn moment(text: &str) -> Option<String> {
    let (date, time) = text.split_once('T')?;
    let digits = |text: &str, form: &str| {
        text.len() >= form.len()
            && text
                .chars()
                .zip(form.chars())
                .all(|(given, wanted)| match wanted {
                    '0' => given.is_ascii_digit(),
                    other => given == other,
                })
    };
    let fits = date.len() == 10 && digits(date, "0000-00-00") && digits(time, "00:00:00");
    fits.then(|| format!("{date} {}", time.get(..5).unwrap_or_default()))
}

/// Without what would move the cursor: texts come from strangers.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_read_as_people_write_them() {
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
            (json!("To you"), "To you", "To you"),
            (json!("T"), "T", "T"),
            (json!(["a", "b"]), "a, b", "a; b"),
            (
                json!({"id": "usr-1", "name": "Marie"}),
                "Marie",
                r#"{"id":"usr-1","name":"Marie"}"#,
            ),
            (json!([{"id": "usr-1"}]), "usr-1", r#"[{"id":"usr-1"}]"#),
            (json!("a\u{1b}[2Jb\nc"), "a [2Jb c", "a\u{1b}[2Jb\nc"),
        ];
        for (value, person, program) in table {
            assert_eq!(
                (shown(&value), raw(&value)),
                (person.to_owned(), program.to_owned())
            );
        }
    }

    #[test]
    fn a_path_leads_through_objects() {
        let value = json!({"a": {"b": 7}});
        assert_eq!(below(&value, "a.b"), &json!(7));
        assert_eq!(below(&value, "a.x.y"), &Value::Null);
        assert_eq!(below(&value, ""), &value);
    }
}
