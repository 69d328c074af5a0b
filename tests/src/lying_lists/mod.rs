//! Lists of servers that lie, read by the real client over HTTP. The sandbox does not lie, so there is a separate
//! server. This file has the rule for every reader, and the counts of many cases.
//!
//! - `case`: a list and the lies about it, by a seed;
//! - `server`: serves them.

mod case;
mod server;

use std::fmt;

use allo_client::builder::power_dialer::GetCurrentDialingQueue;
use allo_client::power_dialer::QueueStatus;
use allo_client::{Client, Error, Items, Teammate};

use crate::harness::client_of;
use case::Case;
use server::Server;

/// The maximum number of requests for a list: twice the maximum number of pages, and what a reader adds to that.
const MOST_REQUESTS: usize = 2 * case::MOST_PAGES_SAID + 110;

/// The results of many cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of cases.
    pub cases: u64,
    /// Lists without lies, each read exactly and with the fewest requests.
    pub honest: u64,
    /// Lists that failed with an error that names operation and page.
    pub failed: u64,
    /// Lists that were read to the end and reported as changed.
    pub moved: u64,
    /// Lists with lies that were read exactly.
    pub exact: u64,
    /// Lists with missing entries that nothing in the responses shows.
    pub unseen: u64,
    /// The number of requests.
    pub requests: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "cases    {:>9}", self.cases)?;
        writeln!(f, "honest   {:>9}", self.honest)?;
        writeln!(f, "failed   {:>9}", self.failed)?;
        writeln!(f, "moved    {:>9}", self.moved)?;
        writeln!(f, "exact    {:>9}", self.exact)?;
        writeln!(f, "unseen   {:>9}", self.unseen)?;
        writeln!(f, "requests {:>9}", self.requests)
    }
}

/// Runs the cases of these seeds, one after another.
///
/// # Errors
/// The seed, the case and the problem, if a reader violated the rule.
pub async fn run(seeds: std::ops::Range<u64>) -> Result<Tally, String> {
    let server = Server::start().await;
    let client = client_of(server.address(), "ak_live_anything");
    let mut tally = Tally::default();
    for seed in seeds {
        let case = Case::of_seed(seed);
        server.serve(case.clone());
        let read = Read::all(&client, &case).await;
        let requests = server.take_requests();
        tally.cases += 1;
        tally.requests += requests as u64;
        read.check(&case, requests, &mut tally)
            .map_err(|problem| format!("seed {seed}: {problem}\n{case:#?}\n{read:#?}"))?;
        server.serve(case.clone());
        let status = dialer_status(&client).await;
        let requests = server.take_requests();
        let is_bounded = requests <= MOST_REQUESTS && status.as_ref().is_ok_or_named();
        if !is_bounded {
            return Err(format!(
                "seed {seed}: status took {requests} requests\n{case:#?}"
            ));
        }
    }
    Ok(tally)
}

async fn dialer_status(client: &Client) -> Result<QueueStatus, Error> {
    let dialer = client.power_dialer().for_teammate(Teammate::Me);
    dialer.status().await
}

trait Named {
    fn is_ok_or_named(&self) -> bool;
}

impl<T> Named for Result<T, &Error> {
    /// An error that ends a list names operation and page.
    fn is_ok_or_named(&self) -> bool {
        self.as_ref().err().is_none_or(|error| {
            let is_named = error.operation() == Some("getCurrentDialingQueue");
            is_named && error.is_decode() && error.message().contains("page")
        })
    }
}

/// The result of one reader.
#[derive(Debug)]
struct Read {
    positions: Vec<i64>,
    error: Option<Error>,
    moved: bool,
    /// Whether the reader stays at its end.
    is_over: bool,
    /// Whether the cursor is after the last entry read.
    is_kept: bool,
}

impl Read {
    async fn all(client: &Client, case: &Case) -> Self {
        let numbers = client.get_current_dialing_queue().size(case.size);
        let mut items: Items<GetCurrentDialingQueue> = numbers.items().prefetch(case.prefetch);
        let mut positions = Vec::new();
        let mut error = None;
        while let Some(item) = items.next().await {
            match item {
                Ok(number) => positions.push(number.position),
                Err(problem) => {
                    error = Some(problem);
                    break;
                }
            }
        }
        let cursor = items.cursor();
        let is_over = items.next().await.is_none() && items.next().await.is_none();
        Self {
            is_kept: cursor.page() >= 1 && (error.is_none() || cursor.offset() == 0),
            moved: items.moved(),
            positions,
            error,
            is_over,
        }
    }

    fn check(&self, case: &Case, requests: usize, tally: &mut Tally) -> Result<(), String> {
        if requests > MOST_REQUESTS {
            return Err(format!("{requests} requests"));
        }
        if !self.is_over || !self.is_kept {
            return Err("it does not stay at its end, or its cursor is lost".to_owned());
        }
        let all: Vec<_> = (0..case.length).collect();
        let is_exact = self.positions == all;
        if let Some(error) = &self.error {
            tally.failed += 1;
            let is_named = Err::<(), _>(error).is_ok_or_named();
            return match is_named && !case.is_honest() {
                true => Ok(()),
                false => Err(format!("{error}")),
            };
        }
        match (is_exact, self.moved) {
            (true, false) if case.is_honest() => {
                tally.honest += 1;
                match case.fewest_requests() {
                    fewest if requests == fewest => Ok(()),
                    fewest => Err(format!("{requests} requests instead of {fewest}")),
                }
            }
            (_, _) if case.is_honest() => Err("an honest list was not read".to_owned()),
            (_, true) => {
                tally.moved += 1;
                Ok(())
            }
            (true, false) => {
                tally.exact += 1;
                Ok(())
            }
            (false, false) if case.may_hide(&self.positions) => {
                tally.unseen += 1;
                Ok(())
            }
            (false, false) => Err("entries are missing or come twice, unsaid".to_owned()),
        }
    }
}
