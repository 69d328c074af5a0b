//! The clap tree: global options and which subcommands there are. The options of a
//! subcommand stand beside it in `commands`.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::commands::{api, calls, completions, conversations, explain, login, man, queue};
use crate::output::Format;

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

/// What every command takes.
#[derive(Args, Clone)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Format of stdout [default: table]
    #[arg(long, short, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// No progress and no remarks on stderr, only errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Whose queue, for `queue` and `api`: an id, an e-mail address, a full name, or `me` for the
    /// key's owner [default: me]
    #[arg(long, short, global = true, value_name = "WHO")]
    pub(crate) teammate: Option<String>,
    /// Profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Configuration file instead of the user's own
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Run against an invented team in this process; nothing leaves the machine
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    /// Errors as one line of JSON
    #[arg(long, global = true)]
    pub(crate) json_errors: bool,
    /// When to use colours; `auto` obeys NO_COLOR
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub(crate) color: Color,
    /// Where the API is
    #[arg(long, global = true, value_name = "URL", conflicts_with = "sandbox")]
    pub(crate) base_url: Option<String>,
    /// Longest time for one attempt of a request, in seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: Option<u64>,
    /// Agree beforehand to whatever would be asked
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

impl Global {
    /// Whether remarks and progress are left out; they would spoil JSON on stderr.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet || self.json_errors
    }
}

/// When to use colours.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// If stderr is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Tells whoever writes colours.
    pub(crate) fn apply(self) {
        let wanted = match self {
            Self::Auto => match std::env::var_os("NO_COLOR") {
                Some(value) if !value.is_empty() => false,
                _ => return,
            },
            Self::Always => true,
            Self::Never => false,
        };
        console::set_colors_enabled(wanted);
        console::set_colors_enabled_stderr(wanted);
    }
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_consistent() {
        super::command().debug_assert();
    }
}
