//! One line of JSON for each entry.

use serde_json::Value;

/// An entry and its line break.
pub(super) fn line(value: &Value) -> String {
    format!("{value}\n")
}
