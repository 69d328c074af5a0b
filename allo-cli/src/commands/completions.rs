//! `allo completions`: a script that completes command lines. `xtask dist-assets`
//! writes the same into files.

use clap::Args;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell it is for
    shell: Shell,
}

pub(super) fn run(session: &mut Session, arguments: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::command(), "allo", &mut script);
    session.printer.text(&String::from_utf8_lossy(&script))
}
