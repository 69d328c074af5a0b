//! The default pacer in virtual time: the requests as a server sees them, the order of callers, and
//! what dropped callers leak.

use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::local::LocalPacer;
use super::window::WINDOW;
use super::*;
use crate::generated::operations;

const MS: Duration = Duration::from_millis(1);
/// A response without rate limit headers.
const ANSWERED: PermitOutcome = PermitOutcome::Answered(RateLimitInfo {
    limit: None,
    remaining: None,
    reset: None,
    refused: false,
    pause: None,
});

fn request(is_write: bool, priority: Priority) -> PaceRequest {
    PaceRequest {
        operation: if is_write {
            &operations::RESET_CURRENT_DIALING_QUEUE
        } else {
            &operations::GET_ME
        },
        priority,
        is_retry: false,
        max_wait: None,
    }
}

fn read() -> PaceRequest {
    request(false, Priority::Interactive)
}

fn pacer(reads: u32, writes: u32) -> Arc<LocalPacer> {
    promising(Promise::FullUse, Limits::new(reads, writes))
}

fn promising(promise: Promise, limits: Limits) -> Arc<LocalPacer> {
    Arc::new(LocalPacer::new(limits, promise, None))
}

/// Takes a slot and sends a request that is answered at once.
async fn go(pacer: &LocalPacer, request: PaceRequest) -> Instant {
    let mut permit = pacer.acquire(request).await.unwrap();
    permit.sent();
    permit.end(ANSWERED);
    Instant::now()
}

/// The maximum number of arrivals in any window of one second, wherever it begins.
fn busiest(mut arrivals: Vec<Instant>) -> usize {
    arrivals.sort_unstable();
    let in_window = |first: usize| {
        let window = arrivals[first..].iter();
        let inside = window.take_while(|at| **at < arrivals[first] + WINDOW);
        inside.count()
    };
    (0..arrivals.len()).map(in_window).max().unwrap_or(0)
}

fn idle(pacer: &LocalPacer, class: RateClass) -> bool {
    pacer.class(class).lock().queue.len() == 0
}

/// One of many callers: it starts at a random time, may be dropped at a random time, and its
/// request takes a random time to arrive and to be answered.
async fn caller(pacer: Arc<LocalPacer>, seed: u64, arrivals: Arc<Mutex<Vec<Instant>>>) {
    let mut rng = fastrand::Rng::with_seed(seed);
    sleep(MS * rng.u32(0..300_000)).await;
    let leaves = rng.u8(0..10) < 3;
    let max_wait = MS
        * if leaves {
            rng.u32(0..2_000)
        } else {
            100_000_000
        };
    let call = async {
        let mut permit = pacer.acquire(read()).await.unwrap();
        sleep(MS * rng.u32(0..3)).await;
        permit.sent();
        sleep(MS * rng.u32(2..40)).await;
        arrivals.lock().unwrap().push(Instant::now());
        sleep(MS * rng.u32(2..40)).await;
        permit.end(ANSWERED);
    };
    let _ = timeout(max_wait, call).await;
}

#[tokio::test(start_paused = true)]
async fn strict_no_window_holds_more_than_the_limit_over_ten_thousand_callers() {
    let pacer = promising(Promise::Strict, Limits::new(20, 5));
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let callers: Vec<_> = (0..10_000)
        .map(|seed| tokio::spawn(caller(pacer.clone(), seed, arrivals.clone())))
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    let arrivals = std::mem::take(&mut *arrivals.lock().unwrap());
    assert!(arrivals.len() > 4_000, "{} arrived", arrivals.len());
    assert!(busiest(arrivals) <= 20);
    sleep(Duration::from_secs(2)).await;
    assert!(idle(&pacer, RateClass::Read));
    assert_eq!(
        go(&pacer, read()).await,
        Instant::now(),
        "an idle pacer lets one through"
    );
    assert_eq!(pacer.reads.lock().taken(), 1);
}

async fn requests_within(seconds: u32, limit: u32, round_trip: Duration) -> usize {
    let pacer = pacer(limit, limit);
    let end = Instant::now() + Duration::from_secs(seconds.into());
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let (pacer, arrivals) = (pacer.clone(), arrivals.clone());
            tokio::spawn(async move {
                loop {
                    let mut permit = pacer.acquire(read()).await.unwrap();
                    permit.sent();
                    sleep(round_trip / 2).await;
                    arrivals.lock().unwrap().push(Instant::now());
                    sleep(round_trip / 2).await;
                    permit.end(ANSWERED);
                }
            })
        })
        .collect();
    sleep_until(end).await;
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    let arrivals = std::mem::take(&mut *arrivals.lock().unwrap());
    let count = arrivals.len();
    assert!(busiest(arrivals) <= limit.try_into().unwrap());
    count
}

