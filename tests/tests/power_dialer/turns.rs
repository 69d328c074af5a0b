//! Waits that have an end: for the turn at a queue, for leads, and for a push as a whole.

use std::time::Duration;

use allo_client::power_dialer::PushEvent;
use allo_client::{Error, Teammate};
use allo_sandbox::{Fault, FaultPlan};
use tests::harness::{Harness, JONAS};
use tokio::time::{Instant, timeout};

use crate::scene::{APPEND, leads, marie, patient};

const DEADLINE: Duration = Duration::from_secs(5);
/// What waits for so long hangs. A test fails then, rather than wait with it.
const HANG: Duration = Duration::from_secs(60);

/// How something ends that has the [`DEADLINE`]: by that, and by no other bound that comes later.
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
async fn a_push_of_which_the_events_are_not_read_does_not_keep_others_for_ever() {
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
    // Nobody else is kept, and it can go on.
    let jonas = client.power_dialer().for_teammate(Teammate::email(JONAS));
    assert!(jonas.push(leads(2)).await.unwrap().is_complete());
    while let Some(event) = events.try_next().await.unwrap() {
        if let PushEvent::Finished(report) = event {
            assert!(report.is_complete());
        }
    }
    drop(events);
    assert!(marie(client).push(leads(1)).await.unwrap().is_complete());
    assert_eq!(crate::scene::queued(&harness).len(), 31);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_push_with_the_rest_not_sent() {
    let (harness, client) = patient(FaultPlan::new(1)).await;
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
async fn leads_that_do_not_come_and_queues_that_are_not_answered_for_are_waited_for_so_long() {
    let harness = Harness::start().await;
    let never = futures_util::stream::pending::<String>();
    let push = marie(&harness.client).push_stream(never).deadline(DEADLINE);
    let error = at_the_deadline(push.send()).await;
    assert!(error.to_string().contains("leads"), "{error}");
    let hold = harness.control.hold_next(crate::scene::READ).unwrap();
    let mut push = marie(&harness.client).push(leads(2)).deadline(DEADLINE);
    at_the_deadline(push.plan()).await;
    drop(hold);
    let hold = harness.control.hold_next(crate::scene::READ).unwrap();
    let status = marie(&harness.client).status().deadline(DEADLINE);
    at_the_deadline(status.send()).await;
    drop(hold);
}
