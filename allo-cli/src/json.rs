//! Converts typed responses to JSON values, from which output and fingerprints are made. Printing is in
//! `output`.

use serde::Serialize;
use serde_json::Value;

use crate::error::CliError;
use crate::exit::Exit;

/// Serializes a value.
pub(crate) fn value(typed: &impl Serialize) -> Result<Value, CliError> {
    serde_json::to_value(typed).map_err(|error| CliError::new(Exit::Other, error.to_string()))
}

/// Serializes each item of a list.
pub(crate) fn values<T: Serialize>(
    items: impl IntoIterator<Item = T>,
) -> Result<Vec<Value>, CliError> {
    items.into_iter().map(|item| value(&item)).collect()
}
