//! JSON Lines output: one line per entry.

use serde_json::Value;

use crate::escape;

/// An entry and its line break.
pub(super) fn line(value: &Value) -> String {
    escape::json(&format!("{value}\n"))
}
