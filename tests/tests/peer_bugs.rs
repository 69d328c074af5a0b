//! Known bugs of similar clients, one test each, named after the bug that this client does not have. The test about
//! logs, `bodies_and_whole_answers_are_logged`, is in `logs`, which captures everything that is logged.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allo_client::types::SyncStatus;
use allo_client::{AttemptEvent, Client, OpenEnum, Outcome, Pacing};
use allo_sandbox::{Fault, FaultPlan, Quotas};
use serde_json::{Value, json};
use tests::harness::{Harness, numbers};
use tests::virtual_time::{SmallSteps, StillWhileSending};
use tokio::time::Instant;

const READ: &str = "getCurrentDialingQueue";
const APPEND: &str = "appendDialingQueueNumbers";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// The first requests, this many, meet this fault.
async fn meeting(times: u64, fault: Fault) -> Harness {
    let plan = FaultPlan::new(1).times(times).inject(fault);
    Harness::with(|builder| builder.quotas(Quotas::off()).faults(plan)).await
}

/// A client that retries, with time stopped while it sends.
fn repeating(harness: &Harness) -> Client {
    harness.client_with(|builder| builder.max_attempts(6).pacer(StillWhileSending))
}

/// A page with these positions, as the API sends it.
fn page(positions: &[i64], number: u64, has_more: bool) -> String {
    let lead = |position| json!({"number_to": "+12125550170", "position": position});
    let data: Vec<_> = positions.iter().map(lead).collect();
    let pagination = json!({
        "page": number, "size": 2, "total_count": 5, "total_pages": 4, "has_more": has_more,
    });
    json!({"data": data, "pagination": pagination}).to_string()
}

fn script_pages(harness: &Harness, pages: &[&[i64]]) {
    for (number, positions) in (1..).zip(pages) {
        let body = page(positions, number, (number as usize) < pages.len());
        harness
            .control
            .respond_once(READ, 200, &JSON, body)
            .unwrap();
    }
}

async fn positions(harness: &Harness) -> Vec<i64> {
    let mut items = harness.client.get_current_dialing_queue().size(2).items();
    let mut positions = Vec::new();
    while let Some(number) = items.try_next().await.unwrap() {
        positions.push(number.position);
    }
    positions
}

fn asked_pages(harness: &Harness) -> Vec<String> {
    let page = |request: allo_sandbox::LoggedRequest| {
        let found = request.query.into_iter().find(|(name, _)| name == "page");
        found.map_or_else(String::new, |(_, page)| page)
    };
    harness.take_requests().into_iter().map(page).collect()
}

#[tokio::test(start_paused = true)]
async fn a_retry_policy_sleeps_before_the_first_attempt() {
    let harness = meeting(1, Fault::Html(503)).await;
    let client = repeating(&harness);
    let first = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&first);
    let started = Instant::now();
    let watched = harness.client_with(|builder| {
        builder
            .max_attempts(6)
            .pacer(StillWhileSending)
            .on_attempt(move |_| {
                seen.lock().unwrap().get_or_insert(started.elapsed());
            })
    });
    watched
        .append_dialing_queue_numbers(numbers(1))
        .send()
        .await
        .unwrap();
    assert_eq!(*first.lock().unwrap(), Some(Duration::ZERO));
    let started = Instant::now();
    client.get_me().send().await.unwrap();
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn timeouts_are_documented_as_repeated_and_are_not() {
    let harness = meeting(2, Fault::StallBeforeBody(Duration::from_secs(600))).await;
    let _steps = SmallSteps::begin();
    let sorts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sorts);
    let client = harness.client_with(|builder| {
        let builder = builder
            .max_attempts(6)
            .pacing(Pacing::off())
            .timeout(Duration::from_secs(3));
        builder.on_attempt(move |event: &AttemptEvent| seen.lock().unwrap().push(event.error))
    });
    let append = client.append_dialing_queue_numbers(numbers(1));
    let answer = append.send().await.unwrap();
    assert_eq!(
        *sorts.lock().unwrap(),
        [Some("timeout"), Some("timeout"), None]
    );
    assert_eq!(answer.outcome(), Outcome::Replayed);
    assert_eq!(harness.control.executed().len(), 1);
}

