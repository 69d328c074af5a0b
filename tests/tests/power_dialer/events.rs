//! The events of a push.

use allo_client::power_dialer::PushEvent;
use allo_sandbox::{Fault, FaultPlan};
use futures_util::StreamExt;
use tests::harness::Harness;

use crate::setup::{APPEND, leads, marie, with_faults};

/// The kinds of events, in order.
fn kind(event: &PushEvent) -> &'static str {
    match event {
        PushEvent::Planned(_) => "planned",
        PushEvent::Waiting { .. } => "waiting",
        PushEvent::Sending { .. } => "sending",
        PushEvent::Batch { .. } => "batch",
        PushEvent::Retrying { .. } => "retrying",
        PushEvent::Halved { .. } => "halved",
        PushEvent::Stopped { .. } => "stopped",
        PushEvent::Finished(_) => "finished",
        _ => "other",
    }
}

#[tokio::test]
async fn the_event_stream_has_every_step_and_ends_with_the_report() {
    let harness = Harness::start().await;
    harness.control.respond_once(APPEND, 413, &[], "").unwrap();
    let events: Vec<_> = marie(&harness.client)
        .push(leads(6))
        .batch_size(4)
        .events()
        .collect()
        .await;
    let events: Vec<_> = events.into_iter().map(Result::unwrap).collect();
    let kinds: Vec<_> = events.iter().map(kind).collect();
    let expected = [
        "planned", "sending", "halved", "sending", "batch", "sending", "batch", "sending", "batch",
        "finished",
    ];
    assert_eq!(kinds, expected);
    let done = events.iter().filter_map(|event| match event {
        PushEvent::Batch {
            done, of, added, ..
        } => Some((*done, *of, *added)),
        _ => None,
    });
    assert_eq!(done.collect::<Vec<_>>(), [(2, 6, 2), (4, 6, 2), (6, 6, 2)]);
    let Some(PushEvent::Finished(report)) = events.last() else {
        panic!("{kinds:?}")
    };
    assert!(report.is_complete());
}

#[tokio::test]
async fn the_event_stream_of_a_push_that_sent_nothing_ends_with_its_error() {
    let harness = Harness::start().await;
    let mut events = marie(&harness.client).push(leads(2)).capacity(1).events();
    let error = events.next().await.unwrap().unwrap_err();
    assert!(error.is_invalid_request());
    assert!(events.next().await.is_none());
    assert!(events.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_push_runs_only_while_its_events_are_read() {
    let harness = Harness::start().await;
    let mut events = marie(&harness.client)
        .push(leads(30))
        .batch_size(10)
        .events();
    while let Some(event) = events.try_next().await.unwrap() {
        if kind(&event) == "batch" {
            break;
        }
    }
    drop(events);
    tokio::task::yield_now().await;
    assert_eq!(harness.control.executed().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn retries_and_the_stop_are_reported_with_their_reason() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .times(4)
        .inject(Fault::ResetAfterHeaders);
    let (harness, client) = with_faults(plan).await;
    harness
        .control
        .respond_once(
            APPEND,
            404,
            &[("content-type", "application/json")],
            r#"{"error":{"code":"ASSIGNEE_NOT_FOUND","message":"Nobody."}}"#,
        )
        .unwrap();
    let mut seen = Vec::new();
    let mut events = marie(&client).push(leads(3)).events();
    while let Some(event) = events.try_next().await.unwrap() {
        if let PushEvent::Retrying {
            why,
            wait,
            repetition,
            ..
        } = &event
        {
            assert!(
                !wait.is_zero() && *repetition == 1 && why.contains("appendDialingQueueNumbers"),
                "{why}"
            );
        }
        seen.push(event);
    }
    let kinds: Vec<_> = seen.iter().map(kind).collect();
    assert_eq!(
        kinds,
        ["planned", "sending", "retrying", "stopped", "finished"]
    );
    let PushEvent::Stopped { why, .. } = &seen[3] else {
        panic!("it stopped")
    };
    assert!(why.contains("ASSIGNEE_NOT_FOUND"), "{why}");
}
