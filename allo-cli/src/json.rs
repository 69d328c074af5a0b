//! Typed answers as JSON values, which is what output and fingerprints are made from. How they are shown is in
//! `output`.

use serde::Serialize;
use serde_json::Value;

use crate::error::CliError;
use crate::exit::Exit;

/// What a typed answer looks like on the wire.
pub(crate) fn value(typed: &impl Serialize) -> Result<Value, CliError> {
    serde_json::to_value(typed).map_err(|error| CliError::new(Exit::Other, error.to_string()))
}

/// The same for a list.
pub(crate) fn values<T: Serialize>(
    items: impl IntoIterator<Item = T>,
) -> Result<Vec<Value>, CliError> {
    items.into_iter().map(|item| value(&item)).collect()
}
