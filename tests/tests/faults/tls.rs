//! A TLS connection that ends without close_notify, which distinguishes a complete response from a
//! truncated one.

use allo_client::Outcome;
use allo_sandbox::{Fault, Quotas};
use insta::assert_snapshot;
use tests::harness::{Harness, client_of, one_attempt};
use tests::raw_server;
use tests::tls::{trusting, trusting_through};

use crate::harness::{FaultHarness, always, first};

#[tokio::test(start_paused = true)]
async fn tls_close_without_notify_is_a_broken_answer() {
    let plan = first(1, Fault::TlsCloseWithoutNotify);
    let harness = Harness::with(|builder| builder.quotas(Quotas::off()).tls().faults(plan)).await;
    let http = trusting(harness.ca_pem().expect("TLS"));
    let faulty = FaultHarness::of(harness, |builder| builder.http_client(http));
    assert!(faulty.client.base_url().starts_with("https://"));
    let write = faulty.write().await;
    write
        .went("200-broken <250ms; 200")
        .succeeded(Outcome::Replayed);
    assert_eq!(faulty.executed(), 1);
    faulty
        .control
        .set_faults(always(Fault::TlsCloseWithoutNotify))
        .unwrap();
    let write = faulty.write_with(|o| o.with_max_attempts(1)).await;
    write.went("200-broken");
    assert_snapshot!(write.failed(Outcome::Executed), @"appendDialingQueueNumbers failed: 200 OK: the connection closed while the response was being read, after 72 bytes: peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof; the request was executed, do not retry it (request req_w6pkk15z970o)");
    let read = faulty.read_with(|o| o.with_max_attempts(2)).await;
    read.went("200-broken <250ms; 200-broken")
        .failed(Outcome::Executed);
    assert_eq!(faulty.executed(), 2);
}

#[tokio::test(start_paused = true)]
async fn tls_close_without_notify_where_there_is_no_tls_looks_whole_and_cannot_be_read() {
    let faulty = FaultHarness::meeting(always(Fault::TlsCloseWithoutNotify)).await;
    let write = faulty.write().await;
    let error = write.went("200").failed(Outcome::Executed);
    assert!(error.is_decode());
    assert_eq!(faulty.executed(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_authority_nobody_trusts_is_no_connection() {
    let harness = Harness::with(|builder| builder.quotas(Quotas::off()).tls()).await;
    let faulty = FaultHarness::of(harness, |builder| builder);
    // Another attempt would get the same certificate.
    let write = faulty.write().await;
    let error = write.went("connect").failed(Outcome::NotExecuted);
    assert!(error.is_connect());
    assert_eq!(error.attempts(), 1);
    let read = faulty.read().await;
    read.went("connect").failed(Outcome::NotExecuted);
    let line = faulty.line(error);
    // Which of the two it is depends on the verifier of the operating system.
    let words = "could not connect to SERVER: TLS rejects the certificate of the server: it";
    assert!(
        line.contains(words) && line.contains("install its certificate"),
        "{line}"
    );
    assert!(faulty.control.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_speaks_no_tls_is_not_tried_again() {
    let harness = Harness::start().await;
    let address = harness.base_url().replace("http://", "https://");
    let faulty = FaultHarness::of(harness, |builder| builder.base_url(address));
    let write = faulty.write().await;
    let error = write.went("connect").failed(Outcome::NotExecuted);
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_told_from_one_that_is_not_trusted() {
    let plain = raw_server::answer_with(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let address = plain.trim_start_matches("http://").to_owned();
    let client = client_of(&format!("https://{address}"), "ak_live_n33dle0f0hay");
    let error = client.get_me().send().await.unwrap_err();
    let expected = format!(
        "could not connect to {address}: the server does not support TLS on this port; check the port"
    );
    assert!(error.to_string().contains(&expected), "{error}");
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_proxy_of_ones_own_http_client_is_told_from_the_server() {
    let proxy =
        raw_server::answer_with(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let proxy = proxy.replace("http://", "http://user:s3cret@");
    let proxy = reqwest::Proxy::all(proxy).expect("a proxy");
    let harness = Harness::with(|builder| builder.quotas(Quotas::off()).tls()).await;
    let http = trusting_through(harness.ca_pem().expect("TLS"), Some(proxy));
    let builder = one_attempt("https://api.example.com", harness.api_key()).http_client(http);
    let error = builder
        .build()
        .expect("a client")
        .get_me()
        .send()
        .await
        .unwrap_err();
    let line = error.to_string();
    let expected = "could not connect to api.example.com:443 through the proxy of the HTTP client in use: \
                    the proxy requires a user name and password (407)";
    assert!(line.contains(expected), "{line}");
    assert!(!format!("{line} {error:?}").contains("s3cret"), "{error:?}");
}
