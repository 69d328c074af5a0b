//! `--dry-run`: shows what a push would do. The list is read row by row and never held in
//! memory as a whole, so its length does not matter.

use allo_client::power_dialer::{
    Duplicates, LeadValidator, LeadValidatorOptions, Region, Rejection, TeammateDialer,
};
use allo_client::types::NewQueueNumber;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

use super::options::Push;
use super::summary::hint;
use super::{exit_status, words};
use crate::error::CliError;
use crate::exit::Exit;
use crate::leads::Leads;
use crate::leads::rejects::Rejects;
use crate::leads::row::Row;
use crate::output::{Column, Page, column};
use crate::output_file::OutputFile;
use crate::session::Session;

/// The duration of more requests is extrapolated from that of this many.
const MAX_PLANNED: usize = 10_000;
/// The maximum number of rejected rows to show.
const MAX_SHOWN: usize = 20;

const REJECTED: &[Column] = &[
    column("line", "line"),
    column("number", "number"),
    column("reason", "reason"),
];

/// Counts collected in one pass over the list.
#[derive(Default)]
struct Tally {
    /// The maximum number of valid leads to send.
    max_leads: usize,
    leads: usize,
    good: usize,
    /// The number of valid leads beyond `max_leads`.
    beyond: usize,
    duplicates: usize,
    /// Whether a lead before that point was rejected.
    has_rejects: bool,
    /// The number of rejected leads by reason code.
    rejected: BTreeMap<&'static str, usize>,
    /// The number of leads per request.
    batch_size: usize,
    /// The first valid lead of each request.
    first: Vec<NewQueueNumber>,
    /// The first rejected leads.
    shown: Vec<Value>,
}

pub(super) async fn run(
    session: &mut Session,
    push: &Push,
    region: Option<Region>,
    mut leads: Leads,
    place: Option<OutputFile>,
) -> Result<Exit, CliError> {
    let dialer = session.dialer().await?;
    let mut validator = validator(push, region, &dialer).await?;
    let mut rejects = place.map(|place| Rejects::new(place, leads.shape()));
    let mut tally = Tally {
        max_leads: push.first().unwrap_or(usize::MAX),
        batch_size: push.batch_size.into(),
        ..Tally::default()
    };
    for row in leads.by_ref() {
        tally.count(&row?, &mut validator, rejects.as_mut())?;
    }
    words::print_warnings(session, &leads, tally.leads);
    if let Some(rejects) = &mut rejects {
        rejects.finish()?;
    }
    let forecast = Forecast::of(push, region, &dialer, &mut tally).await?;
    let page = tally.page(session, push, &forecast);
    session.printer.page(&page)?;
    tally.end(push, &forecast)
}

/// The requests, duration and queue capacity of the push, as far as the service tells them.
struct Forecast {
    to_send: usize,
    batches: usize,
    requests: usize,
    queue_total: u64,
    /// The free capacity of the queue, if `--capacity` was given.
    room: Option<usize>,
    least_time: Duration,
}

impl Forecast {
    async fn of(
        push: &Push,
        region: Option<Region>,
        dialer: &TeammateDialer,
        tally: &mut Tally,
    ) -> Result<Self, CliError> {
        // Duplicates were counted before, so only size and time matter here. Each lead stands for
        // one request.
        let planned = dialer.push(std::mem::take(&mut tally.first));
        let planned = planned.duplicates(Duplicates::Keep).batch_size(1);
        let mut planned = match region {
            Some(region) => planned.default_region(region),
            None => planned,
        };
        let plan = planned.plan().await?;
        let held = if push.reset { 0 } else { plan.queue_total };
        let room = push.capacity.map(|capacity| {
            let room = capacity.saturating_sub(held);
            usize::try_from(room).unwrap_or(usize::MAX)
        });
        let fitting = tally.good.min(room.unwrap_or(usize::MAX));
        // Send all or none, unless `--what-fits` was given.
        let to_send = match fitting < tally.good && !push.what_fits {
            true => 0,
            false => fitting,
        };
        let batches = to_send.div_ceil(tally.batch_size);
        let reset = usize::from(push.reset);
        Ok(Self {
            to_send,
            batches,
            requests: plan.requests - plan.batches + batches + reset,
            queue_total: plan.queue_total,
            room,
            least_time: scaled(plan.least_time, plan.batches, batches),
        })
    }

    /// The text of the line `queue`.
    fn queue(&self, push: &Push) -> String {
        let entries = self.queue_total;
        let room = self
            .room
            .map_or_else(String::new, |room| format!(", room for {room}"));
        match push.reset {
            true => format!("a new queue replaces the current one with {entries} entries{room}"),
            false => format!("{entries} entries{room}"),
        }
    }
}

/// Scales the duration of the planned requests to another number of requests.
fn scaled(time: Duration, planned: usize, batches: usize) -> Duration {
    match (u32::try_from(planned), u32::try_from(batches)) {
        (Ok(planned), Ok(batches)) if planned > 0 && planned != batches => time * batches / planned,
        _ => time,
    }
}

