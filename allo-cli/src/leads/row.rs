//! A row of a list: its lead, and the raw row to write it back unchanged.

use allo_client::types::NewQueueNumber;
use serde_json::{Map, Value};

use crate::error::CliError;
use crate::exit::Exit;

/// A lead and its position in the list.
pub(crate) struct Row {
    /// The line in which the row begins, from 1.
    pub(crate) line: u64,
    pub(crate) lead: NewQueueNumber,
    pub(crate) raw: RawRow,
}

/// A row as it was read.
#[derive(Debug)]
pub(crate) enum RawRow {
    Record(csv::StringRecord),
    Object(Map<String, Value>),
}

/// The format in which rows are written back.
#[derive(Clone, Debug)]
pub(crate) enum RowFormat {
    Delimited {
        delimiter: u8,
        header: csv::StringRecord,
        /// The byte order mark, if the list has one.
        mark: &'static [u8],
    },
    JsonLines,
}

/// The error for a line that cannot be parsed.
pub(super) fn syntax_error(line: u64, what: &str) -> CliError {
    CliError::new(Exit::Validation, format!("line {line} of the list: {what}"))
}
