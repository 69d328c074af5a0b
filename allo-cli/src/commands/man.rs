//! `allo man`: the manual page of the program or of one of its commands, as roff.

use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Man {
    /// The command, such as `queue push`; the whole program if left out
    command: Vec<String>,
}

pub(super) fn run(session: &mut Session, arguments: &Man) -> Result<(), Failure> {
    let mut root = crate::command();
    root.build();
    let mut command = &root;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            Failure::usage(format!("there is no command {name} to have a manual page"))
                .next("`allo --help` lists the commands")
        })?;
    }
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).render(&mut page);
    rendered.map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
    session.printer.text(&String::from_utf8_lossy(&page))
}
