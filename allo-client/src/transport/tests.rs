//! The retry loop as a whole, with scripted responses and virtual time: its events, and what
//! dropping it leaks. Its rules are tested in `timeline_tests`; its logs are tested in another
//! crate, in a process with one subscriber, because `tracing` caches interest globally.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::timeline_tests::row;
use super::timeline_tests::script::Script;
use super::*;
use crate::rate_limit::PaceRequest;
use crate::rate_limit::Priority;

/// A server with these responses.
fn script(row: &str) -> Script {
    let rows = row::read(&format!("{row} | | executed"));
    Script::new(&rows[0], 7)
}

async fn send(script: &Script) -> Result<Success, Error> {
    send_over(script, &script.context, &script.prepared).await
}

#[tokio::test(start_paused = true)]
async fn the_hook_sees_every_attempt() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut script = script("write | lost; 429 v2:RATE_LIMIT_EXCEEDED retry-after:2; 201 replayed");
    let events = seen.clone();
    script.context.policy.on_attempt = Some(Hook::new(move |event: &AttemptEvent| {
        events.lock().unwrap().push(event.clone());
    }));
    let success = send(&script).await.unwrap();
    assert_eq!(success.meta.attempts, 3);
    let seen = seen.lock().unwrap();
    let told: Vec<_> = seen
        .iter()
        .map(|event| (event.attempt, event.status, event.error, event.will_retry))
        .collect();
    let expected = [
        (1, None, Some("broken"), true),
        (2, Some(429), Some("status"), true),
        (3, Some(201), None, false),
    ];
    assert_eq!(told, expected);
    let waits = script.waits();
    for (event, wait) in seen.iter().zip(&waits) {
        assert_eq!(event.operation, "appendDialingQueueNumbers");
        let told = event.wait.unwrap();
        assert!(*wait >= told && *wait <= told + Duration::from_millis(1));
        assert!((10..12).contains(&event.elapsed.as_millis()));
    }
    assert_eq!(
        seen[1].code,
        Some(crate::error::code::ErrorCode::RateLimitExceeded)
    );
}

/// Polls a call this many times, a tenth of a second apart, and drops it; returns whether it ended
/// before.
async fn drop_after(polls: u32, script: &Script) -> bool {
    let mut call = Box::pin(send(script));
    for _ in 0..polls {
        let polled = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context)));
        if polled.await.is_ready() {
            return true;
        }
        sleep(Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_after_any_number_of_polls_holds_nobody_up() {
    for polls in 0.. {
        // One slot per second: a leaked one would block all others.
        let script = script("write paced=1 slow=0.25 | 503; lost; 429; 201");
        let over = drop_after(polls, &script).await;
        // Long enough for a request in flight and for a pause.
        sleep(Duration::from_secs(3)).await;
        let start = Instant::now();
        let place = script.context.pacer.acquire(PaceRequest {
            operation: script.prepared.operation,
            priority: Priority::Bulk,
            is_retry: false,
            max_wait: None,
        });
        drop(place.await.unwrap());
        assert_eq!(Instant::now(), start, "dropped after {polls} polls");
        if over {
            assert!(polls > 20, "it was over after {polls} polls already");
            return;
        }
    }
}
