//! A request that breaks a documented limit is refused before it is sent, by an error that names the field and the
//! limit; a valid one is sent unchanged.

use std::future::Future;
use std::time::Duration;

use allo_client::ids::DealId;
use allo_client::types::{DoNotDisturb, NewQueueNumber};
use allo_client::{ApiKey, Client, Error, Nullable, Outcome, Teammate};
use serde_json::{Value, json};
use tests::harness::{Harness, numbers};

/// Runs a call that must be refused by the client, with a message about a field.
async fn refused<T: std::fmt::Debug>(
    harness: &Harness,
    call: impl Future<Output = Result<T, Error>>,
    field: &str,
    message: &str,
) {
    let error = call.await.expect_err(message);
    assert!(error.is_invalid_request(), "{error}");
    assert_eq!((error.param(), error.message()), (Some(field), message));
    let operation = error.operation().expect("an operation");
    assert_eq!(
        error.to_string(),
        format!("{operation} was not sent: {message}")
    );
    assert_eq!((error.status(), error.attempts()), (None, 0));
    assert_eq!(*error.outcome(), Outcome::NotSent);
    assert!(harness.take_requests().is_empty(), "{message}");
}

#[tokio::test]
async fn numbers_outside_their_range_are_refused() {
    let harness = Harness::start().await;
    let read = || harness.client.get_current_dialing_queue();
    for (size, message) in [
        (0, "size must be between 1 and 100, got 0"),
        (101, "size must be between 1 and 100, got 101"),
        (
            u64::MAX,
            "size must be between 1 and 100, got 18446744073709551615",
        ),
    ] {
        refused(&harness, read().size(size).send(), "size", message).await;
    }
    let message = "page must be at least 1, got 0";
    refused(&harness, read().page(0).send(), "page", message).await;
    for size in [1, 100] {
        read().size(size).send().await.unwrap();
    }
    read().page(u64::MAX).send().await.unwrap();
}

#[tokio::test]
async fn every_broken_limit_is_named_at_once() {
    let harness = Harness::start().await;
    let read = harness.client.get_current_dialing_queue().page(0).size(101);
    let error = read.send().await.unwrap_err();
    let fields: Vec<_> = error
        .field_errors()
        .iter()
        .map(|broken| broken.field())
        .collect();
    assert_eq!(fields, [Some("page"), Some("size")]);
    assert!(error.message().contains("; size must be"), "{error}");
}

#[tokio::test]
async fn streams_are_held_to_the_limits_too() {
    let harness = Harness::start().await;
    let mut items = harness.client.get_current_dialing_queue().size(0).items();
    let message = "size must be between 1 and 100, got 0";
    refused(&harness, items.try_next(), "size", message).await;
    assert!(
        items.try_next().await.unwrap().is_none(),
        "it cannot get better"
    );
}

#[tokio::test]
async fn an_append_of_nothing_is_refused() {
    let harness = Harness::start().await;
    let nothing = harness.client.append_dialing_queue_numbers(numbers(0));
    let message = "numbers must have at least 1 item, got 0";
    refused(&harness, nothing.send(), "numbers", message).await;
}

