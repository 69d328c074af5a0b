//! Records of the sandbox as JSON. Times are RFC 3339, durations milliseconds.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::faults::journal::{Execution, FaultEvent};
use crate::log::LoggedRequest;
use crate::quota::Quotas;
use crate::state::calls::{CallRecord, Summary, Utterance};
use crate::state::messages::MessageRecord;
use crate::state::partner::PartnerAccount;
use crate::state::phone_numbers::PhoneNumber;
use crate::state::queues::{Call, Entry, Queue};
use crate::state::users::User;
use crate::state::webhooks::Webhook;

/// An array of all records.
pub(super) fn all<T>(records: &[T], json_of: fn(&T) -> Value) -> Value {
    records.iter().map(json_of).collect()
}

pub(super) fn quotas(quotas: Quotas) -> Value {
    json!({
        "enforced": quotas.enforced,
        "reads_per_second": quotas.read_per_second,
        "writes_per_second": quotas.write_per_second,
        "v1_per_day": quotas.v1_per_day,
    })
}

pub(super) fn user(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role.as_str(),
        "status": user.status.as_str(),
        "image_url": user.image_url,
        "team_id": user.team_id,
    })
}

pub(super) fn queue(queue: &Queue) -> Value {
    json!({
        "id": queue.id,
        "name": queue.name,
        "creator_id": queue.creator_id,
        "assignee_id": queue.assignee_id,
        "voicemail_handling": queue.voicemail_handling,
        "do_not_disturb": queue.do_not_disturb,
        "created_at": time(queue.created_at),
        "updated_at": time(queue.updated_at),
        "entries": all(&queue.entries, entry),
    })
}

fn entry(entry: &Entry) -> Value {
    json!({
        "number_to": entry.number_to,
        "position": entry.position,
        "created_at": time(entry.created_at),
        "updated_at": time(entry.updated_at),
        "contact": entry.contact,
        "sync_status": entry.sync_status,
        "call": entry.call.as_ref().map(dialed),
    })
}

fn dialed(call: &Call) -> Value {
    let outcome = call.outcome.as_ref().map(|outcome| {
        json!({
            "routing_result": outcome.routing_result,
            "detected_outbound_voicemail": outcome.detected_outbound_voicemail,
            "voicemail_left": outcome.voicemail_left,
            "not_reached_destination_reason": outcome.not_reached_destination_reason,
        })
    });
    json!({ "id": call.id, "started_at": time(call.started_at), "outcome": outcome })
}

pub(super) fn phone_number(phone_number: &PhoneNumber) -> Value {
    json!({
        "kind": phone_number.kind.as_str(),
        "number": phone_number.number,
        "name": phone_number.name,
        "country": phone_number.country,
        "capabilities": phone_number.capabilities,
        "user_ids": phone_number.user_ids,
        "texting_approved": phone_number.texting_approved,
        "default_summary_template_id": phone_number.default_summary_template_id,
    })
}

pub(super) fn call(call: &CallRecord) -> Value {
    json!({
        "id": call.id,
        "direction": call.direction.as_str(),
        "allo_number": call.allo_number,
        "contact_number": call.contact_number,
        "user_id": call.user_id,
        "started_at": time(call.started_at),
        "rang_ms": milliseconds(call.rang),
        "talked_ms": milliseconds(call.talked),
        "result": call.result,
        "recording_url": call.recording_url,
        "summaries": all(&call.summaries, summary),
        "tags": call.tags,
        "transcript": all(&call.transcript, utterance),
    })
}

fn summary(summary: &Summary) -> Value {
    json!({
        "template_key": summary.template_key,
        "content": summary.content,
        "version": summary.version,
        "updated_at": time(summary.updated_at),
        "updated_by": summary.updated_by,
    })
}

fn utterance(utterance: &Utterance) -> Value {
    json!({
        "speaker": utterance.speaker.as_str(),
        "text": utterance.text,
        "begins_ms": milliseconds(utterance.begins),
        "ends_ms": milliseconds(utterance.ends),
    })
}

pub(super) fn message(message: &MessageRecord) -> Value {
    json!({
        "id": message.id,
        "direction": message.direction.as_str(),
        "allo_number": message.allo_number,
        "sender_id": message.sender_id,
        "contact_number": message.contact_number,
        "user_id": message.user_id,
        "sent_at": time(message.sent_at),
        "content": message.content,
        "status": message.status,
        "message_type": message.message_type,
    })
}

pub(super) fn webhook(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id,
        "url": webhook.url,
        "topics": webhook.topics,
        "description": webhook.description,
        "enabled": webhook.enabled,
        "signing_secret": webhook.signing_secret,
        "created_at": time(webhook.created_at),
    })
}

pub(super) fn account(account: &PartnerAccount) -> Value {
    let numbers = account
        .phone_numbers
        .iter()
        .map(|(country, number)| json!({ "country": country, "number": number }));
    json!({
        "id": account.id,
        "opened_by": account.opened_by,
        "email": account.email,
        "name": account.name,
        "personal_mobile": account.personal_mobile,
        "partner_client_ref": account.partner_client_ref,
        "phone_numbers": numbers.collect::<Vec<_>>(),
        "activated": account.activated,
        "cancelled": account.cancelled,
    })
}

pub(super) fn request(request: &LoggedRequest) -> Value {
    let query = request.query.iter();
    let query: Vec<_> = query.map(|(name, value)| json!([name, value])).collect();
    json!({
        "operation": request.operation,
        "method": request.method,
        "path": request.path,
        "query": query,
        "headers": headers(&request.headers),
        "body": request.body,
        "status": request.status,
        "response": request.response_body(),
        "request_id": request.request_id,
        "replayed": request.replayed,
        "executed": request.executed,
        "api_key_id": request.api_key_id,
        "at_ms": milliseconds(request.at),
    })
}

/// By name; the values of a header that was sent several times are joined as HTTP allows.
fn headers(headers: &[(String, String)]) -> Map<String, Value> {
    let mut joined = Map::new();
    for (name, value) in headers {
        let value = match joined.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        joined.insert(name.clone(), value.into());
    }
    joined
}

pub(super) fn execution(execution: &Execution) -> Value {
    json!({
        "operation": execution.operation,
        "idempotency_key": execution.key,
        "body": execution.body,
        "at_ms": milliseconds(execution.at),
    })
}

pub(super) fn fault_event(event: &FaultEvent) -> Value {
    json!({
        "operation": event.operation,
        "idempotency_key": event.key,
        "fault": event.fault,
        "executed": event.executed,
        "at_ms": milliseconds(event.at),
    })
}

fn time(time: Timestamp) -> String {
    time.to_string()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
