//! The journal of a push: what it has done, kept on the disk so that the push
//! survives the process. Every record is there before what it announces is done.

mod file;
mod record;
mod replay;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use uuid::Uuid;

use super::plan::give_way;
use super::push::Spec;
use super::queue::Found;
use crate::Error;
use crate::types::NewQueueNumber;
use file::{Locked, NotLocked};
use record::First;
use replay::{Problem, beginning, replay};

pub(super) use record::{Head, Planned, Record, Subject};
pub(super) use replay::{Past, UnderWay};

/// An open journal. Nobody else can open it meanwhile.
#[derive(Debug)]
pub(super) struct Journal {
    file: Arc<Mutex<Locked>>,
}

impl Journal {
    /// Opens the journal, and says what is in it if a push was begun.
    pub(super) async fn open(path: PathBuf) -> Result<(Self, Option<Past>), Error> {
        off_thread(move || {
            let (mut file, bytes) = Locked::open(&path, &beginning()).map_err(not_locked)?;
            let found = replay(&bytes).map_err(unusable)?;
            let whole = found.as_ref().map_or(0, |(_, whole)| *whole);
            if whole < bytes.len() {
                file.truncate(whole).map_err(failed)?;
            }
            let file = Arc::new(Mutex::new(file));
            Ok((Self { file }, found.map(|(past, _)| past)))
        })
        .await
    }

    /// What is in the journal, if there is one, without keeping it.
    pub(super) async fn peek(path: PathBuf) -> Result<Option<Past>, Error> {
        let read = |path| file::read(&mut std::fs::File::open(path)?, &beginning());
        off_thread(move || match read(path) {
            Ok(bytes) => {
                let found = replay(&bytes).map_err(unusable)?;
                Ok(found.map(|(past, _)| past))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        })
        .await
    }

    /// Writes down what is going to be done.
    pub(super) async fn begin(&self, head: &Head, planned: Planned) -> Result<(), Error> {
        let mut bytes = line(head)?;
        bytes.extend(line(&First::Plan(planned))?);
        self.with_file(move |file| file.write_first(&bytes)).await
    }

    /// Writes down what happens.
    pub(super) async fn note(&self, record: &Record) -> Result<(), Error> {
        let bytes = line(record)?;
        self.with_file(move |file| file.write(&bytes)).await
    }

    /// Empties the journal of a push that has not begun. The file stays: another
    /// process may have opened it and be about to lock it.
    pub(super) async fn discard(self) {
        drop(self.with_file(|file| file.truncate(0)).await);
    }

    async fn with_file(
        &self,
        work: impl FnOnce(&mut Locked) -> io::Result<()> + Send + 'static,
    ) -> Result<(), Error> {
        let file = Arc::clone(&self.file);
        off_thread(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut file).map_err(failed)
        })
        .await
    }
}

/// Waits for what blocks, without blocking. It is finished even if nobody waits
/// any more.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(failed(io::Error::other("the program is ending"))))
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec(value).map_err(|error| failed(error.into()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What has to be the same when the push is started again.
pub(super) async fn subject(spec: &Spec, namespace: Uuid, leads: &[NewQueueNumber]) -> Subject {
    let mut list = namespace;
    for (index, lead) in leads.iter().enumerate() {
        let lead = serde_json::to_vec(lead).unwrap_or_default();
        list = Uuid::new_v5(&list, &lead);
        give_way(index).await;
    }
    Subject {
        teammate: namespace.to_string(),
        list: list.to_string(),
        batch_size: spec.batch_size,
        region: spec.screen.region.map(|region| region.to_string()),
        duplicates: format!("{:?}", spec.screen.duplicates),
        when_full: format!("{:?}", spec.when_full),
        limit: spec.limit,
    }
}

impl Past {
    /// Refuses to go on with another push than the one that was begun.
    pub(super) async fn check(&self, spec: &Spec, leads: &[NewQueueNumber]) -> Result<(), Error> {
        let push_id = &self.head.push_id;
        let begun = &self.head.subject;
        let namespace = spec.namespace(push_id);
        let given = subject(spec, namespace, leads).await;
        let differs = if spec.push_id.as_ref().is_some_and(|id| id != push_id) {
            "push id"
        } else if given.teammate != begun.teammate {
            "teammate, or by the API key of somebody else"
        } else if given.list != begun.list {
            "list of leads"
        } else if given.batch_size != begun.batch_size {
            "batch size"
        } else if given != *begun {
            "set of options (region, duplicates, limit, what to do when it is full)"
        } else {
            return Ok(());
        };
        let message = format!("the journal is that of a push with another {differs}");
        let advice = "finish that push as it was begun, or give this one another journal; \
                      removing the journal forgets what was sent";
        Err(refused(message).with_suggestion(advice))
    }

    /// Refuses to go on in another queue than the one that earlier runs pushed to.
    pub(super) fn check_queue(&self, found: &Found) -> Result<(), Error> {
        let added = self.placed.iter().filter(|lead| lead.is_added()).count();
        let is_other = match &self.planned.queue {
            Some(queue) => found.queue.as_ref() != Some(queue),
            // It came into being with the first batch.
            None => found.total < u64::try_from(added).unwrap_or(u64::MAX),
        };
        if !is_other {
            return Ok(());
        }
        let message = "the queue is another one now: it was reset since the push began";
        let advice = "what was pushed before is in the old queue; push what is still wanted with \
                      a new journal";
        Err(refused(message).with_suggestion(advice))
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::invalid_request(message).with_param("journal")
}

fn failed(error: io::Error) -> Error {
    refused("the journal cannot be read or written").with_source(error)
}

fn not_locked(why: NotLocked) -> Error {
    match why {
        NotLocked::InUse => refused("another push is using the journal")
            .with_suggestion("wait until it is over, or give this push a journal of its own"),
        NotLocked::Failed(error) => failed(error),
    }
}

fn unusable(problem: Problem) -> Error {
    match problem {
        Problem::NotAJournal => refused("the file is no journal of a push")
            .with_suggestion("give the push another file; this one is left as it is"),
        Problem::Newer(version) => refused(format!(
            "the journal is of version {version}, which this version of the program cannot read"
        ))
        .with_suggestion("go on with the program that began the push"),
        Problem::Damaged(line) => refused(format!("line {line} of the journal is damaged"))
            .with_suggestion("read the queue to see what was sent, then begin a new journal"),
    }
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
