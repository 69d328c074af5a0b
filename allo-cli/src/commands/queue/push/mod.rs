//! `allo queue push`: a list of leads into a teammate's queue. Here: the options and
//! the course. What is shown is in `summary` and `progress`, how it ends in `verdict`,
//! what would happen in `dry_run`, where work is remembered in `journal`, and how it is
//! gone on with in `resume`.

mod dry_run;
mod journal;
mod progress;
mod resume;
mod summary;
mod verdict;

use std::path::{Path, PathBuf};
use std::time::Duration;

use allo_client::Timestamp;
use allo_client::power_dialer::{self, Duplicates, PushReport, Region, TeammateDialer, WhenFull};
use allo_client::types::NewQueueNumber;
use clap::{Args, ValueEnum};

use super::reset;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::leads::mapping::Mapping;
use crate::leads::place::Place;
use crate::leads::rejects::Rejects;
use crate::leads::{Leads, ListFormat, Raw, Shape};
use crate::session::Session;
use resume::{Gone, Way};

#[derive(Args)]
pub(crate) struct Push {
    /// The list; `-` reads stdin
    file: PathBuf,
    /// How the list is written, if its name and first line do not say
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<ListFormat>,
    /// What a column holds, as column=field; `column=-` leaves it out; may be repeated
    #[arg(long, value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// Country of numbers without a country code, such as FR
    #[arg(long, value_name = "COUNTRY")]
    region: Option<String>,
    /// What to do with numbers that are there already
    #[arg(long, value_enum, value_name = "WHAT", default_value = "drop")]
    duplicates: Repeats,
    /// How many entries the queue holds at most: if not all leads fit, none is sent. Without it,
    /// leads are sent in order until the service says that the queue is full
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    capacity: Option<u64>,
    /// Push as many of the first leads as fit; that not all do is no error
    #[arg(long)]
    what_fits: bool,
    /// Push at most the first N good leads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    first: Option<u32>,
    /// How many leads a request holds, 1 to 1,000
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    batch_size: u16,
    /// How long to find out about a batch that may or may not have arrived
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=3600))]
    patience: u64,
    /// Give the teammate a new, empty queue first; asks before
    #[arg(long)]
    reset: bool,
    /// What to do about leads that an earlier run of this push has added and that are not in the
    /// queue any more; asks unless given
    #[arg(long, value_enum, value_name = "WHAT")]
    gone: Option<Gone>,
    /// Say what would be done and how long it takes at least; send nothing
    #[arg(long)]
    dry_run: bool,
    /// Where to write the leads that were not added, with the reason; a file that is there is
    /// replaced only with --yes
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Where to remember what was sent, so that the same command can go on after a crash
    #[arg(long, value_name = "FILE", conflicts_with = "no_journal")]
    journal: Option<PathBuf>,
    /// Remember nothing
    #[arg(long)]
    no_journal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Repeats {
    /// Push a number once, and not if it is in the queue
    Drop,
    /// Push a number once, even if it is in the queue
    DropInList,
    /// Push every row
    Keep,
}

impl From<Repeats> for Duplicates {
    fn from(repeats: Repeats) -> Self {
        match repeats {
            Repeats::Drop => Self::DropInListAndQueue,
            Repeats::DropInList => Self::DropInList,
            Repeats::Keep => Self::Keep,
        }
    }
}

/// A list, read as a whole.
struct List {
    leads: Vec<NewQueueNumber>,
    /// For each lead the line it began in and how it was written.
    origins: Vec<(u64, Raw)>,
    shape: Shape,
}

pub(super) async fn run(session: &mut Session, push: Push) -> Result<Exit, Failure> {
    let region = push.region(session)?;
    // A list that cannot be read is told before anything is asked of the service.
    let leads = Leads::open(&push.file, push.format, Mapping::read(&push.map)?)?;
    let place = push.place(session)?;
    if push.dry_run {
        return dry_run::run(session, &push, region, leads, place).await;
    }
    let list = read(session, leads)?;
    let dialer = super::dialer(session).await?;
    let journal = journal::Journal::choose(session, &push, &list.leads).await?;
    let leads = || push.with_journal(&dialer, region, &list, &journal);
    let way = resume::choose(session, &push, leads(), &journal).await?;
    push.reset(session, &dialer, way).await?;
    if way.resets {
        journal.forget_other()?;
    }
    let mut report = send(session, way.apply(leads()), &journal).await?;
    let is_done = way.is_done;
    if push.gone == Some(Gone::Push) && !is_done && report.stopped().is_none() && has_gone(&report)
    {
        // What was left is done; what was removed from the queue meanwhile is not.
        report = send(session, Way::again().apply(leads()), &journal).await?;
    }
    let verdict = verdict::Verdict::new(&report, is_done, &journal, &push);
    // Whatever happens to that file, the report is shown.
    let rejects = write_rejects(place, &list, &verdict);
    let path = rejects.as_ref().ok().and_then(|path| path.as_deref());
    summary::show(session, &push.file, &list, &verdict, path)?;
    // As long as something is to be done, the same command must go on.
    let rejects = rejects.and_then(|path| journal.settle(&report).map(|()| path));
    verdict.end(rejects)
}

impl Push {
    fn region(&self, session: &Session) -> Result<Option<Region>, Failure> {
        let code = self.region.as_deref().or(session.region());
        let region = code.map(Region::new).transpose();
        region.map_err(|error| {
            let code = code.unwrap_or_default();
            let failure = Failure::usage(format!("no country has the code {code}"));
            match instead_of(code) {
                Some(right) => failure.next(format!("use {right}")),
                None => failure.next(error.suggestion().unwrap_or_default()),
            }
        })
    }

