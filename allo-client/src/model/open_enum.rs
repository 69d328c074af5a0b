//! Enums to which a newer server may add values: a value that this version does not know is
//! preserved. The variants are generated.

use std::fmt;

/// A string enum to which the server may add values.
///
/// A text in [`KNOWN`](OpenEnum::KNOWN) always becomes its own variant, so equal texts are equal
/// values.
pub trait OpenEnum: Sized {
    /// All texts that this version knows, in the order of the API's document.
    const KNOWN: &'static [&'static str];

    /// The text on the wire.
    fn as_str(&self) -> &str;

    /// The variant of a known text.
    #[doc(hidden)]
    fn from_known(text: &str) -> Option<Self>;

    /// The variant of an unknown text.
    #[doc(hidden)]
    fn unrecognized(text: Unrecognized) -> Self;

    /// Whether this version knows the text.
    fn is_known(&self) -> bool {
        Self::KNOWN.contains(&self.as_str())
    }
}

/// A text that this version of the SDK does not know.
///
/// It has no public constructor: build the enum from a `&str` instead, so that this type never
/// holds a known text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unrecognized(Box<str>);

impl Unrecognized {
    /// The text as received.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The only conversion from a text to an open enum.
pub(crate) fn from_text<E: OpenEnum>(text: &str) -> E {
    E::from_known(text).unwrap_or_else(|| E::unrecognized(Unrecognized(text.into())))
}

/// The same as [`from_text`], without copying an unknown text.
pub(crate) fn from_string<E: OpenEnum>(text: String) -> E {
    E::from_known(&text).unwrap_or_else(|| E::unrecognized(Unrecognized(text.into())))
}

/// Deserializes an open enum from a borrowed or owned string.
pub(crate) struct TextVisitor<E>(pub(crate) std::marker::PhantomData<E>);

impl<E: OpenEnum> serde::de::Visitor<'_> for TextVisitor<E> {
    type Value = E;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<X: serde::de::Error>(self, text: &str) -> Result<E, X> {
        Ok(from_text(text))
    }

    fn visit_string<X: serde::de::Error>(self, text: String) -> Result<E, X> {
        Ok(from_string(text))
    }
}

/// Generates everything of an open enum except its variants and [`OpenEnum`].
macro_rules! open_enum {
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad($crate::model::open_enum::OpenEnum::as_str(self))
            }
        }
        /// In the order of the texts, which a newer document cannot change.
        impl ::std::cmp::Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
                let text = $crate::model::open_enum::OpenEnum::as_str;
                text(self).cmp(text(other))
            }
        }
        impl ::std::cmp::PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> ::std::option::Option<::std::cmp::Ordering> {
                ::std::option::Option::Some(::std::cmp::Ord::cmp(self, other))
            }
        }
        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok($crate::model::open_enum::from_text(text))
            }
        }
        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                $crate::model::open_enum::from_text(text)
            }
        }
        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                $crate::model::open_enum::from_string(text)
            }
        }
        impl ::std::convert::From<&str> for $crate::model::nullable::Nullable<$name> {
            fn from(text: &str) -> Self {
                Self::Value($crate::model::open_enum::from_text(text))
            }
        }
        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                $crate::model::open_enum::OpenEnum::as_str(self)
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::model::open_enum::OpenEnum::as_str(self))
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_str($crate::model::open_enum::TextVisitor(
                    ::std::marker::PhantomData,
                ))
            }
        }
    };
}
pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    enum Colour {
        Red,
        Unrecognized(Unrecognized),
    }

    impl OpenEnum for Colour {
        const KNOWN: &'static [&'static str] = &["RED"];
        fn as_str(&self) -> &str {
            match self {
                Self::Red => "RED",
                Self::Unrecognized(text) => text.as_str(),
            }
        }
        fn from_known(text: &str) -> Option<Self> {
            (text == "RED").then_some(Self::Red)
        }
        fn unrecognized(text: Unrecognized) -> Self {
            Self::Unrecognized(text)
        }
    }
    open_enum!(Colour);

    #[test]
    fn every_way_in_is_canonical() {
        let parsed: Colour = "RED".parse().unwrap();
        for value in [
            parsed,
            "RED".into(),
            String::from("RED").into(),
            from_json("\"RED\""),
        ] {
            assert_eq!(value, Colour::Red);
            assert!(value.is_known());
        }
    }

    #[test]
    fn they_are_in_the_order_of_their_texts() {
        let colours: std::collections::BTreeSet<Colour> =
            ["RUST", "RED", "BLUE"].map(Colour::from).into();
        let texts: Vec<_> = colours.iter().map(OpenEnum::as_str).collect();
        assert_eq!(texts, ["BLUE", "RED", "RUST"]);
    }

    #[test]
    fn an_unknown_text_comes_back_unchanged() {
        for text in ["", "red", "ARCHIVED_2027", "é\n\"quoted\""] {
            let json = serde_json::to_string(text).unwrap();
            let value = from_json(&json);
            assert!(!value.is_known());
            assert_eq!(value.to_string(), text);
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }

    #[test]
    fn other_json_types_are_refused() {
        for json in ["1", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<Colour>(json).is_err(), "{json}");
        }
    }

    fn from_json(json: &str) -> Colour {
        serde_json::from_str(json).unwrap()
    }
}
