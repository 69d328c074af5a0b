//! A soak test: many tasks share one client with a rate limit, a tenth of the calls is dropped midway, and the server
//! sometimes fails. At the end nothing may be leaked, and the record must agree with what the client reported.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use allo_client::operation::RetrySafety;
use allo_client::{Backoff, Client, Pacing, RetryBudget};
use fastrand::Rng;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Counts;
use super::calls::{Call, What, word};
use crate::fault_server::FaultServer;
use crate::fault_server::behaviour::Behaviour;
use crate::fault_server::http::Request;
use crate::fault_server::service::Service;

const TASKS: usize = 96;
/// Low enough that most calls wait for a permit, so that waiters are dropped, too.
const READS: u32 = 600;
const WRITES: u32 = 900;
const TIMEOUT: Duration = Duration::from_millis(500);
/// The maximum duration of the calls after the soak, which need less than two seconds of permits.
const AFTERWARDS: Duration = Duration::from_secs(60);

/// Makes calls for this long.
///
/// # Errors
/// The first report of the client that contradicts the server's record, or a resource that is leaked.
pub async fn run(time: Duration, seed: u64) -> Result<Counts, String> {
    let mut rng = Rng::with_seed(seed);
    let tasks_before = Handle::current().metrics().num_alive_tasks();
    let dice = Mutex::new(rng.fork());
    let behave = move |request: &Request| {
        let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
        match dice.u8(..20) {
            0 => Behaviour::random(&mut dice, request, TIMEOUT * 2),
            _ => Behaviour::proper(),
        }
    };
    let server = FaultServer::start(Service::new(false), Arc::new(behave)).await;
    let client = client(server.base_url(), seed);
    let until = Instant::now() + time;
    let mut counts = Counts::default();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (client, service) = (client.clone(), server.service.clone());
        tasks.spawn(caller(client, service, task, rng.fork(), until));
    }
    let mut dropped = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        let (more, calls) = ended.map_err(|panic| panic.to_string())??;
        counts.add(&more);
        dropped.extend(calls);
    }
    while server.service.is_busy() {
        sleep(Duration::from_millis(20)).await;
    }
    // A dropped call reports nothing, but must not have been executed twice.
    for call in dropped {
        if server.service.times(&call.name) > 1 && !call.may_double() {
            return Err(format!("{call:?} was dropped and executed twice"));
        }
    }
    counts.more("writes executed", server.service.executed());
    counts.more("executed twice (by consent)", server.service.doubled());
    all_permits_are_there(&client, &mut rng).await?;
    drop((client, server));
    let left = alive_tasks_above(tasks_before).await;
    counts.more("tasks left over", left);
    match left {
        0 => Ok(counts),
        _ => Err(format!("{left} tasks are left over\n{counts}")),
    }
}

/// One of the tasks: its counts, and the calls it dropped.
type Dropped = Vec<Call>;

async fn caller(
    client: Client,
    service: Service,
    task: usize,
    mut rng: Rng,
    until: Instant,
) -> Result<(Counts, Dropped), String> {
    let mut counts = Counts::default();
    let mut dropped = Vec::new();
    for number in 0.. {
        if Instant::now() >= until {
            break;
        }
        let call = Call::random(format!("call-{task}-{number}"), &mut rng);
        counts.one("calls");
        let patience = match rng.u8(..10) {
            // From a drop before the end of the first poll to a drop during the response.
            0 => Duration::from_micros(rng.u64(..150_000)),
            _ => Duration::from_secs(3_600),
        };
        let Ok(told) = timeout(patience, call.make(&client, None)).await else {
            counts.one("calls dropped");
            dropped.push(call);
            continue;
        };
        counts.one(&format!("outcome: {}", word(&told.outcome)));
        // A late attempt of an unknown call may still be executed; it is counted at the end.
        if call.safety() != RetrySafety::Read {
            call.check(&told, &service)?;
        }
    }
    Ok((counts, dropped))
}

fn client(base_url: &str, seed: u64) -> Client {
    let backoff = Backoff::new().base(Duration::from_millis(2)).seed(seed);
    let builder = Client::builder()
        .api_key("ak_live_drop_soak")
        .base_url(base_url)
        .timeout(TIMEOUT)
        .pacing(Pacing::limits(READS, WRITES))
        .retry_budget(RetryBudget::unlimited())
        .backoff(backoff.cap(Duration::from_millis(20)));
    builder.build().expect("a client")
}

/// If a permit or a waiter was leaked, these calls would not all be served.
async fn all_permits_are_there(client: &Client, rng: &mut Rng) -> Result<(), String> {
    let mut tasks = JoinSet::new();
    for number in 0..READS + WRITES {
        let mut call = Call::random(format!("after-{number}"), rng);
        call.what = if number < READS {
            What::ReadMe
        } else {
            What::Upsert
        };
        let client = client.clone();
        tasks.spawn(async move { call.make(&client, None).await.error });
    }
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            let error = ended.map_err(|panic| panic.to_string())?;
            if let Some(error) = error.filter(|error| error.attempts() == 0) {
                return Err(format!("a call after the soak got no permit: {error}"));
            }
        }
        Ok(())
    };
    let waited = timeout(AFTERWARDS, all).await;
    waited.map_err(|_| format!("calls after the soak wait for more than {AFTERWARDS:?}"))?
}

/// The number of additional tasks, after those that are ending have ended.
async fn alive_tasks_above(before: usize) -> usize {
    let alive = || Handle::current().metrics().num_alive_tasks();
    for _ in 0..200 {
        if alive() <= before {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    alive().saturating_sub(before)
}
