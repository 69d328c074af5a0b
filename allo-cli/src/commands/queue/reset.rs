//! `allo queue reset`: a new, empty queue. Asks first.

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

/// Asks whether the present queue may go.
pub(super) fn confirm(session: &Session) -> Result<(), CliError> {
    let whose = session.teammate_shown();
    let what = format!("The present queue of {whose} will be out of reach");
    terminal::confirm(&what, session.global.yes)
}
