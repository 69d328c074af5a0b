//! `allo queue watch`: refreshes the queue periodically; on a terminal in place, elsewhere
//! one after another. Transient errors do not end it.

use std::io::IsTerminal;
use std::time::Duration;

use clap::Args;

use super::snapshot::Snapshot;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::Format;
use crate::session::Session;
use crate::terminal;

#[derive(Args)]
pub(crate) struct Watch {
    /// Seconds between refreshes
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    /// Stop after N refreshes instead of at Ctrl-C
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Number of latest calls to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    calls: usize,
}

pub(super) async fn run(session: &mut Session, arguments: &Watch) -> Result<(), CliError> {
    if session.printer.format() == Format::Csv {
        return Err(
            CliError::usage("--output csv is not supported by `allo queue watch`")
                .next("use --output jsonl, or `allo queue show --output csv`"),
        );
    }
    let dialer = session.dialer().await?;
    let mut screen = Screen::default();
    let mut left = arguments.count;
    while left != Some(0) {
        match Snapshot::take(&dialer).await {
            Ok(snapshot) => screen.show(session, &snapshot, arguments.calls)?,
            // A transient error is ignored, except for the last refresh.
            Err(failure) if left != Some(1) && is_transient(failure.exit()) => {
                screen.fail(session, &failure)?;
            }
            Err(failure) => return Err(failure),
        }
        if session.printer.is_closed() {
            break;
        }
        left = left.map(|left| left - 1);
        if left != Some(0) {
            tokio::time::sleep(Duration::from_secs(arguments.interval)).await;
        }
    }
    Ok(())
}

/// Whether the next refresh may succeed.
const fn is_transient(exit: Exit) -> bool {
    matches!(exit, Exit::Limit | Exit::Server | Exit::Network)
}

/// The screen that the next refresh overwrites.
#[derive(Default)]
struct Screen {
    /// The text on the screen.
    drawn: Option<String>,
    /// The text of the last successful refresh.
    seen: String,
}

impl Screen {
    fn show(
        &mut self,
        session: &mut Session,
        snapshot: &Snapshot,
        calls: usize,
    ) -> Result<(), CliError> {
        if session.printer.format() != Format::Table {
            return session.printer.json_line(&snapshot.json()?);
        }
        session.printer.refresh_width();
        let page = snapshot.overview(session.teammate_shown(), calls)?;
        self.seen = session.printer.render(&page);
        self.draw(session, self.seen.clone())
    }

    /// Shows that a refresh failed: in place on a terminal, otherwise as a note.
    fn fail(&mut self, session: &mut Session, failure: &CliError) -> Result<(), CliError> {
        let message = format!("Refresh failed: {}", failure.message());
        if session.printer.format() != Format::Table || !std::io::stdout().is_terminal() {
            session.printer.note(&message);
            return Ok(());
        }
        session.printer.refresh_width();
        let message = session.printer.wrapped(&message);
        self.draw(session, format!("{message}\n{}", self.seen))
    }

    fn draw(&mut self, session: &mut Session, text: String) -> Result<(), CliError> {
        let in_place = std::io::stdout().is_terminal();
        let text = match in_place {
            true => cut(&text, terminal::rows()),
            false => text,
        };
        match (in_place, &self.drawn) {
            (true, Some(before)) => {
                let over = erased(before, terminal::width());
                session.printer.text(&format!("{over}{text}"))?;
            }
            (false, Some(_)) => session.printer.text(&format!("\n{text}"))?,
            (_, None) => session.printer.text(&text)?,
        }
        self.drawn = Some(text);
        Ok(())
    }
}

/// The lines that fit on a terminal; the cursor needs the last row.
fn cut(text: &str, rows: usize) -> String {
    let lines = text.split_inclusive('\n');
    lines.take(rows.saturating_sub(1).max(1)).collect()
}

/// The control sequence that moves the cursor above a text and clears it. Lines that were
/// drawn on a wider terminal have been wrapped since.
fn erased(text: &str, width: usize) -> String {
    let rows = |line: &str| {
        console::measure_text_width(line)
            .div_ceil(width.max(1))
            .max(1)
    };
    match text.lines().map(rows).sum::<usize>() {
        0 => String::new(),
        lines => format!("\u{1b}[{lines}A\r\u{1b}[J"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_cut_to_the_terminal() {
        assert_eq!(cut("a\nb\nc\n", 3), "a\nb\n");
        assert_eq!(cut("a\nb\n", 24), "a\nb\n");
        assert_eq!(cut("a\nb\n", 0), "a\n");
    }

    #[test]
    fn wrapped_lines_are_cleared() {
        assert_eq!(erased("abcd\n\nef\n", 4), "\u{1b}[3A\r\u{1b}[J");
        assert_eq!(erased("abcd\n\nef\n", 3), "\u{1b}[4A\r\u{1b}[J");
        assert_eq!(erased("", 4), "");
    }
}
