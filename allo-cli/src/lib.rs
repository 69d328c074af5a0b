//! The command `allo`, as a library so that man pages can be generated from its clap tree and
//! its functions can be tested. `run` is the whole program; each file under `commands` is a
//! subcommand of the same name.

#![forbid(unsafe_code)]
// Input from outside must not panic; tests may.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)
)]

mod cli;
mod commands;
mod error;
mod escape;
mod exit;
mod format;
mod json;
mod leads;
mod options;
mod output;
mod output_file;
mod profile;
mod sandbox;
mod session;
mod stderr;
mod teammate;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use cli::command;
pub use exit::Exit;

use error::{CliError, ErrorFormat};

/// Runs the program. The first argument is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let report = ErrorFormat::from_arguments(&arguments);
    let cli = match cli::Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refused(&error, report).into(),
    };
    let done = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new(Exit::Other, format!("cannot start: {error}")))
        .and_then(|runtime| runtime.block_on(cli::run(cli)));
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            report.show(&failure);
            failure.exit().into()
        }
    }
}

/// Prints an error of clap; help and version are not errors.
fn refused(error: &clap::Error, report: ErrorFormat) -> Exit {
    if error.use_stderr() && report.is_json() {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.trim_start_matches("error: ").to_owned();
        let failure = CliError::new(Exit::Usage, message).next("run the command with --help");
        report.show(&failure);
        return Exit::Usage;
    }
    let text = error.render().to_string();
    if error.use_stderr() && text.lines().any(|line| escape::line(line) != line) {
        // The message quotes an argument, which may be an untrusted file name.
        let lines: Vec<_> = text.lines().map(escape::line).collect();
        stderr::print_stderr(&lines.join("\n"));
    } else {
        // A closed stdout is not an error.
        let _ = error.print();
    }
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Ok
    }
}
