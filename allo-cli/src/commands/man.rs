//! `allo man`: prints the manual page of the program or of a command, as roff.

use std::path::PathBuf;

use clap::{Args, Command};

use crate::error::CliError;
use crate::exit::Exit;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Man {
    /// Command, such as `queue push`; the whole program by default
    command: Vec<String>,
    /// Write the pages of all commands into this existing directory
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    directory: Option<PathBuf>,
}

/// `program` is the clap tree of `allo`.
pub(crate) fn run(
    session: &mut Session,
    arguments: &Man,
    program: Command,
) -> Result<(), CliError> {
    if let Some(directory) = &arguments.directory {
        return clap_mangen::generate_to(program, directory)
            .map_err(|error| CliError::file(Exit::Other, "write into", directory, &error));
    }
    // The same setting as `generate_to` uses.
    let mut root = program.disable_help_subcommand(true);
    root.build();
    let mut command = &root;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            CliError::usage(format!("unknown command {name}"))
                .next("`allo --help` lists the commands")
        })?;
    }
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).render(&mut page);
    rendered.map_err(|error| CliError::new(Exit::Other, error.to_string()))?;
    session.printer.text(&String::from_utf8_lossy(&page))
}
