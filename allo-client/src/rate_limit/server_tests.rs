//! The default pacer with servers that count differently, in virtual time: how much of the quota is
//! used and how many requests are refused when requests or responses are delayed and when two
//! programs share a key.

use std::sync::Mutex;

use tokio::time::{Instant, sleep};

use super::local::LocalPacer;
use super::window::WINDOW;
use super::*;
use crate::generated::operations;

const MS: Duration = Duration::from_millis(1);
/// The server's clock at the start.
const UNIX: i64 = 1_790_000_000;

/// How a server counts and what its headers say.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// Its windows slide, or begin with each second.
    slides: bool,
    /// Its headers say what is left, and when the window ends.
    tells: bool,
}

/// A server that counts.
struct Server {
    kind: Kind,
    /// When one of its seconds began.
    start: Instant,
    limit: usize,
    granted: Vec<Instant>,
    asked: usize,
}

impl Server {
    fn new(kind: Kind, limit: usize, phase: Duration) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self {
            kind,
            start: Instant::now().checked_sub(phase).unwrap(),
            limit,
            granted: Vec::new(),
            asked: 0,
        }))
    }

    fn ask(&mut self) -> RateLimitInfo {
        let now = Instant::now();
        let second = |at: Instant| (at - self.start).as_secs();
        let counts = |at: &&Instant| match self.kind.slides {
            true => now - **at < WINDOW,
            false => second(**at) == second(now),
        };
        self.asked += 1;
        let used = self.granted.iter().rev().take(100).filter(counts).count();
        let reset = UNIX + 1 + i64::try_from(second(now)).unwrap();
        let granted = used < self.limit;
        if granted {
            self.granted.push(now);
        }
        let left = self.limit - used - usize::from(granted);
        let told = RateLimitInfo {
            limit: u32::try_from(self.limit).ok(),
            remaining: u32::try_from(left).ok(),
            reset: Some(reset),
            ..RateLimitInfo::default()
        };
        RateLimitInfo {
            refused: !granted,
            ..if self.kind.tells {
                told
            } else {
                RateLimitInfo::default()
            }
        }
    }
}

fn write(is_retry: bool) -> PaceRequest {
    PaceRequest {
        operation: &operations::RESET_CURRENT_DIALING_QUEUE,
        priority: Priority::Interactive,
        is_retry,
        max_wait: None,
    }
}

/// Calls one after another, over a network that delays requests and responses by up to this many
/// milliseconds.
async fn calls(
    pacer: Arc<LocalPacer>,
    server: Arc<Mutex<Server>>,
    seed: u64,
    late: [std::ops::RangeInclusive<u32>; 2],
) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut is_retry = false;
    loop {
        let mut permit = pacer.acquire(write(is_retry)).await.unwrap();
        permit.sent();
        sleep(MS * rng.u32(late[0].clone())).await;
        let info = server.lock().unwrap().ask();
        sleep(MS * rng.u32(late[1].clone())).await;
        permit.end(PermitOutcome::Answered(info));
        is_retry = info.refused;
        if is_retry {
            pacer.observe(RateClass::Write, &info.throttled(Some(WINDOW)));
            sleep(WINDOW + MS * rng.u32(0..100)).await;
        } else {
            pacer.observe(RateClass::Write, &info);
        }
    }
}

/// The used part of the quota and the refused part of the requests, in thousandths.
async fn load(
    kind: Kind,
    limit: u32,
    phase: u32,
    late: [std::ops::RangeInclusive<u32>; 2],
) -> (usize, usize) {
    const SECONDS: u32 = 30;
    let server = Server::new(kind, limit as usize, MS * phase);
    let limits = Limits::new(limit, limit);
    let pacer = Arc::new(LocalPacer::new(limits, Promise::FullUse, None));
    let callers: Vec<_> = (0..u64::from(limit) * 3)
        .map(|caller| {
            let seed = u64::from(phase) * 1_000 + caller;
            tokio::spawn(calls(pacer.clone(), server.clone(), seed, late.clone()))
        })
        .collect();
    sleep(WINDOW * SECONDS).await;
    callers.iter().for_each(tokio::task::JoinHandle::abort);
    let server = server.lock().unwrap();
    let quota = (limit * SECONDS) as usize;
    let refused = server.asked - server.granted.len();
    (
        server.granted.len() * 1_000 / quota,
        refused * 1_000 / server.asked,
    )
}

/// Servers of each kind, and the offset of their seconds to ours.
fn servers() -> impl Iterator<Item = (Kind, u32, u32)> {
    let kinds = [(false, true), (false, false), (true, true), (true, false)];
    kinds.into_iter().flat_map(|(slides, tells)| {
        [(5, 0), (5, 700), (20, 300)].map(|(limit, phase)| (Kind { slides, tells }, limit, phase))
    })
}

