//! `allo tags`: lists the tags for calls and messages.

use crate::error::CliError;
use crate::json;
use crate::output::{Column, Page, column};
use crate::session::Session;

const COLUMNS: &[Column] = &[
    column("name", "name"),
    column("color", "color"),
    column("id", "id"),
];

pub(crate) async fn run(session: &mut Session) -> Result<(), CliError> {
    let tags = session
        .client()
        .await?
        .list_tags()
        .send()
        .await?
        .into_inner();
    let entries = json::values(tags)?;
    session
        .printer
        .page(&Page::list(COLUMNS, entries, "The team has no tags."))
}
