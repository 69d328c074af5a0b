//! Damaged responses: the service answers every call, and the response is damaged in transit in one of the ways of
//! `Damage`. The client must not panic, hang, or report an executed write as not executed.

use std::sync::Arc;
use std::time::Duration;

use allo_client::{Backoff, Client, Outcome, Pacing, RetryBudget};
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Counts;
use super::calls::{Call, word};
use crate::fault_server::FaultServer;
use crate::fault_server::behaviour::{Behaviour, Reply};
use crate::fault_server::damage::Damage;
use crate::fault_server::http::Request;
use crate::fault_server::service::Service;

/// The number of concurrent calls.
const AT_ONCE: u64 = 16;
/// The timeout of an attempt. No response needs it, because the connection ends with it; and a timeout because of a
/// busy machine would be a second damage: a wrong status whose body is lost cannot be recognised as wrong.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The maximum duration of a call.
const LONGEST: Duration = Duration::from_secs(60);

/// Makes the calls of these seeds.
///
/// # Errors
/// The first report of the client that contradicts the server's record, or a call that panics or
/// does not end.
pub async fn run(first: u64, count: u64) -> Result<Counts, String> {
    let script = |request: &Request| {
        let name = request.header("x-request-id").unwrap_or_default();
        let number = name
            .rsplit('-')
            .next()
            .and_then(|number| number.parse().ok());
        Behaviour::after(Reply::Damaged(number.unwrap_or(0)))
    };
    let mut tasks = JoinSet::new();
    for worker in 0..AT_ONCE {
        let numbers = (first..first + count).filter(move |number| number % AT_ONCE == worker);
        tasks.spawn(async move {
            let server = FaultServer::start(Service::new(true), Arc::new(script)).await;
            let clients = [1, 2].map(|attempts| client(server.base_url(), attempts, worker));
            let mut counts = Counts::default();
            for number in numbers {
                one(number, &server, &clients, &mut counts).await?;
            }
            Ok::<_, String>(counts)
        });
    }
    let mut counts = Counts::default();
    while let Some(ended) = tasks.join_next().await {
        counts.add(&ended.map_err(|panic| panic.to_string())??);
    }
    Ok(counts)
}

async fn one(
    number: u64,
    server: &FaultServer,
    [once, twice]: &[Client; 2],
    counts: &mut Counts,
) -> Result<(), String> {
    let mut rng = Rng::with_seed(!number);
    let call = Call::random(format!("call-{number}"), &mut rng);
    // Sometimes every attempt is damaged.
    let client = if rng.u8(..8) == 0 { twice } else { once };
    let told = timeout(LONGEST, call.make(client, None)).await;
    let told = told.map_err(|_| format!("{call:?} did not end within {LONGEST:?}"))?;
    counts.one("answers damaged");
    counts.one(&format!("damage: {:?}", Damage::of(number)));
    counts.one(&format!("outcome: {}", word(&told.outcome)));
    // Every request is executed, so a refusal is true only if the service refused.
    call.check(&told, &server.service)?;
    match told.error {
        // All output must be free of personal data.
        Some(error) => drop(format!("{error} {error:?}")),
        None if matches!(told.outcome, Outcome::Executed | Outcome::Replayed) => {
            counts.one("responses decoded in spite of damage");
        }
        None => return Err(format!("{call:?} succeeded as {:?}", told.outcome)),
    }
    Ok(())
}

fn client(base_url: &str, attempts: u32, seed: u64) -> Client {
    let backoff = Backoff::new().base(Duration::from_millis(1)).seed(seed);
    let builder = Client::builder()
        .api_key("ak_live_damaged_answers")
        .base_url(base_url)
        .timeout(TIMEOUT)
        .max_attempts(attempts)
        .pacing(Pacing::off())
        .retry_budget(RetryBudget::unlimited())
        .backoff(backoff.cap(Duration::from_millis(2)));
    builder.build().expect("a client")
}
