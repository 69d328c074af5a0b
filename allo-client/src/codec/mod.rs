//! Serde and `Debug` of generated types. A generated type implements serde itself and lists only its fields; everything
//! that they share is in `decode`, `encode` and `show`.

pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod list;
pub(crate) mod mode;
mod numbers;
pub(crate) mod show;
pub(crate) mod structure;
#[cfg(test)]
mod tests;

pub(crate) use decode::{DecodeObject, Entries};
pub(crate) use encode::{field, present};
pub(crate) use show::{Hidden, object};

/// Implements `Deserialize` for a type that implements [`DecodeObject`].
macro_rules! impl_deserialize {
    ($name:ident) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::codec::decode::decode_object(deserializer)
            }
        }
    };
}
pub(crate) use impl_deserialize;
