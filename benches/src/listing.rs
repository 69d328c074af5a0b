//! Reading a whole queue page by page, with latency, with and without the rate limit of the service, compared with a
//! hand-written loop and with the lower bound of any reader.

use std::time::{Duration, Instant};

use crate::server::{Options, Server};
use crate::subjects::{Allo, Hand, Limiter};
use crate::table::markdown;
use crate::{Result, Scale, canned, runtime};

/// The number of prefetched pages: those of one second, as the quota allows.
const AHEAD: usize = 20;
/// The reads per second that the service documents.
const QUOTA: u32 = 20;

pub(crate) fn table(scale: Scale) -> Result<String> {
    let sizes: &[usize] = if scale.quick {
        &[1_000]
    } else {
        &[1_000, 10_000]
    };
    let mut rows = Vec::new();
    for quota in [QUOTA, 0] {
        for entries in sizes {
            for latency in [0, 50, 150] {
                rows.push(row(*entries, latency, quota)?);
            }
        }
    }
    let columns = [
        "entries",
        "quota",
        "latency",
        "bound",
        "allo-client",
        "by hand",
        "refused",
        "worst second",
    ];
    Ok(markdown(&columns, &rows))
}

fn row(entries: usize, latency: u64, quota: u32) -> Result<Vec<String>> {
    let pages = entries.div_ceil(canned::PAGE);
    let bound = bound(pages, latency, quota);
    let options = Options {
        entries,
        latency,
        quota: quota as usize,
    };
    let (by_allo, seen) = {
        let server = Server::start(options)?;
        let limiter = if quota > 0 {
            Limiter::Reads(quota)
        } else {
            Limiter::Off
        };
        let read = timed(entries, async {
            Allo::new(&server.url, limiter)?.list(AHEAD).await
        })?;
        (read, server.seen()?)
    };
    let server = Server::start(options)?;
    // The hand-written loop needs a margin: exactly at the limit it would get an occasional 429.
    let pace = (quota > 0).then(|| Duration::from_secs(1) / quota + Duration::from_millis(1));
    let by_hand = timed(entries, async {
        Hand::new(&server.url)?.list(pace, AHEAD + 1).await
    });
    let by_hand = by_hand.map_or_else(|_| "refused".to_owned(), |time| seconds(time, bound));
    Ok(vec![
        entries.to_string(),
        if quota > 0 {
            format!("{quota}/s")
        } else {
            "none".to_owned()
        },
        format!("{latency} ms"),
        format!("{:.2} s", bound.as_secs_f64()),
        seconds(by_allo, bound),
        by_hand,
        seen.refused.to_string(),
        seen.worst.to_string(),
    ])
}

/// The first page contains the number of pages; the others are requested with the allowed
/// concurrency.
fn bound(pages: usize, latency: u64, quota: u32) -> Duration {
    let latency = Duration::from_millis(latency);
    match usize::try_from(quota) {
        Ok(quota @ 1..) => Duration::from_secs((pages.saturating_sub(1) / quota) as u64) + latency,
        _ => latency * u32::try_from(1 + (pages - 1).div_ceil(AHEAD + 1)).unwrap_or(u32::MAX),
    }
}

fn timed(entries: usize, read: impl Future<Output = Result<usize>>) -> Result<Duration> {
    let start = Instant::now();
    let count = runtime()?.block_on(read)?;
    if count != entries {
        return Err(format!("{count} of {entries} entries were read").into());
    }
    Ok(start.elapsed())
}

fn seconds(time: Duration, bound: Duration) -> String {
    let seconds = time.as_secs_f64();
    if bound.is_zero() {
        format!("{seconds:.3} s")
    } else {
        format!("{seconds:.2} s ({:.2} ×)", seconds / bound.as_secs_f64())
    }
}
