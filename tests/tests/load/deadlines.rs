//! A call that cannot be served in time fails at once, and no call waits for a future that is not
//! polled.

use std::time::Duration;

use allo_client::{Client, Error};
use allo_sandbox::Quotas;
use futures_util::StreamExt;
use futures_util::stream;
use tests::harness::{Harness, numbers};
use tests::virtual_time::{StillTime, tick, ticking};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::SECOND;

async fn under_quotas() -> Harness {
    Harness::with(|builder| builder.quotas(Quotas::standard())).await
}

/// This many concurrent calls; returns those that failed, and the duration.
async fn at_once(client: &Client, count: usize) -> Vec<(Duration, Result<(), Error>)> {
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let call = client.get_me();
        calls.spawn(async move {
            let answer = call.send().await.map(drop);
            (start.elapsed(), answer)
        });
    }
    let mut ended = Vec::new();
    while !calls.is_empty() {
        tick().await;
        while let Some(one) = calls.try_join_next() {
            ended.push(one.expect("no panic"));
        }
    }
    ended
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_served_in_time_is_told_at_once_and_when() {
    let _still = StillTime::begin();
    let harness = under_quotas().await;
    let client = harness.client_with(|builder| builder.deadline(SECOND * 2));
    let ended = at_once(&client, 400).await;
    let (done, failed): (Vec<_>, Vec<_>) = ended.iter().partition(|(_, end)| end.is_ok());
    println!(
        "400 calls within 2 s: {} done, {} told at once",
        done.len(),
        failed.len()
    );
    assert!((38..=40).contains(&done.len()), "{} done", done.len());
    for (after, end) in failed {
        let error = end.as_ref().unwrap_err();
        assert!(*after < Duration::from_millis(50), "{after:?}: {error}");
        assert!(error.is_deadline() && error.attempts() == 0, "{error}");
        let when = error.retry_after().expect("a wait");
        assert!((SECOND * 2..SECOND * 3).contains(&when), "{when:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_wait_than_may() {
    let _still = StillTime::begin();
    let harness = under_quotas().await;
    let client = harness.client_with(|builder| builder.max_waiting_calls(10));
    let ended = at_once(&client, 50).await;
    let failed: Vec<_> = ended.iter().filter(|(_, end)| end.is_err()).collect();
    assert_eq!(failed.len(), 20);
    for (after, end) in failed {
        let error = end.as_ref().unwrap_err();
        assert!(*after < Duration::from_millis(50), "{after:?}: {error}");
        assert!(!error.is_deadline() && error.attempts() == 0);
        assert!(error.to_string().contains("max_waiting_calls"), "{error}");
        assert!(error.retry_after().is_some_and(|wait| wait < SECOND * 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_fetched_ahead_and_not_polled_holds_nobody_up() {
    let harness = under_quotas().await;
    for part in numbers(400).chunks(100) {
        let append = harness.client.append_dialing_queue_numbers(part.to_vec());
        append.send().await.unwrap();
    }
    let client = harness.client_with(|builder| builder);
    harness.control.clear_log();
    let start = Instant::now();
    ticking(async move {
        let mut items = client
            .get_current_dialing_queue()
            .size(10)
            .items()
            .prefetch(1);
        let mut count = 0;
        while items.try_next().await.unwrap().is_some() {
            client.list_users().send().await.unwrap();
            count += 1;
        }
        assert_eq!(count, 400);
    })
    .await;
    let (took, requests) = (start.elapsed(), harness.take_requests().len());
    println!("{requests} reads, one after another, in {took:.2?}");
    assert_eq!(requests, 440);
    // 21 whole seconds between 22 windows of twenty; at most 440 windows of 20 ms in between.
    assert!(took <= SECOND * 22, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_in_a_buffer_that_is_not_polled_hold_nobody_up() {
    let harness = under_quotas().await;
    let client = harness.client_with(|builder| builder);
    let start = Instant::now();
    ticking(async move {
        let write = |client: Client| async move {
            let reset = client.reset_current_dialing_queue();
            reset.send().await.map(drop)
        };
        let calls = stream::iter(0..50).map(|_| write(client.clone()));
        let mut done = calls.buffer_unordered(10);
        while let Some(one) = done.next().await {
            one.unwrap();
            write(client.clone()).await.unwrap();
        }
    })
    .await;
    let took = start.elapsed();
    println!("100 writes, half of them in a buffer, in {took:.2?}");
    assert!(took <= SECOND * 21, "{took:?}");
}
