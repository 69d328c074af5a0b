//! Routes for the sandbox as a whole: reset, seed, state, clock, quotas and settings.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Input, choice, wrong};
use super::routes::AdminResult;
use super::{output, refusal};
use crate::blueprint::Dataset;
use crate::control::{Control, SeedRequest};
use crate::errors::ApiError;
use crate::quota::Quotas;
use crate::state::partner::PartnerBilling;
use crate::state::queues::PositionsAfterDelete;
use crate::state::tags::AbsentTag;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    data: Option<String>,
}

pub(super) fn reset(control: &Control, input: &Input) -> AdminResult {
    let reset: Reset = input.optional_body()?;
    match reset.data {
        None => control.reset(),
        Some(data) => {
            control.reset_to(choice("data", &data, &Dataset::ALL, Dataset::as_str)?);
        }
    }
    Ok(json!({ "api_key": control.api_key() }))
}

pub(super) fn state(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(json!({
        "now": control.now().to_string(),
        "quotas": output::quotas(control.quotas()),
        "users": output::all(&control.users(), output::user),
        "queues": output::all(&control.queues(), output::queue),
        "phone_numbers": output::all(&control.phone_numbers(), output::phone_number),
        "calls": output::all(&control.calls(), output::call),
        "messages": output::all(&control.messages(), output::message),
        "webhooks": output::all(&control.webhooks(), output::webhook),
        "partner_accounts": output::all(&control.partner_accounts(), output::account),
        "pending_responses": control.pending_responses(),
        "fault_plan": control.fault_plan(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    operations: Vec<SeedOperation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedOperation {
    operation: String,
    body: Option<Value>,
    user: Option<String>,
    #[serde(default)]
    params: Map<String, Value>,
}

/// Executes the operations in order, until one is refused.
pub(super) fn seed(control: &Control, input: &Input) -> AdminResult {
    let seed: Seed = input.body()?;
    let requests = seed.operations.into_iter().map(request_of);
    let requests: Vec<_> = requests.collect::<Result<_, _>>()?;
    let mut responses = Vec::with_capacity(requests.len());
    for (index, request) in requests.into_iter().enumerate() {
        let response = control.seed(request);
        let response = response.map_err(|error| {
            let why = format!("failed: {error}. The {index} before it were executed.");
            let refused = refusal(&error).param(format!("operations[{index}]"));
            refused.suggestion(format!("operations[{index}] {why}"))
        })?;
        responses.push(response);
    }
    Ok(responses.into())
}

fn request_of(seed: SeedOperation) -> Result<SeedRequest, ApiError> {
    let mut request = SeedRequest::new(&seed.operation);
    for (name, value) in seed.params {
        let Value::String(value) = value else {
            return Err(wrong(&format!("params.{name}"), "must be a string"));
        };
        request = request.param(name, value);
    }
    if let Some(body) = seed.body {
        request = request.body(body);
    }
    if let Some(user) = seed.user {
        request = request.user(user);
    }
    Ok(request)
}

pub(super) fn clock(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(json!({ "now": control.now().to_string() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    now: Timestamp,
}

pub(super) fn set_clock(control: &Control, input: &Input) -> AdminResult {
    let set: SetClock = input.body()?;
    control.set_time(set.now);
    Ok(json!({ "now": control.now().to_string() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(default)]
    seconds: u64,
    #[serde(default)]
    ms: u64,
}

pub(super) fn advance(control: &Control, input: &Input) -> AdminResult {
    let by: Advance = input.body()?;
    if by.seconds == 0 && by.ms == 0 {
        return Err(wrong("seconds", "or ms must be greater than 0"));
    }
    let time = Duration::from_secs(by.seconds).saturating_add(Duration::from_millis(by.ms));
    control.advance(time);
    Ok(json!({ "now": control.now().to_string() }))
}

pub(super) fn quotas(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    Ok(output::quotas(control.quotas()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetQuotas {
    enforced: Option<bool>,
    reads_per_second: Option<u64>,
    writes_per_second: Option<u64>,
    v1_per_day: Option<u64>,
}

/// What is absent stays as it is; a number enforces quotas again, unless `enforced` says otherwise.
pub(super) fn set_quotas(control: &Control, input: &Input) -> AdminResult {
    let set: SetQuotas = input.body()?;
    let now = control.quotas();
    let reads = set.reads_per_second.unwrap_or(now.read_per_second);
    let writes = set.writes_per_second.unwrap_or(now.write_per_second);
    let mut quotas = Quotas::per_second(reads, writes);
    quotas = quotas.v1_per_day(set.v1_per_day.unwrap_or(now.v1_per_day));
    let changes = [set.reads_per_second, set.writes_per_second, set.v1_per_day];
    let changes = changes.iter().any(Option::is_some);
    quotas.enforced = set.enforced.unwrap_or(now.enforced || changes);
    control.set_quotas(quotas);
    Ok(output::quotas(control.quotas()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    positions_after_delete: Option<Positions>,
    absent_tags: Option<Tags>,
    ignore_idempotency_keys_in_v1: Option<bool>,
    partner_billing: Option<Billing>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Positions {
    Keep,
    Compact,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tags {
    Ignored,
    Refused,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Billing {
    Works,
    NotBillable,
    Fails,
}

pub(super) fn settings(control: &Control, input: &Input) -> AdminResult {
    let set: Settings = input.body()?;
    if let Some(positions) = set.positions_after_delete {
        control.positions_after_delete(match positions {
            Positions::Keep => PositionsAfterDelete::Keep,
            Positions::Compact => PositionsAfterDelete::Compact,
        });
    }
    if let Some(tags) = set.absent_tags {
        control.absent_tags(match tags {
            Tags::Ignored => AbsentTag::Ignored,
            Tags::Refused => AbsentTag::Refused,
        });
    }
    if let Some(ignores) = set.ignore_idempotency_keys_in_v1 {
        control.ignore_idempotency_keys_in_v1(ignores);
    }
    if let Some(billing) = set.partner_billing {
        control.partner_billing(match billing {
            Billing::Works => PartnerBilling::Works,
            Billing::NotBillable => PartnerBilling::NotBillable,
            Billing::Fails => PartnerBilling::Fails,
        });
    }
    Ok(Value::Null)
}
