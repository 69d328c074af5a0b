//! The global options. The options of a subcommand are defined in `commands`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::Format;

/// Options of every command.
#[derive(Args, Clone)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Output format [default: table]
    #[arg(long, short, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// Print only errors on stderr: no progress, no notes
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Teammate whose queue is used by `queue` and `api`: an id, an e-mail address, a full name,
    /// or `me` for the owner of the API key [default: me]
    #[arg(long, short, global = true, value_name = "TEAMMATE")]
    pub(crate) teammate: Option<String>,
    /// Profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Configuration file to use instead of the default one
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Run against a demo team in this process; no network access
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    /// Print errors as one line of JSON
    #[arg(long, global = true)]
    pub(crate) json_errors: bool,
    /// When to use colours; `auto` respects NO_COLOR
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub(crate) color: Color,
    /// Base URL of the API
    #[arg(long, global = true, value_name = "URL", conflicts_with = "sandbox")]
    pub(crate) base_url: Option<String>,
    /// Timeout of one request attempt, in seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: Option<u64>,
    /// Answer yes to all confirmations
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

impl Global {
    /// Whether notes and progress are suppressed; they would mix with JSON errors on stderr.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet || self.json_errors
    }
}

/// When to use colours.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// Only if stderr is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Configures the console crate.
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
