//! The transport against the sandbox: what the scripted timelines of the client cannot test, because it needs a real
//! server and a real HTTP client.

use std::sync::{Arc, Mutex};

use allo_client::{Limits, Outcome, Pacing, Priority};
use allo_sandbox::Quotas;
use futures_util::future::join_all;
use serde_json::json;
use tests::harness::Harness;
use tests::virtual_time::ticking;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn a_failure_that_passes_is_not_seen_by_the_caller_and_keeps_its_key() {
    let harness = Harness::start().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let events = seen.clone();
    let client = harness.client_with(|builder| {
        builder.on_attempt(move |attempt| events.lock().unwrap().push(attempt.status))
    });
    let control = &harness.control;
    control
        .respond_once("resetCurrentDialingQueue", 503, &[], "<html>".to_owned())
        .unwrap();
    let answer = client.reset_current_dialing_queue().send().await.unwrap();
    assert_eq!(
        (answer.attempts(), answer.outcome()),
        (2, Outcome::Executed)
    );
    assert_eq!(*seen.lock().unwrap(), [Some(503), Some(answer.status())]);
    let keys: Vec<_> = harness
        .take_requests()
        .into_iter()
        .map(|request| {
            request
                .headers
                .into_iter()
                .find(|(name, _)| name == "idempotency-key")
        })
        .collect();
    assert!(keys.len() == 2 && keys[0].is_some() && keys[0] == keys[1]);
}

#[tokio::test]
async fn a_write_that_is_sent_again_with_its_key_is_replayed() {
    let harness = Harness::start().await;
    let push = harness
        .client
        .append_dialing_queue_numbers(["+12125550101"]);
    let push = push.options(|o| o.with_idempotency_key("monday-1"));
    let first = push.clone().send().await.unwrap();
    let second = push.send().await.unwrap();
    assert_eq!(
        (first.outcome(), second.outcome()),
        (Outcome::Executed, Outcome::Replayed)
    );
    assert!(second.is_replayed());
}

#[tokio::test]
async fn an_error_inside_a_200_is_an_error() {
    let harness = Harness::start().await;
    let body = json!({"error": {"code": "ASSIGNEE_NOT_FOUND", "message": "No such teammate."}});
    harness
        .control
        .respond_once("resetCurrentDialingQueue", 200, &JSON, body.to_string())
        .unwrap();
    let error = harness
        .client
        .reset_current_dialing_queue()
        .send()
        .await
        .unwrap_err();
    assert!(error.is_status() && error.is_not_found() && error.is_assignee_not_found());
    assert_eq!(
        (error.status(), error.outcome()),
        (Some(200), &Outcome::NotExecuted)
    );
}

#[tokio::test]
async fn limits_are_learnt_from_the_service() {
    let harness = Harness::with(|builder| builder.quotas(Quotas::per_second(50, 9))).await;
    let client = harness.client_with(|builder| builder.pacing(Pacing::limits(1, 1)));
    let limits = client.learn_limits().await.unwrap();
    assert_eq!((limits.reads, limits.writes), (50, 9));
    // All calls at once: with the former limits they would take half a minute.
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let bulk = client.get_me().options(|o| o.with_priority(Priority::Bulk));
            tokio::spawn(async move { bulk.send().await.unwrap().quota() })
        })
        .collect();
    let start = std::time::Instant::now();
    for call in calls {
        let quota = call.await.unwrap();
        assert_eq!(quota.limit, Some(50));
        assert!(quota.remaining.is_some() && quota.reset.is_some());
    }
    assert!(start.elapsed().as_secs() < 5);
    assert_ne!(limits, Limits::default());
}

/// In virtual time: on a busy machine requests arrive late, and an occasional 429 is not a bug.
#[tokio::test(start_paused = true)]
async fn many_clones_keep_to_the_quota_together() {
    let harness = Harness::with(|builder| builder.quotas(Quotas::standard())).await;
    let client = harness.client_with(|builder| builder);
    let attempts = ticking(async move {
        let calls = (0..45).map(|_| {
            let client = client.clone();
            async move { client.get_me().send().await.unwrap().attempts() }
        });
        join_all(calls).await
    });
    assert_eq!(attempts.await, [1; 45]);
    let requests = harness.take_requests();
    assert!(
        requests.iter().all(|request| request.status == 200),
        "a 429 was answered"
    );
}

#[tokio::test]
async fn an_http_client_that_follows_redirects_is_found_out() {
    let harness = Harness::start().await;
    let other = Harness::start().await;
    let to = format!("{}/v2/api/me", other.base_url());
    harness
        .control
        .respond_once("getMe", 302, &[("location", &to)], String::new())
        .unwrap();
    let http = reqwest_of_the_caller();
    let client = harness.client_with(|builder| builder.http_client(http));
    let error = client.get_me().send().await.unwrap_err();
    assert!(error.is_transport() && error.attempts() == 1, "{error}");
    assert!(
        error.message().contains("the request was redirected"),
        "{error}"
    );
}

/// A runtime that makes no progress while it is not driven.
fn current_thread() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[test]
fn runtimes_that_call_in_turn_do_not_wait_for_each_other() {
    let server = tokio::runtime::Runtime::new().unwrap();
    let harness = server.block_on(Harness::start());
    let client = harness.client_with(|builder| {
        let timeout = std::time::Duration::from_secs(5);
        builder.max_attempts(1).timeout(timeout)
    });
    let callers = [current_thread(), current_thread(), current_thread()];
    // More calls than one window allows, so that they also meet in the queue of the rate limiter.
    let mut put_aside = Vec::new();
    for _ in 0..10 {
        for caller in &callers {
            caller.block_on(async {
                let mut one = Box::pin(client.get_me().send());
                let polled = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(one.as_mut().poll(context))
                });
                if polled.await.is_pending() {
                    put_aside.push(one);
                }
                client.get_me().send().await.unwrap();
            });
        }
    }
    assert!(put_aside.len() > 20);
}

fn reqwest_of_the_caller() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
