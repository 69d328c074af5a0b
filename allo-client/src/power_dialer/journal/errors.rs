//! What is said when a journal cannot be used. Each error names the file, and a way
//! on by which no lead is sent twice.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::file::NotLocked;
use super::replay::Problem;
use crate::error::Error;
use crate::error::ErrorKind;

/// By this, whatever is in the queue is left out of the next push.
const LEAVE_OUT: &str = "push the list with another journal and \
    `Duplicates::DropInListAndQueue`, which leaves out every number that is in the queue";

fn refused(message: impl Into<String>) -> Error {
    Error::invalid_request(message).with_param("journal")
}

/// What goes wrong with the file itself.
pub(super) fn failed(path: &Path, error: io::Error) -> Error {
    let message = format!(
        "the journal {} cannot be read or written: {error}",
        path.display()
    );
    Error::new(ErrorKind::Output, message)
        .with_param("journal")
        .with_source(error)
        .with_suggestion("once that is mended, the same push with this journal goes on")
}

/// The directory of [`journal_in`](crate::power_dialer::Push::journal_in) cannot be created.
pub(in super::super) fn no_directory(directory: &Path, error: io::Error) -> Error {
    let message = format!("cannot create {}: {error}", directory.display());
    Error::new(ErrorKind::Output, message)
        .with_param("journal")
        .with_source(error)
        .with_suggestion("choose another directory for journals")
}

pub(super) fn not_locked(path: &Path, why: NotLocked) -> Error {
    let shown = path.display();
    match why {
        NotLocked::InUse => Error::new(
            ErrorKind::InUse,
            format!("another push is using the journal {shown}"),
        )
        .with_param("journal")
        .with_suggestion(
            "wait until that push is over; the same push with this journal then goes on, or says \
             that all is done",
        ),
        NotLocked::NotAFile => refused(format!(
            "{shown} cannot be a journal: it is not an ordinary file"
        ))
        .with_suggestion("name an ordinary file, or one that does not exist yet"),
        NotLocked::TooLong(bytes) => refused(format!(
            "{shown} is too long for a journal: it has {bytes} bytes"
        ))
        .with_suggestion("name another file; this one is left as it is"),
        NotLocked::Failed(error) => failed(path, error),
    }
}

pub(super) fn unusable(path: &Path, problem: Problem) -> Error {
    let shown = path.display();
    match problem {
        Problem::NotAJournal => refused(format!("{shown} is no journal of a push"))
            .with_suggestion("give the push another file; this one is left as it is"),
        Problem::Newer(version) => refused(format!(
            "the journal {shown} is of version {version}, which this version of the program \
             cannot read"
        ))
        .with_suggestion("go on with the program that began the push"),
        Problem::Older(version) => refused(format!(
            "the journal {shown} is of version {version}, which this version of the program no \
             longer reads"
        ))
        .with_suggestion(format!(
            "go on with the program that began the push, or {LEAVE_OUT}"
        )),
        Problem::Damaged(line) => refused(format!(
            "line {line} of the journal {shown} is damaged, so what was sent is not known"
        ))
        .with_suggestion(LEAVE_OUT),
    }
}

/// The options or leads are not those of the push that was begun.
pub(in super::super) fn another_push(path: &Path, differs: &str) -> Error {
    let shown = path.display();
    refused(format!(
        "the journal {shown} is that of a push with another {differs}"
    ))
    .with_suggestion(
        "finish that push as it was begun; a push of other leads takes a journal of its own",
    )
}

/// The file has no byte, and leads of the list are in the queue.
pub(in super::super) fn empty(path: &Path, leads: usize) -> Error {
    let shown = path.display();
    refused(format!(
        "the journal {shown} is empty, but {} of the list in the queue: a push may have added \
         them, and the journal was lost",
        counted(leads, "number", "is", "are")
    ))
    .with_suggestion(LEAVE_OUT)
}

/// All was done, but what was added is not in the queue any more.
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
        "the push of the journal {shown}, which began at {began}, is finished, but {} not in the \
         queue any more, as {why}",
        counted(gone, "lead", "is", "are")
    ))
    .with_suggestion(
        "set `when_journal_finished`: `FinishedJournal::PushAgain` pushes what is not in the \
         queue, `FinishedJournal::Report` only tells what became of it",
    )
}

/// A push that is not finished, and its queue is not the current one any more.
pub(in super::super) fn other_queue(path: &Path, settled: usize) -> Error {
    let shown = path.display();
    refused(format!(
        "the queue is another one now: it was reset or emptied since the push of the journal \
         {shown} began, of which {} settled",
        counted(settled, "lead", "was", "were")
    ))
    .with_suggestion(
        "set `when_queue_replaced`: `ReplacedQueue::PushRest` pushes to the new queue what was \
         not settled, `ReplacedQueue::PushAll` all leads",
    )
}

/// It cannot be told from the queue what was sent.
pub(in super::super) fn left_in_doubt(path: &Path, leads: usize) -> Error {
    let shown = path.display();
    refused(format!(
        "the journal {shown} may have lost records, and it cannot be told from the queue which \
         of {} this push has added",
        counted(leads, "lead", "", "")
    ))
    .with_suggestion(LEAVE_OUT)
}

/// The queue has entries of which the number is not known.
pub(in super::super) fn unreadable_queue(path: &Path) -> Error {
    let shown = path.display();
    refused(format!(
        "the queue has entries that cannot be read, so it cannot be told whether what the journal \
         {shown} leaves in doubt is among them"
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
