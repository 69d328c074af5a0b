//! Helpers of generated implementations of `Serialize`.

use serde::Serialize;
use serde::ser::SerializeStruct;

/// The number of fields that are present.
pub(crate) fn present(absent: &[bool]) -> usize {
    absent.iter().filter(|absent| !**absent).count()
}

/// Serializes a field unless it is absent.
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
