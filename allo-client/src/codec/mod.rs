//! How the types of the API are read from JSON, written as JSON and shown. A generated type implements serde itself, and
//! says only what its fields are; what can be done once for all of them is in `decode`, `encode` and `show`.

pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod list;
pub(crate) mod mode;
mod numbers;
pub(crate) mod show;
pub(crate) mod structure;
#[cfg(test)]
mod tests;

pub(crate) use decode::{Entries, Record};
pub(crate) use encode::{field, present};
pub(crate) use show::{Hidden, object};

/// What every [`Record`] has in common.
macro_rules! record {
    ($name:ident) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::codec::decode::record(deserializer)
            }
        }
    };
}
pub(crate) use record;
