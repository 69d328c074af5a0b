//! The command `allo`, as a library so that its clap tree can be turned into man
//! pages and its pure parts can be tested. `run` is the whole program; a file under
//! `commands` is a subcommand of the same name.

#![forbid(unsafe_code)]

mod cell;
mod cli;
mod commands;
mod config;
mod credentials;
mod escape;
mod exit;
mod failure;
mod json;
mod leads;
mod options;
mod output;
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

use failure::{Failure, Report};

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let report = Report::wanted_by(&arguments);
    let cli = match cli::Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refused(&error, report).into(),
    };
    let done = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Other, format!("cannot start: {error}")))
        .and_then(|runtime| runtime.block_on(cli::run(cli)));
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            report.show(&failure);
            failure.exit().into()
        }
    }
}

/// What clap has to say: help and version are no failures.
fn refused(error: &clap::Error, report: Report) -> Exit {
    if error.use_stderr() && report.is_json() {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.trim_start_matches("error: ").to_owned();
        let failure = Failure::new(Exit::Usage, message).next("run the command with --help");
        report.show(&failure);
        return Exit::Usage;
    }
    let text = error.render().to_string();
    if error.use_stderr() && text.lines().any(|line| escape::line(line) != line) {
        // It quotes an argument, which may be a file name from anywhere.
        let lines: Vec<_> = text.lines().map(escape::line).collect();
        stderr::complain(&lines.join("\n"));
    } else {
        // A reader that is gone is no failure of ours.
        let _ = error.print();
    }
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Ok
    }
}
