//! Routes for what happened: the request log, executed writes and idempotency keys.

use serde_json::Value;

use super::input::Input;
use super::output;
use super::routes::AdminResult;
use crate::control::Control;
use crate::log::LoggedRequest;

/// The requests that match all parameters of the query, in order.
pub(super) fn requests(control: &Control, input: &Input) -> AdminResult {
    let known = [
        "operation",
        "method",
        "path",
        "status",
        "executed",
        "replayed",
        "request_id",
    ];
    let query = input.query(&known)?;
    let is = |name: &str, value: &str| query.text(name).is_none_or(|wanted| wanted == value);
    let status = query.integer("status", 0)?;
    let executed = query.flag("executed")?;
    let replayed = query.flag("replayed")?;
    let matches = |request: &&LoggedRequest| {
        is("operation", request.operation.unwrap_or_default())
            && is("method", &request.method)
            && is("path", &request.path)
            && is("request_id", &request.request_id)
            && status.is_none_or(|status| status == u64::from(request.status))
            && executed.is_none_or(|executed| executed == request.executed)
            && replayed.is_none_or(|replayed| replayed == request.replayed)
    };
    let requests = control.requests();
    Ok(requests
        .iter()
        .filter(matches)
        .map(output::request)
        .collect())
}

pub(super) fn clear(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    control.clear_log();
    Ok(Value::Null)
}

pub(super) fn executions(control: &Control, input: &Input) -> AdminResult {
    let operation = input.query(&["operation"])?.text("operation");
    let executed = control.executed();
    let executed = executed
        .iter()
        .filter(|execution| operation.is_none_or(|wanted| wanted == execution.operation));
    Ok(executed.map(output::execution).collect())
}

pub(super) fn forget_keys(control: &Control, input: &Input) -> AdminResult {
    input.query(&[])?;
    control.forget_idempotency_keys();
    Ok(Value::Null)
}
