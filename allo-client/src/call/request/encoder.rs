//! A serializer that writes a value as JSON or into a URL and checks all limits while it writes. It knows only the
//! rules of an operation.

use std::fmt::{self, Display};

use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct};

use super::json::json;
use super::limits::{self, Given};
use super::rules::{Children, Id, Node, Tree};
use super::url;
use crate::error::FieldError;

/// The destination of a value.
pub(super) enum Sink {
    Json(Vec<u8>),
    /// A path parameter has at most one text.
    Path(Option<String>),
    /// A query parameter has a name and any number of texts.
    Query(&'static str, String),
}

/// Writes one value.
pub(super) struct Encoder<'a> {
    rules: &'a Tree,
    /// The rules of the next value.
    node: Option<Id>,
    /// The indexes of the array items on the path to the value.
    indices: Vec<usize>,
    /// For each field, the field that followed it last time, which is likely to follow it again in
    /// the next item.
    followed: Vec<Option<Id>>,
    sink: Sink,
    problems: &'a mut Vec<(usize, FieldError)>,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(
        rules: &'a Tree,
        node: Option<Id>,
        sink: Sink,
        problems: &'a mut Vec<(usize, FieldError)>,
    ) -> Self {
        Self {
            rules,
            node,
            indices: Vec::new(),
            followed: Vec::new(),
            sink,
            problems,
        }
    }

    pub(super) fn into_sink(self) -> Sink {
        self.sink
    }

    #[inline]
    fn check(&mut self, given: &Given<'_>) {
        let Some(id) = self.node else { return };
        let Some(node) = self.rules.node(id) else {
            return;
        };
        let Some(row) = node.row.filter(|_| !node.rules.is_empty()) else {
            return;
        };
        let name = || self.rules.name(id, &self.indices);
        limits::check(row, node.rules, given, name, self.problems);
    }

    /// Finds a field by name in an object whose last written field is `last`.
    #[inline]
    fn field(&mut self, object: Id, last: Id, name: &str) -> Option<(Id, &'a Node)> {
        let likely = self.followed.get(last.index()).copied().flatten();
        let node = likely.and_then(|id| self.rules.if_child(id, object, name));
        match likely.zip(node) {
            None => self.find_field(object, last, name),
            found => found,
        }
    }

    /// The same if the prediction was wrong or there is none.
    fn find_field(&mut self, object: Id, last: Id, name: &str) -> Option<(Id, &'a Node)> {
        let (id, node) = self.rules.child(object, name)?;
        self.followed.resize(self.rules.len(), None);
        if let Some(next) = self.followed.get_mut(last.index()) {
            *next = Some(id);
        }
        Some((id, node))
    }

    fn text(&mut self, text: &str) {
        self.check(&Given::Text(text));
        match &mut self.sink {
            Sink::Json(out) => json(out, text),
            _ => self.write_url(text),
        }
    }

    fn number<N: Serialize + Display>(&mut self, number: N, given: &Given<'_>) {
        self.check(given);
        match &mut self.sink {
            Sink::Json(out) => json(out, &number),
            _ => self.write_url(&number.to_string()),
        }
    }

    fn write_url(&mut self, text: &str) {
        match &mut self.sink {
            Sink::Json(_) => {}
            Sink::Path(first) => drop(first.get_or_insert_with(|| text.to_owned())),
            Sink::Query(name, out) => url::pair(out, name, text),
        }
    }

    fn mark(&mut self, mark: u8) {
        if let Sink::Json(out) = &mut self.sink {
            out.push(mark);
        }
    }

    fn null(&mut self) {
        if let Sink::Json(out) = &mut self.sink {
            out.extend_from_slice(b"null");
        }
    }
}

/// A value cannot be serialized.
#[derive(Debug)]
pub(super) struct Unwritable;

impl Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value cannot be serialized")
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Unwritable>;
type Never = Impossible<(), Unwritable>;

macro_rules! numbers {
    ($($name:ident: $type:ty as $given:ident),*) => {$(
        fn $name(self, number: $type) -> Done {
            self.number(number, &Given::$given(number.into()));
            Ok(())
        }
    )*};
}

