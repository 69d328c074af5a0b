//! A row of a list: the lead in it, and what it takes to write the row as it came.

use allo_client::types::NewQueueNumber;
use serde_json::{Map, Value};

use crate::error::CliError;
use crate::exit::Exit;

/// A lead and where it was.
pub(crate) struct Row {
    /// The line it begins in, from 1.
    pub(crate) line: u64,
    pub(crate) lead: NewQueueNumber,
    pub(crate) raw: RawRow,
}

/// A row as it was written.
#[derive(Debug)]
pub(crate) enum RawRow {
    Record(csv::StringRecord),
    Object(Map<String, Value>),
}

/// What it takes to write rows in the form in which they came.
#[derive(Clone, Debug)]
pub(crate) enum RowFormat {
    Delimited {
        delimiter: u8,
        header: csv::StringRecord,
        /// The byte order mark, if there was one.
        mark: &'static [u8],
    },
    JsonLines,
}

/// A list that cannot be understood, by the line at fault.
pub(super) fn syntax_error(line: u64, what: &str) -> CliError {
    CliError::new(Exit::Validation, format!("line {line} of the list: {what}"))
}
