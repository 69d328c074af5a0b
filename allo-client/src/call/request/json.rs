//! Values as JSON outside the encoder, which writes the objects and arrays of requests.

use serde::Serialize;

/// Appends JSON to a text.
pub(super) fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Only strings, numbers and JSON values are written here, and writing to memory does not fail.
    let _ = serde_json::to_writer(out, value);
}

/// Adds a member to the JSON object in `object`.
pub(super) fn add_member<T: Serialize + ?Sized>(object: &mut Vec<u8>, name: &str, value: &T) {
    object.pop();
    if object.len() > 1 {
        object.push(b',');
    }
    json(object, name);
    object.push(b':');
    json(object, value);
    object.push(b'}');
}
