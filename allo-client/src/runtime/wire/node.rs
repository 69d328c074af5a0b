//! A value as it is about to be written: JSON whose properties keep the order of
//! the type.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A value that has been written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Left out.
    Absent,
    /// What has no named parts.
    Leaf(Value),
    /// An array.
    List(Vec<Node>),
    /// An object of known properties.
    Object(Vec<(&'static str, Node)>),
}

impl Node {
    /// The same as JSON; what is absent is null.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Absent => Value::Null,
            Self::Leaf(value) => value,
            Self::List(items) => items.into_iter().map(Self::into_value).collect(),
            Self::Object(properties) => properties
                .into_iter()
                .map(|(name, value)| (name, value.into_value()))
                .collect(),
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Leaf(value) => value.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(properties) => {
                serializer.collect_map(properties.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}
