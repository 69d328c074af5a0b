//! A JSON value that remembers where each of its nodes was written.
//! Reading texts is in `load`, changing the value in `overlay` and `normalize`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::problem::{Location, Problem};

/// A parsed text with the place of each node.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) value: Value,
    places: BTreeMap<String, Location>,
    whole: Location,
}

impl Document {
    pub(crate) fn new(value: Value, places: BTreeMap<String, Location>, file: &str) -> Self {
        let whole = Location {
            file: file.to_owned(),
            line: 1,
            column: 1,
        };
        Self {
            value,
            places,
            whole,
        }
    }

    /// Drops the operations whose first tag is another, and the paths that are left without any.
    pub(crate) fn retain_tags(&mut self, tags: &[&str]) {
        let is_wanted = |operation: &Value| {
            let tag = operation.pointer("/tags/0").and_then(Value::as_str);
            tag.is_some_and(|tag| tags.contains(&tag))
        };
        let paths = self.value.get_mut("paths").and_then(Value::as_object_mut);
        for item in paths.into_iter().flat_map(|paths| paths.values_mut()) {
            if let Some(item) = item.as_object_mut() {
                item.retain(|_, entry| !entry.is_object() || is_wanted(entry));
            }
        }
        if let Some(paths) = self.value.get_mut("paths").and_then(Value::as_object_mut) {
            paths.retain(|_, item| {
                item.as_object()
                    .is_some_and(|item| item.values().any(Value::is_object))
            });
        }
    }

    /// Where the node is written, or its nearest ancestor that is.
    pub(crate) fn location(&self, pointer: &str) -> Location {
        let mut at = pointer;
        loop {
            if let Some(found) = self.places.get(at) {
                return found.clone();
            }
            match at.rfind('/') {
                Some(slash) => at = &at[..slash],
                None => return self.whole.clone(),
            }
        }
    }

    /// Remembers that a node was put there by another text.
    pub(crate) fn relocate(&mut self, pointer: String, location: Location) {
        self.places.insert(pointer, location);
    }

    pub(crate) fn problem(&self, pointer: &str, message: impl Into<String>) -> Problem {
        Problem {
            location: self.location(pointer),
            pointer: pointer.to_owned(),
            message: message.into(),
        }
    }
}

/// Appends one reference token to an RFC 6901 pointer.
pub(crate) fn child(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// The last reference token of a pointer, unescaped.
pub(crate) fn last_token(pointer: &str) -> String {
    let token = pointer.rsplit('/').next().unwrap_or_default();
    token.replace("~1", "/").replace("~0", "~")
}
