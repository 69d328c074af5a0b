//! The counts of a running push: requests, replays and waits, for the journal and the report.

use std::time::Duration;

use super::journal::Record;
use crate::model::timestamp::Timestamp;

/// The counts of a report besides those of leads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) requests: u32,
    pub(super) replays: u32,
    pub(super) waits: u32,
    pub(super) waited: Duration,
}

impl Totals {
    /// Records a wait of this length, unless it is zero.
    pub(super) fn waited(&mut self, time: Duration) {
        self.waits += u32::from(!time.is_zero());
        self.waited = self.waited.saturating_add(time);
    }

    pub(super) fn record(self, at: Timestamp) -> Record {
        Record::Finished {
            at,
            requests: self.requests,
            replays: self.replays,
            waits: self.waits,
            waited_ms: u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX),
        }
    }

    pub(super) fn of(record: &Record) -> Self {
        match *record {
            Record::Finished {
                requests,
                replays,
                waits,
                waited_ms,
                ..
            } => Self {
                requests,
                replays,
                waits,
                waited: Duration::from_millis(waited_ms),
            },
            _ => Self::default(),
        }
    }
}
