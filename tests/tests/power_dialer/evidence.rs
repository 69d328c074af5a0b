//! What the queue shows where a response does not: whether the server executed a batch twice, and whether leads that
//! it reported as added are still in the queue.

use allo_client::power_dialer::PushEvent;
use allo_sandbox::{Fault, FaultPlan};
use serde_json::json;

use crate::crash::directory;
use crate::refusals::respond;
use crate::setup::{APPEND, leads, marie, number, queued, statuses, with_faults};

/// The first response is lost, and the server does not recognise the key of the retry.
#[tokio::test(start_paused = true)]
async fn a_batch_that_is_executed_twice_is_reported_with_both_positions() {
    for journal in [false, true] {
        let (harness, client) = with_faults(FaultPlan::new(1)).await;
        let directory = directory();
        let path = directory.path().join("j");
        marie(&client).push([number(7), number(1)]).await.unwrap();
        let plan = FaultPlan::new(1)
            .on(APPEND)
            .times(1)
            .inject(Fault::ResetAfterExecution);
        harness.control.set_faults(plan).unwrap();
        let control = harness.control.clone();
        let push = || {
            let push = marie(&client).push(leads(5)).batch_size(2);
            let push = push.options(|options| options.with_max_attempts(1));
            if journal { push.journal(&path) } else { push }
        };
        let report = push().on_progress(move |event| {
            if let PushEvent::Retrying { .. } = event {
                control.forget_idempotency_keys();
            }
        });
        let report = report.await.unwrap();
        let is_told = |report: &allo_client::power_dialer::PushReport| {
            assert_eq!(statuses(report)[..2], ["added 4", "added 5"]);
            let also: Vec<_> = report.leads.iter().map(|lead| lead.also_at).collect();
            assert_eq!(also, [Some(2), Some(3), None, None, None]);
            assert_eq!(report.counts().twice, 2);
        };
        is_told(&report);
        // Nothing more is sent to a server that does not recognise keys.
        assert_eq!(report.counts().not_sent, 3);
        assert!(report.stopped().unwrap().contains("twice"), "{report:?}");
        let numbers: Vec<_> = queued(&harness)
            .into_iter()
            .map(|(number, _)| number)
            .collect();
        let expected = [7, 1, 0, 1, 0, 1].map(number);
        assert_eq!(numbers, expected);
        if journal {
            let report = push().await.unwrap();
            is_told(&report);
            assert_eq!((report.counts().added, report.is_complete()), (5, false));
        }
    }
}

/// Numbers that another client added in between prove nothing.
#[tokio::test(start_paused = true)]
async fn a_batch_after_entries_of_another_client_was_executed_once() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .times(1)
        .inject(Fault::ResetBeforeExecution);
    let (harness, client) = with_faults(plan).await;
    let other = crate::setup::retrying_client(&harness);
    let push = marie(&client).push(leads(2));
    let push = push.options(|options| options.with_max_attempts(1));
    let mut events = push.events();
    let mut report = None;
    while let Some(event) = events.try_next().await.unwrap() {
        match event {
            PushEvent::Retrying { .. } => {
                let theirs = other.append_dialing_queue_numbers([number(8), number(0)]);
                let teammate = marie(&client).teammate().clone();
                let theirs = allo_client::TargetTeammate::for_teammate(theirs, teammate);
                theirs.send().await.unwrap();
            }
            PushEvent::Finished(last) => report = Some(last),
            _ => {}
        }
    }
    let report = report.unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(statuses(&report), ["added 2", "added 3"]);
}

/// The server replays a response for an hour, whatever happens to the queue.
#[tokio::test]
async fn leads_of_a_replayed_response_are_reported_as_gone_if_they_are() {
    let harness = tests::harness::Harness::start().await;
    let dialer = marie(&harness.client);
    let push = || dialer.push(leads(4)).batch_size(2).push_id("monday");
    assert!(push().await.unwrap().is_complete());
    assert!(push().await.unwrap().is_complete());
    dialer.reset().send().await.unwrap();
    let report = push().await.unwrap();
    assert_eq!(statuses(&report), ["gone 0", "gone 1", "gone 2", "gone 3"]);
    assert_eq!((report.counts().added, report.replays), (0, 2));
    assert!(queued(&harness).is_empty());
}

