//! The options of `allo queue push`, and what they mean for the push of the client.

use std::path::PathBuf;
use std::time::Duration;

use allo_client::power_dialer::{self, Duplicates, Region};
use clap::{Args, ValueEnum};

use crate::error::CliError;
use crate::leads::source::ListFormat;
use crate::output_file::OutputFile;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Push {
    /// The list; `-` reads stdin
    pub(super) file: PathBuf,
    /// How the list is written, if its name and first line do not say
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<ListFormat>,
    /// What a column holds, as column=field; `column=-` leaves it out; may be repeated
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(super) map: Vec<String>,
    /// Country of numbers without a country code, such as FR
    #[arg(long, value_name = "COUNTRY")]
    pub(super) region: Option<String>,
    /// What to do with numbers that are there already
    #[arg(long, value_enum, value_name = "WHAT", default_value = "drop")]
    pub(super) duplicates: DuplicateHandling,
    /// How many entries the queue holds at most: if not all leads fit, none is sent. Without it,
    /// leads are sent in order until the service says that the queue is full
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) capacity: Option<u64>,
    /// Push as many of the first leads as fit; that not all do is no error
    #[arg(long)]
    pub(super) what_fits: bool,
    /// Push at most the first N good leads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) first: Option<u32>,
    /// How many leads a request holds, 1 to 1,000
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(super) batch_size: u16,
    /// How long to find out about a batch that may or may not have arrived
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) patience: u64,
    /// Give the teammate a new, empty queue first; asks before
    #[arg(long)]
    pub(super) reset: bool,
    /// What to do about leads that an earlier run of this push has added and that are not in the
    /// queue any more; asks unless given
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) gone: Option<Gone>,
    /// Say what would be done and how long it takes at least; send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Where to write the leads that were not added, with the reason; a file that is there is
    /// replaced only with --yes
    #[arg(long, value_name = "FILE")]
    pub(super) rejects: Option<PathBuf>,
    /// Where to remember what was sent, so that the same command can go on after a crash
    #[arg(long, value_name = "FILE", conflicts_with = "no_journal")]
    pub(super) journal: Option<PathBuf>,
    /// Remember nothing
    #[arg(long)]
    pub(super) no_journal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DuplicateHandling {
    /// Push a number once, and not if it is in the queue
    Drop,
    /// Push a number once, even if it is in the queue
    DropInList,
    /// Push every row
    Keep,
}

impl From<DuplicateHandling> for Duplicates {
    fn from(repeats: DuplicateHandling) -> Self {
        match repeats {
            DuplicateHandling::Drop => Self::DropInListAndQueue,
            DuplicateHandling::DropInList => Self::DropInList,
            DuplicateHandling::Keep => Self::Keep,
        }
    }
}

/// What to do about leads that an earlier run has added and that are not in the queue
/// any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Gone {
    /// Push them again
    Push,
    /// Leave them out
    Leave,
}

impl Push {
    pub(super) fn region(&self, session: &Session) -> Result<Option<Region>, CliError> {
        let code = self.region.as_deref().or(session.region());
        let region = code.map(Region::new).transpose();
        region.map_err(|error| {
            let code = code.unwrap_or_default();
            let failure = CliError::usage(format!("no country has the code {code}"));
            match instead_of(code) {
                Some(right) => failure.next(format!("use {right}")),
                None => failure.next(error.suggestion().unwrap_or_default()),
            }
        })
    }

    /// The same options for a push and for its plan.
    pub(super) fn apply(&self, push: power_dialer::Push) -> power_dialer::Push {
        let push = push
            .duplicates(self.duplicates.into())
            .batch_size(self.batch_size.into())
            .patience(Duration::from_secs(self.patience));
        match self.first() {
            Some(most) => push.limit(most),
            None => push,
        }
    }

    pub(super) fn first(&self) -> Option<usize> {
        let first = self.first?;
        Some(usize::try_from(first).unwrap_or(usize::MAX))
    }

    /// Where rejects go; nowhere unless told if nothing is sent, or to a sandbox, whose
    /// user only looks around.
    pub(super) fn place(&self, session: &Session) -> Result<Option<OutputFile>, CliError> {
        if (self.dry_run || session.global.sandbox) && self.rejects.is_none() {
            return Ok(None);
        }
        OutputFile::choose(self.rejects.as_deref(), &self.file, session.global.yes).map(Some)
    }
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
