//! Routes for dialing queues, and for the app that dials them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::Input;
use super::people::user_id;
use super::routes::AdminResult;
use super::{output, refusal};
use crate::control::{Control, ControlError};
use crate::state::queues::DialOutcome;

pub(super) fn queue(control: &Control, input: &Input) -> AdminResult {
    let user = user_id(control, input.only_param("user")?)?;
    let queue = control.queue_of(&user);
    Ok(queue.as_ref().map_or(Value::Null, output::queue))
}

pub(super) fn queues(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::all(&control.queues(), output::queue))
}

/// The outcome of a call. Results are texts, so that tests can use unknown ones.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    routing_result: String,
    detected_outbound_voicemail: Option<bool>,
    voicemail_left: Option<bool>,
    not_reached_destination_reason: Option<String>,
}

impl From<Outcome> for DialOutcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            detected_outbound_voicemail: outcome.detected_outbound_voicemail,
            voicemail_left: outcome.voicemail_left,
            not_reached_destination_reason: outcome.not_reached_destination_reason,
            ..Self::result(outcome.routing_result)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    user: String,
    position: u64,
    outcome: Outcome,
}

pub(super) fn dial(control: &Control, input: &Input) -> AdminResult {
    end_call(control, input, Control::dial)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Started {
    user: String,
    position: u64,
}

pub(super) fn start_call(control: &Control, input: &Input) -> AdminResult {
    let Started { user, position } = input.body()?;
    let user = user_id(control, &user)?;
    let id = control.start_call(&user, position);
    let id = id.map_err(|error| refusal(&error))?;
    Ok(json!({ "call_id": id }))
}

pub(super) fn finish_call(control: &Control, input: &Input) -> AdminResult {
    end_call(control, input, Control::finish_call)
}

/// Ends a call of an entry with an outcome, by either way to do that.
fn end_call(
    control: &Control,
    input: &Input,
    end: fn(&Control, &str, u64, DialOutcome) -> Result<(), ControlError>,
) -> AdminResult {
    let Ended {
        user,
        position,
        outcome,
    } = input.body()?;
    let user = user_id(control, &user)?;
    end(control, &user, position, outcome.into()).map_err(|error| refusal(&error))?;
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyncStatus {
    user: String,
    position: u64,
    status: String,
}

pub(super) fn sync_status(control: &Control, input: &Input) -> AdminResult {
    let SyncStatus {
        user,
        position,
        status,
    } = input.body()?;
    let user = user_id(control, &user)?;
    let set = control.set_sync_status(&user, position, &status);
    set.map_err(|error| refusal(&error))?;
    Ok(Value::Null)
}