/// A validator that knows the numbers in the queue, if duplicates with the queue are dropped.
async fn validator(
    push: &Push,
    region: Option<Region>,
    dialer: &TeammateDialer,
) -> Result<LeadValidator, CliError> {
    let duplicates = Duplicates::from(push.duplicates);
    let options = LeadValidatorOptions::new().duplicates(duplicates);
    let mut validator = LeadValidator::new(match region {
        Some(region) => options.default_region(region),
        None => options,
    });
    // A new queue has no entries.
    if duplicates == Duplicates::DropInListAndQueue && !push.reset {
        let mut entries = dialer.numbers().size(100).items();
        while let Some(entry) = entries.try_next().await? {
            validator.queued(&entry);
        }
    }
    Ok(validator)
}

impl Tally {
    fn count(
        &mut self,
        row: &Row,
        validator: &mut LeadValidator,
        rejects: Option<&mut Rejects>,
    ) -> Result<(), CliError> {
        self.leads += 1;
        let is_beyond = self.good >= self.max_leads;
        match validator.check(&row.lead) {
            Ok(_) if is_beyond => {
                self.beyond += 1;
                Ok(())
            }
            Ok(_) => {
                if self.good.is_multiple_of(self.batch_size) && self.first.len() < MAX_PLANNED {
                    self.first.push(NewQueueNumber::new(&row.lead.number));
                }
                self.good += 1;
                Ok(())
            }
            Err(reason) if reason.is_duplicate() => {
                self.duplicates += 1;
                Ok(())
            }
            Err(reason) => {
                self.reject(row, &reason);
                self.has_rejects |= !is_beyond;
                let rejects = rejects.filter(|_| !is_beyond);
                rejects.map_or(Ok(()), |rejects| {
                    rejects.write(&row.raw, &reason.to_string())
                })
            }
        }
    }

    fn reject(&mut self, row: &Row, reason: &Rejection) {
        *self.rejected.entry(reason.code()).or_default() += 1;
        if self.shown.len() < MAX_SHOWN {
            let (line, reason) = (row.line, reason.to_string());
            let number = &row.lead.number;
            self.shown
                .push(json!({ "line": line, "number": number, "reason": reason }));
        }
    }

    fn all_rejected(&self) -> usize {
        self.rejected.values().sum()
    }

    fn page(&self, session: &Session, push: &Push, plan: &Forecast) -> Page {
        let rejected = self.all_rejected();
        let to_send = plan.to_send;
        let mut head = vec![
            ("teammate", session.teammate_shown()),
            ("list", words::described(&push.file, self.leads)),
            (
                "to send",
                format!("{to_send} in {}", words::counted(plan.batches, "request")),
            ),
            ("duplicates", self.duplicates.to_string()),
            ("rejected", rejected.to_string()),
            ("left out", (self.good + self.beyond - to_send).to_string()),
            ("queue", plan.queue(push)),
            ("requests", format!("at least {} in total", plan.requests)),
            ("time", format!("at least {}", seconds(plan.least_time))),
        ];
        if let Some(hint) = hint(self.rejected.keys().copied()) {
            head.push(hint);
        }
        if rejected > self.shown.len() {
            head.push(("shown", format!("the first {MAX_SHOWN} rejected rows")));
        }
        let json = json!({
            "leads": self.leads,
            "to_send": to_send,
            "duplicates": self.duplicates,
            "rejected": rejected,
            "rejections": self.rejected,
            "left_out": self.good + self.beyond - to_send,
            "beyond_first": self.beyond,
            "queue_total": plan.queue_total,
            "capacity_left": plan.room,
            "reset": push.reset,
            "batches": plan.batches,
            "requests": plan.requests,
            "least_seconds": plan.least_time.as_secs_f64(),
            "first_rejected": self.shown,
        });
        Page {
            json,
            head,
            columns: REJECTED.to_vec(),
            entries: self.shown.clone(),
            empty_message: "",
        }
    }

    /// Lists the leads that would not be added.
    fn rest(&self, left_out: usize) -> String {
        words::listed(&[
            ("duplicate", self.duplicates),
            ("rejected", self.all_rejected()),
            ("not sent because the queue is full", left_out),
        ])
    }

    /// The exit status that the push would have if every request succeeds.
    fn end(&self, push: &Push, plan: &Forecast) -> Result<Exit, CliError> {
        let (wanted, to_send) = (self.good, plan.to_send);
        if wanted > to_send && !push.what_fits {
            let room = plan.room.unwrap_or_default();
            let message = format!("{wanted} leads to send, but the queue has room for {room}");
            return Err(CliError::new(Exit::Limit, message).next(
                "make room with `allo queue clear`, or add --what-fits to push the first ones",
            ));
        }
        match (wanted - to_send, to_send) {
            (0, _) if !self.has_rejects => Ok(Exit::Ok),
            (left, 1..) => {
                let message = format!(
                    "{to_send} of {} leads would be added: {}",
                    self.leads - self.beyond,
                    self.rest(left)
                );
                Err(CliError::new(Exit::Partial, message))
            }
            (0, 0) => {
                let message = format!("no lead would be added: {}", self.rest(0));
                Err(CliError::new(Exit::Validation, message))
            }
            (_, 0) => Err(exit_status::no_room()),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
