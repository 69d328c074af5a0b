//! A call that is dropped at every possible point: it does not delay later calls, and leaves no connection behind on
//! which another call fails.
//!
//! Three writes share one slot per second. The first takes it; the second waits for the next slot and is dropped after
//! a number of polls; the third waits behind it. Time advances in small steps, so times are compared with a tolerance.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use allo_client::{Backoff, Client, Error, Outcome, Pacing, Response};
use allo_sandbox::{Fault, FaultPlan, LoggedRequest, Quotas};
use tests::harness::Harness;
use tests::virtual_time::SmallSteps;
use tokio::time::Instant;

/// The maximum delay of sockets, in the time of the tests.
const TOLERANCE: Duration = Duration::from_millis(100);
/// How long a slot is taken if it is unknown whether the request arrived.
const HELD: Duration = Duration::from_millis(1_505);
/// More polls than any of these calls takes.
const MANY: usize = 2_000;

const DROPPED: &str = "dropped";
const THIRD: &str = "third";

type CallResult = Result<Response<()>, Error>;

async fn append(client: Client, key: &'static str) -> CallResult {
    let append = client.append_dialing_queue_numbers(["+12125550100"]);
    let answer = append.options(|o| o.with_idempotency_key(key)).send().await;
    answer.map(|answer| answer.map(|_| ()))
}

/// Another write, which meets no fault.
async fn reset(client: Client, key: &'static str) -> CallResult {
    let reset = client.reset_current_dialing_queue();
    let answer = reset.options(|o| o.with_idempotency_key(key)).send().await;
    answer.map(|answer| answer.map(|_| ()))
}

/// Polls a call this many times, then drops it. Returns whether it ended before.
async fn drop_after(polls: usize, call: impl Future<Output = CallResult>) -> bool {
    let mut call = Box::pin(call);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            // Dropped between two polls, as by a caller, and not when it is woken.
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// The result of one run.
struct Run {
    /// Whether the second call ended before it was dropped.
    ended: bool,
    /// When it was dropped or ended, and when the third request arrived; both from the start.
    dropped: Duration,
    third: Duration,
    /// The number of requests of the second call, and how often it was executed.
    sent: usize,
    executed: usize,
}

/// Drops the second call after this many polls, with a fault for its first request.
async fn run(fault: Option<Fault>, polls: usize) -> Run {
    let harness = Harness::with(|builder| builder.quotas(Quotas::off())).await;
    let client = harness.client_with(|builder| {
        let backoff = Backoff::new().base(Duration::from_millis(400)).seed(3);
        let builder = builder.max_attempts(6).backoff(backoff);
        builder.pacing(Pacing::limits(1, 1))
    });
    let _steps = SmallSteps::begin();
    append(client.clone(), "first")
        .await
        .expect("it is in nobody's way");
    if let Some(fault) = fault {
        let plan = FaultPlan::new(1)
            .on("appendDialingQueueNumbers")
            .times(1)
            .inject(fault);
        harness.control.set_faults(plan).expect("a good plan");
    }
    let started = Instant::now();
    let begun = harness.control.requests()[0].at;
    let second = drop_after(polls, append(client.clone(), DROPPED));
    let mut second = Box::pin(second);
    // Polled once before the third call exists, so that it is ahead in the queue.
    let early = poll_fn(|context| Poll::Ready(second.as_mut().poll(context))).await;
    let third = tokio::spawn(reset(client.clone(), THIRD));
    let ended = match early {
        Poll::Ready(ended) => ended,
        Poll::Pending => second.await,
    };
    let dropped = started.elapsed();
    let third = third.await.expect("no panic").expect("it gets through");
    assert_eq!(third.attempts(), 1, "its connection was good");
    assert_eq!(third.outcome(), Outcome::Executed);
    let requests = harness.control.requests();
    let of = |key: &str| -> Vec<LoggedRequest> {
        let has_key = |request: &&LoggedRequest| request.header("idempotency-key") == Some(key);
        requests.iter().filter(has_key).cloned().collect()
    };
    let executed = harness.control.executed();
    let times = |key: &str| {
        executed
            .iter()
            .filter(|done| done.key.as_deref() == Some(key))
            .count()
    };
    assert_eq!((of(THIRD).len(), times(THIRD)), (1, 1));
    Run {
        ended,
        dropped,
        third: of(THIRD)[0].at - begun,
        sent: of(DROPPED).len(),
        executed: times(DROPPED),
    }
}

/// Tries all numbers of polls until the call ends by itself. Returns how many there were.
async fn at_every_point(fault: Option<Fault>) -> usize {
    // With 0 polls the second call never starts.
    let alone = run(None, 0).await;
    assert!(!alone.ended && alone.sent == 0);
    let mut waited = 0;
    for polls in 0..MANY {
        let run = run(fault.clone(), polls).await;
        let shown = format!(
            "{polls} polls of {fault:?}: {:?} {:?}",
            run.dropped, run.third
        );
        assert!(run.executed <= 1, "{shown}");
        if run.dropped + TOLERANCE < alone.third {
            // It was still waiting for its slot, which the third call has got.
            waited += 1;
            assert_eq!(run.sent, 0, "{shown}");
            assert!(
                run.third.abs_diff(alone.third) <= TOLERANCE,
                "{shown}, alone {:?}",
                alone.third
            );
        } else {
            assert!(run.third <= run.dropped + HELD + TOLERANCE, "{shown}");
        }
        if run.ended {
            assert!(waited >= 2 && polls > 3, "{waited} of {polls}");
            assert_eq!(run.executed, 1, "{shown}");
            return polls;
        }
    }
    panic!("it never ends");
}

#[tokio::test(start_paused = true)]
async fn while_it_waits_for_a_place_sends_and_reads() {
    at_every_point(None).await;
}

#[tokio::test(start_paused = true)]
async fn while_it_waits_to_try_again() {
    at_every_point(Some(Fault::Html(503))).await;
}

#[tokio::test(start_paused = true)]
async fn while_it_waits_to_try_again_after_a_broken_connection() {
    at_every_point(Some(Fault::ResetAfterExecution)).await;
}

#[tokio::test(start_paused = true)]
async fn while_the_answer_comes_byte_by_byte() {
    let interval = Duration::from_millis(5);
    let points = at_every_point(Some(Fault::SlowDrip { interval })).await;
    assert!(points > 20, "only {points} points");
}

#[tokio::test(start_paused = true)]
async fn while_the_body_stalls() {
    let stall = Duration::from_millis(500);
    at_every_point(Some(Fault::StallInsideBody(stall))).await;
}