#[tokio::test]
async fn names_are_counted_in_characters() {
    let harness = Harness::start().await;
    let reset = || harness.client.reset_current_dialing_queue();
    let upsert = || harness.client.upsert_current_dialing_queue();
    let long = "n".repeat(256);
    let message = "name must be at most 255 characters, got 256";
    refused(&harness, reset().name(&long).send(), "name", message).await;
    let message = "name must be between 1 and 255 characters, got 256";
    refused(&harness, upsert().name(&long).send(), "name", message).await;
    let message = "name must be between 1 and 255 characters, got 0";
    refused(&harness, upsert().name("").send(), "name", message).await;
    for name in ["é".repeat(255), "\u{1f4de}".repeat(255), "n".to_owned()] {
        let made = reset().name(&name).send().await.unwrap();
        assert_eq!(made.body().name.as_deref(), Some(name.as_str()));
        upsert().name(name).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_malformed_address_is_refused_without_being_repeated() {
    let harness = Harness::start().await;
    let message = "email of the teammate is not a valid e-mail address";
    for address in [
        "marie",
        "marie@",
        "@example.com",
        "ma rie@example.com",
        "a@b@example.com",
    ] {
        let marie = Teammate::email(address);
        let client = &harness.client;
        let read = client.get_current_dialing_queue().for_teammate(&marie);
        refused(&harness, read.send(), "email", message).await;
        let append = client
            .append_dialing_queue_numbers(numbers(1))
            .for_teammate(&marie);
        refused(&harness, append.send(), "email", message).await;
        let clear = client.clear_dialing_queue_numbers().for_teammate(&marie);
        refused(&harness, clear.unassigned(true).send(), "email", message).await;
    }
}

#[tokio::test]
async fn a_path_segment_that_leads_elsewhere_is_refused() {
    let harness = Harness::start().await;
    let get = |id: &str| harness.client.get_user(id);
    refused(&harness, get("").send(), "id", "id must not be empty").await;
    let unset = harness.client.get_deal(DealId::from(String::new()));
    refused(&harness, unset.send(), "id", "id must not be empty").await;
    for id in [".", ".."] {
        refused(&harness, get(id).send(), "id", "id must not be `.` or `..`").await;
    }
}

#[tokio::test]
async fn options_that_cannot_be_sent_are_refused() {
    let harness = Harness::start().await;
    let reset = || harness.client.reset_current_dialing_queue();
    let long = "k".repeat(256);
    let table = [
        (
            "a b",
            "the idempotency key may hold only visible ASCII characters",
        ),
        ("", "the idempotency key is empty"),
        (&long, "the idempotency key is longer than 255 characters"),
    ];
    for (key, message) in table {
        let call = reset().options(|o| o.with_idempotency_key(key)).send();
        refused(&harness, call, "idempotency_key", message).await;
    }
    let message = "the request id must be 1 to 128 visible ASCII characters";
    for id in ["", "a\r\nx-admin: 1", "é", &long] {
        let call = reset().options(|o| o.with_request_id(id)).send();
        refused(&harness, call, "request_id", message).await;
    }
    let message = "timeout must be greater than zero";
    let call = reset().options(|o| o.with_timeout(Duration::ZERO)).send();
    refused(&harness, call, "timeout", message).await;
    let message = "an idempotency key is not allowed for an operation that only reads";
    let read = harness.client.get_me();
    let call = read.options(|o| o.with_idempotency_key("k")).send();
    refused(&harness, call, "idempotency_key", message).await;
}

#[test]
fn what_cannot_be_a_key_is_refused() {
    let table = [
        ("", "is empty"),
        ("ak_live_\u{0}1", "control character"),
        ("ak_live_1\n", "line break"),
        ("ak_live_\r\nx: y", "line break"),
        ("ak_live_\u{7f}", "control character"),
        ("Api-Key ak_live_1", "a space"),
        ("ak_live_é", "outside ASCII"),
    ];
    for (key, expected) in table {
        for error in [Client::new(key).unwrap_err(), ApiKey::new(key).unwrap_err()] {
            assert!(error.is_configuration(), "{error}");
            assert_eq!(error.param(), Some("api_key"));
            assert!(error.message().contains(expected), "{error}");
            assert!(error.suggestion().is_some());
            assert_eq!(*error.outcome(), Outcome::NotSent);
        }
    }
    let error = Client::builder().build().unwrap_err();
    assert_eq!(error.param(), Some("api_key"));
}

#[test]
fn a_key_is_sent_only_where_nobody_can_listen() {
    let build = |url: &str| Client::builder().api_key("ak_live_1").base_url(url).build();
    for url in [
        "https://example.com",
        "https://example.com:8443/gateway/",
        "http://localhost",
        "http://LOCALHOST:8080/",
        "http://127.0.0.1:1",
        "http://127.200.0.9",
        "http://[::1]:8080",
    ] {
        let client = build(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert!(!client.base_url().ends_with('/'));
    }
    for (url, why) in [
        ("http://example.com", "https"),
        ("http://localhost.example.com", "https"),
        ("http://127.0.0.1.example.com", "https"),
        ("http://192.168.0.1", "https"),
        ("http://0.0.0.0", "https"),
        ("http://[::2]", "https"),
        ("ftp://localhost", "https://"),
        ("ws://localhost", "https://"),
        ("https://marie:sesame@example.com", "user name or password"),
        ("https://marie@example.com", "user name or password"),
        ("https://example.com/?key=1", "query"),
        ("https://example.com/#top", "fragment"),
        ("example.com", "not a URL"),
        ("", "not a URL"),
    ] {
        let error = build(url)
            .err()
            .unwrap_or_else(|| panic!("{url} was taken"));
        assert!(error.is_configuration(), "{error}");
        assert_eq!(error.param(), Some("base_url"));
        assert!(error.message().contains(why), "{url}: {error}");
        assert!(!error.to_string().contains("sesame"), "{error}");
    }
}

/// The body of the request.
async fn sent<T: std::fmt::Debug>(
    harness: &Harness,
    call: impl Future<Output = Result<T, Error>>,
) -> (Option<Value>, Option<String>) {
    call.await.unwrap();
    let request = harness.take_request();
    let kind = request.header("content-type").map(str::to_owned);
    (request.body, kind)
}

#[tokio::test]
async fn a_body_says_what_was_set_and_no_more() {
    let harness = Harness::start().await;
    let reset = || harness.client.reset_current_dialing_queue();
    let upsert = || harness.client.upsert_current_dialing_queue();
    let json_type = || Some("application/json".to_owned());
    assert_eq!(sent(&harness, reset().send()).await, (None, None));
    let me = reset().for_teammate(Teammate::Me);
    assert_eq!(sent(&harness, me.send()).await, (None, None));
    assert_eq!(
        sent(&harness, upsert().send()).await,
        (Some(json!({})), json_type())
    );
    for (call, body) in [
        (reset().name(Nullable::Null), json!({"name": null})),
        (reset().maybe_name(None::<&str>), Value::Null),
        (reset().name(""), json!({"name": ""})),
        (reset().name("Calls"), json!({"name": "Calls"})),
        (reset().name("Calls").name(Nullable::Absent), Value::Null),
    ] {
        let expected = (!body.is_null()).then_some(body);
        assert_eq!(sent(&harness, call.send()).await.0, expected);
    }
    let cleared = upsert()
        .voicemail_handling(Nullable::Null)
        .do_not_disturb(DoNotDisturb::Disabled);
    let expected = json!({"voicemail_handling": null, "do_not_disturb": "DISABLED"});
    assert_eq!(
        sent(&harness, cleared.send()).await,
        (Some(expected), json_type())
    );
    let lead = NewQueueNumber::new("+12125550190")
        .name(Nullable::Null)
        .emails(Vec::new())
        .addresses(vec!["1 Example Street".to_owned()]);
    let append = harness.client.append_dialing_queue_numbers([lead]);
    let expected = json!({"numbers": [{
        "number": "+12125550190", "name": null, "emails": [], "addresses": ["1 Example Street"],
    }]});
    assert_eq!(
        sent(&harness, append.send()).await,
        (Some(expected), json_type())
    );
    let read = harness.client.get_me();
    assert_eq!(sent(&harness, read.send()).await, (None, None));
}
