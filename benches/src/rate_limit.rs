//! The rate limiter, measured through calls: its cost without waiting, and the cost and waits of many waiting calls.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::server::{Options, Server};
use crate::subjects::{Allo, Limiter};
use crate::table::markdown;
use crate::{Result, Scale, cpu, runtime};

pub(crate) fn table(scale: Scale) -> Result<String> {
    let mut rows = vec![uncontended(scale)?];
    let (waiters, limit) = if scale.quick {
        (100, 100)
    } else {
        (1_000, 200)
    };
    rows.extend(contended(waiters, limit)?);
    Ok(markdown(&["what", "figure"], &rows))
}

/// The cost of a call with the limiter less that of a call without.
fn uncontended(scale: Scale) -> Result<Vec<String>> {
    let server = Server::start(Options::PLAIN)?;
    let runtime = runtime()?;
    let clients = [Limiter::Off, Limiter::Wide].map(|limiter| Allo::new(&server.url, limiter));
    let clients: Vec<Allo> = clients.into_iter().collect::<Result<_>>()?;
    let micros = cpu::interleaved(
        &clients,
        scale.of(15, 2),
        scale.of(1_000, 50),
        |client, times| {
            runtime.block_on(async {
                for _ in 0..times {
                    client.small().await?;
                }
                Ok(())
            })
        },
    )?;
    let [without, with] = micros[..] else {
        return Err("two clients were measured".into());
    };
    let what = "CPU of a small GET without limiter, and with one that lets everybody pass";
    Ok(vec![
        what.to_owned(),
        format!("{without:.1} µs, {with:.1} µs"),
    ])
}

fn contended(waiters: usize, limit: u32) -> Result<Vec<Vec<String>>> {
    let server = Server::start(Options::PLAIN)?;
    let client = Allo::new(&server.url, Limiter::Reads(limit))?;
    let runtime = runtime()?;
    // The connection is opened before the measurement.
    runtime.block_on(client.small())?;
    std::thread::sleep(Duration::from_secs(1));
    server.seen()?;
    let (before, start) = (cpu::used(), Instant::now());
    let mut waits = LocalSet::new().block_on(&runtime, waits(client, waiters, start))?;
    let (used, took) = (cpu::used() - before, start.elapsed());
    waits.sort();
    let seen = server.seen()?;
    let at = |share: usize| {
        waits
            .get(waits.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let bound = (waiters.saturating_sub(1)) as f64 / f64::from(limit);
    let row = |what: &str, figure: String| vec![what.to_owned(), figure];
    Ok(vec![
        row(
            &format!(
                "{waiters} calls at once at {limit}/s: time (no less than {:.1} s)",
                bound.floor()
            ),
            format!("{:.2} s", took.as_secs_f64()),
        ),
        row(
            "CPU of each of them",
            format!("{:.1} µs", used.as_secs_f64() * 1e6 / waiters as f64),
        ),
        row(
            "wait: half of them, nine tenths, the longest",
            format!(
                "{:.2} s, {:.2} s, {:.2} s",
                at(50).as_secs_f64(),
                at(90).as_secs_f64(),
                waits.last().copied().unwrap_or_default().as_secs_f64()
            ),
        ),
        row(
            "requests that the server saw, and the most in one second",
            format!("{}, {}", seen.requests, seen.worst),
        ),
        row(
            "from the first request to the last",
            format!("{:.2} s", seen.spread.as_secs_f64()),
        ),
    ])
}

async fn waits(client: Allo, waiters: usize, start: Instant) -> Result<Vec<Duration>> {
    let client = Rc::new(client);
    let call = |_| {
        let client = Rc::clone(&client);
        tokio::task::spawn_local(async move {
            client.small().await?;
            Result::Ok(start.elapsed())
        })
    };
    let calls: Vec<_> = (0..waiters).map(call).collect();
    let mut waits = Vec::with_capacity(calls.len());
    for call in calls {
        waits.push(call.await??);
    }
    Ok(waits)
}
