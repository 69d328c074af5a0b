//! One push: a service with faults, a list, a process that is killed and restarted, and the
//! comparison of the queue with the list.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use allo_sandbox::{Control, Fault, FaultPlan, Quotas, RateLimitForm, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::point::Point;

const APPEND: &str = "appendDialingQueueNumbers";
/// Area codes whose numbers 555-0100 to 555-0199 are reserved for fiction.
const AREAS: [u32; 10] = [206, 212, 213, 305, 312, 404, 415, 503, 617, 702];
/// The number of requests for the list.
const BATCHES: usize = 10;
/// After this many starts without a kill the push should have finished.
const STARTS: u64 = 5;

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pushes: u64,
    starts: u64,
    requests: u64,
    faults: u64,
    replays: u64,
    leads: u64,
    unknown: u64,
    /// What each kill waited for, and the number of records in the journal.
    kills: Vec<(&'static str, usize)>,
}

impl Tally {
    pub(crate) fn kills(&self) -> u64 {
        u64::try_from(self.kills.len()).expect("few")
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.pushes += other.pushes;
        self.starts += other.starts;
        self.requests += other.requests;
        self.faults += other.faults;
        self.replays += other.replays;
        self.leads += other.leads;
        self.unknown += other.unknown;
        self.kills.extend(other.kills);
    }

    /// Whether there were kills of every kind, and unknown outcomes.
    pub(crate) fn check(&self) {
        let kinds: BTreeSet<_> = self.kills.iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        let records: BTreeSet<_> = self.kills.iter().map(|(_, records)| records).collect();
        assert!(records.len() >= BATCHES, "{records:?}");
        assert!(self.faults > 0 && self.replays > 0, "nothing was in doubt");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "pushes {:>12}", self.pushes)?;
        writeln!(f, "kills {:>13}", self.kills.len())?;
        writeln!(f, "starts {:>12}", self.starts)?;
        writeln!(f, "requests {:>10}", self.requests)?;
        writeln!(f, "faults {:>12}", self.faults)?;
        writeln!(f, "replays {:>11}", self.replays)?;
        writeln!(f, "leads, once {:>7}", self.leads)?;
        writeln!(f, "leads, unknown {:>4}", self.unknown)
    }
}

/// Runs a push until it is finished, with this many kills.
pub(crate) fn run(runtime: &Handle, seed: u64, kills: u64) -> Tally {
    let mut dice = fastrand::Rng::with_seed(seed);
    let sandbox = runtime.block_on(start(seed));
    let control = sandbox.control();
    let directory = TempDir::new().expect("a directory");
    let numbers = numbers();
    std::fs::write(directory.path().join("leads.csv"), list(&numbers)).expect("a file");
    let push = Push {
        directory: directory.path(),
        sandbox: &sandbox,
    };
    let mut tally = Tally {
        pushes: 1,
        ..Tally::default()
    };
    while tally.kills() < kills && !push.is_finished() {
        let point = Point::draw(&mut dice);
        let mut child = push.start(Stdio::null);
        tally.starts += 1;
        point.kill(&mut child, &control, &push.journal());
        // What follows the last record is not part of the push.
        if !push.is_finished() {
            tally
                .kills
                .push((point.kind(), push.records().lines().count()));
        }
    }
    let report = push.finish(&mut tally, seed);
    tally.judge(&report, &control, &numbers, seed);
    tally
}

async fn start(seed: u64) -> Sandbox {
    let sandbox = Sandbox::builder().demo_team().seed(seed);
    let sandbox = sandbox.quotas(Quotas::standard()).faults(faults(seed));
    sandbox.start().await.expect("a free port")
}

/// A service that loses about every third append, before or after executing it.
fn faults(seed: u64) -> FaultPlan {
    let faults = [
        (0.04, Fault::ResetBeforeExecution),
        (0.10, Fault::ResetAfterExecution),
        (0.04, Fault::HalfBody),
        (0.03, Fault::Html(502)),
        (0.03, Fault::Internal { retryable: true }),
        (0.03, Fault::AppendConflict),
        (0.03, Fault::TransactionInProgress),
        (0.02, Fault::Undecodable201),
        (
            0.02,
            Fault::RateLimited(RateLimitForm::RetryAfterSeconds(1)),
        ),
        (0.02, Fault::StallBeforeBody(Duration::from_millis(300))),
    ];
    faults
        .into_iter()
        .fold(FaultPlan::new(seed), |plan, (probability, fault)| {
            plan.on(APPEND).probability(probability).inject(fault)
        })
}

