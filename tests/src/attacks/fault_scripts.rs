//! Random scripts of failures: a few calls, each of whose requests meets a random failure. After each call the client's
//! report is compared with the server's record, and an unknown outcome is resolved with its idempotency key.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use allo_client::operation::RetrySafety;
use allo_client::{Backoff, Client, Outcome, Pacing, RetryBudget};
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Counts;
use super::calls::{Call, Told, What, word};
use crate::fault_server::FaultServer;
use crate::fault_server::behaviour::Behaviour;
use crate::fault_server::http::Request;
use crate::fault_server::service::Service;

/// The number of concurrent scripts: more than cores, because many of them wait.
const AT_ONCE: usize = 16;
/// The timeout of each attempt. It affects only how many responses are lost.
const TIMEOUT: Duration = Duration::from_millis(150);
/// Longer than that timeout.
const SLOW: Duration = Duration::from_millis(250);
/// The maximum duration of a script.
const LONGEST: Duration = Duration::from_secs(120);
const CALLS: u32 = 10;

/// Runs the scripts of these seeds.
///
/// # Errors
/// The first report of the client that contradicts the server's record, with the seed of its
/// script.
pub async fn run(seeds: impl IntoIterator<Item = u64>) -> Result<Counts, String> {
    let mut seeds = seeds.into_iter();
    let mut counts = Counts::default();
    let mut under_way = JoinSet::new();
    let launch = |seed| async move { (seed, timeout(LONGEST, script(seed)).await) };
    for seed in seeds.by_ref().take(AT_ONCE) {
        under_way.spawn(launch(seed));
    }
    while let Some(ended) = under_way.join_next().await {
        let (seed, result) = ended.map_err(|panic| panic.to_string())?;
        let result = result.unwrap_or_else(|_| Err(format!("no end within {LONGEST:?}")));
        counts.add(&result.map_err(|problem| format!("script {seed}: {problem}"))?);
        if let Some(seed) = seeds.next() {
            under_way.spawn(launch(seed));
        }
    }
    Ok(counts)
}

/// One script: a server, a client, some calls.
async fn script(seed: u64) -> Result<Counts, String> {
    let mut rng = Rng::with_seed(seed);
    let dice = Mutex::new(rng.fork());
    let calm = Arc::new(Mutex::new(false));
    let is_calm = Arc::clone(&calm);
    let behave = move |request: &Request| {
        if *is_calm.lock().unwrap_or_else(PoisonError::into_inner) {
            return Behaviour::proper();
        }
        let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
        Behaviour::random(&mut dice, request, SLOW)
    };
    let server = FaultServer::start(Service::new(rng.bool()), Arc::new(behave)).await;
    let client = client(server.base_url(), rng.u32(1..6), seed);
    let mut counts = Counts::default();
    counts.one("scripts");
    for number in 0..CALLS {
        let call = Call::random(format!("call-{seed}-{number}"), &mut rng);
        let told = call.make(&client, None).await;
        quiet(&server.service).await;
        one(&call, &told, &server.service, &mut counts)?;
        if matches!(told.outcome, Outcome::Unknown { .. }) {
            *calm.lock().unwrap_or_else(PoisonError::into_inner) = true;
            settle(&call, &told, &client, &server.service, &mut counts).await?;
            *calm.lock().unwrap_or_else(PoisonError::into_inner) = false;
        }
    }
    counts.more(
        "requests that reached the service",
        server.service.requests(),
    );
    counts.more("writes executed", server.service.executed());
    counts.more("replays", server.service.replays());
    Ok(counts)
}

fn client(base_url: &str, attempts: u32, seed: u64) -> Client {
    let backoff = Backoff::new().base(Duration::from_millis(1)).seed(seed);
    let builder = Client::builder()
        .api_key("ak_live_fault_scripts")
        .base_url(base_url)
        .timeout(TIMEOUT)
        .deadline(Duration::from_secs(30))
        .max_attempts(attempts)
        .pacing(Pacing::off())
        .retry_budget(RetryBudget::unlimited())
        .backoff(backoff.cap(Duration::from_millis(4)));
    builder.build().expect("a client")
}

/// Waits until no request is being executed.
async fn quiet(service: &Service) {
    while service.is_busy() {
        sleep(Duration::from_millis(5)).await;
    }
}

fn one(call: &Call, told: &Told, service: &Service, counts: &mut Counts) -> Result<(), String> {
    let class = match call.safety() {
        RetrySafety::Read => "reads",
        RetrySafety::Keyed => "keyed writes",
        RetrySafety::Unproven if call.accepts_two => "unproven writes, retried by consent",
        RetrySafety::Unproven => "unproven writes",
    };
    counts.one(&format!("{class}: {}", word(&told.outcome)));
    call.check(told, service)?;
    if let Some(error) = &told.error
        && error.attempts() == 0
    {
        return Err(format!("{call:?} was never sent: {error}"));
    }
    match &told.queue {
        Some(read) if *read != service.queue() => Err(format!(
            "{call:?} read {read:?}, there is {:?}",
            service.queue()
        )),
        _ => Ok(()),
    }
}

/// Retries an unknown write with its key, without failures.
async fn settle(
    call: &Call,
    told: &Told,
    client: &Client,
    service: &Service,
    counts: &mut Counts,
) -> Result<(), String> {
    let Outcome::Unknown { key, .. } = &told.outcome else {
        return Ok(());
    };
    let warned = told
        .error
        .as_ref()
        .is_some_and(|error| error.is_replay_unproven());
    if (call.safety() == RetrySafety::Unproven) != warned {
        return Err(format!(
            "{call:?} says of a replay that it is unproven: {warned}"
        ));
    }
    if warned {
        return Ok(());
    }
    let patient = Call {
        is_patient: true,
        ..call.clone()
    };
    let again = patient.make(client, Some(key)).await;
    let expected = usize::from(call.what != What::AppendForAStranger);
    let times = service.times(&call.name);
    let is_refusal = again.outcome == Outcome::NotExecuted;
    if times != expected || is_refusal != (expected == 0) || again.error.is_some() != is_refusal {
        return Err(format!(
            "{call:?} was settled as {:?} and executed {times} times",
            again.outcome
        ));
    }
    counts.one("unknowns settled by their key");
    Ok(())
}
