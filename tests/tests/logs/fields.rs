//! Spans and events have exactly the fields of `docs/guide/observability.md`.

use std::collections::BTreeSet;

use allo_sandbox::{Fault, FaultPlan, Quotas};
use tests::harness::Harness;
use tests::source::workspace;
use tests::virtual_time::StillWhileSending;
use tracing::Level;

use crate::capture::{Capture, Entry};
use crate::scenarios;

/// The fields in the table below a heading: the words in backticks in its first column.
fn documented(heading: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(workspace().join("docs/guide/observability.md"))
        .expect("a document");
    let (_, section) = text
        .split_once(&format!("## {heading}\n"))
        .expect("a heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let names = cells
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`').to_owned());
    names.collect()
}

fn seen(entries: &[Entry], which: impl Fn(&Entry) -> bool) -> BTreeSet<String> {
    let chosen = entries.iter().filter(|entry| which(entry));
    let names = chosen.flat_map(|entry| entry.fields.iter().map(|(name, _)| name.clone()));
    names.filter(|name| name != "message").collect()
}

#[test]
fn documented_and_seen_are_the_same() {
    let entries = scenarios::logged();
    assert_eq!(
        seen(entries, Entry::is_call),
        documented("The span of a call")
    );
    assert_eq!(
        seen(entries, Entry::is_attempt),
        documented("The event of an attempt")
    );
    for call in entries.iter().filter(|entry| entry.is_call()) {
        assert_eq!((call.name.as_str(), call.level), ("allo.call", Level::INFO));
    }
}

/// A call that meets a fault twice and then succeeds, or fails.
async fn call(fault: Fault, attempts: u32, request_id: &str) -> (Entry, Vec<Entry>) {
    let capture = Capture::of_process();
    let plan = FaultPlan::new(1).times(2).inject(fault);
    let harness = Harness::with(|builder| builder.quotas(Quotas::off()).faults(plan)).await;
    let client =
        harness.client_with(|builder| builder.max_attempts(attempts).pacer(StillWhileSending));
    let append = client.append_dialing_queue_numbers(["+12125550142"]);
    let _ = append
        .options(|o| o.with_request_id(request_id))
        .send()
        .await;
    let (mut call, mut attempts) = capture.call(request_id);
    for entry in attempts.iter_mut().chain([&mut call]) {
        // Different in every run.
        entry.fields.retain(|(name, _)| {
            !["server.port", "allo.wait_ms", "allo.elapsed_ms"].contains(&name.as_str())
        });
    }
    (call, attempts)
}

fn written(entry: &Entry) -> String {
    let fields = entry
        .fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    format!("{} {}", entry.level, fields.collect::<Vec<_>>().join(" "))
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_replayed() {
    let (call, attempts) = call(Fault::ResetAfterExecution, 6, "replayed-1").await;
    insta::assert_snapshot!(written(&call), @"INFO otel.kind=client otel.name=appendDialingQueueNumbers allo.operation=appendDialingQueueNumbers http.request.method=POST url.template=/v2/api/dialing-queues/current/numbers server.address=127.0.0.1 http.request.resend_count=2 allo.outcome=replayed http.response.status_code=200 allo.request_id=replayed-1");
    let attempts: Vec<_> = attempts.iter().map(written).collect();
    insta::assert_snapshot!(attempts.join("\n"), @"
INFO message=attempt failed, retrying allo.operation=appendDialingQueueNumbers http.request.resend_count=0 error.type=broken
INFO message=attempt failed, retrying allo.operation=appendDialingQueueNumbers http.request.resend_count=1 error.type=broken
DEBUG message=attempt succeeded allo.operation=appendDialingQueueNumbers http.request.resend_count=2 http.response.status_code=200
");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_fails() {
    let (call, attempts) = call(Fault::Internal { retryable: true }, 2, "failed-1").await;
    insta::assert_snapshot!(written(&call), @"INFO otel.kind=client otel.name=appendDialingQueueNumbers allo.operation=appendDialingQueueNumbers http.request.method=POST url.template=/v2/api/dialing-queues/current/numbers server.address=127.0.0.1 otel.status_code=ERROR error.type=500 allo.error_code=INTERNAL_SERVER_ERROR http.request.resend_count=1 allo.outcome=unknown http.response.status_code=500 allo.request_id=failed-1");
    let attempts: Vec<_> = attempts.iter().map(written).collect();
    insta::assert_snapshot!(attempts.join("\n"), @"
INFO message=attempt failed, retrying allo.operation=appendDialingQueueNumbers http.request.resend_count=0 http.response.status_code=500 error.type=500 allo.error_code=INTERNAL_SERVER_ERROR
WARN message=attempt failed allo.operation=appendDialingQueueNumbers http.request.resend_count=1 http.response.status_code=500 error.type=500 allo.error_code=INTERNAL_SERVER_ERROR
");
}