fn numbers() -> Vec<String> {
    let area = |area| (0..100).map(move |last| format!("+1{area}55501{last:02}"));
    AREAS.into_iter().flat_map(area).collect()
}

fn list(numbers: &[String]) -> String {
    let rows = numbers.iter().enumerate();
    let rows = rows.map(|(index, number)| format!("{number},Lead {index}\n"));
    format!("number,name\n{}", rows.collect::<String>())
}

/// The command that is restarted.
struct Push<'a> {
    directory: &'a Path,
    sandbox: &'a Sandbox,
}

impl Push<'_> {
    fn journal(&self) -> std::path::PathBuf {
        self.directory.join("journal.jsonl")
    }

    fn records(&self) -> String {
        let bytes = std::fs::read(self.journal()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn is_finished(&self) -> bool {
        self.records().contains("\"record\":\"finished\"")
    }

    fn start(&self, output: fn() -> Stdio) -> Child {
        Command::new(env!("CARGO_BIN_EXE_allo"))
            .args([
                "queue",
                "push",
                "leads.csv",
                "--teammate",
                "marie@example.com",
            ])
            .args(["--duplicates", "keep", "--journal", "journal.jsonl"])
            .args(["--output", "json", "--json-errors"])
            .env_clear()
            .env("HOME", self.directory)
            .env("ALLO_BASE_URL", self.sandbox.base_url())
            .env("ALLO_API_KEY", self.sandbox.api_key())
            .current_dir(self.directory)
            .stdin(Stdio::null())
            .stdout(output())
            .stderr(output())
            .spawn()
            .expect("the program")
    }

    /// Starts it without killing it, until it has nothing left to do.
    fn finish(&self, tally: &mut Tally, seed: u64) -> Value {
        let mut last = String::new();
        for _ in 0..STARTS {
            let output = self.start(Stdio::piped).wait_with_output().expect("an end");
            tally.starts += 1;
            if output.status.success() {
                return serde_json::from_slice(&output.stdout).expect("JSON");
            }
            last = String::from_utf8_lossy(&output.stderr).into_owned();
        }
        panic!("the push with ALLO_SEED={seed} does not come to its end: {last}");
    }
}

impl Tally {
    /// Compares the queue with the list and with the report.
    fn judge(&mut self, report: &Value, control: &Control, numbers: &[String], seed: u64) {
        let users = control.users();
        let marie = users.iter().find(|user| user.email == "marie@example.com");
        let queue = control
            .queue_of(&marie.expect("Marie").id)
            .expect("a queue");
        let queued: Vec<_> = queue.entries.iter().map(|entry| &entry.number_to).collect();
        assert!(
            queued.iter().copied().eq(numbers),
            "the queue is not the list with ALLO_SEED={seed}: {} of {} leads",
            queued.len(),
            numbers.len(),
        );
        let leads = report["leads"].as_array().expect("leads");
        let reported = leads.iter().zip(numbers).all(|(lead, number)| {
            lead["status"] == "added" && lead["lead"]["number"] == number.as_str()
        });
        assert!(
            reported && leads.len() == numbers.len(),
            "ALLO_SEED={seed}: {report}"
        );
        let requests = control.requests();
        let count = |wanted: fn(&allo_sandbox::LoggedRequest) -> bool| {
            u64::try_from(requests.iter().filter(|request| wanted(request)).count()).expect("few")
        };
        self.leads += u64::try_from(queued.len()).expect("few");
        self.requests += count(|_| true);
        self.replays += count(|request| request.replayed);
        self.faults += u64::try_from(control.faults().len()).expect("few");
        self.unknown += report["counts"]["unknown"].as_u64().expect("a count");
    }
}
