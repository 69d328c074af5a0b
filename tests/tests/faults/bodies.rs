//! Responses with a valid head and an invalid body.

use allo_client::Outcome;
use allo_sandbox::Fault;
use insta::assert_snapshot;

use crate::harness::{FaultHarness, always, first};

#[tokio::test(start_paused = true)]
async fn half_body_of_a_write_is_fetched_again_by_its_key() {
    let faulty = FaultHarness::meeting(first(1, Fault::HalfBody)).await;
    let write = faulty.write().await;
    write
        .went("200-broken <250ms; 200")
        .succeeded(Outcome::Replayed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(first(1, Fault::HalfBody))
        .unwrap();
    let read = faulty.read().await;
    read.went("200-broken <250ms; 200")
        .succeeded(Outcome::Executed);
}

#[tokio::test(start_paused = true)]
async fn half_body_to_the_end_is_done_all_the_same() {
    let faulty = FaultHarness::meeting(always(Fault::HalfBody)).await;
    let write = faulty.write_with(|o| o.with_max_attempts(2)).await;
    write.went("200-broken <250ms; 200-broken");
    let error = write.failed(Outcome::Executed);
    assert_eq!(error.status(), Some(200));
    assert!(!error.body().is_empty());
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 200 OK: the connection closed while the response was being read, after 72 bytes: end of file before message length reached; gave up after 2 attempts; the request was executed, do not retry it (request req_nioeadpx20xm)");
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn wrong_content_length_cannot_be_read_and_was_done() {
    let faulty = FaultHarness::meeting(first(2, Fault::WrongContentLength)).await;
    let write = faulty.write().await;
    write.went("200");
    let error = write.failed(Outcome::Executed);
    assert!(error.is_decode());
    // In which key or value the truncated body ends depends on the order of keys in the sandbox.
    let said = error.to_string().replace("a string", "a value");
    assert_snapshot!(said, @"appendDialingQueueNumbers failed: 200 OK: could not decode the response: field `data.added`: EOF while parsing a value at line 1 column 72; the request was executed, do not retry it (request req_32goe5dr1ll5)");
    // The remaining bytes on the connection belong to no response.
    let read = faulty.read().await;
    assert!(read.went("200").error().is_decode());
    let write = faulty.write().await;
    write.went("200").succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 2);
}

#[tokio::test(start_paused = true)]
async fn wrong_content_type_around_a_good_body_is_forgiven() {
    let faulty = FaultHarness::meeting(always(Fault::WrongContentType)).await;
    let write = faulty.write().await;
    write.went("200").succeeded(Outcome::Executed);
    faulty.read().await.went("200").succeeded(Outcome::Executed);
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn undecodable_201_was_done_and_is_not_repeated() {
    let faulty = FaultHarness::meeting(always(Fault::Undecodable201)).await;
    let write = faulty.write().await;
    write.went("201");
    let error = write.failed(Outcome::Executed);
    assert_eq!(error.body(), b"{\"data\":");
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 201 Created: could not decode the response: field `data`: EOF while parsing a value at line 1 column 8; the request was executed, do not retry it (request req_32goe5dr1ll5)");
    assert_eq!(faulty.control.requests().len(), 1);
    assert_eq!(faulty.executed(), 1);
    let read = faulty.read().await;
    assert_snapshot!(read.went("201").error(), @"getMe failed: 201 Created: could not decode the response: field `data`: EOF while parsing a value at line 1 column 8 (request req_nioeadpx20xm)");
}

#[tokio::test(start_paused = true)]
async fn huge_body_is_read_no_further_than_the_limit() {
    let faulty = FaultHarness::meeting(always(Fault::HugeBody(Fault::HUGE))).await;
    let write = faulty.write().await;
    write.went("200-too_large");
    let error = write.failed(Outcome::Executed);
    assert!(error.is_decode());
    assert_eq!(error.body().len(), 16 * 1024 * 1024);
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 200 OK: the response exceeds the limit of 16777216 bytes; the request was executed, do not retry it (request req_32goe5dr1ll5)");
    assert_eq!((faulty.executed(), faulty.control.requests().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn huge_body_within_the_limit_is_read() {
    let plan = always(Fault::HugeBody(200_000));
    let faulty = FaultHarness::with(plan, |builder| builder.max_response_bytes(200_000)).await;
    faulty
        .write()
        .await
        .went("200")
        .succeeded(Outcome::Executed);
    faulty.read().await.went("200").succeeded(Outcome::Executed);
    let smaller = faulty
        .harness
        .client_with(|builder| builder.max_response_bytes(199_999));
    let error = smaller.get_me().send().await.unwrap_err();
    assert!(error.is_decode());
    assert_eq!(error.body().len(), 199_999);
}
