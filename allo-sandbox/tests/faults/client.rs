//! The same faults seen by an HTTP client with a connection pool.

use allo_sandbox::Fault;

use crate::peer::{ME, NUMBERS, Peer, once};

fn pooling() -> reqwest::Client {
    // Another package in the build may enable TLS in reqwest, which then needs a provider. An error
    // means that there already is one.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

async fn append(peer: &Peer, client: &reqwest::Client) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}{NUMBERS}", peer.sandbox.base_url());
    let request = client
        .post(url)
        .header("authorization", peer.sandbox.api_key())
        .header("idempotency-key", "k")
        .json(&serde_json::json!({ "numbers": [{ "number": "+12125550100" }] }));
    request.send().await
}

#[tokio::test]
async fn a_closed_port_fails_to_connect_and_a_reset_does_not() {
    let peer = Peer::with(|builder| builder).await;
    let client = pooling();
    assert!(append(&peer, &client).await.is_ok());
    peer.control().refuse_connections(true).await;
    // The pool takes time to notice that its connection was closed.
    let error = loop {
        let error = append(&peer, &client).await.expect_err("nothing listens");
        if error.is_connect() {
            break error;
        }
    };
    assert!(error.is_request());
    peer.control().refuse_connections(false).await;
    let plan = once(Fault::ResetAfterExecution);
    peer.control().set_faults(plan).expect("a good plan");
    let error = append(&peer, &client).await.expect_err("it is reset");
    assert!(!error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn what_is_left_over_is_not_taken_for_the_next_answer() {
    let peer = Peer::meeting(Fault::WrongContentLength).await;
    let client = pooling();
    let cut = append(&peer, &client).await.expect("an answer");
    assert!(cut.json::<serde_json::Value>().await.is_err());
    let url = format!("{}{ME}", peer.sandbox.base_url());
    let request = client
        .get(url)
        .header("authorization", peer.sandbox.api_key());
    let next = request.send().await.expect("an answer");
    assert_eq!(next.status(), 200);
    let me: serde_json::Value = next.json().await.expect("the key");
    assert!(me["data"]["api_key_id"].is_string());
}

#[tokio::test]
async fn broken_bodies_are_errors_of_the_body() {
    for fault in [Fault::HalfBody, Fault::DropsConnectionAfterResponse] {
        let peer = Peer::meeting(fault.clone()).await;
        let answer = append(&peer, &pooling()).await.expect("a head");
        assert_eq!(answer.status(), 200);
        let whole = fault == Fault::DropsConnectionAfterResponse;
        assert_eq!(answer.bytes().await.is_ok(), whole, "{fault}");
    }
}
