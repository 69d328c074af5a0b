//! Strings and numbers as JSON. Objects and arrays are written by the encoder.

use serde::Serialize;

/// Appends JSON to a text.
pub(super) fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Only strings and numbers are written here, and writing to memory does not fail.
    let _ = serde_json::to_writer(out, value);
}
