//! `allo queue watch`: the queue again and again; on a terminal redrawn in place,
//! elsewhere one after another.

use std::io::IsTerminal;
use std::time::Duration;

use clap::Args;

use super::snapshot::Snapshot;
use crate::failure::Failure;
use crate::output::Format;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Watch {
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    /// Stop after so many looks instead of at Ctrl-C
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// How many of the latest calls are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    calls: usize,
}

pub(super) async fn run(session: &mut Session, arguments: &Watch) -> Result<(), Failure> {
    let dialer = super::dialer(session).await?;
    let mut left = arguments.count;
    let mut drawn = None;
    while left != Some(0) {
        let snapshot = Snapshot::take(&dialer).await?;
        drawn = Some(draw(session, &snapshot, arguments.calls, drawn)?);
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

/// Shows a look, in the place of the one before, of which the text is given.
fn draw(
    session: &mut Session,
    snapshot: &Snapshot,
    calls: usize,
    before: Option<String>,
) -> Result<String, Failure> {
    if session.printer.format() != Format::Table {
        let line = format!("{}\n", snapshot.json()?);
        session.printer.text(&line)?;
        return Ok(line);
    }
    let page = snapshot.glance(session.teammate_shown(), calls)?;
    let text = session.printer.drawn(&page);
    let in_place = std::io::stdout().is_terminal();
    let lines = before.as_ref().map_or(0, |before| before.lines().count());
    match (in_place, before) {
        (true, Some(_)) => session.printer.text(&format!("{}{text}", erased(lines)))?,
        (false, Some(_)) => session.printer.text(&format!("\n{text}"))?,
        (_, None) => session.printer.text(&text)?,
    }
    Ok(text)
}

/// What takes the cursor up so many lines and clears them.
fn erased(lines: usize) -> String {
    match lines {
        0 => String::new(),
        lines => format!("\u{1b}[{lines}A\r\u{1b}[J"),
    }
}