#[tokio::test]
async fn an_empty_page_in_the_middle_ends_the_stream() {
    let harness = Harness::start().await;
    script_pages(&harness, &[&[0, 1], &[], &[], &[2, 3]]);
    assert_eq!(positions(&harness).await, [0, 1, 2, 3]);
    assert_eq!(asked_pages(&harness), ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn the_first_page_is_fetched_twice() {
    let harness = Harness::start().await;
    script_pages(&harness, &[&[0, 1], &[2]]);
    assert_eq!(positions(&harness).await, [0, 1, 2]);
    assert_eq!(asked_pages(&harness), ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_with_an_empty_body() {
    for fault in [
        Fault::Html(502),
        Fault::ResetBeforeExecution,
        Fault::HalfBody,
    ] {
        let harness = meeting(2, fault.clone()).await;
        let append = repeating(&harness).append_dialing_queue_numbers(numbers(3));
        let answer = append.send().await.unwrap();
        let sent = harness.take_requests();
        assert_eq!((answer.attempts(), sent.len()), (3, 3), "{fault}");
        for request in &sent {
            assert_eq!(
                request.body.as_ref().unwrap()["numbers"]
                    .as_array()
                    .map(Vec::len),
                Some(3)
            );
            assert_eq!(request.body, sent[0].body);
            for name in ["content-length", "content-type", "idempotency-key"] {
                assert_eq!(request.header(name), sent[0].header(name));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_is_lost_on_a_page_of_html() {
    for status in [502, 503, 504] {
        let harness = meeting(1, Fault::Html(status)).await;
        let error = harness.client.get_me().send().await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(error.is_server_error() && !error.is_decode());
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert!(!error.to_string().contains('<'), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_done_is_reported_as_failed_because_its_answer_cannot_be_read() {
    let harness = meeting(1, Fault::Undecodable201).await;
    let append = repeating(&harness).append_dialing_queue_numbers(numbers(1));
    let error = append.send().await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(201), 1));
    assert_eq!(*error.outcome(), Outcome::Executed);
    assert!(!error.body().is_empty());
    assert!(
        error
            .to_string()
            .contains("the request was executed, do not retry it"),
        "{error}"
    );
    assert_eq!(harness.control.executed().len(), 1);
    assert_eq!(harness.take_requests().len(), 1);
}

/// A second server, and a plan that redirects to it.
fn elsewhere(status: u16) -> (TcpListener, FaultPlan) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let to = format!("http://{}/v2/api/me", listener.local_addr().unwrap());
    (
        listener,
        FaultPlan::new(1).inject(Fault::Redirect { status, to }),
    )
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_another_host_takes_body_key_and_referer_along() {
    for status in [307, 308] {
        let (listener, plan) = elsewhere(status);
        let harness = Harness::with(|builder| builder.quotas(Quotas::off()).faults(plan)).await;
        let append = repeating(&harness).append_dialing_queue_numbers(numbers(1));
        let error = append.send().await.unwrap_err();
        assert_eq!((error.status(), error.attempts()), (Some(status), 1));
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_turns_a_write_into_a_read_and_reports_success() {
    for status in [301, 302] {
        let (listener, plan) = elsewhere(status);
        let harness = Harness::with(|builder| builder.quotas(Quotas::off()).faults(plan)).await;
        let reset = repeating(&harness).reset_current_dialing_queue();
        let error = reset.send().await.unwrap_err();
        assert_eq!((error.status(), error.attempts()), (Some(status), 1));
        assert_ne!(*error.outcome(), Outcome::Executed);
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(harness.take_requests().len(), 1);
        assert!(harness.control.executed().is_empty());
    }
}

#[tokio::test]
async fn one_unknown_value_costs_the_whole_answer() {
    let harness = Harness::start().await;
    let mut body: Value = serde_json::from_str(&page(&[0, 1], 1, false)).unwrap();
    body["data"][1]["sync_status"] = json!("TELEPORTED");
    harness
        .control
        .respond_once(READ, 200, &JSON, body.to_string())
        .unwrap();
    let page = harness
        .client
        .get_current_dialing_queue()
        .send()
        .await
        .unwrap();
    let numbers = &page.body().data;
    assert_eq!((numbers.len(), numbers.malformed().len()), (2, 0));
    let status = numbers[1].sync_status.as_ref().unwrap();
    assert!(matches!(status, SyncStatus::Unrecognized(_)));
    assert_eq!(status.as_str(), "TELEPORTED");
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_is_sent_on_reads() {
    let harness = meeting(2, Fault::Html(503)).await;
    let client = repeating(&harness);
    client.get_current_dialing_queue().send().await.unwrap();
    client.list_users().send().await.unwrap();
    let sent = harness.take_requests();
    assert_eq!(sent.len(), 4);
    assert!(
        sent.iter()
            .all(|request| request.header("idempotency-key").is_none())
    );
    let keyed = client
        .get_me()
        .options(|o| o.with_idempotency_key("k"))
        .send()
        .await;
    assert!(keyed.unwrap_err().is_invalid_request());
    assert!(harness.take_requests().is_empty());
    client
        .append_dialing_queue_numbers(numbers(1))
        .send()
        .await
        .unwrap();
    let write = harness.take_request();
    assert!(write.operation == Some(APPEND) && write.header("idempotency-key").is_some());
}
