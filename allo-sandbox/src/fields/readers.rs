//! Readers for booleans, numbers, lists, nested objects, parsed strings, and partial updates that
//! distinguish `null` from absent.

use std::ops::RangeInclusive;

use serde_json::{Number, Value};

use super::{ANY, Fields};
use crate::state::change::Change;

impl Fields {
    /// `true` or `false`.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.take(name)?;
        let flag = value.as_bool();
        self.expect(name, flag, "must be true or false")
    }

    /// A number of any size, unchanged.
    pub(crate) fn number(&mut self, name: &str) -> Option<Number> {
        let number = match self.take(name)? {
            Value::Number(number) => Some(number),
            _ => None,
        };
        self.expect(name, number, "must be a number")
    }

    /// An integer within a range.
    pub(crate) fn integer(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let value = self.take(name)?;
        let number = value.as_u64().filter(|number| range.contains(number));
        let (least, most) = range.into_inner();
        let expected = match most {
            u64::MAX => format!("must be a whole number of at least {least}"),
            most => format!("must be a whole number from {least} to {most}"),
        };
        self.expect(name, number, &expected)
    }

    /// A string parsed by `parse`.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let text = self.text(name, ANY)?;
        self.expect(name, parse(&text), expected)
    }

    /// An array of strings parsed by `parse`; every invalid one is reported.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Option<Vec<T>> {
        let items = self.texts(name)?;
        let before = self.errors.len();
        let mut parsed = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match item.as_str().and_then(&parse) {
                Some(item) => parsed.push(item),
                None => self.add_error(&format!("{name}[{index}]"), expected),
            }
        }
        (self.errors.len() == before).then_some(parsed)
    }

    /// An array of strings.
    pub(crate) fn strings(&mut self, name: &str) -> Option<Vec<String>> {
        self.list(name, |text| Some(text.to_owned()), "must be a string")
    }

    /// A nested object, read by `read`.
    pub(crate) fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let Value::Object(values) = self.take(name)? else {
            self.add_error(name, "must be an object");
            return None;
        };
        let mut inner = Self::new(values);
        inner.prefix = format!("{}{name}.", self.prefix);
        let value = read(&mut inner);
        self.errors.append(&mut inner.errors);
        Some(value)
    }

    /// An array of at most `most` objects, each read by `read`.
    pub(crate) fn optional_objects<T>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.take(name)? {
            Value::Array(items) if items.len() <= most => Some(self.each(name, items, read)),
            _ => {
                self.add_error(name, &format!("must be an array of at most {most} objects"));
                None
            }
        }
    }

    /// A value of a partial update: `null` clears it, a value replaces it.
    pub(crate) fn change<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Change<T> {
        if self.values.get(name).is_some_and(Value::is_null) {
            return Change::Clear;
        }
        read(self, name).map_or(Change::Keep, Change::Set)
    }

    /// Adds an error for a field.
    pub(crate) fn reject(&mut self, name: &str, why: &str) {
        self.add_error(name, why);
    }

    fn expect<T>(&mut self, name: &str, value: Option<T>, expected: &str) -> Option<T> {
        if value.is_none() {
            self.add_error(name, expected);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{error_texts, fields};
    use super::*;

    #[test]
    fn null_clears_and_absence_keeps() {
        let mut body = fields(json!({ "gone": null, "new": "x", "wrong": 7 }));
        let text = |body: &mut Fields, name: &str| body.text(name, ANY);
        assert_eq!(body.change("gone", text), Change::Clear);
        assert_eq!(body.change("new", text), Change::Set("x".to_owned()));
        assert_eq!(body.change("absent", text), Change::Keep);
        assert_eq!(body.change("wrong", text), Change::Keep);
        assert_eq!(error_texts(&body), ["wrong must be a string"]);
    }

    #[test]
    fn whole_numbers_have_bounds() {
        let mut body = fields(json!({ "a": 0, "b": 1, "c": 1.5, "d": -1, "e": "1", "f": 1.0 }));
        let read: Vec<_> = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .filter_map(|name| body.integer(name, 1..=u64::MAX))
            .collect();
        assert_eq!(read, [1]);
        assert_eq!(body.errors.len(), 5);
        assert_eq!(
            error_texts(&body)[0],
            "a must be a whole number of at least 1"
        );
    }

    #[test]
    fn errors_have_the_path_of_their_field() {
        let mut body = fields(json!({ "filters": { "name": 7 }, "to": ["a", "b"], "on": "yes" }));
        let name = body.object("filters", |inner| inner.text("name", ANY));
        assert_eq!(name, Some(None));
        let only_a = |text: &str| (text == "a").then_some(());
        assert_eq!(body.list("to", only_a, "must be a"), None);
        assert_eq!(body.flag("on"), None);
        assert_eq!(
            error_texts(&body),
            [
                "filters.name must be a string",
                "to[1] must be a",
                "on must be true or false"
            ]
        );
    }
}
