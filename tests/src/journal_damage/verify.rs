//! Checks a run: compares what its report says of each lead with the queue.

use std::collections::BTreeMap;

use allo_client::Error;
use allo_client::power_dialer::{LeadStatus, PushReport, Rejection};

use super::cases::Case;

/// How a correct run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    Full,
    Unknown,
    Refused,
}

/// Checks a run.
///
/// # Errors
/// If a lead is in the queue twice, or the report is false.
pub(super) fn verify(case: &Case, run: Result<PushReport, Error>) -> Result<End, String> {
    let queue = case.queue();
    let ours: Vec<_> = queue.iter().skip(case.strangers()).collect();
    check_order(case, &ours)?;
    match run {
        Ok(report) => {
            check_words(&queue, &ours, &report)?;
            end(case, &report)
        }
        Err(error) if error.param() == Some("journal") => {
            let shown = error.to_string();
            let names_it = shown.contains(&case.path().display().to_string());
            let says = names_it && error.suggestion().is_some();
            says.then_some(End::Refused)
                .ok_or(format!("it does not say what to do: {shown}"))
        }
        Err(error) => Err(format!("it failed: {error}")),
    }
}

/// The added leads are in the order of the list, and no number is more frequent than in the list.
fn check_order(case: &Case, ours: &[&(u64, String)]) -> Result<(), String> {
    let list = case.list();
    let mut rest = list.iter();
    for (position, number) in ours {
        if !rest.any(|lead| lead == number) {
            return Err(format!(
                "the entry at {position} is doubled or out of order: {ours:?}"
            ));
        }
    }
    Ok(())
}

fn check_words(
    queue: &[(u64, String)],
    ours: &[&(u64, String)],
    report: &PushReport,
) -> Result<(), String> {
    let mut said: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for lead in &report.leads {
        let number = lead.lead.number.expose();
        let (added, unknown) = said.entry(number).or_default();
        match &lead.status {
            LeadStatus::Added { position } => {
                let is_true = queue.contains(&(*position, number.to_owned()));
                let place = is_true.then_some(added);
                *place.ok_or(format!("lead {} is not at {position}", lead.input))? += 1;
            }
            LeadStatus::Unknown { .. } => *unknown += 1,
            LeadStatus::Rejected {
                reason: Rejection::AlreadyQueued { position },
            } => {
                let position = u64::try_from(*position).map_err(|error| error.to_string())?;
                let is_true = queue.contains(&(position, number.to_owned()));
                // An earlier run of this push may have added it.
                *added += usize::from(ours.iter().any(|(at, _)| *at == position));
                is_true
                    .then_some(())
                    .ok_or(format!("lead {} is not at {position}", lead.input))?;
            }
            LeadStatus::NotSent | LeadStatus::Rejected { .. } => {}
            other => return Err(format!("lead {} is said to be {other}", lead.input)),
        }
        if lead.also_at.is_some() {
            return Err(format!("lead {} is said to be there twice", lead.input));
        }
    }
    for (number, (added, unknown)) in said {
        let there = ours.iter().filter(|(_, one)| one == number).count();
        if !(added..=added + unknown).contains(&there) {
            return Err(format!(
                "{added} are said to be added and {unknown} unknown, {there} are there: {report:?}"
            ));
        }
    }
    Ok(())
}

fn end(case: &Case, report: &PushReport) -> Result<End, String> {
    let counts = report.counts();
    let good = counts.added + counts.rejected;
    match report.error() {
        _ if counts.unknown > 0 => Ok(End::Unknown),
        None if good == report.leads.len() => Ok(End::Complete),
        Some(_) if case.is_full() => Ok(End::Full),
        other => Err(format!("it ended with {other:?}: {report:?}")),
    }
}
