//! Memory: the peak of a process that streams a few entries and of one that streams many, and the memory of clones of a
//! client and of clients of further keys. Read from `/proc`, so on Linux only.

use std::process::Command;

use crate::server::{Options, Server};
use crate::subjects::{Allo, Limiter};
use crate::table::{markdown, thousands};
use crate::{Result, Scale, runtime};

pub(crate) fn table(scale: Scale) -> Result<String> {
    if !std::path::Path::new("/proc/self/status").exists() {
        return Ok("Only measured on Linux.\n".to_owned());
    }
    let mut rows = Vec::new();
    for entries in [1_000, scale.of(1_000_000, 10_000)] {
        let options = Options {
            entries,
            ..Options::PLAIN
        };
        let server = Server::start(options)?;
        let peak = child("stream", entries, &server.url)?;
        let what = format!(
            "peak of a process that streams {} entries",
            thousands(entries as f64)
        );
        rows.push([what, format!("{} KiB", thousands(peak))]);
    }
    let server = Server::start(Options::PLAIN)?;
    for clones in [0, 10_000] {
        let peak = child("clones", clones, &server.url)?;
        let what = format!(
            "peak of one with {} clones of a client",
            thousands(clones as f64)
        );
        rows.push([what, format!("{} KiB", thousands(peak))]);
    }
    keys(&mut rows, &server.url)?;
    Ok(markdown(&["what", "figure"], &rows))
}

/// Clients of so many keys over the connections of one, each of which has sent a request.
fn keys(rows: &mut Vec<[String; 2]>, url: &str) -> Result<()> {
    const FEW: usize = 500;
    const MANY: usize = 10_500;
    let mut peaks = Vec::new();
    for count in [FEW, MANY] {
        let peak = child("keys", count, url)?;
        peaks.push(peak);
        let what = format!(
            "peak of one with clients of {} keys, each after a request",
            thousands(count as f64)
        );
        rows.push([what, format!("{} KiB", thousands(peak))]);
    }
    if let [few, many] = peaks[..] {
        let bytes = (many - few) * 1024.0 / (MANY - FEW) as f64;
        let what = "so a key takes".to_owned();
        rows.push([what, format!("{} bytes", thousands(bytes.round()))]);
    }
    Ok(())
}

fn child(what: &str, times: usize, url: &str) -> Result<f64> {
    let output = Command::new(std::env::current_exe()?)
        .args(["memory", what, &times.to_string(), url])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}

/// The process that is measured: prints its own peak, in KiB.
pub(crate) fn run(what: &str, times: &str, url: &str) -> Result<()> {
    let times: usize = times.parse()?;
    let client = Allo::new(url, Limiter::Off)?;
    match what {
        "stream" => {
            let count = runtime()?.block_on(client.list(0))?;
            if count != times {
                return Err(format!("{count} of {times} entries were read").into());
            }
        }
        "keys" => {
            // With a rate limiter for each, as it is by default.
            let client = Allo::new(url, Limiter::Wide)?;
            let keys = (0..times).map(|key| client.with_key(key));
            let keys: Vec<Allo> = keys.collect::<Result<_>>()?;
            runtime()?.block_on(each_calls(&keys))?;
            drop(keys);
        }
        _ => {
            let clones: Vec<Allo> = (0..times).map(|_| client.clone()).collect();
            runtime()?.block_on(client.small())?;
            drop(clones);
        }
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.split_whitespace().next());
    println!("{}", peak.ok_or("no VmHWM in /proc/self/status")?);
    Ok(())
}

async fn each_calls(clients: &[Allo]) -> Result<()> {
    for client in clients {
        client.small().await?;
    }
    Ok(())
}
