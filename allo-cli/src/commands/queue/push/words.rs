//! Phrases that the summary of a push and its dry run share: counts, times, and warnings about the list.

use std::path::Path;

use allo_client::Timestamp;

use crate::leads::Leads;
use crate::session::Session;

/// Prints warnings about parts of the list that do not become leads.
pub(super) fn print_warnings(session: &Session, leads: &Leads, count: usize) {
    for remark in leads.warnings() {
        session.printer.note(&remark);
    }
    if count == 0 {
        session.printer.note("The list has no leads.");
    }
}

/// Describes a list by its name and length.
pub(super) fn described(path: &Path, leads: usize) -> String {
    let name = match path.to_str() {
        Some("-") => "stdin".to_owned(),
        _ => path.display().to_string(),
    };
    format!("{name}, {}", counted(leads, "lead"))
}

/// A time in UTC without fractions of a second.
pub(super) fn moment(time: &Timestamp) -> String {
    let utc = time.instant().to_string();
    let seconds = utc.get(..19).unwrap_or(&utc);
    format!("{} UTC", seconds.replace('T', " "))
}

/// A count with its noun.
pub(super) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Joins counts with their labels; zero counts are omitted.
pub(super) fn listed(counts: &[(&str, usize)]) -> String {
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let each = counts.map(|(what, count)| format!("{count} {what}"));
    each.collect::<Vec<_>>().join(", ")
}
