//! Files that record the progress of a job, so that the job can resume after a crash. Each record is synced to the
//! disk before the job does what the record announces. What a job records is its [`Format`]: the push defines one in
//! `power_dialer::journal`, the import of people in `convenience::ensure`.
//!
//! A journal is a text file with one JSON object per line. Each line ends with its number (`n`, from 0) and a
//! checksum (`sum`) over itself and the previous line, which [`chain`] defines. The first line is the head, which
//! identifies the job, the second contains the plan; each further line is a record. The file is created atomically
//! with the first two lines, so a crash cannot leave one without the other. A file without them is damaged, and
//! refused.
//!
//! A journal is read up to the first line that does not verify. The content of that line and those after it is
//! unknown, and if all lines verify, lines may still be missing at the end.

pub(crate) mod chain;
pub(crate) mod errors;
pub(crate) mod file;
pub(crate) mod replay;

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use chain::Chain;
use file::LockedFile;
use replay::{Replayed, file_prefix, replay};

/// What a job records.
pub(crate) trait Format: fmt::Debug + Send + Sync + 'static {
    /// The name of the file format, which is the first value of the head.
    const NAME: &'static str;
    /// The format version that this program reads and writes.
    const VERSION: u32;
    /// The job in messages, such as "push".
    const JOB: &'static str;
    /// What to do if the journal cannot be used: the next step that does nothing twice.
    const START_OVER: &'static str;
    /// The first line: identifies the job. Its first members are `format` and `version`.
    type Head: Serialize + DeserializeOwned + Send + 'static;
    /// The second line: what was decided before the job began.
    type Plan: Serialize + DeserializeOwned + Send + 'static;
    /// Each further line.
    type Record: Serialize + DeserializeOwned + Clone + Send + 'static;
    /// The progress of earlier runs.
    type State: fmt::Debug + Send + 'static;

    /// The state of a job that has done nothing yet; `None` if the plan is impossible.
    fn begin(head: Self::Head, plan: Self::Plan) -> Option<Self::State>;

    /// Applies the next record. Returns `None` if it contradicts those before.
    fn apply(state: &mut Self::State, record: Self::Record) -> Option<()>;
}

/// The result of opening a journal.
pub(crate) enum Opened<F: Format> {
    /// The job keeps no journal.
    Disabled,
    /// The file does not exist yet.
    Absent(PathBuf),
    /// An empty file: the caller created it, or its content was lost.
    Empty(Journal<F>),
    /// The journal of a job that was started.
    Started(Journal<F>, Option<Box<F::State>>),
}

/// The result of reading a journal without locking it.
pub(crate) enum Peeked<F: Format> {
    Absent,
    Empty,
    Started(Box<F::State>),
}

/// An open journal, locked against other jobs and processes.
#[derive(Debug)]
pub(crate) struct Journal<F> {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
    format: PhantomData<fn() -> F>,
}

#[derive(Debug)]
struct Writer {
    file: LockedFile,
    chain: Chain,
    /// The length of the lines that verify; the bytes after them are removed before the next record is written.
    verified_len: usize,
}

impl<F: Format> Journal<F> {
    fn of(path: &Path, writer: Writer) -> Self {
        Self {
            path: path.to_owned(),
            writer: Arc::new(Mutex::new(writer)),
            format: PhantomData,
        }
    }

