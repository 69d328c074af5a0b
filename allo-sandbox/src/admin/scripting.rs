//! Routes for scripted responses, added endpoints, faults and refused connections.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, wrong};
use super::routes::AdminResult;
use super::{output, refusal};
use crate::control::{Control, ScriptedResponse};
use crate::errors::{ApiError, Code};
use crate::faults::plan::FaultPlan;

/// What to answer: `status` with `body` or `text`; or `answer`, the documented response with this value;
/// or `error`, a code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Respond {
    operation: String,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    text: Option<String>,
    answer: Option<Value>,
    error: Option<String>,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default = "once")]
    times: u64,
}

fn once() -> u64 {
    1
}

impl Respond {
    fn response(&self) -> Result<ScriptedResponse, ApiError> {
        let id = &self.operation;
        match (
            self.status,
            &self.answer,
            &self.error,
            &self.body,
            &self.text,
        ) {
            (None, Some(answer), None, None, None) => {
                ScriptedResponse::answer(id, answer).map_err(|error| refusal(&error))
            }
            (Some(status), None, Some(code), None, None) => {
                ScriptedResponse::error(id, status, code).map_err(|error| refusal(&error))
            }
            (Some(status), None, None, Some(body), None) => {
                Ok(ScriptedResponse::new(status).json(body))
            }
            (Some(status), None, None, None, Some(text)) => {
                Ok(ScriptedResponse::new(status).body(text.clone()))
            }
            (Some(status), None, None, None, None) => Ok(ScriptedResponse::new(status)),
            _ => Err(ApiError::new(
                Code::InvalidRequestBody,
                "Give `status`, alone or with one of `body`, `text` and `error`; or give `answer` alone.",
            )),
        }
    }
}

pub(super) fn respond(control: &Control, input: &Input) -> AdminResult {
    let wanted: Respond = input.body()?;
    let mut response = wanted.response()?;
    for (name, value) in &wanted.headers {
        response = response.header(name, value);
    }
    let response = response
        .delay(Duration::from_millis(wanted.delay_ms))
        .times(wanted.times);
    let scripted = control.respond(&wanted.operation, response);
    scripted.map_err(|error| refusal(&error))?;
    Ok(json!({ "pending": control.pending_responses() }))
}

pub(super) fn pending(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(json!({ "pending": control.pending_responses() }))
}

pub(super) fn clear(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    control.clear_responses();
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoint {
    method: String,
    path: String,
    status: u16,
    #[serde(default)]
    body: Value,
}

pub(super) fn add_endpoint(control: &Control, input: &Input) -> AdminResult {
    let new: Endpoint = input.body()?;
    if !new.path.starts_with('/') {
        return Err(wrong("path", "must begin with /"));
    }
    let body = match new.body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let added = control.add_endpoint(&new.method, &new.path, new.status, body);
    added.map_err(|error| refusal(&error))?;
    Ok(Value::Null)
}

pub(super) fn faults(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(json!({
        "plan": control.fault_plan(),
        "injected": output::all(&control.faults(), output::fault_event),
    }))
}

pub(super) fn set_faults(control: &Control, input: &Input) -> AdminResult {
    let plan: FaultPlan = input.body()?;
    let set = control.set_faults(plan);
    set.map_err(|error| ApiError::new(Code::InvalidRequestBody, error.to_string()))?;
    Ok(json!({ "plan": control.fault_plan() }))
}

pub(super) fn clear_faults(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    control.clear_faults();
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refuse {
    ms: u64,
}

/// The longest time for which connections are refused, because nothing can end it earlier.
const LONGEST_REFUSAL_MS: u64 = 10 * 60 * 1_000;

/// The response is sent over its connection, which is then closed.
pub(super) async fn refuse(control: &Control, input: &Input) -> AdminResult {
    let refuse: Refuse = input.body()?;
    if !(1..=LONGEST_REFUSAL_MS).contains(&refuse.ms) {
        let range = format!("must be from 1 to {LONGEST_REFUSAL_MS}");
        return Err(wrong("ms", &range));
    }
    let time = Duration::from_millis(refuse.ms);
    control.refuse_connections_for(time).await;
    Ok(Value::Null)
}
