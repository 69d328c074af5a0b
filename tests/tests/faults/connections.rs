//! Connections that cannot be opened, or that end without a response.

use allo_client::{Backoff, Outcome};
use allo_sandbox::Fault;
use insta::assert_snapshot;
use std::time::Duration;

use crate::harness::{FaultHarness, always, first};

#[tokio::test(start_paused = true)]
async fn refuse_by_a_closed_port_is_tried_again_and_nothing_was_done() {
    let faulty =
        FaultHarness::with(first(1, Fault::Refuse), |builder| builder.max_attempts(3)).await;
    faulty.control.refuse_connections(true).await;
    let write = faulty.write().await;
    write.went("connect <250ms; connect <500ms; connect");
    let error = write.failed(Outcome::NotExecuted);
    assert!(error.is_connect() && error.is_transport());
    assert_snapshot!(faulty.line(error), @"appendDialingQueueNumbers failed: could not connect to SERVER: the connection was refused; check host and port of the base URL: nothing listens there; gave up after 3 attempts; the request was not executed");
    let read = faulty.read().await;
    read.went("connect <250ms; connect <500ms; connect");
    assert_snapshot!(faulty.line(read.failed(Outcome::NotExecuted)), @"getMe failed: could not connect to SERVER: the connection was refused; check host and port of the base URL: nothing listens there; gave up after 3 attempts");
    assert!(faulty.control.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn refuse_for_a_moment_is_outlasted() {
    let backoff = Backoff::new().base(Fault::REFUSAL / 2).seed(7);
    let faulty =
        FaultHarness::with(first(1, Fault::Refuse), |builder| builder.backoff(backoff)).await;
    let write = faulty.write().await;
    // The first wait ends while the port is closed. After that the number of attempts is random.
    let results: Vec<_> = write.events.iter().map(|event| event.error).collect();
    let [Some("broken"), Some("connect"), between @ .., None] = &results[..] else {
        panic!("{results:?}")
    };
    assert!(between.iter().all(|error| *error == Some("connect")));
    write.succeeded(Outcome::Executed);
    assert!(write.elapsed >= Fault::REFUSAL);
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn accept_and_close_is_tried_again() {
    let faulty = FaultHarness::meeting(first(2, Fault::AcceptAndClose)).await;
    let write = faulty.write().await;
    write.went("broken <250ms; broken <500ms; 200");
    write.succeeded(Outcome::Executed);
    faulty
        .control
        .set_faults(always(Fault::AcceptAndClose))
        .unwrap();
    let write = faulty.write_with(|o| o.with_max_attempts(1)).await;
    write.went("broken");
    assert_snapshot!(faulty.line(write.unknown()), @"appendDialingQueueNumbers failed: the connection to SERVER closed before a response arrived: connection closed before message completed; the request may have been executed; retry it only with the idempotency key from `outcome()`");
    let read = faulty.read_with(|o| o.with_max_attempts(2)).await;
    read.went("broken <250ms; broken");
    assert_snapshot!(faulty.line(read.failed(Outcome::NotExecuted)), @"getMe failed: the connection to SERVER closed before a response arrived: connection closed before message completed; gave up after 2 attempts");
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn reset_after_headers_is_tried_again() {
    let faulty = FaultHarness::meeting(first(1, Fault::ResetAfterHeaders)).await;
    let write = faulty.write().await;
    write
        .went("broken <250ms; 200")
        .succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::ResetAfterHeaders))
        .unwrap();
    let read = faulty.read_with(|o| o.with_max_attempts(2)).await;
    read.went("broken <250ms; broken");
    assert_snapshot!(faulty.line(read.failed(Outcome::NotExecuted)), @"getMe failed: the connection to SERVER closed before a response arrived: the connection was reset; gave up after 2 attempts");
}

#[tokio::test(start_paused = true)]
async fn reset_before_execution_is_done_by_the_next_attempt() {
    let faulty = FaultHarness::meeting(first(1, Fault::ResetBeforeExecution)).await;
    let write = faulty.write().await;
    write
        .went("broken <250ms; 200")
        .succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::ResetBeforeExecution))
        .unwrap();
    let write = faulty.write_with(|o| o.with_max_attempts(2)).await;
    write.went("broken <250ms; broken");
    assert_snapshot!(faulty.line(write.unknown()), @"appendDialingQueueNumbers failed: the connection to SERVER closed before a response arrived: the connection was reset; gave up after 2 attempts; the request may have been executed; retry it only with the idempotency key from `outcome()`");
}

#[tokio::test(start_paused = true)]
async fn reset_after_execution_is_replayed() {
    let faulty = FaultHarness::meeting(first(2, Fault::ResetAfterExecution)).await;
    let write = faulty.write().await;
    write
        .went("broken <250ms; broken <500ms; 200")
        .succeeded(Outcome::Replayed);
    let executed = faulty.control.executed();
    assert_eq!(executed.len(), 1);
    let sent = faulty.control.requests();
    assert_eq!(
        sent[2].header("idempotency-key"),
        executed[0].key.as_deref()
    );
    faulty
        .control
        .set_faults(first(1, Fault::ResetAfterExecution))
        .unwrap();
    let read = faulty.read().await;
    read.went("broken <250ms; 200").succeeded(Outcome::Executed);
}

#[tokio::test(start_paused = true)]
async fn reset_after_execution_once_too_often_is_unknown() {
    let faulty = FaultHarness::meeting(always(Fault::ResetAfterExecution)).await;
    let write = faulty.write_with(|o| o.with_max_attempts(3)).await;
    write.went("broken <250ms; broken <500ms; broken");
    assert_snapshot!(faulty.line(write.unknown()), @"appendDialingQueueNumbers failed: the connection to SERVER closed before a response arrived: the connection was reset; gave up after 3 attempts; the request may have been executed; retry it only with the idempotency key from `outcome()`");
    assert_eq!(faulty.executed(), 1);
    assert_eq!(faulty.settle(&write).await, Outcome::Replayed);
}

#[tokio::test(start_paused = true)]
async fn drops_connection_after_response_and_the_next_call_does_not_notice() {
    let faulty = FaultHarness::meeting(always(Fault::DropsConnectionAfterResponse)).await;
    for done in 1..=3 {
        let write = faulty.write().await;
        write.succeeded(Outcome::Executed);
        // Whether the pool has noticed the end of the old connection is random; a request on it is lost and retried.
        assert!(write.events.len() <= 2 && write.elapsed <= Duration::from_millis(252));
        assert_eq!(faulty.executed(), done);
        faulty.read().await.succeeded(Outcome::Executed);
    }
}
