//! The errors of journals. Each error names the file, and a next step that sends no lead twice.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::file::OpenError;
use super::replay::Problem;
use crate::error::Error;
use crate::error::ErrorKind;

/// The next step that skips every number in the queue.
const LEAVE_OUT: &str = "push the list with another journal and \
    `Duplicates::DropInListAndQueue`, which skips every number that is in the queue";

fn refused(message: impl Into<String>) -> Error {
    Error::invalid_request(message).with_param("journal")
}

/// An I/O error of the file.
pub(super) fn failed(path: &Path, error: io::Error) -> Error {
    let message = format!(
        "cannot read or write the journal {}: {error}",
        path.display()
    );
    Error::new(ErrorKind::Output, message)
        .with_param("journal")
        .with_source(error)
        .with_suggestion("fix the cause, then run the same push with this journal again to resume")
}

/// The directory of [`journal_in`](crate::power_dialer::Push::journal_in) cannot be created.
pub(in super::super) fn no_directory(directory: &Path, error: io::Error) -> Error {
    let message = format!("cannot create {}: {error}", directory.display());
    Error::new(ErrorKind::Output, message)
        .with_param("journal")
        .with_source(error)
        .with_suggestion("choose another directory for journals")
}

pub(super) fn not_opened(path: &Path, why: OpenError) -> Error {
    let shown = path.display();
    match why {
        OpenError::InUse => Error::new(
            ErrorKind::InUse,
            format!("another push is using the journal {shown}"),
        )
        .with_param("journal")
        .with_suggestion(
            "wait until that push has ended, then run the same push with this journal again to resume",
        ),
        OpenError::NotAFile => refused(format!(
            "{shown} cannot be a journal: not a regular file"
        ))
        .with_suggestion("choose a regular file, or a path that does not exist yet"),
        OpenError::TooLong(bytes) => refused(format!(
            "{shown} is too large for a journal: {bytes} bytes"
        ))
        .with_suggestion("choose another file; this one is unchanged"),
        OpenError::Failed(error) => failed(path, error),
    }
}

pub(super) fn unusable(path: &Path, problem: Problem) -> Error {
    let shown = path.display();
    match problem {
        Problem::NotAJournal => refused(format!("{shown} is not the journal of a push"))
            .with_suggestion("choose another file; this one is unchanged"),
        Problem::Newer(version) => refused(format!(
            "the journal {shown} has format version {version}, which is newer than this version of \
             the program can read"
        ))
        .with_suggestion("resume with the program that started the push"),
        Problem::Older(version) => refused(format!(
            "the journal {shown} has format version {version}, which this version of the program no \
             longer reads"
        ))
        .with_suggestion(format!(
            "resume with the program that started the push, or {LEAVE_OUT}"
        )),
        Problem::Damaged(line) => refused(format!(
            "line {line} of the journal {shown} is damaged, so it is unknown what was sent"
        ))
        .with_suggestion(LEAVE_OUT),
    }
}

/// The options or leads differ from those of the push that was started.
pub(in super::super) fn another_push(path: &Path, differs: &str) -> Error {
    let shown = path.display();
    refused(format!(
        "the journal {shown} belongs to a push with another {differs}"
    ))
    .with_suggestion(
        "finish that push with its own leads and options; use another journal for another push",
    )
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
