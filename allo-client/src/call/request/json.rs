//! Texts and numbers as JSON. Objects and arrays are written by the encoder.

use serde::Serialize;

/// Writes JSON at the end of a text.
pub(super) fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Only texts and numbers are written by this, and memory takes all of it.
    let _ = serde_json::to_writer(out, value);
}
