//! `allo completions`: a script that completes command lines.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::CliError;
use crate::exit::Exit;
use crate::session::Session;

/// The program, by the name under which it is called.
const NAME: &str = "allo";

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell it is for
    shell: Shell,
    /// Write it into this directory, which must be there, under the name the shell wants
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// `command` is the clap tree of the program.
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
