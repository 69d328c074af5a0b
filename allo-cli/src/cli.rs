//! The clap tree: which subcommands there are, and running the one that was given. The options of a
//! subcommand stand beside it in `commands`, those of every command in `options`.

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::{
    api, calls, completions, conversations, explain, login, man, me, numbers, queue, tags, users,
};
use crate::error::CliError;
use crate::exit::Exit;
use crate::options::Global;
use crate::session::Session;

/// The Power Dialer queue, the team and every operation of the Allo API
///
/// The API key comes from ALLO_API_KEY, from the keyring (`allo login`) or from the
/// configuration file. `--sandbox` needs none: it runs the command against an invented
/// team inside this very process.
#[derive(Parser)]
#[command(
    name = "allo",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The clap tree, for man pages and completions.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// What the program can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// A teammate's dialing queue: show, push, configure, reset, clear, watch
    #[command(subcommand)]
    Queue(queue::Queue),
    /// The members of the team
    Users,
    /// What the API key is and may do
    Me,
    /// The phone numbers and sender ids of the team
    Numbers,
    /// The tags that calls and messages can have
    Tags,
    /// Calls and text messages: list, since, show, search
    #[command(subcommand)]
    Conversations(conversations::Conversations),
    /// Finished calls, the newest first
    Calls(calls::Calls),
    /// Any operation of the API, by its id
    Api(api::Api),
    /// What an error code means and what to do about it
    Explain(explain::Explain),
    /// Store an API key in the keyring of the operating system
    Login(login::Login),
    /// Take the API key out of the keyring
    Logout,
    /// A script that completes command lines in your shell
    Completions(completions::Completions),
    /// The manual page
    Man(man::Man),
}

impl Command {
    /// Whether it has any use for the configuration file.
    pub(crate) const fn is_configured(&self) -> bool {
        !matches!(self, Self::Completions(_) | Self::Man(_) | Self::Explain(_))
    }

    /// Whether it is about the queue of a teammate.
    pub(crate) fn takes_teammate(&self) -> bool {
        match self {
            Self::Queue(_) => true,
            Self::Api(api) => api.takes_teammate(),
            _ => false,
        }
    }
}

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> Result<Exit, CliError> {
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
        Command::Completions(completions) => {
            completions::run(session, &completions, self::command())?
        }
        Command::Man(man) => man::run(session, &man, self::command())?,
    }
    Ok(Exit::Ok)
}

/// Refuses `--teammate` where it would be passed over; that of a profile is meant for
/// other commands.
fn refuse_teammate(cli: &Cli) -> Result<(), CliError> {
    if cli.global.teammate.is_none() || cli.command.takes_teammate() {
        return Ok(());
    }
    let failure =
        CliError::usage("--teammate says whose queue is meant, but this command is about none");
    Err(failure.next(match &cli.command {
        Command::Calls(_) | Command::Conversations(_) => {
            "leave it out; `calls` and `conversations search` take --user"
        }
        _ => "leave it out",
    }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_consistent() {
        super::command().debug_assert();
    }
}
