//! A snapshot of a queue for `show` and `watch`: all entries, the counts, and the remaining
//! quota.

use std::collections::BTreeMap;

use allo_client::power_dialer::{QueueStatus, TeammateDialer};
use allo_client::types::QueueNumber;
use allo_client::{OpenEnum, Quota};
use serde_json::{Value, json};

use crate::error::CliError;
use crate::json;
use crate::output::{Column, Page, column, optional};

const ENTRIES: &[Column] = &[
    column("pos", "position"),
    column("number", "number_to"),
    column("called", "call_start_date"),
    column("result", "routing_result"),
    optional("not reached", "not_reached_destination_reason"),
    optional("voicemail left", "voicemail_left"),
    optional("contact", "sync_status"),
    optional("call", "call_id"),
];

/// A queue at the time it was read.
pub(super) struct Snapshot {
    status: QueueStatus,
    entries: Vec<QueueNumber>,
    quota: Quota,
}

impl Snapshot {
    /// Reads all pages.
    pub(super) async fn take(dialer: &TeammateDialer) -> Result<Self, CliError> {
        let mut pages = dialer.numbers().size(100).pages();
        let mut queue = None;
        let mut entries = Vec::new();
        let mut quota = Quota::default();
        while let Some(page) = pages.try_next().await? {
            quota = page.quota();
            let page = page.into_inner();
            queue = page.queue.or(queue);
            entries.extend(page.data);
        }
        Ok(Self {
            status: QueueStatus::of(queue, &entries),
            entries,
            quota,
        })
    }

    /// The page for `show`: everything.
    pub(super) fn page(&self, teammate: String) -> Result<Page, CliError> {
        let entries = json::values(&self.entries)?;
        Ok(Page {
            json: json!({ "status": json::value(&self.status)?, "numbers": entries }),
            head: self.head(teammate),
            columns: ENTRIES.to_vec(),
            entries,
            empty_message: "",
        })
    }

    /// The page for `watch`: the counts, and the latest calls.
    pub(super) fn overview(&self, teammate: String, most: usize) -> Result<Page, CliError> {
        let mut called: Vec<_> = self
            .entries
            .iter()
            .filter(|it| started(it).is_some())
            .collect();
        called.sort_by_key(|entry| (started(entry), entry.position));
        let latest = called.iter().rev().take(most);
        let mut head = self.head(teammate);
        if let (Some(remaining), Some(limit)) = (self.quota.remaining, self.quota.limit) {
            head.push((
                "quota",
                format!("{remaining} of {limit} reads left this second"),
            ));
        }
        Ok(Page {
            json: self.json()?,
            head,
            columns: ENTRIES.to_vec(),
            entries: json::values(latest)?,
            empty_message: "",
        })
    }

    /// The counts and the quota.
    pub(super) fn json(&self) -> Result<Value, CliError> {
        let mut value = json::value(&self.status)?;
        if let Value::Object(object) = &mut value {
            let quota = json!({ "limit": self.quota.limit, "remaining": self.quota.remaining });
            object.insert("quota".to_owned(), quota);
        }
        Ok(value)
    }

    fn head(&self, teammate: String) -> Vec<(&'static str, String)> {
        let mut head = vec![("teammate", teammate)];
        let Some(queue) = &self.status.queue else {
            head.push((
                "queue",
                "none yet; `allo queue push` creates one".to_owned(),
            ));
            return head;
        };
        let name = queue.name.as_option().map_or("unnamed", String::as_str);
        head.push(("queue", format!("{name} ({})", queue.id)));
        let voicemail = queue.voicemail_handling.as_ref().map(OpenEnum::as_str);
        let disturb = queue.do_not_disturb.as_ref().map(OpenEnum::as_str);
        let setting = |name, value: Option<&str>| value.map(|value| format!("{name} {value}"));
        let settings = [
            setting("voicemail", voicemail),
            setting("do not disturb", disturb),
        ];
        head.push((
            "settings",
            settings
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
        ));
        head.push(("entries", counts(&self.status)));
        if !self.status.outcomes.is_empty() {
            head.push(("outcomes", tally(&self.status.outcomes)));
        }
        if !self.status.not_reached.is_empty() {
            head.push(("not reached", tally(&self.status.not_reached)));
        }
        if self.status.voicemail_left > 0 {
            head.push((
                "voicemail",
                format!("left on {}", self.status.voicemail_left),
            ));
        }
        head
    }
}

fn started(entry: &QueueNumber) -> Option<&allo_client::Timestamp> {
    entry.call_start_date.as_option()
}

fn counts(status: &QueueStatus) -> String {
    let done: u64 = status.outcomes.values().sum();
    format!(
        "{}: {} waiting, {} under way, {done} done",
        status.total, status.waiting, status.under_way
    )
}

fn tally(counts: &BTreeMap<String, u64>) -> String {
    let each = counts.iter().map(|(word, count)| format!("{word} {count}"));
    each.collect::<Vec<_>>().join(", ")
}
