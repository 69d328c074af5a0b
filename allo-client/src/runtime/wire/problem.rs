//! Why JSON is not what a type expects, and where in it.

use std::fmt;

use serde::de::{Error as _, Unexpected};
use serde_json::Value;

/// What is wrong with a value. May quote it: use
/// [`decode_problem`](crate::transport::redact::decode_problem) before showing it.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Where, from the outside to the inside; empty for the value itself.
    path: String,
    what: serde_json::Error,
}

impl Problem {
    /// The property is not there.
    pub(crate) fn missing() -> Self {
        Self::from(serde_json::Error::custom("it is missing"))
    }

    /// Another type of JSON was expected.
    pub(crate) fn kind(found: &Value, expected: &str) -> Self {
        let found = match found {
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(_) => Unexpected::Other("number"),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        Self::from(serde_json::Error::invalid_type(found, &expected))
    }

    /// The same, seen from the object that has the property.
    pub(crate) fn inside(self, name: &str) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path if path.starts_with('[') => format!("{name}{path}"),
            path => format!("{name}.{path}"),
        };
        Self { path, ..self }
    }

    /// The same, seen from the array that has the item.
    pub(crate) fn at(self, index: usize) -> Self {
        self.inside(&format!("[{index}]"))
    }
}

impl From<serde_json::Error> for Problem {
    fn from(what: serde_json::Error) -> Self {
        let path = String::new();
        Self { path, what }
    }
}

impl From<Problem> for serde_json::Error {
    fn from(problem: Problem) -> Self {
        Self::custom(problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "field `{}`: ", self.path)?;
        }
        self.what.fmt(f)
    }
}
