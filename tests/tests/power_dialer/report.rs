//! The report of a push: serialized, deserialized, and pushed again.

use allo_client::Client;
use allo_client::power_dialer::{Duplicates, LeadStatus, PushReport, Rejection, WhenFull};
use allo_sandbox::{Fault, FaultPlan};
use tests::harness::Harness;

use crate::setup::{APPEND, leads, marie, number, queued, statuses, with_faults};

/// A push with one lead added, one rejected, some unknown and the rest not sent.
async fn mixed() -> (Harness, Client, PushReport) {
    let (harness, client) = with_faults(FaultPlan::new(1)).await;
    let list = [
        number(0),
        number(0),
        "x".to_owned(),
        number(1),
        number(2),
        number(3),
    ];
    let control = harness.control.clone();
    let push = marie(&client)
        .push(list)
        .batch_size(1)
        .duplicates(Duplicates::DropInList);
    let push = push
        .batch_deadline(std::time::Duration::from_secs(60))
        .on_progress(move |event| {
            if matches!(event, allo_client::power_dialer::PushEvent::Batch { .. }) {
                let plan = FaultPlan::new(1)
                    .on(APPEND)
                    .inject(Fault::ResetAfterExecution);
                control.set_faults(plan).unwrap();
            }
        });
    let report = push.await.unwrap();
    (harness, client, report)
}

#[tokio::test(start_paused = true)]
async fn a_report_survives_serialization() {
    let (_, _, report) = mixed().await;
    let expected = [
        "added 0",
        "rejected duplicate_in_list",
        "rejected not_a_number",
        "unknown",
        "not sent",
        "not sent",
    ];
    assert_eq!(statuses(&report), expected);
    let json = serde_json::to_string_pretty(&report).unwrap();
    let read: PushReport = serde_json::from_str(&json).unwrap();
    assert_eq!(read.leads, report.leads);
    assert_eq!(read.counts(), report.counts());
    assert_eq!(
        (read.requests, read.waits, read.waited),
        (report.requests, report.waits, report.waited)
    );
    assert_eq!(read.push_id, report.push_id);
    assert_eq!(read.stopped(), report.stopped());
    assert!(report.error().is_some() && read.error().is_none());
    assert_eq!(read.rejections()["not_a_number"], 1);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["leads"][0]["status"], "added");
    assert_eq!(value["leads"][1]["reason"]["code"], "duplicate_in_list");
    assert_eq!(value["leads"][1]["reason"]["first"], 0);
    assert_eq!(value["leads"][5]["input"], 5);
}

#[tokio::test(start_paused = true)]
async fn remaining_leads_are_valid_input_without_unknown_ones() {
    let (harness, client, report) = mixed().await;
    harness.control.clear_faults();
    let rest = marie(&client).push(report.remaining()).await.unwrap();
    assert!(rest.is_complete());
    let numbers: Vec<_> = queued(&harness)
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(numbers, [number(0), number(1), number(2), number(3)]);
    assert!(rest.remaining().is_empty());
}

#[tokio::test]
async fn leads_are_reported_as_they_were_given() {
    let harness = Harness::start().await;
    let given = allo_client::types::NewQueueNumber::new(" +33 1 99 00 00 01 ").name("Zoe");
    let report = marie(&harness.client).push([given.clone()]).await.unwrap();
    assert_eq!(report.leads[0].lead, given);
    let mut full = marie(&harness.client)
        .push(leads(1_000))
        .when_full(WhenFull::SendWhatFits);
    full = full.limit(0);
    assert_eq!(full.await.unwrap().remaining(), leads(1_000));
}

#[test]
fn every_status_and_every_rejection_survives_serialization() {
    let rejections = [
        Rejection::Empty,
        Rejection::NotANumber,
        Rejection::Extension,
        Rejection::NoCountryCode,
        Rejection::DuplicateInList { first: 3 },
        Rejection::AlreadyQueued { position: 7 },
    ];
    for reason in rejections {
        let status = LeadStatus::Rejected { reason };
        let json = serde_json::to_value(&status).unwrap();
        assert_eq!(json["reason"]["code"], status_code(&status));
        assert_eq!(serde_json::from_value::<LeadStatus>(json).unwrap(), status);
    }
    let invalid = r#"{"status":"rejected","reason":{"code":"invalid_number","why":"too_short"}}"#;
    let field = r#"{"status":"rejected","reason":{"code":"invalid_field","field":"name","why":"too long"}}"#;
    for text in [invalid, field] {
        let status: LeadStatus = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&status).unwrap(), text);
    }
}

fn status_code(status: &LeadStatus) -> &'static str {
    match status {
        LeadStatus::Rejected { reason } => reason.code(),
        _ => "",
    }
}
