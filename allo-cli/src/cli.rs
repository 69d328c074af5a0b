//! The clap tree: the subcommands and the dispatch to them. The options of a subcommand are defined in `commands`,
//! global options in `options`.

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::{
    api, calls, completions, conversations, explain, login, man, me, numbers, queue, tags, users,
};
use crate::error::CliError;
use crate::exit::Exit;
use crate::options::Global;
use crate::session::Session;

/// Manage Power Dialer queues and call any operation of the Allo API
///
/// The API key is read from ALLO_API_KEY, the configuration file or the keyring (`allo login`).
/// With `--sandbox` no key is needed: the command runs against a demo team inside this process.
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

/// The clap tree, used for man pages and completions.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// The subcommands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Manage a teammate's dialing queue: show, push, configure, reset, clear, watch
    #[command(subcommand)]
    Queue(queue::Queue),
    /// List the members of the team
    Users,
    /// Show the API key's team, scopes and rate limits
    Me,
    /// List the phone numbers and sender ids of the team
    Numbers,
    /// List the tags for calls and messages
    Tags,
    /// Read calls and text messages: list, since, show, search
    #[command(subcommand)]
    Conversations(conversations::Conversations),
    /// List finished calls, newest first
    Calls(calls::Calls),
    /// Call any operation of the API by its id
    Api(api::Api),
    /// Explain an error code and how to resolve it
    Explain(explain::Explain),
    /// Store an API key in the keyring of the operating system
    Login(login::Login),
    /// Remove the API key from the keyring
    Logout,
    /// Print a shell completion script
    Completions(completions::Completions),
    /// Print the manual page
    Man(man::Man),
}

impl Command {
    /// Whether the command reads the configuration file.
    pub(crate) const fn is_configured(&self) -> bool {
        !matches!(self, Self::Completions(_) | Self::Man(_) | Self::Explain(_))
    }

    /// Whether the command accepts `--teammate`.
    pub(crate) fn takes_teammate(&self) -> bool {
        match self {
            Self::Queue(_) => true,
            Self::Api(api) => api.takes_teammate(),
            _ => false,
        }
    }
}

/// Runs the command.
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

/// Rejects `--teammate` for commands that would ignore it. The teammate of a profile is ignored
/// silently, as it is meant for other commands.
fn refuse_teammate(cli: &Cli) -> Result<(), CliError> {
    if cli.global.teammate.is_none() || cli.command.takes_teammate() {
        return Ok(());
    }
    let failure = CliError::usage("--teammate does not apply to this command");
    Err(failure.next(match &cli.command {
        Command::Calls(_) | Command::Conversations(_) => {
            "remove it; `calls` and `conversations search` take --user"
        }
        _ => "remove it",
    }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_consistent() {
        super::command().debug_assert();
    }
}
