//! The API's document, read independently of the generator.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use crate::conformance::operations_of;
use crate::source::workspace;

/// The statuses of every operation; cached, because the document is long.
static STATUSES: LazyLock<BTreeMap<String, BTreeSet<u16>>> = LazyLock::new(read);

/// The statuses that `openapi/allo.yaml` declares for an operation.
///
/// # Panics
/// If the document cannot be read or does not have the operation.
#[must_use]
pub fn statuses(operation_id: &str) -> BTreeSet<u16> {
    let found = STATUSES.get(operation_id);
    let found = found.unwrap_or_else(|| panic!("allo.yaml has no operation {operation_id}"));
    found.clone()
}

/// The statuses that a document declares, by operation.
///
/// # Panics
/// If it has no paths.
#[must_use]
pub fn statuses_in(document: &Value) -> BTreeMap<String, BTreeSet<u16>> {
    let operations = operations_of(document).filter_map(|operation| {
        let id = operation["operationId"].as_str()?.to_owned();
        let responses = operation["responses"].as_object()?;
        let statuses = responses.keys().filter_map(|status| status.parse().ok());
        Some((id, statuses.collect()))
    });
    operations.collect()
}

fn read() -> BTreeMap<String, BTreeSet<u16>> {
    let text = std::fs::read_to_string(workspace().join("openapi/allo.yaml")).expect("allo.yaml");
    statuses_in(&serde_saphyr::from_str(&text).expect("allo.yaml is YAML"))
}
