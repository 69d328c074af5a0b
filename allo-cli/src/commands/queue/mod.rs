//! `allo queue`: a teammate's dialing queue, one module per subcommand.

mod clear;
mod configure;
mod push;
mod reset;
mod settings;
mod show;
mod snapshot;
mod watch;

use clap::Subcommand;

use crate::error::CliError;
use crate::exit::Exit;
use crate::session::Session;

/// The subcommands.
#[derive(Subcommand)]
pub(crate) enum Queue {
    /// Show the queue, its settings and its entries
    Show(show::Show),
    /// Append a list of leads: CSV, TSV or JSON lines
    Push(Box<push::options::Push>),
    /// Change the name and settings of the queue
    Configure(configure::Configure),
    /// Replace the queue with a new, empty one
    Reset(reset::Reset),
    /// Remove entries
    Clear(clear::Clear),
    /// Refresh the queue periodically
    Watch(watch::Watch),
}

pub(crate) async fn run(session: &mut Session, queue: Queue) -> Result<Exit, CliError> {
    match queue {
        Queue::Show(show) => show::run(session, &show).await?,
        Queue::Push(push) => return push::run(session, *push).await,
        Queue::Configure(configure) => configure::run(session, configure).await?,
        Queue::Reset(reset) => reset::run(session, reset).await?,
        Queue::Clear(clear) => clear::run(session, clear).await?,
        Queue::Watch(watch) => watch::run(session, &watch).await?,
    }
    Ok(Exit::Ok)
}
