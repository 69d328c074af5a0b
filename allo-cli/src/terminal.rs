//! What is known of the terminal: its width, whether somebody sits at it, and
//! questions to them. Tables are in `output`.

use std::io::{BufRead, IsTerminal, Write};

use crate::error::CliError;
use crate::escape;

/// The width of tables where nobody says: wide enough for anything.
const UNLIMITED: usize = 10_000;

/// How many columns stdout has: `COLUMNS`, else the terminal's, else no limit.
pub(crate) fn width() -> usize {
    let told = std::env::var("COLUMNS").ok();
    let told = told.and_then(|text| text.trim().parse::<usize>().ok());
    told.filter(|columns| *columns > 0).unwrap_or_else(|| {
        let size = console::Term::stdout().size_checked();
        size.map_or(UNLIMITED, |(_, columns)| usize::from(columns))
    })
}

/// How many rows stdout has; no limit if it is no terminal.
pub(crate) fn rows() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(UNLIMITED, |(rows, _)| usize::from(rows))
}

/// Whether a person can answer a question.
fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Lets a person agree to `what` before it is done.
///
/// # Errors
///
/// If they do not, or if there is nobody and `--yes` was not given.
pub(crate) fn confirm(what: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !is_interactive() {
        let message = format!("{what}: confirmation required, but stdin is not a terminal");
        return Err(CliError::usage(message).next("add --yes to do it without being asked"));
    }
    match answer(&format!("{what}. Go on?")) {
        true => Ok(()),
        false => Err(CliError::usage("not done, as you did not agree")),
    }
}

/// Asks a person; nothing if nobody is there.
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

/// Asks for a secret without showing it; one line of stdin if nobody is there.
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
