//! The rate limit on a slow network, by the log of the server: how much of the quota is used and whether a window is
//! exceeded, with delayed responses, delayed requests and no delays.

use std::time::Duration;

use allo_client::operation::RateClass;
use allo_client::{Client, Pacing};
use allo_sandbox::{LoggedRequest, MessageRecord, PhoneNumber, Quotas};
use tests::harness::{Harness, MARIE, START};
use tests::latency_proxy::{Delay, LatencyProxy};
use tests::virtual_time::{StillTime, tick};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{SECOND, arrivals, call, most_in_a_second, pass, refused};

const SECONDS: u32 = 10;
const LINE: &str = "+12125550109";
const CLASSES: [(RateClass, usize, &str); 2] = [
    (RateClass::Read, 20, "reads"),
    (RateClass::Write, 5, "writes"),
];

/// A list with this many entries, in pages of a hundred.
async fn listing(entries: usize, requests: Delay, answers: Delay) -> Duration {
    let _still = StillTime::begin();
    let harness = Harness::with(|builder| builder.quotas(Quotas::standard())).await;
    let line = PhoneNumber::number(LINE, "US").users(&[harness.id_of(MARIE)]);
    harness.control.add_phone_number(line);
    for index in 0..entries {
        // Too long to be a real number.
        let contact = format!("+121255501{index:04}");
        let text = MessageRecord::inbound(LINE, contact, "See you");
        harness.control.add_message(text);
    }
    let proxy = LatencyProxy::start(&harness.base_url(), requests, answers).await;
    let client = harness.client_with(|builder| builder.base_url(proxy.base_url()));
    let start = Instant::now();
    let reading = tokio::spawn(async move {
        let list = client.list_conversations(LINE).size(100);
        // The quota of one second is prefetched: that is the maximum concurrency.
        let mut items = list.items().prefetch(20);
        let mut count = 0;
        while items.try_next().await.expect("an entry").is_some() {
            count += 1;
        }
        (count, start.elapsed())
    });
    while !reading.is_finished() {
        tick().await;
    }
    let (count, took) = reading.await.expect("no panic");
    assert_eq!(count, entries);
    let requests = harness.take_requests();
    assert_eq!((requests.len(), refused(&requests)), (entries / 100, 0));
    took
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_entries_take_what_the_quota_forces_and_one_latency() {
    for (requests, answers) in [(0, 0), (25, 25), (0, 150)] {
        let took = listing(10_000, Delay::millis(requests), Delay::millis(answers)).await;
        let least = SECOND * 4 + Duration::from_millis(requests + answers);
        println!(
            "10,000 entries, requests {requests} ms and answers {answers} ms late: {took:.3?}"
        );
        assert!(took <= least.mul_f64(1.05), "{took:?}, at least {least:?}");
    }
}

/// The figures of one class in the log of the server.
struct Seen {
    name: &'static str,
    /// In percent.
    used: usize,
    most: usize,
    limit: usize,
    refused: usize,
    requests: usize,
}

/// Callers of both classes call for this long, over this network.
async fn load(phase: u64, pacing: Pacing, [requests, answers]: [Delay; 2]) -> Vec<Seen> {
    let _still = StillTime::begin();
    // The server counts in seconds of its clock, so the offset within a second matters.
    let start: jiff::Timestamp = START.parse().expect("a time");
    let start = start + Duration::from_millis(phase);
    let harness =
        Harness::with(|builder| builder.quotas(Quotas::standard()).start_time(start)).await;
    let proxy = LatencyProxy::start(&harness.base_url(), requests, answers).await;
    let client = harness.client_with(|builder| builder.pacing(pacing).base_url(proxy.base_url()));
    let mut callers = JoinSet::new();
    for (class, limit, _) in CLASSES {
        for _ in 0..limit * 2 {
            callers.spawn(calls(client.clone(), class));
        }
    }
    pass(SECOND * SECONDS).await;
    assert!(callers.try_join_next().is_none(), "a call failed");
    callers.shutdown().await;
    let log = harness.take_requests();
    let seen = CLASSES.map(|(class, limit, name)| look(&log, class, limit, name));
    let promise = if pacing == Pacing::default() {
        "default"
    } else {
        "strict"
    };
    for one in &seen {
        println!(
            "{promise}, {phase} ms, requests {requests:?}, answers {answers:?}: {} {} % used, at most {} in a second, {} of {} refused",
            one.name, one.used, one.most, one.refused, one.requests
        );
    }
    seen.into()
}

/// Calls one after another until one fails.
async fn calls(client: Client, class: RateClass) {
    while let Ok(()) = call(&client, class).await {}
}

fn look(log: &[LoggedRequest], class: RateClass, limit: usize, name: &'static str) -> Seen {
    let is_read = |one: &&LoggedRequest| (one.method == "GET") == (class == RateClass::Read);
    let log: Vec<_> = log.iter().filter(is_read).cloned().collect();
    let arrivals = arrivals(&log, class);
    let first = arrivals.first().copied().unwrap_or_default();
    let granted = log.iter().filter(|one| one.status != 429);
    let in_time = granted.filter(|one| one.at < first + SECOND * SECONDS);
    Seen {
        name,
        used: in_time.count() * 100 / (limit * SECONDS as usize),
        most: most_in_a_second(&arrivals),
        limit,
        refused: refused(&log),
        requests: log.len(),
    }
}

#[tokio::test(start_paused = true)]
async fn with_late_answers_the_quota_is_used_and_no_window_is_over() {
    for (millis, phase) in [(0, 300), (200, 900), (400, 700)] {
        let network = [Delay::NONE, Delay::millis(millis)];
        for seen in load(phase, Pacing::default(), network).await {
            assert!(seen.used >= 95, "{} % of {}", seen.used, seen.name);
            assert!(seen.most <= seen.limit, "{} {}", seen.most, seen.name);
            assert_eq!(seen.refused, 0, "{}", seen.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn with_late_requests_few_are_refused_and_the_quota_is_used() {
    for (seed, phase) in [(0, 0), (1, 650), (2, 850)] {
        let requests = Delay::Random(Duration::from_millis(400), seed);
        for seen in load(phase, Pacing::default(), [requests, Delay::NONE]).await {
            assert!(seen.used >= 90, "{} % of {}", seen.used, seen.name);
            let (refused, all) = (seen.refused, seen.requests);
            assert!(refused * 100 <= all, "{refused} of {all} {}", seen.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn strict_no_window_is_over_however_late_requests_are() {
    for (seed, phase) in [(0, 0), (1, 700)] {
        let requests = Delay::Random(Duration::from_millis(1_500), seed);
        let strict = Pacing::default().strict();
        for seen in load(phase, strict, [requests, Delay::NONE]).await {
            assert!(seen.most <= seen.limit, "{} {}", seen.most, seen.name);
            assert_eq!(seen.refused, 0, "{}", seen.name);
        }
    }
}
