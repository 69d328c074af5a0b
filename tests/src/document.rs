//! The API's document, read independently of the generator.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::source::workspace;

/// The statuses that `openapi/allo.yaml` declares for an operation.
///
/// # Panics
/// When the document cannot be read or does not have the operation.
#[must_use]
pub fn statuses(operation_id: &str) -> BTreeSet<u16> {
    let text = std::fs::read_to_string(workspace().join("openapi/allo.yaml")).expect("allo.yaml");
    let document: Value = serde_saphyr::from_str(&text).expect("allo.yaml is YAML");
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = paths
        .values()
        .flat_map(|path| path.as_object().expect("a path").values());
    let operation = operations
        .find(|operation| operation["operationId"] == operation_id)
        .unwrap_or_else(|| panic!("allo.yaml has no operation {operation_id}"));
    let responses = operation["responses"].as_object().expect("responses");
    responses
        .keys()
        .filter_map(|status| status.parse().ok())
        .collect()
}
