//! Bounded waits: for the queue lock, for leads, and for a push as a whole.

use std::time::Duration;

use allo_client::power_dialer::PushEvent;
use allo_client::{Error, Teammate};
use allo_sandbox::{Fault, FaultPlan};
use tests::harness::{Harness, JONAS};
use tokio::time::{Instant, timeout};

use crate::setup::{APPEND, leads, marie, with_faults};

const DEADLINE: Duration = Duration::from_secs(5);
/// Work that takes this long hangs; the test then fails instead of waiting.
const HANG: Duration = Duration::from_secs(60);

/// The error of work that has the [`DEADLINE`] and must end by it, not by a later limit.
async fn at_the_deadline<T: std::fmt::Debug>(
    work: impl Future<Output = Result<T, Error>>,
) -> Error {
    let started = Instant::now();
    let error = timeout(HANG, work).await.expect("no hang").unwrap_err();
    let took = started.elapsed();
    assert!(error.is_deadline() && error.is_timeout(), "{error}");
    assert!(took < DEADLINE * 2, "{took:?}: {error}");
    error
}

#[tokio::test]
async fn a_push_whose_events_are_not_read_does_not_block_others_forever() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let mut events = marie(client).push(leads(30)).batch_size(10).events();
    while let Some(event) = events.try_next().await.unwrap() {
        if let PushEvent::Batch { .. } = event {
            break;
        }
    }
    let soon = Duration::from_millis(20);
    let push = || marie(client).push(leads(3));
    for waiting in [push().deadline(soon), push().batch_deadline(soon)] {
        let ended = timeout(HANG, waiting.send()).await;
        let error = ended.expect("no hang").unwrap_err();
        assert!(error.is_timeout() && error.is_deadline(), "{error}");
        let shown = error.to_string();
        assert!(
            shown.contains("another push") && shown.contains("events"),
            "{shown}"
        );
    }
    // Other queues are not blocked, and the push can continue.
    let jonas = client.power_dialer().for_teammate(Teammate::email(JONAS));
    assert!(jonas.push(leads(2)).await.unwrap().is_complete());
    while let Some(event) = events.try_next().await.unwrap() {
        if let PushEvent::Finished(report) = event {
            assert!(report.is_complete());
        }
    }
    drop(events);
    assert!(marie(client).push(leads(1)).await.unwrap().is_complete());
    assert_eq!(crate::setup::queued(&harness).len(), 31);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_stops_a_push_with_the_rest_not_sent() {
    let (harness, client) = with_faults(FaultPlan::new(1)).await;
    let control = harness.control.clone();
    let push = marie(&client).push(leads(40)).batch_size(10);
    let push = push
        .deadline(Duration::from_secs(30))
        .on_progress(move |event| {
            if let PushEvent::Batch { .. } = event {
                let conflict = FaultPlan::new(1).on(APPEND).inject(Fault::AppendConflict);
                control.set_faults(conflict).unwrap();
            }
        });
    let started = Instant::now();
    let report = push.await.unwrap();
    assert!(started.elapsed() <= Duration::from_secs(30));
    assert_eq!((report.counts().added, report.counts().not_sent), (10, 30));
    assert!(report.error().is_some());
}

#[tokio::test(start_paused = true)]
async fn missing_leads_and_responses_are_waited_for_until_the_deadline() {
    let harness = Harness::start().await;
    let never = futures_util::stream::pending::<String>();
    let push = marie(&harness.client).push_stream(never).deadline(DEADLINE);
    let error = at_the_deadline(push.send()).await;
    assert!(error.to_string().contains("leads"), "{error}");
    let hold = harness.control.hold_next(crate::setup::READ).unwrap();
    let mut push = marie(&harness.client).push(leads(2)).deadline(DEADLINE);
    at_the_deadline(push.plan()).await;
    drop(hold);
    let hold = harness.control.hold_next(crate::setup::READ).unwrap();
    let status = marie(&harness.client).status().deadline(DEADLINE);
    at_the_deadline(status.send()).await;
    drop(hold);
}
