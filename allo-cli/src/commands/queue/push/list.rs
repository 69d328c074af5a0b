//! The list of a push in memory. Reading it row by row is in `leads`.

use allo_client::types::NewQueueNumber;

use super::words;
use crate::error::CliError;
use crate::leads::Leads;
use crate::leads::row::{RawRow, RowFormat};
use crate::session::Session;

/// A list in memory.
pub(super) struct List {
    /// The leads, until the push takes them over.
    pub(super) leads: Vec<NewQueueNumber>,
    /// The line and the raw row of each lead.
    pub(super) origins: Vec<(u64, RawRow)>,
    pub(super) shape: RowFormat,
}

pub(super) fn read(session: &Session, mut leads: Leads) -> Result<List, CliError> {
    let mut list = List {
        shape: leads.shape(),
        leads: Vec::new(),
        origins: Vec::new(),
    };
    for row in leads.by_ref() {
        let row = row?;
        list.leads.push(row.lead);
        list.origins.push((row.line, row.raw));
    }
    words::print_warnings(session, &leads, list.leads.len());
    Ok(list)
}
