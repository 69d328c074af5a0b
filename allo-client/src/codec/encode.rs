//! What generated implementations of `Serialize` share.

use serde::Serialize;
use serde::ser::SerializeStruct;

/// How many of the fields are there.
pub(crate) fn present(absent: &[bool]) -> usize {
    absent.iter().filter(|absent| !**absent).count()
}

/// Writes a field, unless it is absent.
#[inline]
pub(crate) fn field<S: SerializeStruct, T: Serialize>(
    out: &mut S,
    absent: bool,
    name: &'static str,
    value: &T,
) -> Result<(), S::Error> {
    if absent {
        out.skip_field(name)
    } else {
        out.serialize_field(name, value)
    }
}
