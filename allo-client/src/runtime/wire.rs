//! How the values of the API become JSON and are read from it. A generated type
//! describes itself once, as a [`Record`]; what JSON, `Debug` and serde need is
//! derived from that here, by code that is compiled once and not once a type.
//! The values that fields hold are in `values`.

mod node;
mod problem;
mod values;

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub(crate) use node::Node;
pub(crate) use problem::Problem;

/// A value that travels.
pub(crate) trait Wire: fmt::Debug {
    /// Reads it; nothing stands for a property that is not there.
    fn read(value: Option<&Value>) -> Result<Self, Problem>
    where
        Self: Sized;

    /// Reads what may be missing. A number out of range counts as missing, so that
    /// it does not cost the rest of the answer.
    fn read_optional(value: &Value) -> Result<Option<Self>, Problem>
    where
        Self: Sized,
    {
        Self::read(Some(value)).map(Some)
    }

    /// Writes it.
    fn write(&self) -> Node;

    /// Shows that the value is there and not what it is.
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// An object whose properties are known. It is implemented by generated code.
pub(crate) trait Record: fmt::Debug {
    /// Its name and the names of its fields.
    fn shape(&self) -> &'static Shape;

    /// The value of the field at a place in the shape.
    fn value(&self, index: usize) -> Option<&dyn Wire>;

    /// Reads it.
    fn read(object: &Object<'_>) -> Result<Self, Problem>
    where
        Self: Sized;
}

/// What a [`Record`] is called and has.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Name of the Rust type.
    pub(crate) name: &'static str,
    /// Its fields, in their order.
    pub(crate) fields: &'static [Name],
}

/// What a field is called in Rust and in JSON, and how it is treated.
#[derive(Debug)]
pub(crate) struct Name(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) Treat,
);

/// Whether `Debug` may show the value of a field, and what none is in JSON.
#[allow(dead_code, reason = "a document need not have a field of each kind")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treat {
    /// Shown; none is left out.
    Shown,
    /// Not shown; none is left out.
    Hidden,
    /// Shown; none is null.
    ShownOrNull,
    /// Not shown; none is null.
    HiddenOrNull,
}

impl Treat {
    const fn is_hidden(self) -> bool {
        matches!(self, Self::Hidden | Self::HiddenOrNull)
    }

    const fn is_nullable(self) -> bool {
        matches!(self, Self::ShownOrNull | Self::HiddenOrNull)
    }
}

/// The properties of an object that is being read.
#[derive(Debug)]
pub(crate) struct Object<'a>(&'a Map<String, Value>);

impl<'a> Object<'a> {
    pub(crate) fn of(value: Option<&'a Value>) -> Result<Self, Problem> {
        match value {
            Some(Value::Object(properties)) => Ok(Self(properties)),
            Some(other) => Err(Problem::kind(other, "an object")),
            None => Err(Problem::missing()),
        }
    }

    /// Reads a property.
    pub(crate) fn get<T: Wire>(&self, name: &'static str) -> Result<T, Problem> {
        match T::read(self.0.get(name)) {
            Ok(value) => Ok(value),
            Err(problem) => Err(problem.inside(name)),
        }
    }
}

impl<T: Record> Wire for T {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        T::read(&Object::of(value)?)
    }

    fn write(&self) -> Node {
        node(self)
    }
}

fn node(record: &dyn Record) -> Node {
    let fields = record.shape().fields.iter().enumerate();
    let written = fields.filter_map(|(index, Name(_, json, treat))| {
        let node = match record.value(index)?.write() {
            Node::Absent if treat.is_nullable() => Node::Leaf(Value::Null),
            Node::Absent => return None,
            node => node,
        };
        Some((*json, node))
    });
    Node::Object(written.collect())
}

/// `Debug` of every record.
pub(crate) fn debug(record: &dyn Record, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shape = record.shape();
    let mut out = f.debug_struct(shape.name);
    for (index, Name(rust, _, treat)) in shape.fields.iter().enumerate() {
        let Some(value) = record.value(index) else {
            continue;
        };
        if treat.is_hidden() {
            out.field(rust, &Hidden(value));
        } else {
            out.field(rust, &value);
        }
    }
    out.finish()
}

struct Hidden<'a>(&'a dyn Wire);

impl fmt::Debug for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.conceal(f)
    }
}

/// `Serialize` of everything that travels.
pub(crate) fn serialize<S: Serializer>(value: &dyn Wire, serializer: S) -> Result<S::Ok, S::Error> {
    value.write().serialize(serializer)
}

/// `Deserialize` of everything that travels.
pub(crate) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::read(Some(&value)).map_err(D::Error::custom)
}

/// What others expect of a [`Record`].
macro_rules! record {
    ($name:ident) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::runtime::wire::debug(self, f)
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::runtime::wire::serialize(self, serializer)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::wire::deserialize(deserializer)
            }
        }
    };
}
pub(crate) use record;

#[cfg(test)]
mod tests;