#[tokio::test(start_paused = true)]
async fn the_quota_is_used_to_97_percent() {
    for (limit, millis) in [
        (20, 0),
        (20, 2),
        (20, 10),
        (20, 80),
        (5, 2),
        (5, 80),
        (1, 2),
        (100, 20),
    ] {
        let sent = requests_within(100, limit, MS * millis).await;
        let quota = 100 * usize::try_from(limit).unwrap();
        assert!(sent * 100 >= quota * 97, "{sent} of {quota} at {millis} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn strict_a_slot_is_free_a_second_after_its_answer() {
    let pacer = promising(Promise::Strict, Limits::new(1, 1));
    let mut permit = pacer.acquire(read()).await.unwrap();
    permit.sent();
    sleep(MS * 300).await;
    permit.end(ANSWERED);
    let answered = Instant::now();
    assert!(go(&pacer, read()).await >= answered + WINDOW);
}

#[tokio::test(start_paused = true)]
async fn reads_do_not_wait_for_writes() {
    let pacer = pacer(1, 1);
    let start = Instant::now();
    let write = request(true, Priority::Interactive);
    go(&pacer, write).await;
    assert_eq!(go(&pacer, read()).await, start);
    assert!(go(&pacer, write).await >= start + WINDOW);
}

/// The order in which callers are served that arrive in this order.
async fn order(requests: Vec<PaceRequest>) -> Vec<usize> {
    let pacer = pacer(1, 1);
    go(&pacer, read()).await;
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for (index, request) in requests.into_iter().enumerate() {
        let (pacer, served) = (pacer.clone(), served.clone());
        tasks.push(tokio::spawn(async move {
            go(&pacer, request).await;
            served.lock().unwrap().push(index);
        }));
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    Arc::into_inner(served).unwrap().into_inner().unwrap()
}

#[tokio::test(start_paused = true)]
async fn first_come_first_served() {
    assert_eq!(order(vec![read(); 50]).await, (0..50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn retries_go_first_and_interactive_calls_before_bulk_without_starving_it() {
    let bulk = request(false, Priority::Bulk);
    let retry = PaceRequest {
        is_retry: true,
        ..bulk
    };
    let mut requests = vec![bulk; 2];
    requests.extend(vec![read(); 10]);
    requests.push(retry);
    // The caller that takes the first slot counts as an interactive one.
    let expected = [12, 2, 3, 4, 0, 5, 6, 7, 8, 1, 9, 10, 11];
    assert_eq!(order(requests).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_makes_room_at_once() {
    let pacer = pacer(1, 1);
    go(&pacer, read()).await;
    let start = Instant::now();
    let mut first = Box::pin(pacer.acquire(read()));
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    let second = tokio::spawn({
        let pacer = pacer.clone();
        async move { go(&pacer, read()).await }
    });
    tokio::task::yield_now().await;
    drop(first);
    let waited = second.await.unwrap() - start;
    assert!(waited < WINDOW + MS * 20, "{waited:?}");
}

/// Polls until `polls` are used up or it is done, while timers continue in between.
async fn drop_after(polls: u32, mut future: BoxFuture<Result<Permit, AcquireTimeout>>) -> bool {
    for _ in 0..polls {
        let polled = std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context)));
        if polled.await.is_ready() {
            return true;
        }
        sleep(MS * 400).await;
    }
    false
}

#[tokio::test(start_paused = true)]
async fn dropped_after_any_number_of_polls_nothing_leaks() {
    for polls in 0..10 {
        let pacer = pacer(1, 1);
        go(&pacer, read()).await;
        // A slot that is dropped before sending is released, too.
        let got = drop_after(polls, pacer.acquire(read())).await;
        assert_eq!(got, polls > 3);
        assert!(idle(&pacer, RateClass::Read));
        sleep(WINDOW + MS * 10).await;
        let start = Instant::now();
        assert_eq!(go(&pacer, read()).await, start, "after {polls} polls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_permit_gives_back_what_was_not_used_and_keeps_what_may_have_been() {
    let pacer = pacer(1, 1);
    drop(pacer.acquire(read()).await.unwrap());
    assert_eq!(pacer.reads.lock().taken(), 0);
    let mut refused = pacer.acquire(read()).await.unwrap();
    refused.sent();
    refused.end(PermitOutcome::Unused);
    assert_eq!(pacer.reads.lock().taken(), 0);
    let start = Instant::now();
    let mut lost = pacer.acquire(read()).await.unwrap();
    lost.sent();
    drop(lost);
    assert!(go(&pacer, read()).await > start + WINDOW);
}

fn hit(pause: Duration) -> RateLimitInfo {
    RateLimitInfo {
        refused: true,
        pause: Some(pause),
        ..RateLimitInfo::default()
    }
}

#[tokio::test(start_paused = true)]
async fn one_429_delays_everybody_of_its_class() {
    let pacer = pacer(20, 5);
    let start = Instant::now();
    pacer.observe(RateClass::Read, &hit(Duration::from_secs(3)));
    let write = request(true, Priority::Interactive);
    assert_eq!(go(&pacer, write).await, start);
    let callers: Vec<_> = (0..15)
        .map(|_| {
            let pacer = pacer.clone();
            tokio::spawn(async move { go(&pacer, read()).await - start })
        })
        .collect();
    let mut waits = Vec::new();
    for caller in callers {
        waits.push(caller.await.unwrap());
    }
    // All of them at once, because it was the only refusal.
    let range = WINDOW * 3..WINDOW * 3 + MS * 5;
    assert!(waits.iter().all(|wait| range.contains(wait)), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_wait_for_the_end_of_a_pause_is_told_at_once() {
    let pacer = pacer(20, 5);
    pacer.observe(RateClass::Read, &hit(Duration::from_secs(30)));
    let start = Instant::now();
    let hasty = PaceRequest {
        max_wait: Some(Duration::from_secs(10)),
        ..read()
    };
    let refused = pacer.acquire(hasty).await.unwrap_err();
    assert_eq!(refused, AcquireTimeout::after(Duration::from_secs(30)));
    assert_eq!(Instant::now(), start);
    assert!(idle(&pacer, RateClass::Read));
}

#[tokio::test(start_paused = true)]
async fn limits_are_learnt_and_set() {
    let pacer = pacer(20, 5);
    let told = RateLimitInfo {
        limit: Some(2),
        ..RateLimitInfo::default()
    };
    pacer.observe(RateClass::Write, &told);
    assert_eq!(pacer.limits(), Some(Limits::new(20, 2)));
    pacer.set_limits(Limits::new(40, 10));
    assert_eq!(pacer.limits(), Some(Limits::new(40, 10)));
}

#[test]
fn headers_are_read_tolerantly() {
    for (text, limit) in [
        ("20", Some(20)),
        (" 5 ", Some(5)),
        ("0", None),
        ("-1", None),
        ("many", None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-limit", text.parse().unwrap());
        assert_eq!(RateLimitInfo::of(&headers, 200).limit, limit, "{text}");
    }
    let bare = RateLimitInfo::of(&HeaderMap::new(), 429).throttled(None);
    assert_eq!((bare.pause, bare.refused), (Some(WINDOW), true));
}

/// One write after another, each answered after this time; returns when each was sent.
async fn writes(pacer: &LocalPacer, count: usize, trip: Duration) -> Vec<Instant> {
    let mut left = Vec::new();
    for _ in 0..count {
        let request = PaceRequest {
            operation: &operations::RESET_CURRENT_DIALING_QUEUE,
            priority: Priority::Bulk,
            is_retry: false,
            max_wait: None,
        };
        let permit = pacer.acquire(request).await.expect("a place");
        left.push(Instant::now());
        tokio::time::sleep(trip).await;
        permit.end(ANSWERED);
    }
    left
}

#[tokio::test(start_paused = true)]
async fn what_is_foreseen_is_what_happens() {
    for (before, trip) in [(1, 5), (3, 5), (7, 30), (12, 120), (4, 400)] {
        for promise in [Promise::FullUse, Promise::Strict] {
            let trip = Duration::from_millis(trip);
            let pacer = LocalPacer::new(Limits::new(20, 5), promise, None);
            writes(&pacer, before, trip).await;
            let now = Instant::now();
            let foreseen: Vec<_> = (1..=20)
                .filter_map(|n| pacer.earliest(RateClass::Write, n))
                .collect();
            let left = writes(&pacer, 20, trip).await;
            let happened = left.into_iter().map(|at| at - now);
            for (n, (foreseen, happened)) in foreseen.into_iter().zip(happened).enumerate() {
                let apart = foreseen.abs_diff(happened);
                let near = happened.mul_f64(0.1).max(Duration::from_millis(20));
                assert!(
                    apart <= near,
                    "{promise:?} {before} {trip:?} {n}: {foreseen:?} {happened:?}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_by_asking() {
    let pacer = LocalPacer::new(Limits::new(20, 1), Promise::FullUse, None);
    for _ in 0..3 {
        assert_eq!(pacer.earliest(RateClass::Write, 1), Some(Duration::ZERO));
    }
    let far = pacer.earliest(RateClass::Write, u32::MAX);
    assert!(far.is_some_and(|far| far > Duration::from_secs(9_000)));
}