#[tokio::test(start_paused = true)]
async fn late_answers_cost_nothing_however_the_server_counts() {
    for (kind, limit, phase) in servers() {
        let (used, refused) = load(kind, limit, phase, [0..=0, 400..=400]).await;
        assert!(used >= 980, "{kind:?} {limit} {phase}: {used} used");
        assert_eq!(refused, 0, "{kind:?} {limit} {phase}");
    }
}

#[tokio::test(start_paused = true)]
async fn late_requests_are_rarely_refused_and_the_quota_is_used() {
    for (kind, limit, phase) in servers() {
        let (used, refused) = load(kind, limit, phase, [0..=400, 0..=0]).await;
        // With sliding windows, jitter has its price: at first refusals, then lower use.
        let (least, most) = match (kind.slides, kind.tells) {
            (false, true) => (950, 10),
            (false, false) => (870, 15),
            (true, _) => (750, 50),
        };
        let shown = format!("{kind:?} {limit} {phase}: {used} used, {refused} refused");
        assert!(used >= least && refused <= most, "{shown}");
    }
}

/// The number of refused requests of three bursts, the first of which opens its connections, each
/// within this time, and the duration of all.
async fn bursts(kind: Kind, limit: u32, phase: u32, connecting: u32) -> (usize, Duration) {
    let server = Server::new(kind, limit as usize, MS * phase);
    let limits = Limits::new(limit, limit);
    let pacer = Arc::new(LocalPacer::new(limits, Promise::FullUse, None));
    let start = Instant::now();
    let call = |number: u32| {
        let (pacer, server) = (pacer.clone(), server.clone());
        let connects = MS * (connecting / 2 + number * connecting / 2 / limit);
        tokio::spawn(async move {
            let mut permit = pacer.acquire(write(false)).await.unwrap();
            permit.sent();
            sleep(if number < limit { connects } else { MS * 5 }).await;
            let info = server.lock().unwrap().ask();
            sleep(MS * 5).await;
            permit.end(PermitOutcome::Answered(info));
            pacer.observe(RateClass::Write, &info);
        })
    };
    for call in (0..limit * 3).map(call).collect::<Vec<_>>() {
        call.await.unwrap();
    }
    let server = server.lock().unwrap();
    (server.asked - server.granted.len(), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn connections_that_are_made_first_make_nobody_hit_the_limit() {
    for (kind, limit, _) in servers() {
        for (phase, connecting) in
            (0..10).flat_map(|tenth| [(tenth * 100, 100), (tenth * 100, 400)])
        {
            let (refused, took) = bursts(kind, limit, phase, connecting).await;
            assert_eq!(refused, 0, "{kind:?} {limit} {phase} {connecting}");
            // What such a server counts of the previous window looks like another client's
            // requests.
            let seems_shared = kind.slides && kind.tells;
            let most = WINDOW * 2 + MS * (connecting + 50);
            assert!(
                took <= most || seems_shared,
                "{kind:?} {limit} {phase} {connecting}: {took:?}"
            );
        }
    }
}

/// The number of attempts of each call, for two processes that share a key; the second one starts
/// `late`.
async fn shared_key(slides: bool, late: Duration, seed: u64) -> Vec<u32> {
    let kind = Kind {
        slides,
        tells: false,
    };
    let server = Server::new(kind, 5, Duration::ZERO);
    let mut tasks = Vec::new();
    for process in 0..2 {
        let limits = Limits::default();
        let pacer = Arc::new(LocalPacer::new(limits, Promise::FullUse, None));
        for call in 0..60 {
            let (pacer, server) = (pacer.clone(), server.clone());
            let seed = seed * 1_000 + process * 100 + call;
            tasks.push(tokio::spawn(async move {
                let mut rng = fastrand::Rng::with_seed(seed);
                sleep(if process == 1 { late } else { Duration::ZERO }).await;
                for attempt in 1.. {
                    let asked = write(attempt > 1);
                    let mut permit = pacer.acquire(asked).await.unwrap();
                    permit.sent();
                    sleep(MS * rng.u32(1..10)).await;
                    let info = server.lock().unwrap().ask();
                    sleep(MS * rng.u32(1..10)).await;
                    permit.end(PermitOutcome::Answered(info));
                    if !info.refused {
                        return attempt;
                    }
                    pacer.observe(RateClass::Write, &info.throttled(Some(WINDOW)));
                    sleep(WINDOW + MS * rng.u32(0..100)).await;
                }
                unreachable!()
            }));
        }
    }
    let mut attempts = Vec::new();
    for task in tasks {
        attempts.push(task.await.unwrap());
    }
    attempts
}

#[tokio::test(start_paused = true)]
async fn two_processes_with_one_key_both_get_through() {
    for (slides, late) in [(false, 0), (true, 0), (false, 4_321), (true, 4_321)] {
        for seed in 0..20 {
            let attempts = shared_key(slides, MS * late, seed).await;
            let most = attempts.into_iter().max().unwrap();
            assert!(
                most <= 6,
                "{most} attempts: slides {slides}, late {late}, {seed}"
            );
        }
    }
}
