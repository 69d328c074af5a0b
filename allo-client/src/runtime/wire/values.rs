//! What the fields of records hold: plain values, what may be missing, and
//! collections.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Node, Problem, Wire};
use crate::{Amount, Date, Field, List, Malformed, Timestamp};

/// Values that serde knows how to read and write.
macro_rules! leaves {
    ($($type:ty),*) => {$(
        impl Wire for $type {
            fn read(value: Option<&Value>) -> Result<Self, Problem> {
                let value = value.ok_or_else(Problem::missing)?;
                Ok(Self::deserialize(value)?)
            }

            fn write(&self) -> Node {
                // None of these can fail; serde only has no way to say so.
                Node::Leaf(serde_json::to_value(self).unwrap_or_default())
            }
        }
    )*};
}

leaves!(
    Amount,
    Date,
    Map<String, Value>,
    String,
    Timestamp,
    Value,
    bool,
    f64,
    u64
);

/// What is received is an `i64`, whatever the document says of its range. A whole
/// number may come as `3.0`.
impl Wire for i64 {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        let value = value.ok_or_else(Problem::missing)?;
        match whole(value) {
            Some(number) => Ok(number),
            None => Ok(Self::deserialize(value)?),
        }
    }

    fn read_optional(value: &Value) -> Result<Option<Self>, Problem> {
        match value {
            Value::Number(_) => Ok(whole(value)),
            other => Self::read(Some(other)).map(Some),
        }
    }

    fn write(&self) -> Node {
        Node::Leaf(Value::from(*self))
    }
}

/// The integer that a number stands for, if there is one.
fn whole(value: &Value) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let number = value.as_f64()?;
    let fits = number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number);
    // Neither a fraction nor out of range, so nothing is cut off.
    #[allow(clippy::cast_possible_truncation, reason = "checked above")]
    fits.then_some(number as i64)
}

impl<T: Wire> Wire for Option<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::read_optional(value),
        }
    }

    fn write(&self) -> Node {
        self.as_ref().map_or(Node::Absent, T::write)
    }

    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.conceal(f),
            None => f.write_str("None"),
        }
    }
}

impl<T: Wire> Wire for Field<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        match value {
            None => Ok(Self::Absent),
            Some(Value::Null) => Ok(Self::Null),
            Some(value) => {
                let read = T::read_optional(value)?;
                Ok(read.map_or(Self::Absent, Self::Value))
            }
        }
    }

    fn write(&self) -> Node {
        match self {
            Self::Absent => Node::Absent,
            Self::Null => Node::Leaf(Value::Null),
            Self::Value(value) => value.write(),
        }
    }

    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.conceal(f),
            Self::Null => f.write_str("Null"),
            Self::Absent => f.write_str("Absent"),
        }
    }
}

fn array(value: Option<&Value>) -> Result<&[Value], Problem> {
    match value {
        Some(Value::Array(values)) => Ok(values),
        Some(other) => Err(Problem::kind(other, "an array")),
        None => Err(Problem::missing()),
    }
}

/// So many items, and between them, in their places, those that could not be read.
fn list(length: usize, malformed: &[Malformed], item: &dyn Fn(usize) -> Option<Node>) -> Node {
    let mut malformed = malformed.iter().peekable();
    let mut nodes = Vec::with_capacity(length + malformed.len());
    for index in 0..length {
        while let Some(bad) = malformed.next_if(|bad| bad.index() <= nodes.len()) {
            nodes.push(Node::Leaf(bad.raw().clone()));
        }
        nodes.extend(item(index));
    }
    nodes.extend(malformed.map(|bad| Node::Leaf(bad.raw().clone())));
    Node::List(nodes)
}

impl<T: Wire> Wire for Vec<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        let values = array(value)?;
        let mut items = Self::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            match T::read(Some(value)) {
                Ok(item) => items.push(item),
                Err(problem) => return Err(problem.at(index)),
            }
        }
        Ok(items)
    }

    fn write(&self) -> Node {
        list(self.len(), &[], &|index| Some(self.get(index)?.write()))
    }

    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[<{} redacted>]", self.len())
    }
}

impl<T: Wire> Wire for List<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        match value {
            None | Some(Value::Null) => Ok(Self::default()),
            value => Ok(Self::read_each(array(value)?, |value| {
                T::read(Some(value)).map_err(Into::into)
            })),
        }
    }

    fn write(&self) -> Node {
        list(self.len(), self.malformed(), &|index| {
            Some(self.get(index)?.write())
        })
    }

    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[<{} redacted>]", self.len())
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        let properties = match value {
            Some(Value::Object(properties)) => properties.iter(),
            Some(other) => return Err(Problem::kind(other, "an object")),
            None => return Err(Problem::missing()),
        };
        let mut read = Self::new();
        for (name, value) in properties {
            read.insert(name.clone(), T::read(Some(value))?);
        }
        Ok(read)
    }

    fn write(&self) -> Node {
        let mut written = Map::new();
        for (name, value) in self {
            written.insert(name.clone(), value.write().into_value());
        }
        Node::Leaf(Value::Object(written))
    }
}