    /// The same options for a push and for its plan.
    fn options(&self, push: power_dialer::Push) -> power_dialer::Push {
        let push = push
            .duplicates(self.duplicates.into())
            .batch_size(self.batch_size.into())
            .batch_deadline(Duration::from_secs(self.patience));
        match self.first() {
            Some(most) => push.limit(most),
            None => push,
        }
    }

    fn first(&self) -> Option<usize> {
        let first = self.first?;
        Some(usize::try_from(first).unwrap_or(usize::MAX))
    }

    /// Where rejects go; nowhere unless told if nothing is sent, or to a sandbox, whose
    /// user only looks around.
    fn place(&self, session: &Session) -> Result<Option<Place>, Failure> {
        if (self.dry_run || session.global.sandbox) && self.rejects.is_none() {
            return Ok(None);
        }
        Place::choose(self.rejects.as_deref(), &self.file, session.global.yes).map(Some)
    }

    /// Empties the queue.
    async fn reset(
        &self,
        session: &Session,
        dialer: &TeammateDialer,
        way: Way,
    ) -> Result<(), Failure> {
        if !way.resets {
            return Ok(());
        }
        reset::agree(session)?;
        let reset = dialer.reset().send().await;
        reset.map(drop).map_err(|error| {
            let failure = Failure::from(error);
            match failure.exit() {
                // Twice is as good as once, and nothing was pushed yet.
                Exit::Unknown => failure
                    .without_key()
                    .next("run the same command again: nothing was pushed yet"),
                _ => failure,
            }
        })
    }

    /// The push as the options say, with its journal.
    fn with_journal(
        &self,
        dialer: &TeammateDialer,
        region: Option<Region>,
        list: &List,
        journal: &journal::Journal,
    ) -> power_dialer::Push {
        let mut push = self.options(dialer.push(list.leads.iter().cloned()));
        if let Some(region) = region {
            push = push.default_region(region);
        }
        if self.what_fits {
            push = push.when_full(WhenFull::SendWhatFits);
        }
        if let Some(capacity) = self.capacity {
            push = push.capacity(capacity);
        }
        match journal.path() {
            Some(path) => push.journal(path),
            None => push,
        }
    }
}

async fn send(
    session: &Session,
    push: power_dialer::Push,
    journal: &journal::Journal,
) -> Result<PushReport, Failure> {
    let bar = progress::Bar::new(session.global.is_quiet());
    let told = bar.clone();
    let attempted = bar.clone();
    session.on_attempt(move |event| attempted.attempted(event));
    let report = push.on_progress(move |event| told.tell(event)).await;
    bar.finish();
    report.map_err(|error| journal.failure(&error))
}

fn has_gone(report: &PushReport) -> bool {
    report.counts().gone > 0
}

/// Writes what was not added, if anything; nothing of what may have been.
fn write_rejects(
    place: Option<Place>,
    list: &List,
    verdict: &verdict::Verdict<'_>,
) -> Result<Option<PathBuf>, Failure> {
    let Some(place) = place else {
        return Ok(None);
    };
    let mut rejects = Rejects::new(place, list.shape.clone());
    for lead in &verdict.report.leads {
        let reason = verdict.reject_reason(lead);
        if let (Some(reason), Some((_, raw))) = (reason, list.origins.get(lead.input)) {
            rejects.write(raw, &reason)?;
        }
    }
    rejects.finish()?;
    Ok((rejects.count() > 0).then(|| rejects.path().to_owned()))
}

fn read(session: &Session, mut leads: Leads) -> Result<List, Failure> {
    let mut list = List {
        shape: leads.shape(),
        leads: Vec::new(),
        origins: Vec::new(),
    };
    for row in leads.by_ref() {
        let row = row?;
        list.leads.push(row.lead);
        list.origins.push((row.line, row.raw));
    }
    tell_of(session, &leads, list.leads.len());
    Ok(list)
}

/// The code of a country that is often called by another one.
fn instead_of(code: &str) -> Option<&'static str> {
    match code.trim().to_uppercase().as_str() {
        "UK" | "EN" | "GBR" => Some("GB"),
        "EL" | "GRC" => Some("GR"),
        "USA" => Some("US"),
        "FRA" => Some("FR"),
        _ => None,
    }
}

/// Says what of a list that was read does not become a lead.
fn tell_of(session: &Session, leads: &Leads, count: usize) {
    for remark in leads.remarks() {
        session.printer.remark(&remark);
    }
    if count == 0 {
        session.printer.remark("There are no leads in the list.");
    }
}

/// A list as it is shown.
fn described(path: &Path, leads: usize) -> String {
    let name = match path.to_str() {
        Some("-") => "stdin".to_owned(),
        _ => path.display().to_string(),
    };
    format!("{name}, {}", counted(leads, "lead"))
}

/// A time as a person reads it, without fractions of a second.
fn moment(time: &Timestamp) -> String {
    let utc = time.instant().to_string();
    let seconds = utc.get(..19).unwrap_or(&utc);
    format!("{} UTC", seconds.replace('T', " "))
}

/// A number and what there are so many of.
fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Counts and what there are so many of, without those of which there are none.
fn listed(counts: &[(&str, usize)]) -> String {
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let each = counts.map(|(what, count)| format!("{count} {what}"));
    each.collect::<Vec<_>>().join(", ")
}
