//! `allo queue`: a teammate's dialing queue, a module for each subcommand.

mod clear;
mod configure;
mod push;
mod reset;
mod show;
mod snapshot;
mod watch;

use allo_client::CallOptions;
use allo_client::power_dialer::TeammateDialer;
use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, column};
use crate::session::Session;

/// The subcommands.
#[derive(Subcommand)]
pub(crate) enum Queue {
    /// The queue, its settings and its entries
    Show(show::Show),
    /// Append a list of leads: CSV, TSV or JSON lines
    Push(Box<push::Push>),
    /// Change the name and settings of the queue
    Configure(configure::Configure),
    /// Give the teammate a new, empty queue
    Reset(reset::Reset),
    /// Remove entries
    Clear(clear::Clear),
    /// Show the queue again and again, in place
    Watch(watch::Watch),
}

pub(super) async fn run(session: &mut Session, queue: Queue) -> Result<Exit, Failure> {
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

/// The queue of the teammate that is meant.
async fn dialer(session: &mut Session) -> Result<TeammateDialer, Failure> {
    let client = session.client().await?;
    let teammate = session.teammate().await?;
    Ok(client.power_dialer().for_teammate(teammate))
}

/// What every command that changes something takes.
#[derive(Args)]
struct Write {
    /// Send it under this key, so that it cannot be done twice within an hour
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Write {
    fn apply(&self, options: CallOptions) -> CallOptions {
        match &self.idempotency_key {
            Some(key) => options.with_idempotency_key(key.as_str()),
            None => options,
        }
    }
}

/// A queue without its entries.
const QUEUE: &[Column] = &[
    column("queue", "id"),
    column("name", "name"),
    column("voicemail", "voicemail_handling"),
    column("do not disturb", "do_not_disturb"),
    column("assignee", "assignee_id"),
    column("created", "created_at"),
    column("changed", "updated_at"),
];
