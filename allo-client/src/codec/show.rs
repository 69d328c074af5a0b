//! Redacting `Debug` of generated types: it shows field names, and of personal data only whether it is present.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::codec::list::List;
use crate::model::nullable::Nullable;
use crate::model::phone_number::PhoneNumber;

/// `Debug` of every generated type.
pub(crate) fn object(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    fields: &[(&str, &dyn fmt::Debug)],
) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (name, value) in fields {
        out.field(name, value);
    }
    out.finish()
}

/// A value that is not shown.
pub(crate) struct Hidden<'a>(pub(crate) &'a dyn Conceal);

impl fmt::Debug for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.conceal(f)
    }
}

/// Types that can contain personal data.
pub(crate) trait Conceal {
    /// Shows that the value is present, but not the value.
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Conceal for String {}
impl Conceal for PhoneNumber {}
impl Conceal for Value {}
impl Conceal for Map<String, Value> {}
impl<T> Conceal for BTreeMap<String, T> {}

impl<T: Conceal> Conceal for Option<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.conceal(f),
            None => f.write_str("None"),
        }
    }
}

impl<T: Conceal> Conceal for Nullable<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.conceal(f),
            Self::Null => f.write_str("Null"),
            Self::Absent => f.write_str("Absent"),
        }
    }
}

impl<T> Conceal for Vec<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[<{} redacted>]", self.len())
    }
}

impl<T> Conceal for List<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[<{} redacted>]", self.len())
    }
}
