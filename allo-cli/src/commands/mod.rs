//! The subcommands, a module each. Here they are only told apart.

pub(crate) mod api;
pub(crate) mod calls;
pub(crate) mod completions;
pub(crate) mod conversations;
pub(crate) mod explain;
mod items;
pub(crate) mod login;
pub(crate) mod man;
mod me;
mod numbers;
pub(crate) mod queue;
mod tags;
mod users;

use serde::Serialize;
use serde_json::Value;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    cli.global.color.apply();
    refuse_teammate(&cli)?;
    let mut session = Session::open(cli.global, cli.command.is_configured())?;
    let session = &mut session;
    match cli.command {
        Command::Queue(queue) => return queue::run(session, queue).await,
        Command::Users => users::run(session).await?,
        Command::Me => me::run(session).await?,
        Command::Numbers => numbers::run(session).await?,
        Command::Tags => tags::run(session).await?,
        Command::Conversations(command) => conversations::run(session, command).await?,
        Command::Calls(calls) => calls::run(session, calls).await?,
        Command::Api(api) => api::run(session, api).await?,
        Command::Explain(explain) => explain::run(session, &explain)?,
        Command::Login(login) => login::run(session, &login).await?,
        Command::Logout => login::logout(session)?,
        Command::Completions(completions) => completions::run(session, &completions)?,
        Command::Man(man) => man::run(session, &man)?,
    }
    Ok(Exit::Ok)
}

/// Refuses `--teammate` where it would be passed over; that of a profile is meant for
/// other commands.
fn refuse_teammate(cli: &Cli) -> Result<(), Failure> {
    if cli.global.teammate.is_none() || cli.command.takes_teammate() {
        return Ok(());
    }
    let failure =
        Failure::usage("--teammate says whose queue is meant, but this command is about none");
    Err(failure.next(match &cli.command {
        Command::Calls(_) | Command::Conversations(_) => {
            "leave it out; `calls` and `conversations search` take --user"
        }
        _ => "leave it out",
    }))
}

/// What a typed answer looks like on the wire.
fn json(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::new(Exit::Other, error.to_string()))
}

/// The same for a list.
fn entries<T: Serialize>(items: impl IntoIterator<Item = T>) -> Result<Vec<Value>, Failure> {
    items.into_iter().map(|item| json(&item)).collect()
}
