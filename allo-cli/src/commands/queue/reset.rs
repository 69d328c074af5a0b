//! `allo queue reset`: replaces the queue by a new, empty one after confirmation.

use clap::Args;

use super::settings::{QUEUE, Write};
use crate::error::CliError;
use crate::json;
use crate::session::Session;
use crate::terminal;

#[derive(Args)]
pub(crate) struct Reset {
    /// Name of the new queue
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    write: Write,
}

pub(super) async fn run(session: &mut Session, arguments: Reset) -> Result<(), CliError> {
    let mut reset = session.dialer().await?.reset();
    confirm(session)?;
    if let Some(name) = arguments.name {
        reset = reset.name(name);
    }
    let reset = reset.options(|options| arguments.write.apply(options));
    let mut queue = reset.send().await?.into_inner();
    queue.numbers = None;
    session.printer.record(QUEUE, json::value(&queue)?)
}

/// Asks for confirmation that the current queue may be replaced.
pub(super) fn confirm(session: &Session) -> Result<(), CliError> {
    let whose = session.teammate_shown();
    let what = format!("The current queue of {whose} will be replaced by an empty one");
    terminal::confirm(&what, session.global.yes)
}
