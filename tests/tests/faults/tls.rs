//! A TLS connection that ends without a farewell, by which a whole answer is told from a cut one.

use allo_client::Outcome;
use allo_sandbox::{Fault, Quotas};
use insta::assert_snapshot;
use tests::stage::Stage;
use tests::tls::trusting;

use crate::scene::{Scene, always, first};

#[tokio::test(start_paused = true)]
async fn tls_close_without_notify_is_a_broken_answer() {
    let plan = first(1, Fault::TlsCloseWithoutNotify);
    let stage = Stage::with(|builder| builder.quotas(Quotas::off()).tls().faults(plan)).await;
    let http = trusting(stage.ca_pem().expect("TLS"));
    let scene = Scene::of(stage, |builder| builder.http_client(http));
    assert!(scene.client.base_url().starts_with("https://"));
    let write = scene.write().await;
    write
        .went("200-broken <250ms; 200")
        .succeeded(Outcome::Replayed);
    assert_eq!(scene.executed(), 1);
    scene
        .control
        .set_faults(always(Fault::TlsCloseWithoutNotify))
        .unwrap();
    let write = scene.write_with(|o| o.with_max_attempts(1)).await;
    write.went("200-broken");
    assert_snapshot!(write.failed(Outcome::Executed), @"appendDialingQueueNumbers failed: 200 OK: the connection broke amid the answer, 72 bytes came: peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof; it has been done, do not repeat it (request req_w6pkk15z970o)");
    let read = scene.read_with(|o| o.with_max_attempts(2)).await;
    read.went("200-broken <250ms; 200-broken")
        .failed(Outcome::Executed);
    assert_eq!(scene.executed(), 2);
}

#[tokio::test(start_paused = true)]
async fn tls_close_without_notify_where_there_is_no_tls_looks_whole_and_cannot_be_read() {
    let scene = Scene::meeting(always(Fault::TlsCloseWithoutNotify)).await;
    let write = scene.write().await;
    let error = write.went("200").failed(Outcome::Executed);
    assert!(error.is_decode());
    assert_eq!(scene.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_authority_nobody_trusts_is_no_connection() {
    let stage = Stage::with(|builder| builder.quotas(Quotas::off()).tls()).await;
    let scene = Scene::of(stage, |builder| builder);
    let write = scene.write_with(|o| o.with_max_attempts(1)).await;
    assert!(
        write
            .went("connect")
            .failed(Outcome::NotExecuted)
            .is_connect()
    );
    assert!(scene.control.requests().is_empty());
}
