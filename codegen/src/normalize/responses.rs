//! Responses: errors go (the client decodes every error shape itself, whatever the operation declares) and
//! `{data: …}` envelopes are opened, since `send()` gives what is inside. Pages stay whole.

use serde_json::Value;

use super::for_each_operation_with_key;
use crate::names::Names;
use crate::openapi::{self, Payload};

pub(super) fn keep_success_payload(root: &mut Value, pinned: &Names) {
    let frozen = root.clone();
    for_each_operation_with_key(root, |key, operation| {
        let payload = openapi::payload(&frozen, operation, pinned.envelope(key));
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            return;
        };
        responses.retain(|status, _| openapi::is_success(status));
        for response in responses.values_mut().filter_map(Value::as_object_mut) {
            // Required by openapiv3, of no use here, and often forgotten.
            response.entry("description").or_insert_with(|| "".into());
        }
        if let Payload::Envelope(data) = payload
            && let Some(schema) = responses.values_mut().find_map(openapi::json_schema_of_mut)
        {
            *schema = data;
        }
    });
}
