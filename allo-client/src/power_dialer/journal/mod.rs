//! The journal of a push: a file that records the progress of the push, so that the push can resume after a crash.
//! Each record is synced to the disk before the push does what the record announces.
//!
//! # Format, version 3
//!
//! A journal is a text file with one JSON object per line. Each line ends with its number (`n`, from 0) and a
//! checksum (`sum`) over itself and the previous line, which [`chain`] defines. The first line identifies the push,
//! the second contains the plan; each further line is a [`Record`]. The file is created atomically with the first two
//! lines, so a crash cannot leave one without the other. A file without them is damaged, and refused.
//!
//! A journal is read up to the first line that does not verify. The content of that line and those after it is
//! unknown, and if all lines verify, lines may still be missing at the end. To resume, a push therefore reads the
//! queue, and sends no lead that may be in it.
//!
//! Version 1 had no checksums, version 2 another fingerprint of the list. Both are refused.

mod chain;
mod errors;
mod file;
mod record;
mod replay;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::error::Error;
use chain::Chain;
use file::LockedFile;
use record::PlanLine;
use replay::{Replayed, file_prefix, replay};

pub(super) use errors::{
    another_push, empty, finished_and_gone, left_in_doubt, no_directory, other_queue,
    unreadable_queue,
};
pub(super) use record::{Anchor, Head, Planned, Record, Subject, position_runs};
pub(super) use replay::{InFlight, JournalState};

/// The result of opening a journal.
pub(super) enum Opened {
    /// The push keeps no journal.
    Disabled,
    /// The file does not exist yet.
    Absent(PathBuf),
    /// An empty file: the caller created it, or its content was lost.
    Empty(Journal),
    /// The journal of a push that was started.
    Started(Journal, Option<Box<JournalState>>),
}

/// The result of reading a journal without locking it.
pub(super) enum Peeked {
    Absent,
    Empty,
    Started(Box<JournalState>),
}

/// An open journal, locked against other pushes and processes.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
}

#[derive(Debug)]
struct Writer {
    file: LockedFile,
    chain: Chain,
    /// The length of the lines that verify; the bytes after them are removed before the next record is written.
    verified_len: usize,
}

impl Journal {
    /// Opens, locks and reads the journal. Does not change the file.
    pub(super) async fn open(path: PathBuf) -> Result<Opened, Error> {
        run_blocking(path, |path| {
            let opened = LockedFile::open(path, &file_prefix());
            let Some((file, bytes)) = opened.map_err(|why| errors::not_opened(path, why))? else {
                return Ok(Opened::Absent(path.to_owned()));
            };
            let journal = |chain, verified_len| {
                let writer = Writer {
                    file,
                    chain,
                    verified_len,
                };
                Self {
                    path: path.to_owned(),
                    writer: Arc::new(Mutex::new(writer)),
                }
            };
            Ok(match read(path, &bytes)? {
                None => Opened::Empty(journal(Chain::new(), 0)),
                Some(found) => {
                    let state = Box::new(found.state);
                    Opened::Started(journal(found.chain, found.verified_len), Some(state))
                }
            })
        })
        .await
    }

    /// Reads the journal without locking it.
    pub(super) async fn peek(path: PathBuf) -> Result<Peeked, Error> {
        run_blocking(path, |path| {
            let peeked = file::peek(path, &file_prefix());
            let bytes = peeked.map_err(|why| errors::not_opened(path, why))?;
            let Some(bytes) = bytes else {
                return Ok(Peeked::Absent);
            };
            let found = read(path, &bytes)?;
            Ok(found.map_or(Peeked::Empty, |found| {
                Peeked::Started(Box::new(found.state))
            }))
        })
        .await
    }

    /// Creates a journal with this head and plan.
    pub(super) async fn create(path: PathBuf, head: Head, plan: Planned) -> Result<Self, Error> {
        run_blocking(path, move |path| {
            let (bytes, chain) = first_lines(path, &head, plan)?;
            let created = LockedFile::create(path, &bytes);
            let file = created.map_err(|why| errors::not_opened(path, why))?;
            let verified_len = bytes.len();
            let writer = Writer {
                file,
                chain,
                verified_len,
            };
            Ok(Self {
                path: path.to_owned(),
                writer: Arc::new(Mutex::new(writer)),
            })
        })
        .await
    }

    /// Replaces the content by the head and plan of a new push, or of a new round of the push.
    pub(super) async fn replace(&self, head: Head, plan: Planned) -> Result<(), Error> {
        self.with(move |path, writer| {
            let (bytes, chain) = first_lines(path, &head, plan)?;
            let replaced = writer.file.replace(&bytes);
            replaced.map_err(|why| errors::not_opened(path, why))?;
            (writer.chain, writer.verified_len) = (chain, bytes.len());
            Ok(())
        })
        .await
    }

    /// Removes the lines that do not verify, then appends these records.
    pub(super) async fn resume(&self, records: &[Record]) -> Result<(), Error> {
        let records = records.to_vec();
        self.with(move |path, writer| {
            let verified_len = writer.verified_len;
            let cut = writer.file.truncate(verified_len);
            cut.map_err(|error| errors::failed(path, error))?;
            records
                .iter()
                .try_for_each(|record| writer.append(path, record))
        })
        .await
    }

    /// Appends a record.
    pub(super) async fn append(&self, record: &Record) -> Result<(), Error> {
        let record = record.clone();
        self.with(move |path, writer| writer.append(path, &record))
            .await
    }

    async fn with(
        &self,
        work: impl FnOnce(&Path, &mut Writer) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let writer = Arc::clone(&self.writer);
        run_blocking(self.path.clone(), move |path| {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            work(path, &mut writer)
        })
        .await
    }
}

impl Writer {
    fn append(&mut self, path: &Path, record: &Record) -> Result<(), Error> {
        let line = self.chain.seal(record);
        let line = line.map_err(|error| errors::failed(path, error.into()))?;
        let written = self.file.write(&line);
        written.map_err(|error| errors::failed(path, error))
    }
}

/// Returns `None` if the file is empty.
fn read(path: &Path, bytes: &[u8]) -> Result<Option<Replayed>, Error> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let found = replay(bytes).map_err(|problem| errors::unusable(path, problem))?;
    Ok(Some(found))
}

fn first_lines(path: &Path, head: &Head, plan: Planned) -> Result<(Vec<u8>, Chain), Error> {
    let mut chain = Chain::new();
    let failed = |error: serde_json::Error| errors::failed(path, error.into());
    let mut bytes = chain.seal(head).map_err(failed)?;
    bytes.extend(chain.seal(&PlanLine::Plan(plan)).map_err(failed)?);
    Ok((bytes, chain))
}

/// Runs blocking work on a blocking thread. The work is finished even if the future is dropped.
pub(super) async fn run_blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let shown = path.clone();
    let done = tokio::task::spawn_blocking(move || work(&path)).await;
    let ending = || errors::failed(&shown, io::Error::other("the runtime is shutting down"));
    done.unwrap_or_else(|_| Err(ending()))
}

/// The prefix of a fingerprint of a number: enough to recognise an entry of the queue, not enough to reveal the
/// number.
pub(super) fn mark(namespace: Uuid, number: &str) -> String {
    let mut text = Uuid::new_v5(&namespace, number.as_bytes())
        .simple()
        .to_string();
    text.truncate(8);
    text
}

/// Groups ascending indices into runs: the first index and the length of each.
pub(super) fn runs(inputs: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for input in inputs {
        match runs.last_mut() {
            Some((first, count)) if *first + *count == input => *count += 1,
            _ => runs.push((input, 1)),
        }
    }
    runs
}
