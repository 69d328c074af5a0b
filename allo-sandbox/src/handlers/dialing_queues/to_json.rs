//! JSON of queues and their entries, and which keys are present when.

use serde_json::{Map, Value, json};

use crate::clock::without_offset;
use crate::handlers::object;
use crate::state::queues::{Entry, Queue};

/// A queue without its entries.
pub(super) fn meta(queue: &Queue) -> Map<String, Value> {
    object(json!({
        "id": queue.id,
        "name": queue.name,
        "creator_id": queue.creator_id,
        "assignee_id": queue.assignee_id,
        "voicemail_handling": queue.voicemail_handling,
        "do_not_disturb": queue.do_not_disturb,
        "created_at": without_offset(queue.created_at),
        "updated_at": without_offset(queue.updated_at),
    }))
}

/// A queue with all its entries.
pub(super) fn queue(queue: &Queue) -> Map<String, Value> {
    let mut fields = meta(queue);
    fields.insert("numbers".into(), queue.entries.iter().map(entry).collect());
    fields
}

/// An entry in `added`: without calls and contacts.
pub(super) fn added(entry: &Entry) -> Map<String, Value> {
    object(json!({
        "number_to": entry.number_to,
        "position": entry.position,
        "created_at": without_offset(entry.created_at),
        "updated_at": without_offset(entry.updated_at),
    }))
}

/// An entry in a queue. Keys about a call are absent until it has ended.
pub(super) fn entry(entry: &Entry) -> Map<String, Value> {
    let call = entry.call.as_ref();
    let outcome = call.and_then(|call| call.outcome.as_ref());
    let mut fields = added(entry);
    fields.extend(object(json!({
        "call_start_date": call.map(|call| without_offset(call.started_at)),
        "call_id": call.map(|call| &call.id),
        "routing_result": outcome.map(|outcome| &outcome.routing_result),
        "sync_status": entry.sync_status,
    })));
    if let Some(outcome) = outcome {
        fields.extend(object(json!({
            "detected_outbound_voicemail": outcome.detected_outbound_voicemail,
            "not_reached_destination_reason": outcome.not_reached_destination_reason,
            "voicemail_left": outcome.voicemail_left,
        })));
    }
    fields
}
