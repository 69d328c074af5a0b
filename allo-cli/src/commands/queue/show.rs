//! `allo queue show`: shows the queue, its settings and its entries.

use clap::Args;

use super::snapshot::Snapshot;
use crate::error::CliError;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Show {}

pub(super) async fn run(session: &mut Session, _: &Show) -> Result<(), CliError> {
    let dialer = session.dialer().await?;
    let snapshot = Snapshot::take(&dialer).await?;
    let page = snapshot.page(session.teammate_shown())?;
    session.printer.page(&page)
}
