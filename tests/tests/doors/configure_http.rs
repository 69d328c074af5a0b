//! Settings of the HTTP client that a caller changes: what they reach, and which rules they cannot undo.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use allo_client::{Client, Outcome};
use allo_sandbox::Quotas;
use tests::harness::{Harness, one_attempt};
use tests::raw_server;

fn following(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    http.redirect(reqwest::redirect::Policy::limited(5))
}

#[tokio::test]
async fn no_redirect_is_followed_whatever_is_configured() {
    let harness = Harness::start().await;
    let to = [("location", "/v2/api/users")];
    harness
        .control
        .respond_once("getMe", 307, &to, String::new())
        .unwrap();
    let client = harness.client_with(|builder| builder.configure_http(following));
    let error = client.get_me().send().await.unwrap_err();
    assert_eq!(error.status(), Some(307), "{error}");
    assert_eq!(harness.take_requests().len(), 1);
}

#[tokio::test]
async fn unencrypted_requests_go_through_no_proxy() {
    let harness = Harness::start().await;
    let nobody = raw_server::nobody().await;
    let client = harness.client_with(|builder| {
        builder.configure_http(move |http| {
            http.proxy(reqwest::Proxy::all(nobody.as_str()).expect("a proxy"))
        })
    });
    client.get_me().send().await.unwrap();
}

#[tokio::test]
async fn a_configured_proxy_is_used_for_https() {
    let proxy = raw_server::answer_with(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let proxy = proxy.await;
    let builder = one_attempt("https://api.example.com", "ak_live_n33dle0f0hay");
    let client = builder.configure_http(move |http| {
        http.proxy(reqwest::Proxy::all(proxy.as_str()).expect("a proxy"))
    });
    let error = client.build().unwrap().get_me().send().await.unwrap_err();
    let line = error.to_string();
    assert!(
        line.contains("through the proxy of the HTTP client in use"),
        "{line}"
    );
    assert_eq!(error.outcome(), &Outcome::NotExecuted);
}

#[tokio::test]
async fn a_further_authority_is_trusted_and_certificates_are_checked_all_the_same() {
    let harness = Harness::with(|builder| builder.quotas(Quotas::off()).tls()).await;
    let authority = harness.ca_pem().expect("TLS").to_owned();
    let careless = harness.client_with(|builder| {
        builder.configure_http(|http| {
            http.tls_danger_accept_invalid_certs(true)
                .tls_danger_accept_invalid_hostnames(true)
        })
    });
    let error = careless.get_me().send().await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(harness.take_requests().is_empty());
    let client = harness.client_with(|builder| {
        builder.root_certificates(authority).configure_http(|http| {
            http.tls_danger_accept_invalid_certs(false)
                .pool_max_idle_per_host(1)
        })
    });
    client.get_me().send().await.unwrap();
    assert_eq!(harness.take_requests().len(), 1);
}

#[test]
fn it_is_called_for_each_runtime() {
    let server = tokio::runtime::Runtime::new().unwrap();
    let harness = server.block_on(Harness::start());
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    let client = harness.client_with(|builder| {
        builder.configure_http(move |http| {
            seen.fetch_add(1, Ordering::Relaxed);
            // Timeouts of attempts are ours, and so are those of recordings.
            http.timeout(Duration::from_nanos(1))
        })
    });
    for _ in 0..2 {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(async { client.get_me().send().await.unwrap() });
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let path = harness.control.add_recording([7; 1000]);
    let url = format!("{}{path}", harness.base_url());
    let mut audio = Vec::new();
    let written = server.block_on(client.recording(url).write_to(&mut audio));
    assert_eq!(written.unwrap().bytes, 1000);
}

#[test]
fn settings_without_effect_and_texts_that_are_no_certificates_are_refused() {
    let local = || {
        Client::builder()
            .api_key("ak_test_1")
            .base_url("http://localhost:9")
    };
    let https = || local().base_url("https://api.example.com");
    let http = || {
        let builder = reqwest::Client::builder().tls_backend_preconfigured(tls());
        builder.build().unwrap()
    };
    let offline = || {
        allo_client::http_transport::transport_fn(|_| async {
            Err(allo_client::http_transport::TransportFailure::refused(
                "offline",
            ))
        })
    };
    let table = [
        (
            local().http_client(http()).configure_http(|http| http),
            "configure_http",
        ),
        (
            local().http_client(http()).root_certificates("x"),
            "root_certificates",
        ),
        (
            local().transport(offline()).configure_http(|http| http),
            "configure_http",
        ),
        (
            local().transport(offline()).http_client(http()),
            "http_client",
        ),
        (https().root_certificates("no PEM"), "root_certificates"),
        (https().root_certificates(""), "root_certificates"),
        (
            https()
                .root_certificates("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
            "root_certificates",
        ),
    ];
    for (builder, param) in table {
        let error = builder.build().unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert_eq!(error.param(), Some(param), "{error}");
    }
}

/// Trusts nobody.
fn tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
