//! Prints the queue and what did not get into it.

use allo_client::power_dialer::{LeadStatus, PushReport};
use allo_client::types::DialingQueuePage;

pub(crate) fn print_head() {
    println!(
        "\n{:>8}  {:<16}  {:<12}  appended at",
        "position", "number", "contact"
    );
}

pub(crate) fn print_page(page: &DialingQueuePage) {
    for number in &page.data {
        let sync = number
            .sync_status
            .as_ref()
            .map_or("-", |status| status.as_ref());
        let at = number
            .created_at
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        println!(
            "{:>8}  {:<16}  {sync:<12}  {at}",
            number.position, number.number_to
        );
    }
    if let Some(totals) = &page.pagination
        && let (Some(number), Some(of)) = (totals.page, totals.total_pages)
    {
        println!("{:>8}  page {number} of {of}", "");
    }
}

pub(crate) fn print_not_added(report: &PushReport) {
    println!("\nnot added");
    for lead in &report.leads {
        let why = match &lead.status {
            LeadStatus::Added { .. } => continue,
            LeadStatus::Skipped { reason } => format!("skipped: {reason}"),
            LeadStatus::Rejected { reason } => format!("rejected: {reason}"),
            LeadStatus::Gone { .. } => "gone: it was in the queue before".to_owned(),
            LeadStatus::NotSent => "not sent".to_owned(),
            LeadStatus::Unknown { .. } => "unknown: look for it in the queue above".to_owned(),
            // The library may come to tell more apart.
            _ => "not added".to_owned(),
        };
        println!("{:>8}  {:<16}  {why}", lead.input, lead.lead.number);
    }
}
