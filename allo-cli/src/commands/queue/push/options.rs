//! The options of `allo queue push`, and how they configure the client's push.

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
    /// File with the leads; `-` reads stdin
    pub(super) file: PathBuf,
    /// Format of the list; detected from the file name and the first line by default
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<ListFormat>,
    /// Map a column to a field, as column=field; `column=-` ignores the column; repeatable
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(super) map: Vec<String>,
    /// Country of numbers without a country code, such as FR
    #[arg(long, value_name = "COUNTRY")]
    pub(super) region: Option<String>,
    /// How to handle duplicate numbers
    #[arg(long, value_enum, value_name = "WHAT", default_value = "drop")]
    pub(super) duplicates: DuplicateHandling,
    /// Capacity of the queue in entries: if not all leads fit, none is sent. By default leads are
    /// sent in order until the service reports that the queue is full
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) capacity: Option<u64>,
    /// Push as many leads as fit, in order; leads that do not fit are not an error
    #[arg(long)]
    pub(super) what_fits: bool,
    /// Push at most the first N valid leads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) first: Option<u32>,
    /// Leads per request, 1 to 1,000
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(super) batch_size: u16,
    /// How long to retry a batch after temporary failures or with an unknown outcome, in seconds
    #[arg(long, alias = "patience", value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) batch_deadline: u64,
    /// Start with a new, empty queue; asks for confirmation
    #[arg(long)]
    pub(super) reset: bool,
    /// How to handle leads that an earlier run of this push added and that were removed from the
    /// queue since; asks by default
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) gone: Option<Gone>,
    /// Show what would be sent and the minimum duration; send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// File for the leads that were not added, with the reason; an existing file is overwritten
    /// only with --yes
    #[arg(long, value_name = "FILE")]
    pub(super) rejects: Option<PathBuf>,
    /// Journal of what was sent, so that the same command can resume after a crash
    #[arg(long, value_name = "FILE", conflicts_with = "no_journal")]
    pub(super) journal: Option<PathBuf>,
    /// Keep no journal
    #[arg(long)]
    pub(super) no_journal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DuplicateHandling {
    /// Push each number once, and not if it is already in the queue
    Drop,
    /// Push each number once, even if it is already in the queue
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

/// How to handle leads that an earlier run added and that were removed from the queue
/// since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Gone {
    /// Push them again
    Push,
    /// Skip them
    Leave,
}

impl Push {
    pub(super) fn region(&self, session: &Session) -> Result<Option<Region>, CliError> {
        let code = self.region.as_deref().or(session.region());
        let region = code.map(Region::new).transpose();
        region.map_err(|error| {
            let code = code.unwrap_or_default();
            let failure = CliError::usage(format!("unknown country code {code}"));
            match instead_of(code) {
                Some(right) => failure.next(format!("use {right}")),
                None => failure.next(error.suggestion().unwrap_or_default()),
            }
        })
    }

    /// Applies the options that a push and its plan share.
    pub(super) fn apply(&self, push: power_dialer::Push) -> power_dialer::Push {
        let push = push
            .duplicates(self.duplicates.into())
            .batch_size(self.batch_size.into())
            .batch_deadline(Duration::from_secs(self.batch_deadline));
        match self.first() {
            Some(most) => push.limit(most),
            None => push,
        }
    }

    pub(super) fn first(&self) -> Option<usize> {
        let first = self.first?;
        Some(usize::try_from(first).unwrap_or(usize::MAX))
    }

    /// The rejects file. By default none is written in a dry run or against a sandbox.
    pub(super) fn place(&self, session: &Session) -> Result<Option<OutputFile>, CliError> {
        if (self.dry_run || session.global.sandbox) && self.rejects.is_none() {
            return Ok(None);
        }
        OutputFile::choose(self.rejects.as_deref(), &self.file, session.global.yes).map(Some)
    }
}

/// The ISO code of a country that is often written differently.
fn instead_of(code: &str) -> Option<&'static str> {
    match code.trim().to_uppercase().as_str() {
        "UK" | "EN" | "GBR" => Some("GB"),
        "EL" | "GRC" => Some("GR"),
        "USA" => Some("US"),
        "FRA" => Some("FR"),
        _ => None,
    }
}
