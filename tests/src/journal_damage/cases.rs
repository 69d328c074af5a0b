//! The pushes of which the journals are damaged: each is a sandbox as it was when the push was interrupted, and the
//! journal that the push left.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allo_client::power_dialer::{Duplicates, Push, PushEvent, PushReport, TeammateDialer};
use allo_client::{Error, Teammate};
use allo_sandbox::{Checkpoint, Quotas};

use super::Age;
use crate::harness::{Harness, MARIE};
use crate::journal::Records;

const APPEND: &str = "appendDialingQueueNumbers";

/// What a push is like.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    /// Which of ten numbers each lead has.
    list: &'static [u64],
    batch_size: usize,
    duplicates: Duplicates,
    /// Which numbers are in the queue before.
    queued: &'static [u64],
    capacity: usize,
    /// How many of the first batches the server finds too large.
    too_large: usize,
    /// How many records the push wrote before it was interrupted.
    records: usize,
    /// How many batches the server has executed by then.
    executed: usize,
}

const PLAIN: Shape = Shape {
    name: "a push that is finished",
    list: &[0, 1, 2, 3, 4],
    batch_size: 2,
    duplicates: Duplicates::Keep,
    queued: &[],
    capacity: 1_000,
    too_large: 0,
    records: usize::MAX,
    executed: usize::MAX,
};

/// After head and plan, two records to a batch.
const SHAPES: [Shape; 10] = [
    PLAIN,
    Shape {
        name: "interrupted before the second batch arrived",
        records: 5,
        executed: 1,
        ..PLAIN
    },
    Shape {
        name: "interrupted after the second batch was executed",
        records: 5,
        executed: 2,
        ..PLAIN
    },
    Shape {
        name: "interrupted between two batches",
        records: 6,
        executed: 2,
        ..PLAIN
    },
    Shape {
        name: "a list with equal numbers",
        list: &[0, 1, 0, 1, 1],
        records: 6,
        executed: 2,
        ..PLAIN
    },
    Shape {
        name: "a queue that held other numbers, and the same",
        queued: &[7, 1, 3],
        records: 7,
        executed: 3,
        ..PLAIN
    },
    Shape {
        name: "a list of which some is in the queue",
        queued: &[7, 1, 3],
        duplicates: Duplicates::DropInListAndQueue,
        batch_size: 1,
        records: 6,
        executed: 2,
        ..PLAIN
    },
    Shape {
        name: "batches that are too large",
        list: &[0, 1, 2, 3, 4, 5, 6, 7],
        batch_size: 4,
        too_large: 1,
        records: 9,
        executed: 3,
        ..PLAIN
    },
    Shape {
        name: "batches that are too large twice",
        list: &[0, 1, 2, 3, 4, 5, 6, 7],
        batch_size: 4,
        too_large: 2,
        records: 8,
        executed: 2,
        ..PLAIN
    },
    Shape {
        name: "a queue that is full",
        list: &[0, 1, 2, 3, 4, 5, 6, 7],
        queued: &[8],
        capacity: 6,
        batch_size: 3,
        ..PLAIN
    },
];

/// A push that was interrupted.
pub(super) struct Case {
    shape: Shape,
    harness: Harness,
    before: Checkpoint,
    path: PathBuf,
    /// Its journal.
    records: Records,
}

pub(super) async fn all(directory: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, shape) in SHAPES.into_iter().enumerate() {
        let path = directory.join(format!("{index}.jsonl"));
        cases.push(Case::new(shape, path).await);
    }
    cases
}

fn number(index: u64) -> String {
    format!("+3319900000{index}")
}

impl Case {
    async fn new(shape: Shape, path: PathBuf) -> Self {
        let harness =
            Harness::with(|builder| builder.quotas(Quotas::off()).queue_capacity(shape.capacity))
                .await;
        let mut case = Self {
            before: harness.control.checkpoint(),
            harness,
            shape,
            path,
            records: Records(Vec::new()),
        };
        if !shape.queued.is_empty() {
            let numbers = shape.queued.iter().copied().map(number);
            let filled = case.dialer().push(numbers).await.expect("room");
            assert!(filled.is_complete());
        }
        for _ in 0..shape.too_large {
            case.answer_too_large();
        }
        let (control, seen) = (
            case.harness.control.clone(),
            Arc::new(Mutex::new(Vec::new())),
        );
        let told = Arc::clone(&seen);
        let push = case.prepared().on_progress(move |event| {
            if let PushEvent::Batch { .. } = event {
                told.lock().expect("no panic").push(control.checkpoint());
            }
        });
        let report = push.await.expect("a report");
        assert_eq!(report.counts().unknown, 0, "{}: {report:?}", shape.name);
        let records = Records::read(&case.path);
        let keep = records.0.len().min(shape.records);
        case.records = records.first(keep);
        let seen = seen.lock().expect("no panic");
        let then = shape.executed.min(seen.len());
        case.before = seen[then - 1].clone();
        drop(seen);
        case
    }

    fn answer_too_large(&self) {
        let answer = self
            .harness
            .control
            .respond_once(APPEND, 413, &[], "too large");
        answer.expect("an operation");
    }

    fn dialer(&self) -> TeammateDialer {
        let dialer = self.harness.client.power_dialer();
        dialer.for_teammate(Teammate::email(MARIE))
    }

    pub(super) const fn name(&self) -> &'static str {
        self.shape.name
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The journal that the push left, so long ago.
    pub(super) fn journal(&self, age: Age) -> Vec<u8> {
        let records = self.records.clone();
        match age {
            Age::WithinTheHour => records.sealed(),
            Age::AfterTheHour => records.older(Duration::from_secs(7_200)).sealed(),
        }
    }

    /// Puts the sandbox back to what it was when the push was interrupted.
    pub(super) fn come_back(&self, age: Age) {
        self.harness.control.clear_log();
        self.harness.control.restore(&self.before);
        if age == Age::AfterTheHour {
            self.harness.control.forget_idempotency_keys();
        }
    }

    fn prepared(&self) -> Push {
        let push = self.dialer().push(self.list());
        push.batch_size(self.shape.batch_size)
            .duplicates(self.shape.duplicates)
            .journal(&self.path)
    }

    /// Starts the push.
    pub(super) async fn push(&self) -> Result<PushReport, Error> {
        self.prepared().await
    }

    pub(super) fn list(&self) -> Vec<String> {
        self.shape.list.iter().copied().map(number).collect()
    }

    /// How many entries were in the queue before the push.
    pub(super) fn strangers(&self) -> usize {
        self.shape.queued.len()
    }

    /// The queue, by position and number.
    pub(super) fn queue(&self) -> Vec<(u64, String)> {
        let queue = self.harness.control.queue_of(&self.harness.id_of(MARIE));
        let entries = queue.map(|queue| queue.entries).unwrap_or_default();
        let places = entries
            .into_iter()
            .map(|entry| (entry.position, entry.number_to));
        places.collect()
    }

    /// Whether the queue can take no more.
    pub(super) fn is_full(&self) -> bool {
        self.queue().len() == self.shape.capacity
    }
}
