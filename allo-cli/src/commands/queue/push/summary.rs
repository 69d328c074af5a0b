//! What a push has come to: the summary and the table of what was not added. What
//! that means for the exit code is in `verdict`.

use std::path::Path;

use allo_client::power_dialer::{LeadReport, LeadStatus, PushReport, Rejection};
use serde_json::{Value, json};

use super::verdict::{Verdict, duplicates, skipped};
use super::{List, moment, resume};
use crate::failure::Failure;
use crate::output::{Column, Format, Page, column, optional};
use crate::session::Session;

/// How many leads that were not added a table shows.
const MOST_SHOWN: usize = 50;

const NOT_ADDED: &[Column] = &[
    column("line", "line"),
    column("number", "lead.number"),
    column("status", "status"),
    column("reason", "reason"),
    optional("name", "lead.name"),
    optional("last name", "lead.last_name"),
    optional("company", "lead.company"),
];

/// As CSV it is a list that can be pushed again, so it has all of a lead.
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

/// Shows it all. `rejects` is where what was not added has been written.
pub(super) fn show(
    session: &mut Session,
    file: &Path,
    list: &List,
    verdict: &Verdict<'_>,
    rejects: Option<&Path>,
) -> Result<(), Failure> {
    let as_table = session.printer.format() == Format::Table;
    let leads = &verdict.report.leads;
    let wanted = |lead: &&LeadReport| !as_table || is_news(lead, verdict);
    let mut room = if as_table { MOST_SHOWN } else { usize::MAX };
    // Who has to look for a lead in the queue has to know which, however many there are.
    let fits = |lead: &&LeadReport| {
        let is_shown = room > 0 || matches!(lead.status, LeadStatus::Unknown { .. });
        room = room.saturating_sub(1);
        is_shown
    };
    let entries = leads.iter().filter(wanted).filter(fits);
    let entries = entries
        .map(|lead| entry(lead, list, verdict, as_table))
        .collect::<Result<Vec<_>, _>>()?;
    let mut head = head(session.teammate_shown(), file, verdict, rejects);
    let news = leads.iter().filter(wanted).count();
    if news > entries.len() {
        let shown = format!("{} of {news}; --output csv shows all", entries.len());
        head.push(("table", shown));
    }
    session.printer.page(&Page {
        json: document(verdict, &entries, rejects),
        head,
        columns: if as_table { NOT_ADDED } else { ALL }.to_vec(),
        entries,
        nothing: "",
    })
}

/// Whether a lead is worth a row: it was not added, and not only for want of time or
/// because it was not asked for.
fn is_news(lead: &LeadReport, verdict: &Verdict<'_>) -> bool {
    match lead.status {
        LeadStatus::Added { .. } => lead.also_at.is_some(),
        LeadStatus::NotSent => verdict.report.stopped().is_none() && !verdict.is_beyond(lead),
        _ => true,
    }
}

/// What may help with rejections of these sorts.
pub(super) fn hint<'a>(mut codes: impl Iterator<Item = &'a str>) -> Option<(&'static str, String)> {
    let national = codes.any(|code| code == "no_country_code");
    national.then(|| {
        (
            "hint",
            "--region says where numbers without a country code are".to_owned(),
        )
    })
}

/// A lead and its status, with the line and a reason for people.
fn entry(
    lead: &LeadReport,
    list: &List,
    verdict: &Verdict<'_>,
    for_people: bool,
) -> Result<Value, Failure> {
    let mut value = crate::commands::json(lead)?;
    let line = |input: usize| list.origins.get(input).map(|(line, _)| *line);
    let reason = match &lead.status {
        LeadStatus::Rejected {
            reason: Rejection::DuplicateInList { first },
        } => line(*first).map(|line| format!("the same number is in line {line}")),
        LeadStatus::Rejected { reason } => Some(reason.to_string()),
        LeadStatus::Skipped { reason } => Some(skipped(reason)),
        LeadStatus::NotSent => Some(verdict.not_sent(lead)),
        LeadStatus::Unknown { .. } => Some("it may be in the queue".to_owned()),
        LeadStatus::Gone { position } => Some(format!(
            "an earlier run added it at position {position}; it is not there any more"
        )),
        _ => lead
            .also_at
            .map(|other| format!("the service added it twice; it is at position {other}, too")),
    };
    if let Value::Object(object) = &mut value {
        object.shift_remove("fate");
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

/// What became of a lead, in the word that the summary has for it.
const fn status(fate: &LeadStatus) -> &'static str {
    match fate {
        LeadStatus::Added { .. } => "added",
        LeadStatus::Skipped { .. } => "skipped",
        LeadStatus::Rejected { reason } if reason.is_duplicate() => "duplicate",
        LeadStatus::Rejected { .. } => "rejected",
        LeadStatus::NotSent => "not_sent",
        LeadStatus::Gone { .. } => "gone",
        _ => "unknown",
    }
}

fn document(verdict: &Verdict<'_>, entries: &[Value], rejects: Option<&Path>) -> Value {
    let report = verdict.report;
    json!({
        "push_id": report.push_id,
        "counts": counts(report),
        "beyond_first": verdict.beyond(),
        "resumed": report.resumed,
        "finished_before": verdict.is_old,
        "requests": report.requests,
        "replays": report.replays,
        "waits": report.waits,
        "waited_seconds": report.waited.as_secs_f64(),
        "stopped": report.stopped(),
        "rejects_file": rejects.map(Path::to_string_lossy),
        "leads": entries,
    })
}

/// How many leads have which status.
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
    verdict: &Verdict<'_>,
    rejects: Option<&Path>,
) -> Vec<(&'static str, String)> {
    let report = verdict.report;
    let counts = report.counts();
    let mut head = vec![
        ("teammate", teammate),
        ("list", super::described(file, report.leads.len())),
    ];
    if verdict.is_old {
        let note = "this push was finished before; nothing was sent";
        head.push(("note", note.to_owned()));
    }
    head.push(("added", counts.added.to_string()));
    if let Some(past) = report.resumed.as_ref().filter(|past| past.settled > 0) {
        let (began, since) = (moment(&past.began), resume::since(past));
        head.push((
            "begun",
            format!("{began}; {} settled then{since}", past.settled),
        ));
    }
    let rest = [
        ("duplicates", duplicates(report)),
        ("rejected", counts.rejected - duplicates(report)),
        ("skipped", counts.skipped),
        ("not sent", counts.not_sent - verdict.beyond()),
        ("left", verdict.beyond()),
        ("gone", counts.gone),
        ("twice", counts.twice),
        ("unknown", counts.unknown),
    ];
    let rest = rest.into_iter().filter(|(_, count)| *count > 0);
    head.extend(
        rest.map(|(name, count)| match (name, verdict.settles_until()) {
            ("left", _) => (name, format!("{count} beyond --first")),
            ("unknown", Some(until)) => (name, format!("{count}; can be found out until {until}")),
            _ => (name, count.to_string()),
        }),
    );
    head.push(("requests", report.requests.to_string()));
    head.extend(verdict.stopped().map(|why| ("stopped", why)));
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
