//! The macro behind all newtypes of texts: ids and telephone numbers. A value is the text as the API has it: nothing is
//! normalised or refused, and JSON shows no difference to a string. The types are in `ids` and `phone_number`.

/// Generates a newtype of `String`. Its `Debug` and the method that gives the text are written beside the macro's call.
///
/// Every function is inline, so that what a program does not call is not compiled, neither here nor there.
macro_rules! text_type {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text by value.
            #[must_use]
            #[inline]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        /// The text as it is.
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }
        /// Accepts every text.
        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;
            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(text.into())
            }
        }
        impl ::std::convert::From<String> for $name {
            #[inline]
            fn from(text: String) -> Self {
                Self(text)
            }
        }
        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl ::std::convert::From<&String> for $name {
            #[inline]
            fn from(text: &String) -> Self {
                Self(text.clone())
            }
        }
        impl ::std::convert::From<&$name> for $name {
            #[inline]
            fn from(other: &$name) -> Self {
                other.clone()
            }
        }
        // What a setter of a nullable field takes, besides the type itself.
        impl ::std::convert::From<String> for $crate::model::nullable::Nullable<$name> {
            #[inline]
            fn from(text: String) -> Self {
                Self::Value(text.into())
            }
        }
        impl ::std::convert::From<&str> for $crate::model::nullable::Nullable<$name> {
            #[inline]
            fn from(text: &str) -> Self {
                Self::Value(text.into())
            }
        }
        impl ::std::convert::From<&String> for $crate::model::nullable::Nullable<$name> {
            #[inline]
            fn from(text: &String) -> Self {
                Self::Value(text.into())
            }
        }
        impl ::std::convert::From<&$name> for $crate::model::nullable::Nullable<$name> {
            #[inline]
            fn from(other: &$name) -> Self {
                Self::Value(other.into())
            }
        }
        impl ::std::convert::AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        // Equality, order and hash are those of the text, so a map can be asked by text.
        impl ::std::borrow::Borrow<str> for $name {
            #[inline]
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl ::std::cmp::PartialEq<str> for $name {
            #[inline]
            fn eq(&self, text: &str) -> bool {
                self.0 == text
            }
        }
        impl ::std::cmp::PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, text: &&str) -> bool {
                self.0 == *text
            }
        }
        impl ::std::cmp::PartialEq<String> for $name {
            #[inline]
            fn eq(&self, text: &String) -> bool {
                self.0 == *text
            }
        }
        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                <String as ::serde::Deserialize>::deserialize(deserializer).map(Self)
            }
        }
    };
}
pub(crate) use text_type;
