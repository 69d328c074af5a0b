//! Error responses of the API or of a gateway.

use allo_client::{ErrorCode, Outcome};
use allo_sandbox::Fault;
use insta::assert_snapshot;

use crate::harness::{FaultHarness, always, first};

#[tokio::test(start_paused = true)]
async fn html_of_a_gateway_is_tried_again_and_keeps_its_status() {
    for status in [502, 503, 504] {
        let faulty = FaultHarness::meeting(first(2, Fault::Html(status))).await;
        let line = format!("{status} <250ms; {status} <500ms; 200");
        faulty
            .write()
            .await
            .went(&line)
            .succeeded(Outcome::Executed);
        faulty
            .control
            .set_faults(first(2, Fault::Html(status)))
            .unwrap();
        faulty.read().await.went(&line).succeeded(Outcome::Executed);
        assert_eq!(faulty.executed(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn html_to_the_end() {
    let faulty = FaultHarness::meeting(always(Fault::Html(502))).await;
    let write = faulty.write().await;
    write.went("502 <250ms; 502 <500ms; 502 <1000ms; 502 <2000ms; 502 <4000ms; 502");
    let error = write.unknown();
    assert_eq!(error.status(), Some(502));
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 502 Bad Gateway: the response is an HTML page, probably of a gateway (107 bytes); gave up after 6 attempts; the request may have been executed; retry it only with the idempotency key from `outcome()`");
    let read = faulty.read_with(|o| o.with_max_attempts(1)).await;
    assert_snapshot!(read.went("502").failed(Outcome::NotExecuted), @"getMe failed: 502 Bad Gateway: the response is an HTML page, probably of a gateway (107 bytes)");
    assert_eq!(faulty.executed(), 0);
    assert_eq!(faulty.settle(&write).await, Outcome::Executed);
}

#[tokio::test(start_paused = true)]
async fn internal_is_tried_again_whatever_the_server_thinks_of_it() {
    for retryable in [true, false] {
        let faulty = FaultHarness::meeting(first(1, Fault::Internal { retryable })).await;
        let write = faulty.write().await;
        write.went("500 <250ms; 200").succeeded(Outcome::Executed);
        assert_eq!(faulty.executed(), 1);
        faulty
            .control
            .set_faults(always(Fault::Internal { retryable }))
            .unwrap();
        let read = faulty.read_with(|o| o.with_max_attempts(2)).await;
        read.went("500 <250ms; 500").failed(Outcome::NotExecuted);
        assert_eq!(read.error().retryable(), Some(retryable));
    }
}

#[tokio::test(start_paused = true)]
async fn internal_to_the_end_is_unknown() {
    let faulty = FaultHarness::meeting(always(Fault::Internal { retryable: true })).await;
    let write = faulty.write_with(|o| o.with_max_attempts(2)).await;
    write.went("500 <250ms; 500");
    assert_snapshot!(write.unknown(), @"appendDialingQueueNumbers failed: 500 INTERNAL_SERVER_ERROR: Internal server error; retry; if the error persists, give the request id to support; gave up after 2 attempts; the request may have been executed; retry it only with the idempotency key from `outcome()` (request req_agb0hr4yk4ql)");
    assert_eq!(faulty.settle(&write).await, Outcome::Executed);
}

#[tokio::test(start_paused = true)]
async fn error_envelope_in_200_is_the_error_and_no_success() {
    let faulty = FaultHarness::meeting(first(1, Fault::ErrorEnvelopeIn200)).await;
    let write = faulty.write().await;
    write.went("200 <250ms; 200").succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::ErrorEnvelopeIn200))
        .unwrap();
    let write = faulty.write_with(|o| o.with_max_attempts(1)).await;
    write.went("200");
    let error = write.unknown();
    assert_eq!((error.status(), error.is_server_error()), (Some(200), true));
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 200 INTERNAL_SERVER_ERROR: Internal server error; retry; if the error persists, give the request id to support; the request may have been executed; retry it only with the idempotency key from `outcome()` (request req_w6pkk15z970o)");
    let read = faulty.read_with(|o| o.with_max_attempts(1)).await;
    assert!(
        read.went("200")
            .failed(Outcome::NotExecuted)
            .is_server_error()
    );
}

#[tokio::test(start_paused = true)]
async fn append_conflict_is_tried_three_times_more() {
    let faulty = FaultHarness::meeting(first(3, Fault::AppendConflict)).await;
    let write = faulty.write().await;
    write
        .went("409 <250ms; 409 <500ms; 409 <1000ms; 200")
        .succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn append_conflict_to_the_end_was_not_done() {
    let faulty = FaultHarness::meeting(always(Fault::AppendConflict)).await;
    let write = faulty.write().await;
    write.went("409 <250ms; 409 <500ms; 409 <1000ms; 409");
    let error = write.failed(Outcome::NotExecuted);
    assert_eq!(error.code(), Some(&ErrorCode::DialingQueueAppendConflict));
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 409 DIALING_QUEUE_APPEND_CONFLICT: A concurrent append to this queue was executed first; Retry the request; nothing was added; gave up after 4 attempts (request req_mgdnioeadpx2)");
    assert_eq!(faulty.executed(), 0);
}

#[tokio::test(start_paused = true)]
async fn transaction_in_progress_is_tried_again() {
    let faulty = FaultHarness::meeting(first(4, Fault::TransactionInProgress)).await;
    let write = faulty.write().await;
    write.went("409 <250ms; 409 <500ms; 409 <1000ms; 409 <2000ms; 200");
    write.succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::TransactionInProgress))
        .unwrap();
    let write = faulty.write_with(|o| o.with_max_attempts(2)).await;
    write.went("409 <250ms; 409");
    assert_snapshot!(write.failed(Outcome::NotExecuted), @"appendDialingQueueNumbers failed: 409 OTHER_TRANSACTION_IN_PROGRESS: Another transaction on this resource is in progress; Retry the request in a moment; gave up after 2 attempts (request req_nv8vzw18yxkx)");
    let read = faulty.read_with(|o| o.with_max_attempts(2)).await;
    read.went("409 <250ms; 409").failed(Outcome::NotExecuted);
}
