//! `allo queue clear`: removes entries after confirmation.

use allo_client::power_dialer;
use clap::Args;
use serde_json::json;

use super::settings::Write;
use crate::error::CliError;
use crate::output::{Column, column};
use crate::session::Session;
use crate::terminal;

#[derive(Args)]
#[group(required = true, multiple = true, id = "filter", args = ["unassigned", "number", "position"])]
pub(crate) struct Clear {
    /// Every entry that has not been dialled
    #[arg(long, conflicts_with_all = ["number", "position"])]
    unassigned: bool,
    /// Every entry with this number
    #[arg(long)]
    number: Option<String>,
    /// The entry at this position; with --number, only if it has that number
    #[arg(long)]
    position: Option<u64>,
    #[command(flatten)]
    write: Write,
}

const REMOVED: &[Column] = &[column("removed", "removed")];

pub(super) async fn run(session: &mut Session, arguments: Clear) -> Result<(), CliError> {
    let (filter, what) = arguments.filter()?;
    let dialer = session.dialer().await?;
    let whose = session.teammate_shown();
    terminal::confirm(
        &format!("{what} will be removed from the queue of {whose}"),
        session.global.yes,
    )?;
    let clear = dialer
        .clear(filter)
        .options(|options| arguments.write.apply(options));
    let removed = clear.send().await?.into_inner();
    session
        .printer
        .record(REMOVED, json!({ "removed": removed }))
}

impl Clear {
    /// The filter for the entries to remove, and its description.
    fn filter(&self) -> Result<(power_dialer::Clear, String), CliError> {
        use power_dialer::Clear as Filter;
        match (self.unassigned, &self.number, self.position) {
            (true, ..) => Ok((
                Filter::unassigned(),
                "Every entry not dialled yet".to_owned(),
            )),
            (_, Some(number), None) => {
                Ok((Filter::number(number), format!("Every entry with {number}")))
            }
            (_, None, Some(position)) => Ok((
                Filter::position(position),
                format!("The entry at position {position}"),
            )),
            (_, Some(number), Some(position)) => Ok((
                Filter::number_at(number, position),
                format!("The entry at position {position}, if it is {number},"),
            )),
            (false, None, None) => Err(CliError::usage("no filter given")),
        }
    }
}