impl<'e, 'a> ser::Serializer for &'e mut Encoder<'a> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Array<'e, 'a>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Object<'e, 'a>;
    type SerializeStruct = Object<'e, 'a>;
    type SerializeStructVariant = Never;

    numbers!(
        serialize_i8: i8 as Whole,
        serialize_i16: i16 as Whole,
        serialize_i32: i32 as Whole,
        serialize_i64: i64 as Whole,
        serialize_u8: u8 as Count,
        serialize_u16: u16 as Count,
        serialize_u32: u32 as Count,
        serialize_u64: u64 as Count
    );

    fn serialize_bool(self, flag: bool) -> Done {
        match &mut self.sink {
            Sink::Json(out) => json(out, &flag),
            _ => self.write_url(&flag.to_string()),
        }
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Done {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Done {
        match serde_json::Number::from_f64(number) {
            Some(written) => self.number(written, &Given::Real(number)),
            None => self.null(),
        }
        Ok(())
    }

    fn serialize_char(self, c: char) -> Done {
        self.text(c.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Done {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Unwritable)
    }

    fn serialize_none(self) -> Done {
        self.null();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Done {
        Err(Unwritable)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Array<'e, 'a>, Unwritable> {
        self.mark(b'[');
        let node = self.node;
        let items = node.and_then(|id| self.rules.items(id));
        Ok(Array {
            encoder: self,
            node,
            items,
            count: 0,
        })
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'e, 'a>, Unwritable> {
        self.mark(b'{');
        let node = self.node;
        Ok(Object {
            encoder: self,
            node,
            last: node,
            seen: Children::default(),
            is_empty: true,
        })
    }

    fn serialize_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Object<'e, 'a>, Unwritable> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Unwritable> {
        Err(Unwritable)
    }
}

/// An array that is being written.
pub(super) struct Array<'e, 'a> {
    encoder: &'e mut Encoder<'a>,
    node: Option<Id>,
    items: Option<Id>,
    count: usize,
}

impl SerializeSeq for Array<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Done {
        if self.count > 0 {
            self.encoder.mark(b',');
        }
        self.encoder.node = self.items;
        self.encoder.indices.push(self.count);
        let done = item.serialize(&mut *self.encoder);
        self.encoder.indices.pop();
        self.count += 1;
        done
    }

    fn end(self) -> Done {
        self.encoder.mark(b']');
        self.encoder.node = self.node;
        self.encoder.check(&Given::Items(self.count as u64));
        Ok(())
    }
}

/// An object that is being written.
pub(super) struct Object<'e, 'a> {
    encoder: &'e mut Encoder<'a>,
    node: Option<Id>,
    /// The last written field, or the object itself.
    last: Option<Id>,
    seen: Children,
    is_empty: bool,
}

impl Object<'_, '_> {
    fn key(&mut self, name: &str) {
        let places = self.node.zip(self.last);
        let field = places.and_then(|(object, last)| self.encoder.field(object, last, name));
        let Some((id, node)) = field else {
            self.encoder.node = None;
            return self.unknown_key(name);
        };
        self.encoder.node = Some(id);
        self.last = Some(id);
        self.seen.add(node.bit);
        if let Sink::Json(out) = &mut self.encoder.sink {
            let key = match self.is_empty {
                true => node.key.get(1..).unwrap_or_default(),
                false => &node.key,
            };
            out.extend_from_slice(key);
        }
        self.is_empty = false;
    }

    /// Writes the name of a field that the table does not contain.
    fn unknown_key(&mut self, name: &str) {
        if let Sink::Json(out) = &mut self.encoder.sink {
            if !self.is_empty {
                out.push(b',');
            }
            json(out, name);
            out.push(b':');
        }
        self.is_empty = false;
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        match self.encoder.sink {
            Sink::Json(_) => value.serialize(&mut *self.encoder),
            // An object has no text that a URL could contain.
            _ => Ok(()),
        }
    }

    fn close(self) -> Done {
        let Encoder {
            rules,
            indices,
            problems,
            ..
        } = &mut *self.encoder;
        if let Some(id) = self.node {
            rules.missing(id, self.seen, indices, problems);
        }
        self.encoder.mark(b'}');
        Ok(())
    }
}

impl SerializeStruct for Object<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.key(name);
        self.value(value)
    }

    fn end(self) -> Done {
        self.close()
    }
}

impl SerializeMap for Object<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        match serde_json::to_value(key) {
            Ok(serde_json::Value::String(name)) => self.key(&name),
            _ => return Err(Unwritable),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.value(value)
    }

    fn end(self) -> Done {
        self.close()
    }
}
