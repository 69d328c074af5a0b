//! Reads fields of a JSON object. Errors are collected, so that one response reports all of them.
//! `null` is an error except for nullable fields, and unknown fields are ignored.

mod readers;

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::errors::{ApiError, FieldError};

/// The maximum number of errors in a response.
const MAX_ERRORS: usize = 20;

/// Any length.
pub(crate) const ANY: RangeInclusive<usize> = 0..=usize::MAX;

/// A JSON object whose fields are being read.
pub(crate) struct Fields {
    values: Map<String, Value>,
    /// The path of the object in the body, with a trailing dot; empty for the body itself.
    prefix: String,
    errors: Vec<FieldError>,
}

impl Fields {
    pub(crate) fn new(values: Map<String, Value>) -> Self {
        Self {
            values,
            prefix: String::new(),
            errors: Vec::new(),
        }
    }

    /// A string of this length in characters.
    pub(crate) fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let value = self.take(name)?;
        let Value::String(text) = value else {
            self.add_error(name, "must be a string");
            return None;
        };
        if !length.contains(&text.chars().count()) {
            self.add_error(name, &format!("must have {}", characters(length)));
            return None;
        }
        Some(text)
    }

    /// One of `choices`.
    pub(crate) fn one_of(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let text = self.text(name, ANY)?;
        if choices.contains(&text.as_str()) {
            return Some(text);
        }
        self.add_error(name, &format!("must be one of {}", choices.join(", ")));
        None
    }

    /// An array of strings.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<Value>> {
        let value = self.take(name)?;
        match value {
            Value::Array(items) if items.iter().all(Value::is_string) => Some(items),
            _ => {
                self.add_error(name, "must be an array of strings");
                None
            }
        }
    }

    /// A required non-empty array of objects, each read by `read`.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Vec<T> {
        let items = match self.take(name) {
            Some(Value::Array(items)) if !items.is_empty() => items,
            None if self.is_wrong(name) => return Vec::new(),
            _ => {
                self.add_error(name, "must be an array of at least one object");
                return Vec::new();
            }
        };
        self.each(name, items, read)
    }

    /// Reads the objects of an array.
    fn each<T>(
        &mut self,
        name: &str,
        items: Vec<Value>,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Vec<T> {
        let mut objects = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("{name}[{index}]");
            let Value::Object(values) = item else {
                self.add_error(&path, "must be an object");
                continue;
            };
            let mut inner = Self::new(values);
            inner.prefix = format!("{}{path}.", self.prefix);
            objects.extend(read(&mut inner));
            self.errors.append(&mut inner.errors);
        }
        objects
    }

    /// Adds an error if a required field is missing, unless it already has another error.
    pub(crate) fn require<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.is_wrong(name) {
            self.add_error(name, "is required");
        }
        value
    }

    /// Treats `null` in these fields as absent. Fields of a partial update, where `null` clears the value, are read by
    /// `change` instead.
    pub(crate) fn nullable(&mut self, names: &[&str]) {
        self.values
            .retain(|name, value| !value.is_null() || !names.contains(&name.as_str()));
    }

    /// Whether there is an error for a field or inside it.
    fn is_wrong(&self, name: &str) -> bool {
        let field = format!("{}{name}", self.prefix);
        let inside = format!("{field}.");
        let mut errors = self.errors.iter();
        errors.any(|error| error.field == field || error.field.starts_with(&inside))
    }

    /// Returns the collected errors.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        if self.errors.is_empty() {
            return Ok(());
        }
        self.errors.truncate(MAX_ERRORS);
        Err(ApiError::invalid_fields(self.errors))
    }

    /// Returns a required value, or the collected errors.
    pub(crate) fn finish_with<T>(mut self, value: Option<T>) -> Result<T, ApiError> {
        if value.is_none() && self.errors.is_empty() {
            self.add_error("body", "is incomplete");
        }
        self.finish()?;
        value.ok_or_else(|| ApiError::invalid_parameter("body", "is incomplete"))
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.values.remove(name)?;
        if value.is_null() {
            self.add_error(name, "must not be null");
            return None;
        }
        Some(value)
    }

    fn add_error(&mut self, name: &str, message: &str) {
        self.errors.push(FieldError {
            field: format!("{}{name}", self.prefix),
            message: message.to_owned(),
        });
    }
}

/// Describes a length without an unlimited bound.
fn characters(length: RangeInclusive<usize>) -> String {
    match length.into_inner() {
        (1, usize::MAX) => "at least 1 character".to_owned(),
        (least, usize::MAX) => format!("at least {least} characters"),
        (least, most) => format!("{least} to {most} characters"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn fields(value: Value) -> Fields {
        match value {
            Value::Object(values) => Fields::new(values),
            other => panic!("{other} is not an object"),
        }
    }

    pub(super) fn error_texts(fields: &Fields) -> Vec<String> {
        let errors = fields.errors.iter();
        errors
            .map(|error| format!("{} {}", error.field, error.message))
            .collect()
    }

    #[test]
    fn length_is_counted_in_characters() {
        let mut body = fields(json!({ "name": "é".repeat(255), "label": "é".repeat(256) }));
        assert!(body.text("name", 1..=255).is_some());
        assert!(body.text("label", 1..=255).is_none());
        assert_eq!(error_texts(&body), ["label must have 1 to 255 characters"]);
    }

    #[test]
    fn null_is_not_given_where_a_field_can_be_null_and_refused_elsewhere() {
        let mut body = fields(json!({ "name": null, "label": null, "items": null }));
        body.nullable(&["name", "other"]);
        assert_eq!(body.text("name", 1..=255), None);
        let label = body.text("label", 1..=255);
        assert_eq!(body.require("label", label), None);
        assert!(body.objects("items", |_| Some(())).is_empty());
        assert_eq!(
            error_texts(&body),
            ["label must not be null", "items must not be null"]
        );
    }

    #[test]
    fn an_unlimited_length_is_described_without_a_maximum() {
        let mut body = fields(json!({ "name": "", "label": "a" }));
        assert_eq!(body.text("name", 1..=usize::MAX), None);
        assert_eq!(body.text("label", 2..=usize::MAX), None);
        assert_eq!(
            error_texts(&body),
            [
                "name must have at least 1 character",
                "label must have at least 2 characters"
            ]
        );
    }

    #[test]
    fn every_wrong_element_is_named_once() {
        let mut body = fields(json!({ "items": [{ "id": "a" }, {}, 7, { "id": 1 }] }));
        let read = body.objects("items", |item| {
            let id = item.text("id", ANY);
            item.require("id", id)
        });
        assert_eq!(read, ["a"]);
        assert_eq!(
            error_texts(&body),
            [
                "items[1].id is required",
                "items[2] must be an object",
                "items[3].id must be a string"
            ]
        );
    }
}
