//! Decodes JSON into types, directly from the bytes. A generated type decodes its entries in its own loop; all shared
//! code is here and compiled once.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize, Deserializer};

pub(crate) use super::numbers::Whole;

use super::mode::{self, Mode, Step, Within, failed_in};
use crate::codec::structure::{self, TooDense};
use crate::model::nullable::Nullable;
use crate::redact;

/// An object with known fields. Generated code implements it.
pub(crate) trait DecodeObject: Sized {
    /// The name of the Rust type.
    const NAME: &'static str;
    /// The JSON names of its fields, in order.
    const FIELDS: &'static [&'static str];

    /// Decodes the entries of the object.
    fn read<'de, A: MapAccess<'de>>(entries: &mut Entries<A, A::Error>) -> Result<Self, A::Error>;
}

/// Decodes a whole response, and says whether it certainly has the shape of a success. If that fails, it is decoded
/// again with each list item by item, so that a malformed item does not fail the others. If that fails, too, the error
/// names the field and contains no data.
pub(crate) fn from_bytes<T: DeserializeOwned>(json: &[u8]) -> Result<(T, bool), String> {
    structure::check(json).map_err(|TooDense| TooDense::MESSAGE.to_owned())?;
    // One UTF-8 check of the whole body is much cheaper than one for each string.
    let json = std::str::from_utf8(json).map_err(|_| "the body is not UTF-8".to_owned())?;
    let whole = Within::enter(Mode::Whole);
    if let Ok(value) = serde_json::from_str(json) {
        return Ok((value, !whole.needs_shape_check()));
    }
    drop(whole);
    item(json).map(|value| (value, false))
}

/// Decodes a text, with each list item by item.
pub(crate) fn item<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    let each = Within::enter(Mode::Each);
    serde_json::from_str(json).map_err(|error| problem(&error, &each.path()))
}

/// The problem, without any data.
fn problem(error: &serde_json::Error, path: &str) -> String {
    let mut text = error.to_string();
    if error.is_data() {
        // A position is useless without the text.
        let place = format!(" at line {} column {}", error.line(), error.column());
        text.truncate(text.strip_suffix(&place).unwrap_or(&text).len());
    }
    if !path.is_empty() {
        text = format!("field `{path}`: {text}");
    }
    redact::decode_problem(&serde_json::Error::custom(text))
}

/// Decodes an object.
pub(crate) fn decode_object<'de, T: DecodeObject, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_struct(T::NAME, T::FIELDS, ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: DecodeObject> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        if const { has_failure(T::FIELDS) } {
            mode::request_shape_check();
        }
        T::read(&mut Entries {
            map,
            error: None,
            fields: T::FIELDS,
            next: 0,
        })
    }
}

/// The entries of an object that is being decoded. After the first error there are no more entries.
pub(crate) struct Entries<A, E> {
    map: A,
    error: Option<E>,
    fields: &'static [&'static str],
    /// The field after the one found last, which is likely to be next.
    next: usize,
}

