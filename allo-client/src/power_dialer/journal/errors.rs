//! The errors of journals of pushes; those of every journal are in `crate::journal::errors`. Each error names the file, and a next step that sends no lead twice.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::PushFormat;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::journal::errors::{another_job, refused};

/// The next step that skips every number in the queue.
pub(super) const LEAVE_OUT: &str = "push the list with another journal and \
    `Duplicates::DropInListAndQueue`, which skips every number that is in the queue";

/// The directory of [`journal_in`](crate::power_dialer::Push::journal_in) cannot be created.
pub(in super::super) fn no_directory(directory: &Path, error: io::Error) -> Error {
    let message = format!("cannot create {}: {error}", directory.display());
    Error::new(ErrorKind::Output, message)
        .with_param("journal")
        .with_source(error)
        .with_suggestion("choose another directory for journals")
}

/// The options or leads differ from those of the push that was started.
pub(in super::super) fn another_push(path: &Path, differs: &str) -> Error {
    another_job::<PushFormat>(path, differs, "leads")
}

/// The file is empty, and leads of the list are in the queue.
pub(in super::super) fn empty(path: &Path, leads: usize) -> Error {
    let shown = path.display();
    refused(format!(
        "the journal {shown} is empty, but {} of the list in the queue: a push may have added \
         them and lost its journal",
        counted(leads, "number", "is", "are")
    ))
    .with_suggestion(LEAVE_OUT)
}

/// The push is finished, but leads that it added are no longer in the queue.
pub(in super::super) fn finished_and_gone(
    path: &Path,
    gone: usize,
    began: impl Display,
    is_replaced: bool,
) -> Error {
    let shown = path.display();
    let why = if is_replaced {
        "the queue was replaced since"
    } else {
        "entries were removed since"
    };
    refused(format!(
        "the push of the journal {shown}, started at {began}, is finished, but {} no longer in the \
         queue: {why}",
        counted(gone, "lead", "is", "are")
    ))
    .with_suggestion(
        "set `when_journal_finished`: `FinishedJournal::PushAgain` pushes the leads that are not in \
         the queue, `FinishedJournal::Report` only reports them",
    )
}

/// The push is not finished, and its queue was replaced.
pub(in super::super) fn other_queue(path: &Path, settled: usize) -> Error {
    let shown = path.display();
    refused(format!(
        "the queue was reset or emptied since the push of the journal {shown} was started; {} \
         settled",
        counted(settled, "lead", "was", "were")
    ))
    .with_suggestion(
        "set `when_queue_replaced`: `ReplacedQueue::PushRest` pushes the leads that were not \
         settled to the new queue, `ReplacedQueue::PushAll` pushes all leads",
    )
}

/// The queue does not show which leads were sent.
pub(in super::super) fn left_in_doubt(path: &Path, leads: usize) -> Error {
    let shown = path.display();
    refused(format!(
        "the journal {shown} may have lost records, and the queue does not show which of {} this \
         push has added",
        counted(leads, "lead", "", "")
    ))
    .with_suggestion(LEAVE_OUT)
}

/// The queue has entries whose number cannot be read.
pub(in super::super) fn unreadable_queue(path: &Path) -> Error {
    let shown = path.display();
    refused(format!(
        "the queue has entries that cannot be read, so it is unknown whether leads without a record \
         in the journal {shown} are among them"
    ))
    .with_suggestion("try again later; nothing was sent")
}

fn counted(count: usize, thing: &str, one: &str, many: &str) -> String {
    let text = match count {
        1 => format!("1 {thing} {one}"),
        _ => format!("{count} {thing}s {many}"),
    };
    text.trim_end().to_owned()
}
