//! What a push has come to: the summary, the table of what was not added, and the
//! exit code.

use std::path::Path;

use allo_client::power_dialer::{LeadFate, LeadReport, PushReport, Rejection};
use serde_json::{Value, json};

use super::List;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::leads::rejects::Rejects;
use crate::output::{Column, Format, Page, column, optional};
use crate::session::Session;

/// How many leads that were not added a table shows.
const MOST_SHOWN: usize = 50;

const NOT_ADDED: &[Column] = &[
    column("line", "line"),
    column("number", "lead.number"),
    column("fate", "fate"),
    column("why", "why"),
    optional("name", "lead.name"),
    optional("last name", "lead.last_name"),
    optional("company", "lead.company"),
];

const ALL: &[Column] = &[
    column("line", "line"),
    column("number", "lead.number"),
    column("fate", "fate"),
    column("position", "position"),
    column("why", "why"),
    column("name", "lead.name"),
    column("last name", "lead.last_name"),
    column("company", "lead.company"),
];

/// Shows it all and says how the program ends. `goes_on` is whether the same command
/// would go on where this one stopped.
pub(super) fn show(
    session: &mut Session,
    file: &Path,
    list: &List,
    report: &PushReport,
    rejects: Option<&Rejects>,
    goes_on: bool,
) -> Result<Exit, Failure> {
    let as_table = session.printer.format() == Format::Table;
    let wanted = |lead: &&LeadReport| !as_table || is_news(&lead.fate, report);
    let most = if as_table { MOST_SHOWN } else { usize::MAX };
    let entries = report.leads.iter().filter(wanted).take(most);
    let entries = entries
        .map(|lead| entry(lead, list, report))
        .collect::<Result<Vec<_>, _>>()?;
    let mut head = head(session.teammate_shown(), file, report, rejects);
    let news = report.leads.iter().filter(wanted).count();
    if news > entries.len() {
        let shown = format!("{MOST_SHOWN} of {news}; --output csv shows all");
        head.push(("table", shown));
    }
    let page = Page {
        json: document(report, &entries, rejects),
        head,
        columns: if as_table { NOT_ADDED } else { ALL }.to_vec(),
        entries,
        nothing: "",
    };
    session.printer.page(&page)?;
    end(report, goes_on)
}

/// Whether a lead is worth a row: it was not added, and not only for want of time.
fn is_news(fate: &LeadFate, report: &PushReport) -> bool {
    match fate {
        LeadFate::Added { .. } => false,
        LeadFate::NotSent => report.stopped().is_none(),
        _ => true,
    }
}

/// How the program ends, and why if the push did not come to its end.
fn end(report: &PushReport, goes_on: bool) -> Result<Exit, Failure> {
    let exit = exit(report);
    match report.error() {
        None => Ok(exit),
        Some(error) => {
            let failure = Failure::from(error).exits(exit);
            Err(match (goes_on, exit) {
                (true, Exit::Unknown | Exit::Partial) => {
                    failure.then("run the same command again: it goes on where it stopped")
                }
                _ => failure,
            })
        }
    }
}

fn exit(report: &PushReport) -> Exit {
    let counts = report.counts();
    let duplicates = duplicates(report);
    let good = counts.added + duplicates;
    match report.error() {
        _ if counts.unknown > 0 => Exit::Unknown,
        _ if good == report.leads.len() => Exit::Ok,
        _ if good > 0 => Exit::Partial,
        Some(error) => Exit::of(error),
        None => Exit::Validation,
    }
}

/// Numbers that are there already are not what was wrong with a list.
fn duplicates(report: &PushReport) -> usize {
    let fates = report.leads.iter().map(|lead| &lead.fate);
    fates.filter(|fate| is_duplicate(fate)).count()
}

const fn is_duplicate(fate: &LeadFate) -> bool {
    matches!(fate, LeadFate::Rejected { reason } if reason.is_duplicate())
}

/// Why a lead belongs into the file of rejects, if it does: what can be mended, and
/// what was left over when the push had come to its end.
pub(super) fn reject_reason(fate: &LeadFate, report: &PushReport) -> Option<String> {
    match fate {
        LeadFate::Rejected { reason } if !reason.is_duplicate() => Some(reason.to_string()),
        LeadFate::Skipped { reason } => Some(skipped(reason)),
        LeadFate::NotSent if report.stopped().is_none() => Some(LEFT_OVER.to_owned()),
        _ => None,
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

const LEFT_OVER: &str = "there was no more room for it";

fn skipped(reason: &str) -> String {
    format!("the service left it out: {reason}")
}

/// A lead and its fate, with the line and a reason for people.
fn entry(lead: &LeadReport, list: &List, report: &PushReport) -> Result<Value, Failure> {
    let mut value = crate::commands::json(lead)?;
    let line = |input: usize| list.origins.get(input).map(|(line, _)| *line);
    let why = match &lead.fate {
        LeadFate::Rejected {
            reason: Rejection::DuplicateInList { first },
        } => line(*first).map(|line| format!("the same number is in line {line}")),
        LeadFate::Rejected { reason } => Some(reason.to_string()),
        LeadFate::Skipped { reason } => Some(skipped(reason)),
        LeadFate::NotSent if report.stopped().is_some() => {
            Some("the push stopped before".to_owned())
        }
        LeadFate::NotSent => Some(LEFT_OVER.to_owned()),
        LeadFate::Unknown { retry_until, .. } => Some(format!(
            "it may be in the queue; can be settled until {retry_until}"
        )),
        _ => None,
    };
    if let Value::Object(object) = &mut value {
        object.insert("line".to_owned(), json!(line(lead.input)));
        object.insert("why".to_owned(), json!(why));
    }
    Ok(value)
}

fn document(report: &PushReport, entries: &[Value], rejects: Option<&Rejects>) -> Value {
    json!({
        "push_id": report.push_id,
        "counts": report.counts(),
        "duplicates": duplicates(report),
        "requests": report.requests,
        "replays": report.replays,
        "waits": report.waits,
        "waited_seconds": report.waited.as_secs_f64(),
        "stopped": report.stopped(),
        "rejects_file": rejects.map(|rejects| rejects.path().to_string_lossy()),
        "leads": entries,
    })
}

fn head(
    teammate: String,
    file: &Path,
    report: &PushReport,
    rejects: Option<&Rejects>,
) -> Vec<(&'static str, String)> {
    let counts = report.counts();
    let mut head = vec![
        ("teammate", teammate),
        ("list", super::described(file, report.leads.len())),
        ("added", counts.added.to_string()),
    ];
    let rest = [
        ("duplicates", duplicates(report)),
        ("rejected", counts.rejected - duplicates(report)),
        ("skipped", counts.skipped),
        ("not sent", counts.not_sent),
        ("unknown", counts.unknown),
    ];
    let rest = rest.into_iter().filter(|(_, count)| *count > 0);
    head.extend(rest.map(|(name, count)| (name, count.to_string())));
    head.push(("requests", report.requests.to_string()));
    if let Some(why) = report.stopped() {
        head.push(("stopped", why.to_owned()));
    }
    head.extend(hint(report.rejections().into_keys()));
    if let Some(rejects) = rejects {
        let path = rejects.path().display();
        head.push((
            "rejects",
            format!("{path}; mend them there and push that file"),
        ));
    }
    head
}
