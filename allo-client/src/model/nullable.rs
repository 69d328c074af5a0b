//! A property that may be absent, null or set, which `Option` cannot distinguish. Nothing about
//! particular properties lives here.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The value of an optional property that may also be null.
///
/// Setters take `impl Into<Nullable<T>>`, so a plain value or a `Nullable` can be passed. `Nullable::Null` is the one way to
/// send null: it clears the property. An `Option` goes to the setter's `maybe_` sibling, where `None` sends nothing.
///
/// ```
/// use allo_client::Nullable;
/// use allo_client::types::UpdateDealRequest;
///
/// let known: Option<String> = None;
/// let untouched = UpdateDealRequest::new().maybe_status(known);
/// let cleared = UpdateDealRequest::new().status(Nullable::Null);
/// assert!(untouched.status.is_absent() && cleared.status.is_null());
/// ```
///
/// `None` is not null, so a setter does not take an `Option`:
///
/// ```compile_fail,E0277
/// # use allo_client::types::UpdateDealRequest;
/// let known: Option<String> = None;
/// let erased = UpdateDealRequest::new().status(known);
/// ```
///
/// ```compile_fail,E0277
/// # fn example(client: allo_client::Client, known: Option<String>) {
/// let erased = client.update_deal("dea-example").status(known);
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// The property is absent.
    #[default]
    Absent,
    /// The property is present and null.
    Null,
    /// The property has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether the property is absent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the property is present and null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value, if there is one.
    pub const fn as_option(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value by value, if there is one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The dereferenced value, if there is one.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: std::ops::Deref,
    {
        self.as_option().map(|value| &**value)
    }
}

// No conversion from `Option<T>`: `None` would become null and clear a property the caller does not know.
impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Nullable<String> {
    #[inline]
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl From<&String> for Nullable<String> {
    fn from(value: &String) -> Self {
        Self::Value(value.clone())
    }
}

// No conversion from `Vec<&str>`: it would make the type of `vec![]` ambiguous.
impl<const N: usize> From<[&str; N]> for Nullable<Vec<String>> {
    fn from(texts: [&str; N]) -> Self {
        texts.as_slice().into()
    }
}

impl From<&[&str]> for Nullable<Vec<String>> {
    fn from(texts: &[&str]) -> Self {
        Self::Value(texts.iter().map(ToString::to_string).collect())
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            // A struct skips an absent property; anywhere else it is serialized as null.
            Self::Absent | Self::Null => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        #[serde(default, skip_serializing_if = "Nullable::is_absent")]
        name: Nullable<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<u64>,
    }

    #[test]
    fn absent_null_and_value_come_back_as_they_were() {
        for text in [
            json!({}),
            json!({"name": null}),
            json!({"name": ""}),
            json!({"name": "a", "note": 7}),
        ] {
            let sample: Sample = serde_json::from_value(text.clone()).unwrap();
            assert_eq!(serde_json::to_value(&sample).unwrap(), text);
        }
    }

    #[test]
    fn a_plain_option_takes_null_as_none() {
        let sample: Sample = serde_json::from_value(json!({"note": null})).unwrap();
        assert_eq!(sample.note, None);
        assert!(sample.name.is_absent());
    }

    #[test]
    fn conversions_give_values() {
        assert_eq!(Nullable::from(1), Nullable::Value(1));
        assert_eq!(Nullable::<String>::from("x").as_deref(), Some("x"));
        assert_eq!(Nullable::<u8>::Absent.into_option(), None);
    }

    #[test]
    fn lists_of_texts_need_not_own_them() {
        let texts = |list: Nullable<Vec<String>>| list.into_option().unwrap();
        let some = ["a", "b"];
        assert_eq!(texts(some.into()), some);
        assert_eq!(texts(some[1..].into()), ["b"]);
        assert_eq!(texts(vec![].into()), texts([].into()));
    }
}
