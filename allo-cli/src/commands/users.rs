//! `allo users`: lists the members of the team.

use crate::error::CliError;
use crate::json;
use crate::output::{Column, Page, column, optional};
use crate::session::Session;

const COLUMNS: &[Column] = &[
    column("name", "name"),
    column("email", "email"),
    optional("role", "role"),
    optional("status", "status"),
    // Other commands take the id, so it is always shown.
    column("id", "id"),
];

pub(crate) async fn run(session: &mut Session) -> Result<(), CliError> {
    let users = session
        .client()
        .await?
        .list_users()
        .send()
        .await?
        .into_inner();
    let entries = json::values(users)?;
    session
        .printer
        .page(&Page::list(COLUMNS, entries, "The team has no members."))
}
