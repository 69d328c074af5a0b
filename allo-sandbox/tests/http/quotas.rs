//! Quotas and their headers, with paused time.

use std::time::Duration;

use allo_sandbox::{KeySpec, Quotas};
use serde_json::json;

use crate::api::{Api, ApiResponse, CAMILLE, CURRENT};

/// The start time of the sandbox in Unix seconds.
const START_SECONDS: u64 = 1_772_440_200;

async fn start() -> Api {
    Api::with(|builder| builder.quotas(Quotas::standard())).await
}

fn numbers(answer: &ApiResponse) -> [Option<u64>; 3] {
    ["limit", "remaining", "reset"].map(|name| {
        let value = answer.header(&format!("x-ratelimit-{name}"));
        value.and_then(|value| value.parse().ok())
    })
}

#[tokio::test(start_paused = true)]
async fn twenty_reads_and_five_writes_a_second() {
    let api = start().await;
    for remaining in (0..20).rev() {
        let answer = api.get("/v2/api/me").await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            numbers(&answer),
            [Some(20), Some(remaining), Some(START_SECONDS + 1)]
        );
    }
    for remaining in (0..5).rev() {
        let answer = api.patch(&json!({})).await;
        assert_eq!(
            numbers(&answer),
            [Some(5), Some(remaining), Some(START_SECONDS + 1)]
        );
    }
    let refused = api.get("/v2/api/me").await;
    assert_eq!(
        numbers(&refused),
        [Some(20), Some(0), Some(START_SECONDS + 1)]
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(
        refused.error(429, "RATE_LIMIT_EXCEEDED")["retry_after_seconds"],
        1
    );
    api.patch(&json!({ "name": "late" }))
        .await
        .error(429, "RATE_LIMIT_EXCEEDED");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(api.get("/v2/api/me").await.status, 200);
    assert_eq!(api.patch(&json!({})).await.data()["name"], json!(null));
}

#[tokio::test(start_paused = true)]
async fn quotas_are_per_key_and_count_all_errors() {
    let mut api = start().await;
    for _ in 0..5 {
        api.patch(&json!({ "name": 1 }))
            .await
            .error(400, "INVALID_REQUEST_BODY");
    }
    api.patch(&json!({}))
        .await
        .error(429, "RATE_LIMIT_EXCEEDED");
    api.use_key(KeySpec::new(CAMILLE));
    api.patch(&json!({})).await.data();
}

#[tokio::test(start_paused = true)]
async fn answers_without_a_known_key_show_an_untouched_quota() {
    let api = start().await;
    let answer = api.anonymous("POST", CURRENT).send().await;
    answer.error(401, "UNAUTHORIZED");
    assert_eq!(
        numbers(&answer),
        [Some(5), Some(5), Some(START_SECONDS + 1)]
    );
}

#[tokio::test]
async fn disabled_quotas_send_no_headers() {
    let api = Api::start().await;
    for _ in 0..30 {
        let answer = api.get("/v2/api/me").await;
        assert_eq!((answer.status, numbers(&answer)), (200, [None; 3]));
    }
}
