//! `allo numbers`: the phone numbers and sender ids of the team.

use crate::failure::Failure;
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

pub(super) async fn run(session: &mut Session) -> Result<(), Failure> {
    let numbers = session
        .client()
        .await?
        .list_numbers()
        .send()
        .await?
        .into_inner();
    let entries = super::entries(numbers)?;
    session
        .printer
        .page(&Page::list(COLUMNS, entries, "The team has no numbers."))
}
