//! The terminal: its size, whether it is interactive, and confirmations. Tables are in
//! `output`.

use std::io::{BufRead, IsTerminal, Write};

use crate::error::CliError;
use crate::escape;

/// The width of tables if it is unknown.
const UNLIMITED: usize = 10_000;

/// The columns of stdout: `COLUMNS`, or the terminal's width, or unlimited.
pub(crate) fn width() -> usize {
    let told = std::env::var("COLUMNS").ok();
    let told = told.and_then(|text| text.trim().parse::<usize>().ok());
    told.filter(|columns| *columns > 0).unwrap_or_else(|| {
        let size = console::Term::stdout().size_checked();
        size.map_or(UNLIMITED, |(_, columns)| usize::from(columns))
    })
}

/// The rows of stdout; unlimited if it is not a terminal.
pub(crate) fn rows() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(UNLIMITED, |(rows, _)| usize::from(rows))
}

/// Whether the user can be asked.
fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks the user to confirm `what`.
///
/// # Errors
///
/// If the user declines, or cannot be asked and `--yes` was not given.
pub(crate) fn confirm(what: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !is_interactive() {
        let message = format!("{what}: confirmation required, but stdin is not a terminal");
        return Err(CliError::usage(message).next("pass --yes to confirm"));
    }
    match answer(&format!("{what}. Continue?")) {
        true => Ok(()),
        false => Err(CliError::usage("cancelled: not confirmed")),
    }
}

/// Asks the user; `None` if that is not possible.
pub(crate) fn ask(question: &str) -> Option<bool> {
    is_interactive().then(|| answer(question))
}

fn answer(question: &str) -> bool {
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "{} [y/N] ", escape::line(question));
    let _ = stderr.flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    let answer = answer.trim().to_lowercase();
    read.is_ok() && matches!(answer.as_str(), "y" | "yes" | "o" | "oui")
}

/// Reads a secret without echo; a line of stdin if there is no terminal.
pub(crate) fn secret(question: &str) -> std::io::Result<String> {
    if is_interactive() {
        let term = console::Term::stderr();
        term.write_str(&escape::line(question))?;
        return term.read_secure_line();
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
