//! The operation table and the document with two additional operations from `tests/trial.yaml`, to test that the
//! coverage tests report what a new operation lacks. `cargo xtask trial` does the same in a complete copy of the
//! repository.

use allo_client::operation::{Body, Method, Operation, RetrySafety, SuccessBody};
use allo_client::operations;
use serde_json::Value;

use crate::conformance::overlaid;

/// A paginated read.
pub static LIST: Operation = {
    let mut row = of_the_dialer(&operations::LIST_CONVERSATIONS);
    row.id = "listTrialQueues";
    row.method = Method::Get;
    row.summary = "List the queues of the team";
    row.body = Body::None;
    row.retry_safety = RetrySafety::Read;
    row
};

/// A write with a body.
pub static CREATE: Operation = {
    let mut row = of_the_dialer(&operations::LIST_CONVERSATIONS);
    row.id = "createTrialQueue";
    row.method = Method::Post;
    row.summary = "Make one more queue";
    row.body = Body::Required;
    row.pagination = None;
    row.retry_safety = RetrySafety::Keyed;
    row
};

/// What both have in common, and the pagination of a row of the table.
const fn of_the_dialer(row: &Operation) -> Operation {
    let mut row = *row;
    row.path = "/v2/api/trial-queues";
    row.tag = "Power Dialer";
    row.fields = &[];
    row.teammate = None;
    row.scopes = &["DIALING_QUEUE_READ_WRITE"];
    row.settling_codes = &[];
    row.success = SuccessBody::Object(&["data"]);
    row
}

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
