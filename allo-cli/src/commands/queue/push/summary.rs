//! The summary of a push and the table of the leads that were not added. The exit status is
//! in `exit_status`.

use std::path::Path;

use allo_client::power_dialer::{LeadReport, LeadStatus, PushReport, Rejection};
use serde_json::{Value, json};

use super::exit_status::{PushOutcome, duplicates, skipped};
use super::list::List;
use super::resume;
use super::words::{described, moment};
use crate::error::CliError;
use crate::json;
use crate::output::{Column, Format, Page, column, optional};
use crate::session::Session;

/// The maximum number of rows in the table.
const MAX_SHOWN: usize = 50;

const NOT_ADDED: &[Column] = &[
    column("line", "line"),
    column("number", "lead.number"),
    column("status", "status"),
    column("reason", "reason"),
    optional("name", "lead.name"),
    optional("last name", "lead.last_name"),
    optional("company", "lead.company"),
];

/// The CSV output can be pushed again, so it has all fields of a lead.
const ALL: &[Column] = &[
    column("line", "line"),
    column("number", "lead.number"),
    column("status", "status"),
    column("position", "position"),
    column("reason", "reason"),
    column("name", "lead.name"),
    column("last name", "lead.last_name"),
    column("company", "lead.company"),
    column("job title", "lead.job_title"),
    column("website", "lead.website"),
    column("emails", "lead.emails"),
    column("addresses", "lead.addresses"),
];

/// Prints the summary. `rejects` is the path of the rejects file.
pub(super) fn show(
    session: &mut Session,
    file: &Path,
    list: &List,
    outcome: &PushOutcome<'_>,
    rejects: Option<&Path>,
) -> Result<(), CliError> {
    let as_table = session.printer.format() == Format::Table;
    let leads = &outcome.report.leads;
    let wanted = |lead: &&LeadReport| !as_table || is_news(lead, outcome);
    let mut room = if as_table { MAX_SHOWN } else { usize::MAX };
    // Leads whose outcome is unknown are always shown, as the user must look for them in the queue.
    let fits = |lead: &&LeadReport| {
        let is_shown = room > 0 || matches!(lead.status, LeadStatus::Unknown { .. });
        room = room.saturating_sub(1);
        is_shown
    };
    let entries = leads.iter().filter(wanted).filter(fits);
    let entries = entries
        .map(|lead| entry(lead, list, outcome, as_table))
        .collect::<Result<Vec<_>, _>>()?;
    let mut head = head(session.teammate_shown(), file, outcome, rejects);
    let news = leads.iter().filter(wanted).count();
    if news > entries.len() {
        let shown = format!("{} of {news}; --output csv shows all", entries.len());
        head.push(("table", shown));
    }
    session.printer.page(&Page {
        json: document(outcome, &entries, rejects),
        head,
        columns: if as_table { NOT_ADDED } else { ALL }.to_vec(),
        entries,
        empty_message: "",
    })
}

/// Whether the table has a row for a lead: it was not added, for another reason than that the
/// push stopped first or the lead is beyond `--first`.
fn is_news(lead: &LeadReport, outcome: &PushOutcome<'_>) -> bool {
    match lead.status {
        LeadStatus::Added { .. } => lead.also_at.is_some(),
        LeadStatus::NotSent => outcome.report.stopped().is_none() && !outcome.is_beyond(lead),
        _ => true,
    }
}

/// A hint that helps with these rejection codes.
pub(super) fn hint<'a>(mut codes: impl Iterator<Item = &'a str>) -> Option<(&'static str, String)> {
    let national = codes.any(|code| code == "no_country_code");
    national.then(|| {
        (
            "hint",
            "set --region for numbers without a country code".to_owned(),
        )
    })
}

