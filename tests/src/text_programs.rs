//! Random programs of text messages against a sandbox with faults, which honours or ignores the idempotency keys of the
//! first version of the API: no text message is sent twice, and the client reports no false outcome.

use std::time::Duration;

use allo_client::{Backoff, CallOptions, Client, Outcome, Pacing, RetryBudget};
use allo_sandbox::{Control, Quotas, Sandbox};
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::attacks::Counts;
use crate::fixtures::{CONTACT_NUMBER, LINE};
use crate::model;

const AT_ONCE: usize = 16;
/// The maximum duration of a program.
const LONGEST: Duration = Duration::from_secs(120);

/// Runs the program of each seed twice: with keys honoured and with keys ignored.
///
/// # Errors
/// A text message that was sent twice, or a false report of the client, with the seed of its program.
pub async fn run(seeds: impl IntoIterator<Item = u64>) -> Result<Counts, String> {
    let modes = |seed| [(seed, false), (seed, true)];
    let mut programs = seeds.into_iter().flat_map(modes);
    let mut counts = Counts::default();
    let mut under_way = JoinSet::new();
    let launch = |(seed, ignores)| async move {
        let program = timeout(LONGEST, program(seed, ignores)).await;
        let program = program.unwrap_or_else(|_| Err(format!("no end within {LONGEST:?}")));
        program.map_err(|problem| format!("program {seed}, keys overlooked: {ignores}: {problem}"))
    };
    for program in programs.by_ref().take(AT_ONCE) {
        under_way.spawn(launch(program));
    }
    while let Some(ended) = under_way.join_next().await {
        counts.add(&ended.map_err(|panic| panic.to_string())??);
        if let Some(program) = programs.next() {
            under_way.spawn(launch(program));
        }
    }
    Ok(counts)
}

async fn program(seed: u64, ignores_keys: bool) -> Result<Counts, String> {
    let mut rng = Rng::with_seed(seed);
    let builder = Sandbox::builder().demo_team().quotas(Quotas::off());
    let builder = builder.seed(seed).faults(model::faults_of_seed(seed));
    let sandbox = builder.start().await.map_err(|error| error.to_string())?;
    let control = sandbox.control();
    control.ignore_idempotency_keys_in_v1(ignores_keys);
    let client = client(&sandbox, &mut rng);
    let mut counts = Counts::default();
    counts.one(match ignores_keys {
        true => "programs, keys overlooked",
        false => "programs, keys honoured",
    });
    for number in 0..rng.u32(1..8) {
        let text = format!("Text {number}");
        // A caller who accepts two messages gets one if keys are honoured.
        let accepts_two = rng.u8(..5) == 0;
        text_once(&client, &control, &text, accepts_two, &mut counts).await?;
        if times(&control, &text) > 1 && !(accepts_two && ignores_keys) {
            return Err(format!("{text} was sent {} times", times(&control, &text)));
        }
    }
    counts.more("requests", control.requests().len());
    counts.more("texts sent", control.executed().len());
    counts.more("faults", control.faults().len());
    Ok(counts)
}

async fn text_once(
    client: &Client,
    control: &Control,
    text: &str,
    accepts_two: bool,
    counts: &mut Counts,
) -> Result<(), String> {
    let options = |options: CallOptions| options.with_retry_unproven_writes(accepts_two);
    let call = client.send_sms().from(LINE).to(CONTACT_NUMBER).text(text);
    let call = call.options(options);
    let answer = call.send().await;
    let outcome = match &answer {
        Ok(answer) => answer.outcome(),
        Err(error) => error.outcome().clone(),
    };
    let times = times(control, text);
    let (name, is_true) = match outcome {
        Outcome::NotExecuted => ("not executed", times == 0),
        Outcome::Executed => ("executed", times >= 1),
        // Only a retry can be replayed.
        Outcome::Replayed => ("replayed", times == 1 && accepts_two),
        Outcome::Unknown { .. } => ("unknown", true),
        _ => ("anything else", false),
    };
    counts.one(name);
    if let Err(error) = &answer {
        let is_unknown = matches!(outcome, Outcome::Unknown { .. });
        if error.is_replay_unproven() != is_unknown {
            return Err(format!(
                "{text} does not say that a replay is unproven: {error}"
            ));
        }
        if error.is_connect() {
            control.refuse_connections(false).await;
        }
    }
    match is_true {
        true => Ok(()),
        false => Err(format!(
            "{text} was sent {times} times, it is said: {answer:?}"
        )),
    }
}

fn times(control: &Control, text: &str) -> usize {
    let executed = control.executed();
    let bodies = executed.iter().filter_map(|one| one.body.as_ref());
    bodies.filter(|body| body["message"] == text).count()
}

fn client(sandbox: &Sandbox, rng: &mut Rng) -> Client {
    let backoff = Backoff::new()
        .base(Duration::from_millis(1))
        .seed(rng.u64(..));
    let builder = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .timeout(model::TIMEOUT)
        .deadline(Duration::from_secs(20))
        .max_attempts(rng.u32(1..7))
        .max_response_bytes(100_000)
        .pacing(Pacing::off())
        .retry_budget(RetryBudget::unlimited())
        .backoff(backoff.cap(Duration::from_millis(4)));
    builder.build().expect("a client")
}
