//! The loop as a whole, over scripted answers and virtual time: what can be
//! watched of it, and what dropping it leaves behind. Its rules are tested in
//! `timeline_tests`.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing_subscriber::fmt::format::FmtSpan;

use super::timeline_tests::row;
use super::timeline_tests::script::Script;
use super::*;

/// A server that answers like this.
fn script(row: &str) -> Script {
    let rows = row::read(&format!("{row} | | executed"));
    Script::new(&rows[0], 7)
}

async fn send(script: &Script) -> Result<Success, Error> {
    send_over(script, &script.engine, &script.prepared).await
}

#[tokio::test(start_paused = true)]
async fn the_hook_sees_every_attempt() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut script = script("write | lost; 429 v2:RATE_LIMIT_EXCEEDED retry-after:2; 201 replayed");
    let events = seen.clone();
    script.engine.policy.on_attempt = Some(Hook::new(move |event: &AttemptEvent| {
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
    assert_eq!(seen[1].code, Some(crate::ErrorCode::RateLimitExceeded));
}

/// Text that a subscriber wrote.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a call that is answered like this writes, with every level on.
async fn logged(row: &str) -> String {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut script = script(row);
    script.prepared.query = "email=marie%40example.com".to_owned();
    script.prepared.path = "/v2/api/users/usr-personal".to_owned();
    script.prepared.body = Some(b"Larch Street".to_vec());
    let key = script.prepared.key.clone();
    let _ = send(&script).await;
    let text = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    let key = key.map_or("no key", |key| key.as_str().to_owned().leak());
    for secret in ["s3cret", "marie", "personal", "Larch", key] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    text
}

#[tokio::test(start_paused = true)]
async fn a_call_is_one_span_and_each_attempt_one_event() {
    let text =
        logged("write | 503 v2:INTERNAL_SERVER_ERROR; 201 replayed x-request-id:req-1").await;
    let lines: Vec<_> = text.lines().collect();
    let [failed, succeeded, closed] = lines[..] else {
        panic!("{text}");
    };
    for (line, words) in [
        (
            failed,
            vec![
                "INFO",
                "will be repeated",
                "http.request.resend_count=0",
                "http.response.status_code=503",
            ],
        ),
        (
            failed,
            vec![
                "error.type=\"503\"",
                "allo.error_code=\"INTERNAL_SERVER_ERROR\"",
                "allo.wait_ms=",
            ],
        ),
        (
            succeeded,
            vec!["DEBUG", "attempt succeeded", "http.request.resend_count=1"],
        ),
        (
            closed,
            vec![
                "allo.call{",
                "otel.kind=\"client\"",
                "otel.name=\"appendDialingQueueNumbers\"",
            ],
        ),
        (
            closed,
            vec![
                "http.request.method=\"POST\"",
                "url.template=\"/v2/api/",
                "server.address=\"localhost\"",
            ],
        ),
        (
            closed,
            vec![
                "server.port=9",
                "http.request.resend_count=1",
                "http.response.status_code=201",
            ],
        ),
        (
            closed,
            vec!["allo.request_id=\"req-1\"", "allo.outcome=\"replayed\""],
        ),
    ] {
        for word in words {
            assert!(line.contains(word), "{word} in {line}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_failed_call_says_how_it_failed() {
    let text = logged("write attempts=1 | lost").await;
    for words in [
        "WARN",
        "error.type=\"broken\"",
        "allo.outcome=\"unknown\"",
        "otel.status_code=\"ERROR\"",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let text = logged("read | 404 v2:MEMBER_NOT_FOUND").await;
    let close = text.lines().last().unwrap();
    assert!(close.contains("error.type=\"404\""), "{close}");
    for words in [
        "error.type=\"404\"",
        "allo.error_code=\"MEMBER_NOT_FOUND\"",
        "allo.outcome=\"not_executed\"",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

/// Polls a call so often, a tenth of a second apart, and drops it; whether it was
/// over before.
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
        // One place a second: a leaked one would hold up everybody for ever.
        let script = script("write paced=1 slow=0.25 | 503; lost; 429; 201");
        let over = drop_after(polls, &script).await;
        // Long enough for a request that was under way, and for a pause.
        sleep(Duration::from_secs(3)).await;
        let start = Instant::now();
        let place = script.engine.pacer.acquire(PaceRequest {
            operation: script.prepared.operation,
            priority: Priority::Bulk,
            is_retry: false,
            patience: None,
        });
        drop(place.await.unwrap());
        assert_eq!(Instant::now(), start, "dropped after {polls} polls");
        if over {
            assert!(polls > 20, "it was over after {polls} polls already");
            return;
        }
    }
}