/// A lead with its status, line and reason.
fn entry(
    lead: &LeadReport,
    list: &List,
    outcome: &PushOutcome<'_>,
    for_people: bool,
) -> Result<Value, CliError> {
    let mut value = json::value(lead)?;
    let line = |input: usize| list.origins.get(input).map(|(line, _)| *line);
    let reason = match &lead.status {
        LeadStatus::Rejected {
            reason: Rejection::DuplicateInList { first },
        } => line(*first).map(|line| format!("duplicate of line {line}")),
        LeadStatus::Rejected { reason } => Some(reason.to_string()),
        LeadStatus::Skipped { reason } => Some(skipped(reason)),
        LeadStatus::NotSent => Some(outcome.not_sent(lead)),
        LeadStatus::Unknown { .. } => Some("may be in the queue".to_owned()),
        LeadStatus::Gone { position } => Some(format!(
            "added at position {position} by an earlier run, removed since"
        )),
        _ => lead
            .also_at
            .map(|other| format!("added twice by the service; also at position {other}")),
    };
    if let Value::Object(object) = &mut value {
        if let Some(rejection) = object.shift_remove("reason").filter(Value::is_object) {
            object.insert("rejection".to_owned(), rejection);
        }
        let status = match for_people {
            true => status(&lead.status).replace('_', " "),
            false => status(&lead.status).to_owned(),
        };
        object.insert("status".to_owned(), status.into());
        object.insert("line".to_owned(), json!(line(lead.input)));
        object.insert("reason".to_owned(), json!(reason));
    }
    Ok(value)
}

/// The status of a lead, as the summary calls it.
const fn status(status: &LeadStatus) -> &'static str {
    match status {
        LeadStatus::Added { .. } => "added",
        LeadStatus::Skipped { .. } => "skipped",
        LeadStatus::Rejected { reason } if reason.is_duplicate() => "duplicate",
        LeadStatus::Rejected { .. } => "rejected",
        LeadStatus::NotSent => "not_sent",
        LeadStatus::Gone { .. } => "gone",
        _ => "unknown",
    }
}

fn document(outcome: &PushOutcome<'_>, entries: &[Value], rejects: Option<&Path>) -> Value {
    let report = outcome.report;
    json!({
        "push_id": report.push_id,
        "counts": counts(report),
        "beyond_first": outcome.beyond(),
        "resumed": report.resumed,
        "finished_before": outcome.is_old,
        "requests": report.requests,
        "replays": report.replays,
        "waits": report.waits,
        "waited_seconds": report.waited.as_secs_f64(),
        "stopped": report.stopped(),
        "rejects_file": rejects.map(Path::to_string_lossy),
        "leads": entries,
    })
}

/// The number of leads by status.
fn counts(report: &PushReport) -> Value {
    let (counts, duplicates) = (report.counts(), duplicates(report));
    json!({
        "added": counts.added,
        "duplicates": duplicates,
        "rejected": counts.rejected - duplicates,
        "skipped": counts.skipped,
        "not_sent": counts.not_sent,
        "gone": counts.gone,
        "twice": counts.twice,
        "unknown": counts.unknown,
    })
}

fn head(
    teammate: String,
    file: &Path,
    outcome: &PushOutcome<'_>,
    rejects: Option<&Path>,
) -> Vec<(&'static str, String)> {
    let report = outcome.report;
    let counts = report.counts();
    let mut head = vec![
        ("teammate", teammate),
        ("list", described(file, report.leads.len())),
    ];
    if outcome.is_old {
        let note = "this push is already finished; nothing was sent";
        head.push(("note", note.to_owned()));
    }
    head.push(("added", counts.added.to_string()));
    if let Some(past) = report.resumed.as_ref().filter(|past| past.settled > 0) {
        let (began, since) = (moment(&past.began), resume::since(past));
        head.push((
            "started",
            format!("{began}; {} settled{since}", past.settled),
        ));
    }
    let rest = [
        ("duplicates", duplicates(report)),
        ("rejected", counts.rejected - duplicates(report)),
        ("skipped", counts.skipped),
        ("not sent", counts.not_sent - outcome.beyond()),
        ("left", outcome.beyond()),
        ("gone", counts.gone),
        ("twice", counts.twice),
        ("unknown", counts.unknown),
    ];
    let rest = rest.into_iter().filter(|(_, count)| *count > 0);
    head.extend(
        rest.map(|(name, count)| match (name, outcome.resolvable_until()) {
            ("left", _) => (name, format!("{count} beyond --first")),
            ("unknown", Some(until)) => (name, format!("{count}; can be resolved until {until}")),
            _ => (name, count.to_string()),
        }),
    );
    head.push(("requests", report.requests.to_string()));
    head.extend(outcome.stopped().map(|why| ("stopped", why)));
    head.extend(hint(report.rejections().into_keys()));
    if let Some(path) = rejects {
        let path = path.display();
        head.push((
            "rejects",
            format!("{path}; fix the rows there, then push that file"),
        ));
    }
    head
}
