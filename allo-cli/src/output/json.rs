//! JSON output: one indented document; lists can be written entry by entry. Control
//! characters are escaped.

use serde_json::Value;

use crate::escape;

/// A complete document.
pub(super) fn document(value: &Value) -> String {
    escape::json(&format!("{value:#}\n"))
}

/// The next item of an array, which `end` closes.
pub(super) fn item(value: &Value, first: bool) -> String {
    let before = if first { "[\n" } else { ",\n" };
    let indented = format!("{value:#}").replace('\n', "\n  ");
    escape::json(&format!("{before}  {indented}"))
}

/// The end of an array.
pub(super) const fn end(empty: bool) -> &'static str {
    if empty { "[]\n" } else { "\n]\n" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_make_the_same_document_as_the_list() {
        let items = [json!({"a": [1, {"b": "x"}]}), json!(7)];
        let mut text = String::new();
        for (index, value) in items.iter().enumerate() {
            text.push_str(&item(value, index == 0));
        }
        text.push_str(end(false));
        assert_eq!(text, document(&json!(items)));
        assert_eq!(end(true), document(&json!([])));
    }
}
