//! What the fields of records hold: plain values, what may be missing, and
//! collections.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Node, Problem, Wire};
use crate::{Amount, Date, Field, List, Timestamp};

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
    i64,
    u64
);

impl<T: Wire> Wire for Option<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        match value {
            None | Some(Value::Null) => Ok(None),
            value => T::read(value).map(Some),
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
            value => T::read(value).map(Self::Value),
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

impl<T: Wire> Wire for Vec<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        let values = match value {
            Some(Value::Array(values)) => values.iter().enumerate(),
            Some(other) => return Err(Problem::kind(other, "an array")),
            None => return Err(Problem::missing()),
        };
        values
            .map(|(index, value)| T::read(Some(value)).map_err(|problem| problem.at(index)))
            .collect()
    }

    fn write(&self) -> Node {
        Node::List(self.iter().map(T::write).collect())
    }

    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[<{} redacted>]", self.len())
    }
}

impl<T: Wire> Wire for List<T> {
    fn read(value: Option<&Value>) -> Result<Self, Problem> {
        match value {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Array(values)) => Ok(Self::read_each(values, |value| {
                T::read(Some(value)).map_err(Into::into)
            })),
            Some(other) => Err(Problem::kind(other, "an array")),
        }
    }

    fn write(&self) -> Node {
        let places = self.places().map(|place| match place {
            Ok(item) => item.write(),
            Err(bad) => Node::Leaf(bad.raw().clone()),
        });
        Node::List(places.collect())
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
        properties
            .map(|(name, value)| Ok((name.clone(), T::read(Some(value))?)))
            .collect()
    }

    fn write(&self) -> Node {
        let properties = self.iter();
        let written = properties.map(|(name, value)| (name.clone(), value.write().into_value()));
        Node::Leaf(Value::Object(written.collect()))
    }
}
