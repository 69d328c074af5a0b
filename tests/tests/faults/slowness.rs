//! Slow responses. The timeout of an attempt covers the last byte of the body.

use std::time::Duration;

use allo_client::{Outcome, Pacing};
use allo_sandbox::{Fault, FaultPlan};
use insta::assert_snapshot;
use tests::virtual_time::SmallSteps;

use crate::harness::{FaultHarness, Told, always, first};

const LONG: Duration = Duration::from_secs(600);
const TIMEOUT: Duration = Duration::from_millis(5_500);

/// Time advances during an attempt, as it does for the server.
async fn slow(plan: FaultPlan) -> (FaultHarness, SmallSteps) {
    let change =
        |builder: allo_client::ClientBuilder| builder.pacing(Pacing::off()).timeout(TIMEOUT);
    (FaultHarness::with(plan, change).await, SmallSteps::begin())
}

/// The first attempt took its whole timeout.
#[track_caller]
fn used_all_its_time(told: &Told) {
    let took = told.events[0].elapsed;
    let most = TIMEOUT + Duration::from_millis(20);
    assert!((TIMEOUT..=most).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn stall_before_body_is_cut_off_and_replayed() {
    let (faulty, _steps) = slow(first(1, Fault::StallBeforeBody(LONG))).await;
    let write = faulty.write().await;
    used_all_its_time(&write);
    write
        .went("200-timeout <250ms; 200")
        .succeeded(Outcome::Replayed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::StallBeforeBody(LONG)))
        .unwrap();
    let read = faulty.read_with(|o| o.with_max_attempts(2)).await;
    used_all_its_time(&read);
    read.went("200-timeout <250ms; 200-timeout");
    assert!(read.error().is_timeout());
    assert_snapshot!(read.error(), @"getMe failed: 200 OK: the response was incomplete after 5.5 s (0 bytes received); gave up after 2 attempts (request req_4o32662amvfk)");
}

#[tokio::test(start_paused = true)]
async fn stall_inside_body_is_cut_off_and_replayed() {
    let (faulty, _steps) = slow(first(1, Fault::StallInsideBody(LONG))).await;
    let write = faulty.write().await;
    used_all_its_time(&write);
    write
        .went("200-timeout <250ms; 200")
        .succeeded(Outcome::Replayed);
    faulty
        .control
        .set_faults(always(Fault::StallInsideBody(LONG)))
        .unwrap();
    let write = faulty.write_with(|o| o.with_max_attempts(1)).await;
    used_all_its_time(&write);
    write.went("200-timeout");
    assert_snapshot!(write.failed(Outcome::Executed), @"appendDialingQueueNumbers failed: 200 OK: the response was incomplete after 5.5 s (72 bytes received); the request was executed, do not retry it (request req_w6pkk15z970o)");
    assert_eq!(faulty.executed(), 2);
}

#[tokio::test(start_paused = true)]
async fn stall_before_body_that_is_short_enough_is_waited_for() {
    let second = Duration::from_secs(1);
    let (faulty, _steps) = slow(always(Fault::StallBeforeBody(second))).await;
    let write = faulty.write().await;
    write.went("200").succeeded(Outcome::Executed);
    assert!(write.elapsed >= second);
}

#[tokio::test(start_paused = true)]
async fn stall_before_body_ends_with_the_deadline_of_the_call() {
    let (faulty, _steps) = slow(always(Fault::StallBeforeBody(LONG))).await;
    let deadline = Duration::from_secs(8);
    let write = faulty.write_with(|o| o.with_deadline(deadline)).await;
    write.went("200-timeout <250ms; 200-timeout");
    assert!(
        write.elapsed <= deadline + Duration::from_millis(20),
        "{:?}",
        write.elapsed
    );
    // No part of the body arrived, so nothing shows that the API responded.
    assert!(write.unknown().is_deadline());
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn slow_drip_does_not_renew_the_time_with_every_byte() {
    let interval = Duration::from_secs(1);
    let (faulty, _steps) = slow(first(1, Fault::SlowDrip { interval })).await;
    let write = faulty.write().await;
    used_all_its_time(&write);
    write
        .went("200-timeout <250ms; 200")
        .succeeded(Outcome::Replayed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::SlowDrip { interval }))
        .unwrap();
    let read = faulty.read_with(|o| o.with_max_attempts(1)).await;
    used_all_its_time(&read);
    assert_snapshot!(read.went("200-timeout").failed(Outcome::NotExecuted), @"getMe failed: 200 OK: the response was incomplete after 5.5 s (5 bytes received) (request req_w6pkk15z970o)");
}

#[tokio::test(start_paused = true)]
async fn slow_drip_that_ends_in_time_is_read() {
    let interval = Duration::from_millis(1);
    let (faulty, _steps) = slow(always(Fault::SlowDrip { interval })).await;
    faulty
        .write()
        .await
        .went("200")
        .succeeded(Outcome::Executed);
    // A few thousand bytes.
    let read = faulty.read_with(|o| o.with_timeout(Duration::from_secs(60)));
    read.await.went("200").succeeded(Outcome::Executed);
}
