//! `allo completions`: prints a shell completion script.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::CliError;
use crate::exit::Exit;
use crate::session::Session;

/// The name of the program in completion scripts.
const NAME: &str = "allo";

#[derive(Args)]
pub(crate) struct Completions {
    /// Target shell
    shell: Shell,
    /// Write the script into this existing directory, under the file name the shell expects
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// `command` is the clap tree of `allo`.
pub(crate) fn run(
    session: &mut Session,
    arguments: &Completions,
    mut command: Command,
) -> Result<(), CliError> {
    if let Some(directory) = &arguments.directory {
        return clap_complete::generate_to(arguments.shell, &mut command, NAME, directory)
            .map(drop)
            .map_err(|error| CliError::file(Exit::Other, "write into", directory, &error));
    }
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, NAME, &mut script);
    session.printer.text(&String::from_utf8_lossy(&script))
}
