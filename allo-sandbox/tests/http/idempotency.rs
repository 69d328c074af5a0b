//! Repeated writes under an idempotency key.

use std::time::Duration;

use allo_sandbox::KeySpec;
use serde_json::json;

use crate::api::{Api, ApiResponse, CAMILLE, CURRENT, NUMBERS};
use crate::telephony;

async fn reset(api: &Api, key: &str) -> ApiResponse {
    api.request("POST", CURRENT)
        .header("idempotency-key", key)
        .send()
        .await
}

fn created(api: &Api) -> usize {
    api.control().queues_created()
}

#[tokio::test]
async fn a_repeated_write_is_replayed_and_not_executed_again() {
    let api = Api::start().await;
    let first = reset(&api, "k").await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = reset(&api, "k").await;
    assert_eq!((again.status, &again.text), (200, &first.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("idempotency-key"), Some("k"));
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    assert_eq!(created(&api), 1);
    let log = api.control().requests();
    let facts: Vec<_> = log
        .iter()
        .map(|entry| (entry.executed, entry.replayed))
        .collect();
    assert_eq!(facts, [(true, false), (false, true)]);
    reset(&api, "k2").await.data();
    reset(&api, "").await.data();
    reset(&api, "").await.data();
    assert_eq!(created(&api), 4);
}

#[tokio::test]
async fn every_kind_of_write_can_be_repeated() {
    let api = Api::start().await;
    api.append(&["+12125550100", "+12125550101"]).await.data();
    let cases = [
        ("PATCH", CURRENT.to_owned(), json!({ "name": "a" })),
        (
            "POST",
            NUMBERS.to_owned(),
            json!({ "numbers": [{ "number": "+12125550102" }] }),
        ),
        ("DELETE", format!("{NUMBERS}?position=0"), json!(null)),
    ];
    for (index, (method, path, body)) in cases.iter().enumerate() {
        for replayed in [None, Some("true")] {
            let request = api
                .request(method, path)
                .header("idempotency-key", &format!("k{index}"));
            let answer = request.json(body).send().await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.header("idempotency-replayed"), replayed, "{method}");
        }
    }
    assert_eq!(api.entries().await.len(), 2);
}

#[tokio::test]
async fn reads_are_never_replayed() {
    let api = Api::start().await;
    for _ in 0..2 {
        let answer = api
            .request("GET", CURRENT)
            .header("idempotency-key", "k")
            .send()
            .await;
        assert_eq!(answer.header("idempotency-replayed"), None);
    }
    reset(&api, "k").await.data();
}

#[tokio::test]
async fn the_body_does_not_matter_but_the_endpoint_does() {
    let api = Api::start().await;
    let first = reset(&api, "k").await;
    let other_body = api
        .request("POST", CURRENT)
        .header("idempotency-key", "k")
        .json(&json!({ "name": "b" }));
    assert_eq!(other_body.send().await.text, first.text);
    let other_method = api
        .request("PATCH", CURRENT)
        .header("idempotency-key", "k")
        .json(&json!({}));
    other_method
        .send()
        .await
        .error(409, "IDEMPOTENCY_KEY_REUSE");
    let other_path = api
        .request("POST", NUMBERS)
        .header("idempotency-key", "k")
        .json(&json!({}));
    other_path.send().await.error(409, "IDEMPOTENCY_KEY_REUSE");
}

#[tokio::test]
async fn an_error_does_not_use_up_the_key() {
    let api = Api::start().await;
    let with = |body| {
        api.request("POST", CURRENT)
            .header("idempotency-key", "k")
            .json(&body)
    };
    with(json!({ "user_id": "usr-0" }))
        .send()
        .await
        .error(404, "ASSIGNEE_NOT_FOUND");
    with(json!({ "name": 7 }))
        .send()
        .await
        .error(400, "INVALID_REQUEST_BODY");
    let elsewhere = api
        .request("PATCH", CURRENT)
        .header("idempotency-key", "k")
        .json(&json!({}));
    assert_eq!(elsewhere.send().await.header("idempotency-replayed"), None);
}

#[tokio::test]
async fn keys_of_different_api_keys_do_not_meet() {
    let mut api = Api::start().await;
    reset(&api, "k").await.data();
    api.use_key(KeySpec::new(CAMILLE));
    reset(&api, "k").await.data();
    assert_eq!(created(&api), 2);
}

#[tokio::test(start_paused = true)]
async fn after_an_hour_the_key_is_new_again() {
    let api = Api::start().await;
    reset(&api, "k").await.data();
    tokio::time::advance(Duration::from_secs(3_599)).await;
    assert_eq!(
        reset(&api, "k").await.header("idempotency-replayed"),
        Some("true")
    );
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(reset(&api, "k").await.header("idempotency-replayed"), None);
    assert_eq!(created(&api), 2);
}

#[tokio::test]
async fn a_concurrent_request_with_the_same_key_is_refused() {
    let api = Api::start().await;
    let hold = api
        .control()
        .hold_next("resetCurrentDialingQueue")
        .expect("an operation");
    let (first, ()) = tokio::join!(reset(&api, "k"), async {
        hold.arrived().await;
        let double = reset(&api, "k").await;
        let error = double.error(409, "OTHER_TRANSACTION_IN_PROGRESS");
        assert!(error["suggestion"].is_string());
        hold.release();
    });
    first.data();
    assert_eq!(
        reset(&api, "k").await.header("idempotency-replayed"),
        Some("true")
    );
    assert_eq!(created(&api), 1);
}

#[tokio::test]
async fn a_write_is_executed_after_the_client_disconnects() {
    let api = Api::start().await;
    let hold = api
        .control()
        .hold_next("resetCurrentDialingQueue")
        .expect("an operation");
    tokio::select! {
        _ = reset(&api, "k") => panic!("it is being held"),
        () = hold.arrived() => (),
    }
    hold.release();
    // The request continues; until it is finished, a second one with its key is told to wait.
    let again = loop {
        let answer = reset(&api, "k").await;
        if answer.status == 200 {
            break answer;
        }
        answer.error(409, "OTHER_TRANSACTION_IN_PROGRESS");
    };
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(created(&api), 1);
}

#[tokio::test]
async fn v1_can_ignore_idempotency_keys() {
    let small = telephony::start().await;
    let api = &small.api;
    let text = json!({ "from": telephony::LINE, "to": telephony::ADA, "message": "Hello" });
    let executed = |api: &Api| api.control().executed().len();
    for (ignores, expected) in [(false, 1), (true, 3), (false, 4)] {
        api.control().ignore_idempotency_keys_in_v1(ignores);
        for _ in 0..2 {
            let request = api.request("POST", "/v1/api/sms");
            let key = format!("k-{expected}");
            let answer = request.header("idempotency-key", &key).json(&text).send();
            assert_eq!(answer.await.status, 200);
        }
        assert_eq!(executed(api), expected, "{ignores}");
    }
    // The second version honours them.
    api.control().ignore_idempotency_keys_in_v1(true);
    reset(api, "k").await;
    reset(api, "k").await;
    assert_eq!(created(api), 1);
}
