//! `allo numbers`: lists the phone numbers and sender ids of the team.

use crate::error::CliError;
use crate::json;
use crate::output::{Column, Page, column, optional};
use crate::session::Session;

const COLUMNS: &[Column] = &[
    column("number", "number"),
    column("name", "name"),
    column("kind", "type"),
    column("country", "country"),
    optional("capabilities", "capabilities"),
    optional("users", "users"),
];

pub(crate) async fn run(session: &mut Session) -> Result<(), CliError> {
    let numbers = session
        .client()
        .await?
        .list_numbers()
        .send()
        .await?
        .into_inner();
    let entries = json::values(numbers)?;
    session
        .printer
        .page(&Page::list(COLUMNS, entries, "The team has no numbers."))
}
