//! Many concurrent callers with the documented quotas, for ten seconds of a clock that follows the requests.
//!
//! The sandbox, its sockets and the clients share one thread and tokio's time, which is paused and advanced by a
//! millisecond whenever every task had its turn. Responses that take longer only seem slow, as on a network; nothing is
//! answered or timed out early. So ten seconds of quota take less than ten real ones.

mod deadlines;
mod latency;

use std::time::Duration;

use allo_client::operation::RateClass;
use allo_client::{Client, Error, Teammate};
use allo_sandbox::{LoggedRequest, Quotas};
use tests::harness::{Harness, MARIE};
use tests::virtual_time::{StillTime, tick};
use tokio::task::JoinSet;

const SECOND: Duration = Duration::from_secs(1);

const CLONES: usize = 40;
const CALLERS: usize = 400;

/// Advances time by this much, in small steps.
async fn pass(time: Duration) {
    let end = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < end {
        tick().await;
    }
}

/// One call of a class.
async fn call(client: &Client, class: RateClass) -> Result<(), Error> {
    let marie = Teammate::email(MARIE);
    match class {
        RateClass::Read => client.get_me().send().await.map(drop),
        RateClass::Write => {
            let upsert = client.upsert_current_dialing_queue().name("Load");
            upsert.for_teammate(marie).send().await.map(drop)
        }
    }
}

/// Half of the callers read, half write.
const fn class(caller: usize) -> RateClass {
    if caller.is_multiple_of(2) {
        RateClass::Read
    } else {
        RateClass::Write
    }
}

/// The arrivals of a class, in order.
fn arrivals(requests: &[LoggedRequest], class: RateClass) -> Vec<Duration> {
    let of_class = requests
        .iter()
        .filter(|one| (one.method == "GET") == (class == RateClass::Read));
    let mut times: Vec<_> = of_class.map(|one| one.at).collect();
    times.sort_unstable();
    times
}

/// The maximum number of arrivals in any second, wherever it starts.
fn most_in_a_second(arrivals: &[Duration]) -> usize {
    let within = |first: usize| {
        let start = arrivals[first];
        let later = arrivals[first..].iter();
        later.take_while(|at| **at - start < SECOND).count()
    };
    (0..arrivals.len()).map(within).max().unwrap_or_default()
}

fn refused(requests: &[LoggedRequest]) -> usize {
    requests.iter().filter(|one| one.status == 429).count()
}

#[tokio::test(start_paused = true)]
async fn four_hundred_callers_use_the_quota_and_never_exceed_it() {
    const SECONDS: u32 = 10;
    let _still = StillTime::begin();
    let harness = Harness::with(|builder| builder.quotas(Quotas::standard())).await;
    let client = harness.client_with(|builder| builder);
    let clones: Vec<_> = (0..CLONES).map(|_| client.clone()).collect();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let client = clones[caller % CLONES].clone();
        callers.spawn(async move {
            // The first failure ends the caller; otherwise immediate failures would occupy the thread.
            loop {
                if let Err(error) = call(&client, class(caller / CLONES)).await {
                    return error;
                }
            }
        });
    }
    pass(SECOND * SECONDS).await;
    if let Some(ended) = callers.try_join_next() {
        panic!("a call failed: {}", ended.expect("no panic"));
    }
    callers.shutdown().await;

    let requests = harness.take_requests();
    assert_eq!(refused(&requests), 0, "429s");
    for (name, class, limit) in [
        ("reads", RateClass::Read, 20),
        ("writes", RateClass::Write, 5),
    ] {
        let arrivals = arrivals(&requests, class);
        let most = most_in_a_second(&arrivals);
        let quota = limit * SECONDS as usize;
        let done = arrivals.iter().filter(|at| **at < SECOND * SECONDS).count();
        println!("{name}: {done} of {quota} in {SECONDS} s, at most {most} in a second");
        assert!(most <= limit, "{most} {name} in a second");
        assert!(done * 100 >= quota * 97, "{done} {name} of {quota}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_clients_that_share_a_key_get_every_call_done() {
    const CALLS: usize = 300;
    let _still = StillTime::begin();
    let harness = Harness::with(|builder| builder.quotas(Quotas::standard())).await;
    let clients = [
        harness.client_with(|builder| builder),
        harness.client_with(|builder| builder),
    ];
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let client = clients[number % clients.len()].clone();
        let class = class(number / clients.len());
        calls.spawn(async move { call(&client, class).await });
    }
    let start = tokio::time::Instant::now();
    while !calls.is_empty() {
        tick().await;
        while let Some(answer) = calls.try_join_next() {
            let answer = answer.expect("no panic");
            assert!(answer.is_ok(), "{}", answer.unwrap_err());
        }
    }
    let requests = harness.take_requests();
    assert!(refused(&requests) > 0, "they never met");
    println!(
        "{CALLS} calls by {} clients in {:.1} s, {} of {} requests refused by 429",
        clients.len(),
        start.elapsed().as_secs_f64(),
        refused(&requests),
        requests.len()
    );
}
