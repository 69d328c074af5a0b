//! A sandbox, a client without delays, and the observable results of a push.

use allo_client::power_dialer::{LeadStatus, PushReport, TeammateDialer};
use allo_client::types::NewQueueNumber;
use allo_client::{Backoff, Client, RetryBudget, Teammate};
use allo_sandbox::{FaultPlan, LoggedRequest, Quotas};
use tests::harness::{Harness, MARIE};
use tests::virtual_time::StillWhileSending;

pub(crate) const APPEND: &str = "appendDialingQueueNumbers";
pub(crate) const READ: &str = "getCurrentDialingQueue";

/// Marie's queue, with this client.
pub(crate) fn marie(client: &Client) -> TeammateDialer {
    client.power_dialer().for_teammate(Teammate::email(MARIE))
}

/// Leads with distinct names, and with distinct numbers as far as the reserved ones suffice.
pub(crate) fn leads(count: usize) -> Vec<NewQueueNumber> {
    let lead = |index: usize| {
        NewQueueNumber::new(number(index))
            .name(format!("Lead{index}"))
            .company("Example Ltd")
    };
    (0..count).map(lead).collect()
}

/// The number of a lead: one of 10,000 that are reserved for fiction in France.
pub(crate) fn number(index: usize) -> String {
    format!("+33199{:06}", index % 10_000)
}

/// Marie's queue in the sandbox: number and name of each entry.
pub(crate) fn queued(harness: &Harness) -> Vec<(String, String)> {
    let queue = harness.control.queue_of(&harness.id_of(MARIE));
    let entries = queue.map(|queue| queue.entries).unwrap_or_default();
    let shown = entries.into_iter().map(|entry| {
        let name = entry.contact.get("name").and_then(|name| name.as_str());
        (entry.number_to, name.unwrap_or_default().to_owned())
    });
    shown.collect()
}

/// What `queued` returns for these leads.
pub(crate) fn as_queued(leads: &[NewQueueNumber]) -> Vec<(String, String)> {
    let shown = leads.iter().map(|lead| {
        let name = lead.name.as_option().cloned().unwrap_or_default();
        (lead.number.to_string(), name)
    });
    shown.collect()
}

/// The requests of an operation.
pub(crate) fn of(requests: &[LoggedRequest], operation: &str) -> Vec<LoggedRequest> {
    let found = requests
        .iter()
        .filter(|one| one.operation == Some(operation));
    found.cloned().collect()
}

/// The statuses as short strings, for comparison.
pub(crate) fn statuses(report: &PushReport) -> Vec<String> {
    let word = |status: &LeadStatus| match status {
        LeadStatus::Added { position } => format!("added {position}"),
        LeadStatus::Gone { position } => format!("gone {position}"),
        LeadStatus::Skipped { reason } => format!("skipped {reason}"),
        LeadStatus::Rejected { reason } => format!("rejected {}", reason.code()),
        LeadStatus::NotSent => "not sent".to_owned(),
        LeadStatus::Unknown { .. } => "unknown".to_owned(),
        other => panic!("a status without a word: {other:?}"),
    };
    report.leads.iter().map(|lead| word(&lead.status)).collect()
}

/// A sandbox with faults, and a client that retries, for which time passes only between attempts.
pub(crate) async fn with_faults(plan: FaultPlan) -> (Harness, Client) {
    let harness = Harness::with(|builder| builder.quotas(Quotas::off()).faults(plan)).await;
    let client = retrying_client(&harness);
    (harness, client)
}

/// A client that retries, for which time passes only between attempts.
pub(crate) fn retrying_client(harness: &Harness) -> Client {
    harness.client_with(|builder| {
        let builder = builder
            .max_attempts(3)
            .retry_budget(RetryBudget::unlimited());
        builder
            .backoff(Backoff::new().seed(7))
            .pacer(StillWhileSending)
    })
}
