//! The journal of a push: what it has done, kept on the disk so that the push
//! survives the process. Every record is there before what it announces is done.
//!
//! # Format, version 3
//!
//! A journal is a text file, one JSON object to a line. Each line ends with its
//! number (`n`, from 0) and a checksum (`sum`) over itself and the line before; how
//! it is made is in [`chain`]. The first line says of which push the journal is,
//! the second what is sent; each line after that is a [`Record`]. Both first lines
//! come into being at once with the file, so that no crash leaves one without the
//! other. A file without them is damaged, and refused.
//!
//! A line that does not verify ends what can be read. Nobody knows what stood there,
//! nor whether lines are missing at the end of a file that verifies: so whoever goes
//! on with a journal reads the queue, and sends nothing that may be in it.
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
use file::Locked;
use record::First;
use replay::{Replayed, beginning, replay};

pub(super) use errors::{
    another_push, empty, finished_and_gone, left_in_doubt, no_directory, other_queue,
    unreadable_queue,
};
pub(super) use record::{Anchor, Head, Planned, Record, Subject, position_runs};
pub(super) use replay::{JournalState, UnderWay};

/// What is at the path of a journal.
pub(super) enum Opened {
    /// The push has none.
    Unwanted,
    /// There is no such file yet.
    Absent(PathBuf),
    /// A file without a byte: the caller has made it, or all of it was lost.
    Empty(Journal),
    /// A push that was begun.
    Begun(Journal, Option<Box<JournalState>>),
}

/// A journal that was looked at without keeping it.
pub(super) enum Peeked {
    Absent,
    Empty,
    Begun(Box<JournalState>),
}

/// An open journal. Nobody else can open it meanwhile.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
}

#[derive(Debug)]
struct Writer {
    file: Locked,
    chain: Chain,
    /// How many bytes are to stay; those behind do not verify.
    whole: usize,
}

impl Journal {
    /// Opens the journal, and says what is in it. Changes nothing.
    pub(super) async fn open(path: PathBuf) -> Result<Opened, Error> {
        off_thread(path, |path| {
            let opened = Locked::open(path, &beginning());
            let Some((file, bytes)) = opened.map_err(|why| errors::not_locked(path, why))? else {
                return Ok(Opened::Absent(path.to_owned()));
            };
            let journal = |chain, whole| {
                let writer = Writer { file, chain, whole };
                Self {
                    path: path.to_owned(),
                    writer: Arc::new(Mutex::new(writer)),
                }
            };
            Ok(match read(path, &bytes)? {
                None => Opened::Empty(journal(Chain::new(), 0)),
                Some(found) => {
                    let state = Box::new(found.state);
                    Opened::Begun(journal(found.chain, found.whole), Some(state))
                }
            })
        })
        .await
    }

    /// What is in the journal, without keeping it.
    pub(super) async fn peek(path: PathBuf) -> Result<Peeked, Error> {
        off_thread(path, |path| {
            let peeked = file::peek(path, &beginning());
            let bytes = peeked.map_err(|why| errors::not_locked(path, why))?;
            let Some(bytes) = bytes else {
                return Ok(Peeked::Absent);
            };
            let found = read(path, &bytes)?;
            Ok(found.map_or(Peeked::Empty, |found| Peeked::Begun(Box::new(found.state))))
        })
        .await
    }

    /// Makes a journal that begins with this.
    pub(super) async fn create(path: PathBuf, head: Head, plan: Planned) -> Result<Self, Error> {
        off_thread(path, move |path| {
            let (bytes, chain) = first_lines(path, &head, plan)?;
            let created = Locked::create(path, &bytes);
            let file = created.map_err(|why| errors::not_locked(path, why))?;
            let whole = bytes.len();
            let writer = Writer { file, chain, whole };
            Ok(Self {
                path: path.to_owned(),
                writer: Arc::new(Mutex::new(writer)),
            })
        })
        .await
    }

    /// Makes it the journal of a new push, or of a new round of the push.
    pub(super) async fn replace(&self, head: Head, plan: Planned) -> Result<(), Error> {
        self.with(move |path, writer| {
            let (bytes, chain) = first_lines(path, &head, plan)?;
            let replaced = writer.file.replace(&bytes);
            replaced.map_err(|why| errors::not_locked(path, why))?;
            (writer.chain, writer.whole) = (chain, bytes.len());
            Ok(())
        })
        .await
    }

    /// Goes on behind what can be read.
    pub(super) async fn go_on(&self, records: &[Record]) -> Result<(), Error> {
        let records = records.to_vec();
        self.with(move |path, writer| {
            let whole = writer.whole;
            let cut = writer.file.truncate(whole);
            cut.map_err(|error| errors::failed(path, error))?;
            records
                .iter()
                .try_for_each(|record| writer.note(path, record))
        })
        .await
    }

    /// Writes down what happens.
    pub(super) async fn note(&self, record: &Record) -> Result<(), Error> {
        let record = record.clone();
        self.with(move |path, writer| writer.note(path, &record))
            .await
    }

    async fn with(
        &self,
        work: impl FnOnce(&Path, &mut Writer) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let writer = Arc::clone(&self.writer);
        off_thread(self.path.clone(), move |path| {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            work(path, &mut writer)
        })
        .await
    }
}

impl Writer {
    fn note(&mut self, path: &Path, record: &Record) -> Result<(), Error> {
        let line = self.chain.seal(record);
        let line = line.map_err(|error| errors::failed(path, error.into()))?;
        let written = self.file.write(&line);
        written.map_err(|error| errors::failed(path, error))
    }
}

/// Nothing if the file is empty.
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
    bytes.extend(chain.seal(&First::Plan(plan)).map_err(failed)?);
    Ok((bytes, chain))
}

/// Waits for what blocks, without blocking. It is finished even if nobody waits
/// any more.
pub(super) async fn off_thread<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let shown = path.clone();
    let done = tokio::task::spawn_blocking(move || work(&path)).await;
    let ending = || errors::failed(&shown, io::Error::other("the program is ending"));
    done.unwrap_or_else(|_| Err(ending()))
}

/// The beginning of a fingerprint of a number: enough to recognise an entry of the
/// queue, not enough to tell the number.
pub(super) fn mark(namespace: Uuid, number: &str) -> String {
    let mut text = Uuid::new_v5(&namespace, number.as_bytes())
        .simple()
        .to_string();
    text.truncate(8);
    text
}

/// Positions as runs of neighbours.
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
