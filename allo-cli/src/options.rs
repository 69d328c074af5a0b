//! The global options, which every command takes. The options of a subcommand stand beside it in `commands`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::Format;

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
