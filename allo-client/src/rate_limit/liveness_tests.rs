//! No waiter is blocked by one that is not polled: random programs of callers that are polled,
//! suspended and dropped in any order, in virtual time.

use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use tokio::time::{Instant, sleep, timeout};

use super::local::LocalPacer;
use super::window::WINDOW;
use super::*;
use crate::generated::operations;

const MS: Duration = Duration::from_millis(1);
/// The number of programs in a test; the campaign runs more.
const PROGRAMS: u64 = 150;

type Acquiring = BoxFuture<Result<Permit, AcquireTimeout>>;

fn ask(pacer: &LocalPacer, priority: Priority, is_retry: bool) -> Acquiring {
    pacer.acquire(PaceRequest {
        operation: &operations::GET_ME,
        priority,
        is_retry,
        max_wait: None,
    })
}

/// Polls it once, with a waker that does nothing.
fn poll_once(waiting: &mut Acquiring) -> Option<Permit> {
    match waiting
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(permit) => Some(permit.unwrap()),
        Poll::Pending => None,
    }
}

fn answer(mut permit: Permit) {
    permit.sent();
    permit.end(PermitOutcome::Answered(RateLimitInfo::default()));
}

/// Takes this many slots, one after another, and returns when each was sent.
async fn take(pacer: &LocalPacer, count: usize, priority: Priority) -> Vec<Instant> {
    let mut sent = Vec::new();
    for _ in 0..count {
        answer(ask(pacer, priority, false).await.unwrap());
        sent.push(Instant::now());
    }
    sent
}

fn busiest(sent: &[Instant]) -> usize {
    let within = |first: usize| {
        let later = sent[first..].iter();
        later.take_while(|at| **at - sent[first] < WINDOW).count()
    };
    (0..sent.len()).map(within).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_polled_once_and_put_aside_hold_nobody_up() {
    for limit in [1, 5, 20] {
        let pacer = LocalPacer::new(Limits::new(limit, 5), Promise::FullUse, None);
        let mut sent = take(&pacer, limit as usize, Priority::Interactive).await;
        let mut aside: Vec<_> = (0..100)
            .map(|_| ask(&pacer, Priority::Interactive, true))
            .collect();
        assert!(aside.iter_mut().all(|one| poll_once(one).is_none()));
        let start = Instant::now();
        let taking = take(&pacer, limit as usize * 10, Priority::Interactive);
        let taken = timeout(WINDOW * 20, taking).await;
        sent.extend(taken.expect("nobody is stuck"));
        let took = start.elapsed();
        // Passing over a hundred takes at most half a second, once.
        assert!(took < WINDOW * 10 + MS * 650, "{limit}: {took:?}");
        assert!(busiest(&sent) <= limit as usize);
        // They have kept their rank.
        let mut first = aside.remove(0);
        let later = tokio::spawn(ask(&pacer, Priority::Interactive, false));
        tokio::task::yield_now().await;
        assert!(poll_once(&mut first).is_none());
        answer(first.await.unwrap());
        assert!(!later.is_finished() || limit > 1);
        later.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_put_aside_before_each_call_costs_next_to_nothing() {
    let pacer = LocalPacer::new(Limits::new(20, 5), Promise::FullUse, None);
    let start = Instant::now();
    let mut aside = Vec::new();
    for _ in 0..200 {
        let mut one = ask(&pacer, Priority::Interactive, false);
        match poll_once(&mut one) {
            Some(permit) => answer(permit),
            None => aside.push(one),
        }
        take(&pacer, 1, Priority::Interactive).await;
    }
    let sent = 400 - u32::try_from(aside.len()).unwrap();
    let took = start.elapsed();
    assert!(
        took <= WINDOW * (sent / 20) + MS * 500,
        "{sent} in {took:?}"
    );
}

#[test]
fn whoever_is_polled_in_another_runtime_has_a_timer_there() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    };
    let (driven, idle) = (runtime(), runtime());
    let pacer = LocalPacer::new(Limits::new(1, 1), Promise::FullUse, None);
    let mut moved = ask(&pacer, Priority::Interactive, false);
    let mut put_aside = Vec::new();
    idle.block_on(async {
        answer(ask(&pacer, Priority::Interactive, false).await.unwrap());
        let mut aside = ask(&pacer, Priority::Interactive, false);
        assert!(poll_once(&mut aside).is_none());
        assert!(poll_once(&mut moved).is_none());
        put_aside.push(aside);
    });
    // Its timer belongs to `idle`, which is no longer driven.
    driven.block_on(async {
        let start = Instant::now();
        let permit = timeout(WINDOW * 9, moved).await.expect("it is driven");
        answer(permit.unwrap());
        assert!(start.elapsed() < WINDOW * 2, "{:?}", start.elapsed());
    });
}

/// The behaviour of a caller in a program.
#[derive(Clone, Copy, Debug)]
enum CallerKind {
    /// Is polled whenever it is woken.
    Driven,
    /// Is polled this many times, then never again.
    PutAside(u32),
    /// Is polled this many times, then dropped.
    Dropped(u32),
}

/// A caller that is driven, suspended or dropped.
async fn caller(pacer: Arc<LocalPacer>, seed: u64, log: Arc<Mutex<Log>>) {
    let mut rng = fastrand::Rng::with_seed(seed);
    sleep(MS * rng.u32(0..4_000)).await;
    let kind = match rng.u8(0..4) {
        0 => CallerKind::PutAside(rng.u32(1..4)),
        1 => CallerKind::Dropped(rng.u32(1..4)),
        _ => CallerKind::Driven,
    };
    let priority = *rng
        .choice(&[Priority::Interactive, Priority::Bulk])
        .unwrap();
    let mut waiting = ask(&pacer, priority, rng.u8(0..10) == 0);
    let polls = match kind {
        CallerKind::Driven => u32::MAX,
        CallerKind::PutAside(polls) | CallerKind::Dropped(polls) => polls,
    };
    for poll in 0..polls {
        let polled = std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context)));
        if let Poll::Ready(permit) = polled.await {
            let permit = permit.unwrap();
            if rng.u8(0..10) > 0 {
                log.lock().unwrap().sent.push(Instant::now());
                answer(permit);
            }
            return;
        }
        if poll + 1 == polls {
            break;
        }
        if matches!(kind, CallerKind::Driven) {
            let permit = waiting.await.unwrap();
            log.lock().unwrap().sent.push(Instant::now());
            answer(permit);
            return;
        }
        sleep(MS * rng.u32(0..700)).await;
    }
    if matches!(kind, CallerKind::PutAside(_)) {
        log.lock().unwrap().aside.push(waiting);
    }
}

