//! The operation table and the document with two additional operations from `tests/trial.yaml`, to test that the
//! coverage tests report what a new operation lacks. `cargo xtask trial` does the same in a complete copy of the
//! repository.

use allo_client::operation::{
    Body, Method, Operation, Pagination, Place, RetrySafety, SuccessBody,
};
use allo_client::operations;
use serde_json::Value;

use crate::conformance::overlaid;

/// A paginated read.
pub static LIST: Operation = Operation {
    id: "listTrialQueues",
    method: Method::Get,
    path: "/v2/api/trial-queues",
    tag: "Power Dialer",
    summary: "List the queues of the team",
    body: Body::None,
    fields: &[],
    pagination: Some(Pagination {
        place: Place::Query,
        page: "page",
        size: "size",
        first: 1,
        items: "data",
        info: "pagination",
    }),
    teammate: None,
    scopes: &["DIALING_QUEUE_READ_WRITE"],
    retry_safety: RetrySafety::Read,
    settling_codes: &[],
    success: SuccessBody::Object(&["data"]),
};

/// A write with a body.
pub static CREATE: Operation = Operation {
    id: "createTrialQueue",
    method: Method::Post,
    path: "/v2/api/trial-queues",
    tag: "Power Dialer",
    summary: "Make one more queue",
    body: Body::Required,
    fields: &[],
    pagination: None,
    teammate: None,
    scopes: &["DIALING_QUEUE_READ_WRITE"],
    retry_safety: RetrySafety::Keyed,
    settling_codes: &[],
    success: SuccessBody::Object(&["data"]),
};

/// The operation table with both of them at its end.
#[must_use]
pub fn table() -> Vec<&'static Operation> {
    let all = operations::ALL.iter().copied();
    all.chain([&LIST, &CREATE]).collect()
}

/// The API's document, overlay included, with both of them.
///
/// # Panics
/// If it or `tests/trial.yaml` cannot be read.
#[must_use]
pub fn document() -> Value {
    let mut document = overlaid();
    let more: Value = serde_saphyr::from_str(include_str!("../trial.yaml")).expect("trial.yaml");
    for place in ["/paths", "/components/schemas"] {
        let more = more.pointer(place).and_then(Value::as_object);
        let here = document.pointer_mut(place).and_then(Value::as_object_mut);
        let more = more.expect("a part of trial.yaml").clone();
        here.expect("a part of the document").extend(more);
    }
    document
}