/// As above, with a lost response: it is unknown whose response is replayed.
#[tokio::test(start_paused = true)]
async fn a_replayed_response_after_a_lost_one_is_compared_with_the_queue() {
    for fault in [Fault::ResetAfterExecution, Fault::ResetBeforeExecution] {
        let (harness, client) = with_faults(FaultPlan::new(1)).await;
        let dialer = marie(&client);
        let push = || dialer.push(leads(4)).batch_size(2).push_id("monday");
        assert!(push().await.unwrap().is_complete());
        dialer.reset().send().await.unwrap();
        let plan = FaultPlan::new(1).on(APPEND).times(1).inject(fault);
        harness.control.set_faults(plan).unwrap();
        let report = push().options(|options| options.with_max_attempts(1));
        let report = report.await.unwrap();
        assert_eq!(statuses(&report), ["gone 0", "gone 1", "gone 2", "gone 3"]);
        assert!(queued(&harness).is_empty());
    }
}

/// A call of this run fails before the response of the earlier run is replayed.
#[tokio::test(start_paused = true)]
async fn leads_of_an_earlier_run_are_compared_with_the_queue_after_a_failed_call() {
    let (harness, client) = with_faults(FaultPlan::new(1)).await;
    let dialer = marie(&client);
    let directory = directory();
    let push = || {
        let push = dialer.push(leads(2)).journal(directory.path().join("j"));
        let push = push.batch_deadline(std::time::Duration::from_millis(1));
        push.options(|options| options.with_max_attempts(1))
    };
    let lost = FaultPlan::new(1)
        .on(APPEND)
        .inject(Fault::ResetAfterExecution);
    harness.control.set_faults(lost).unwrap();
    assert_eq!(statuses(&push().await.unwrap()), ["unknown", "unknown"]);
    harness.control.clear_faults();
    let first = allo_client::power_dialer::Clear::position(0);
    dialer.clear(first).await.unwrap();
    dialer.push([number(8)]).await.unwrap();
    let second = allo_client::power_dialer::Clear::number(number(1));
    dialer.clear(second).await.unwrap();
    harness.control.respond_once(APPEND, 503, &[], "").unwrap();
    let report = push().batch_deadline(std::time::Duration::from_secs(60));
    let report = report.await.unwrap();
    assert_eq!(statuses(&report), ["gone 0", "gone 1"], "{report:?}");
    assert_eq!(report.replays, 1);
}

#[tokio::test]
async fn a_batch_is_unknown_if_its_response_contradicts_the_request() {
    let entry = |index, position: u64| json!({"number_to": number(index), "position": position});
    let skipped = |index| json!({"number": number(index), "reason": "ON_A_LIST"});
    let answers = [
        json!({"added": [entry(0, 0)], "skipped": []}),
        json!({"added": [entry(0, 0), entry(0, 1)], "skipped": []}),
        json!({"added": [entry(0, 0), entry(9, 1)], "skipped": []}),
        json!({"added": [entry(1, 0), entry(0, 1)], "skipped": []}),
        json!({"added": [entry(0, 0), entry(1, 0)], "skipped": []}),
        json!({"added": [entry(0, 1), entry(1, 0)], "skipped": []}),
        json!({"added": [entry(0, 0), entry(1, 1), entry(1, 2)], "skipped": []}),
        json!({"added": [entry(0, 0)], "skipped": [skipped(9)]}),
        json!({"added": [], "skipped": []}),
    ];
    for answer in answers {
        let harness = tests::harness::Harness::start().await;
        respond(&harness, (200, json!({ "data": answer }).to_string()));
        let report = marie(&harness.client).push(leads(2)).await.unwrap();
        assert_eq!(statuses(&report), ["unknown", "unknown"], "{answer}");
    }
}