impl<'de, A: MapAccess<'de>> Entries<A, A::Error> {
    /// The index of the next known field; unknown fields are skipped.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<usize> {
        if self.error.is_some() {
            return None;
        }
        loop {
            let names = Names {
                fields: self.fields,
                likely: self.next,
            };
            match self.map.next_key_seed(names) {
                Ok(Some(Some(index))) => {
                    self.next = index + 1;
                    return Some(index);
                }
                Ok(Some(None)) => {
                    if let Err(error) = self.map.next_value::<IgnoredAny>() {
                        self.error = Some(error);
                        return None;
                    }
                }
                Ok(None) => return None,
                Err(error) => {
                    self.error = Some(error);
                    return None;
                }
            }
        }
    }

    /// Decodes the current field, which is optional.
    pub(crate) fn take<T: Deserialize<'de>>(&mut self, slot: &mut T) {
        match self.map.next_value() {
            Ok(value) => *slot = value,
            Err(error) => self.fail(error),
        }
    }

    /// Decodes the current field, which is required.
    pub(crate) fn need<T: Deserialize<'de>>(&mut self, slot: &mut Option<T>) {
        match self.map.next_value() {
            Ok(value) => *slot = Some(value),
            Err(error) => self.fail(error),
        }
    }

    /// The same for an array without tolerance for malformed items.
    pub(crate) fn take_items<T: Deserialize<'de>>(&mut self, slot: &mut Option<Vec<T>>) {
        match self.map.next_value::<Option<Array<T>>>() {
            Ok(items) => *slot = items.map(Array::into_items),
            Err(error) => self.fail(error),
        }
    }

    #[allow(dead_code, reason = "a document need not have one")]
    pub(crate) fn take_nullable_items<T: Deserialize<'de>>(&mut self, slot: &mut Nullable<Vec<T>>) {
        match self.map.next_value::<Option<Array<T>>>() {
            Ok(items) => *slot = items.map_or(Nullable::Null, |items| Nullable::Value(items.0)),
            Err(error) => self.fail(error),
        }
    }

    pub(crate) fn need_items<T: Deserialize<'de>>(&mut self, slot: &mut Option<Vec<T>>) {
        match self.map.next_value::<Array<T>>() {
            Ok(items) => *slot = Some(items.0),
            Err(error) => self.fail(error),
        }
    }

    /// The same for an integer; a value out of range counts as missing, so that it does not fail the response.
    #[allow(dead_code, reason = "a document need not have one")]
    pub(crate) fn take_whole(&mut self, slot: &mut Option<i64>) {
        match self.map.next_value::<Option<Whole>>() {
            Ok(number) => *slot = number.and_then(|number| number.0),
            Err(error) => self.fail(error),
        }
    }

    #[allow(dead_code, reason = "a document need not have one")]
    pub(crate) fn take_nullable_whole(&mut self, slot: &mut Nullable<i64>) {
        match self.map.next_value::<Option<Whole>>() {
            Ok(None) => *slot = Nullable::Null,
            Ok(Some(Whole(number))) => *slot = number.map_or(Nullable::Absent, Nullable::Value),
            Err(error) => self.fail(error),
        }
    }

    #[allow(dead_code, reason = "a document need not have one")]
    pub(crate) fn need_whole(&mut self, slot: &mut Option<i64>) {
        match self.map.next_value::<Whole>() {
            Ok(Whole(Some(number))) => *slot = Some(number),
            Ok(Whole(None)) => self.fail(A::Error::custom(
                "invalid value: a number that is not an i64, expected i64",
            )),
            Err(error) => self.fail(error),
        }
    }

    /// Fails if a field failed or is missing; `missing` lists the required fields and whether each is missing.
    pub(crate) fn finish(&mut self, missing: &[(usize, bool)]) -> Result<(), A::Error> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        match missing.iter().find(|(_, is_missing)| *is_missing) {
            None => Ok(()),
            Some((index, _)) => {
                self.at(*index);
                Err(self.incomplete())
            }
        }
    }

    /// Requests a check of the response's shape, because it may not be a success.
    #[cold]
    pub(crate) fn request_shape_check(&self) {
        mode::request_shape_check();
    }

    #[cold]
    pub(crate) fn incomplete(&self) -> A::Error {
        A::Error::custom("it is missing")
    }

    #[cold]
    fn fail(&mut self, error: A::Error) {
        self.at(self.next.saturating_sub(1));
        self.error = Some(error);
    }

    #[cold]
    fn at(&self, index: usize) {
        if let Some(name) = self.fields.get(index) {
            failed_in(Step::Field(name));
        }
    }
}

/// Finds the index of a field name.
#[derive(Clone, Copy)]
struct Names {
    fields: &'static [&'static str],
    likely: usize,
}

impl Names {
    fn find(self, name: &str) -> Option<usize> {
        if self
            .fields
            .get(self.likely)
            .is_some_and(|field| *field == name)
        {
            return Some(self.likely);
        }
        let place = self.fields.iter().position(|field| *field == name);
        if place.is_none() && FAILURES.contains(&name) {
            mode::request_shape_check();
        }
        place
    }
}

/// Members by which a response may say that the request failed.
const FAILURES: [&str; 2] = ["error", "success"];

/// Whether a type has such a member.
const fn has_failure(mut fields: &[&str]) -> bool {
    while let [first, rest @ ..] = fields {
        if matches!(first.as_bytes(), b"error" | b"success") {
            return true;
        }
        fields = rest;
    }
    false
}

impl<'de> DeserializeSeed<'de> for Names {
    type Value = Option<usize>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Names {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.find(name))
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Option<usize>, E> {
        Ok(std::str::from_utf8(name)
            .ok()
            .and_then(|name| self.find(name)))
    }
}

/// An array without tolerance for malformed items: a `Vec` whose error names the malformed item.
pub(crate) struct Array<T>(Vec<T>);

impl<T> Array<T> {
    pub(crate) fn into_items(self) -> Vec<T> {
        self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Array<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ArrayVisitor(PhantomData))
    }
}

struct ArrayVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ArrayVisitor<T> {
    type Value = Array<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Array<T>, A::Error> {
        all(items).map(Array)
    }
}

/// Decodes every item; the error names the malformed one.
pub(crate) fn all<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    mut items: A,
) -> Result<Vec<T>, A::Error> {
    // The size hint of the format is trusted only up to a limit.
    let mut read = Vec::with_capacity(items.size_hint().unwrap_or_default().min(256));
    match fill(&mut read, &mut items) {
        Ok(()) => Ok(read),
        Err(error) => {
            failed_in(Step::Item(read.len()));
            Err(error)
        }
    }
}

/// A separate function, so that an item is moved only once.
fn fill<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    read: &mut Vec<T>,
    items: &mut A,
) -> Result<(), A::Error> {
    while let Some(item) = items.next_element()? {
        read.push(item);
    }
    Ok(())
}