    /// Opens, locks and reads the journal. Does not change the file.
    pub(crate) async fn open(path: PathBuf) -> Result<Opened<F>, Error> {
        run_blocking(path, |path| {
            let opened = LockedFile::open(path, &file_prefix::<F>());
            let opened = opened.map_err(|why| errors::not_opened::<F>(path, why))?;
            let Some((file, bytes)) = opened else {
                return Ok(Opened::Absent(path.to_owned()));
            };
            let journal = |chain, verified_len| {
                let writer = Writer {
                    file,
                    chain,
                    verified_len,
                };
                Self::of(path, writer)
            };
            Ok(match read::<F>(path, &bytes)? {
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
    pub(crate) async fn peek(path: PathBuf) -> Result<Peeked<F>, Error> {
        run_blocking(path, |path| {
            let peeked = file::peek(path, &file_prefix::<F>());
            let bytes = peeked.map_err(|why| errors::not_opened::<F>(path, why))?;
            let Some(bytes) = bytes else {
                return Ok(Peeked::Absent);
            };
            let found = read::<F>(path, &bytes)?;
            Ok(found.map_or(Peeked::Empty, |found| {
                Peeked::Started(Box::new(found.state))
            }))
        })
        .await
    }

    /// Creates a journal with this head and plan.
    pub(crate) async fn create(path: PathBuf, head: F::Head, plan: F::Plan) -> Result<Self, Error> {
        run_blocking(path, move |path| {
            let (bytes, chain) = first_lines::<F>(path, &head, &plan)?;
            let created = LockedFile::create(path, &bytes);
            let file = created.map_err(|why| errors::not_opened::<F>(path, why))?;
            let verified_len = bytes.len();
            let writer = Writer {
                file,
                chain,
                verified_len,
            };
            Ok(Self::of(path, writer))
        })
        .await
    }

    /// Replaces the content by the head and plan of a new job, or of a new round of the job.
    pub(crate) async fn replace(&self, head: F::Head, plan: F::Plan) -> Result<(), Error> {
        self.with(move |path, writer| {
            let (bytes, chain) = first_lines::<F>(path, &head, &plan)?;
            let replaced = writer.file.replace(&bytes);
            replaced.map_err(|why| errors::not_opened::<F>(path, why))?;
            (writer.chain, writer.verified_len) = (chain, bytes.len());
            Ok(())
        })
        .await
    }

    /// Removes the lines that do not verify, then appends these records.
    pub(crate) async fn resume(&self, records: &[F::Record]) -> Result<(), Error> {
        let records = records.to_vec();
        self.with(move |path, writer| {
            let verified_len = writer.verified_len;
            let cut = writer.file.truncate(verified_len);
            cut.map_err(|error| errors::failed(path, F::JOB, error))?;
            records
                .iter()
                .try_for_each(|record| writer.append::<F>(path, record))
        })
        .await
    }

    /// Appends a record.
    pub(crate) async fn append(&self, record: &F::Record) -> Result<(), Error> {
        let record = record.clone();
        self.with(move |path, writer| writer.append::<F>(path, &record))
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
    fn append<F: Format>(&mut self, path: &Path, record: &F::Record) -> Result<(), Error> {
        let line = self.chain.seal(record);
        let line = line.map_err(|error| errors::failed(path, F::JOB, error.into()))?;
        let written = self.file.write(&line);
        written.map_err(|error| errors::failed(path, F::JOB, error))
    }
}

/// Returns `None` if the file is empty.
fn read<F: Format>(path: &Path, bytes: &[u8]) -> Result<Option<Replayed<F>>, Error> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let found = replay(bytes).map_err(|problem| errors::unusable::<F>(path, problem))?;
    Ok(Some(found))
}

fn first_lines<F: Format>(
    path: &Path,
    head: &F::Head,
    plan: &F::Plan,
) -> Result<(Vec<u8>, Chain), Error> {
    let mut chain = Chain::new();
    let failed = |error: serde_json::Error| errors::failed(path, F::JOB, error.into());
    let mut bytes = chain.seal(head).map_err(failed)?;
    bytes.extend(chain.seal(plan).map_err(failed)?);
    Ok((bytes, chain))
}

/// Runs blocking work on a blocking thread. The work is finished even if the future is dropped.
pub(crate) async fn run_blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let shown = path.clone();
    let done = tokio::task::spawn_blocking(move || work(&path)).await;
    let ending = || {
        let ending = io::Error::other("the runtime is shutting down");
        errors::failed(&shown, "job", ending)
    };
    done.unwrap_or_else(|_| Err(ending()))
}