#[derive(Default)]
struct Log {
    sent: Vec<Instant>,
    aside: Vec<Acquiring>,
}

/// One program: callers of any kind arrive within four seconds, others call one after another all
/// the time. Returns the numbers of callers and of suspended ones.
async fn program(seed: u64) -> (usize, usize) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let limit = *rng.choice(&[1, 2, 5, 20]).unwrap();
    let pacer = Arc::new(LocalPacer::new(
        Limits::new(limit, 5),
        Promise::FullUse,
        None,
    ));
    let log = Arc::new(Mutex::new(Log::default()));
    let callers = rng.usize(0..60);
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers as u64)
        .map(|caller_seed| {
            let seed = seed.wrapping_mul(1_000).wrapping_add(caller_seed);
            tokio::spawn(caller(pacer.clone(), seed, log.clone()))
        })
        .collect();
    let steady: Vec<_> = (0..rng.usize(1..3))
        .map(|_| {
            let (pacer, log) = (pacer.clone(), log.clone());
            let priority = *rng
                .choice(&[Priority::Interactive, Priority::Bulk])
                .unwrap();
            tokio::spawn(async move {
                loop {
                    let permit = ask(&pacer, priority, false).await.unwrap();
                    log.lock().unwrap().sent.push(Instant::now());
                    answer(permit);
                }
            })
        })
        .collect();
    const SECONDS: u32 = 12;
    sleep(WINDOW * SECONDS).await;
    steady.iter().for_each(tokio::task::JoinHandle::abort);
    let counted = log.lock().unwrap().sent.len();
    // A caller that is polled is served as soon as the limit allows it for all.
    sleep(WINDOW * (u32::try_from(callers).unwrap() / limit + 2)).await;
    for task in tasks {
        assert!(task.is_finished(), "{seed}: somebody who is polled waits");
        task.await.unwrap();
    }
    let log = std::mem::take(&mut *log.lock().unwrap());
    let (sent, limit) = (log.sent, usize::try_from(limit).unwrap());
    assert!(busiest(&sent) <= limit, "{seed}: a window is over");
    let sent = &sent[..counted];
    // In every second, all slots of the window were used: at most a few of the suspended callers
    // take one grace period each.
    let quota = limit * SECONDS as usize;
    assert!(
        sent.len() * 100 >= quota * 92,
        "{seed}: {} of {quota}",
        sent.len()
    );
    let calm = start + WINDOW * 5;
    let later = sent.iter().filter(|at| **at >= calm).count();
    let quota = limit * (SECONDS as usize - 5);
    assert!(
        later * 100 >= (quota - limit.min(2)) * 98,
        "{seed}: {later} of {quota}"
    );
    (callers, log.aside.len())
}

#[tokio::test(start_paused = true)]
async fn those_who_are_polled_use_the_quota_in_full_whatever_becomes_of_the_rest() {
    let programs = std::env::var("ALLO_PROGRAMS").ok();
    let programs = programs.map_or(PROGRAMS, |text| text.parse().unwrap());
    let (mut callers, mut aside) = (0, 0);
    for seed in 0..programs {
        let (of_one, put_aside) = program(seed).await;
        callers += of_one;
        aside += put_aside;
    }
    println!(
        "{programs} programs, {callers} callers, {aside} put aside: full rate, no window over"
    );
    assert!(aside * 20 > callers, "{aside} of {callers} put aside");
}
