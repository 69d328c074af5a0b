//! The errors of every journal. Each error names the file and a next step.

use std::io;
use std::path::Path;

use super::Format;
use super::file::OpenError;
use super::replay::Problem;
use crate::error::Error;
use crate::error::ErrorKind;

/// The journal cannot be used for this job.
pub(crate) fn refused(message: impl Into<String>) -> Error {
    Error::invalid_request(message).with_param("journal")
}

/// An I/O error of the file.
pub(crate) fn failed(path: &Path, job: &str, error: io::Error) -> Error {
    let message = format!(
        "cannot read or write the journal {}: {error}",
        path.display()
    );
    Error::new(ErrorKind::Output, message)
        .with_param("journal")
        .with_source(error)
        .with_suggestion(format!(
            "fix the cause, then run the same {job} with this journal again to resume"
        ))
}

pub(crate) fn not_opened<F: Format>(path: &Path, why: OpenError) -> Error {
    let shown = path.display();
    let job = F::JOB;
    match why {
        OpenError::InUse => Error::new(
            ErrorKind::InUse,
            format!("another {job} is using the journal {shown}"),
        )
        .with_param("journal")
        .with_suggestion(format!(
            "wait until that {job} has ended, then run the same {job} with this journal again to resume",
        )),
        OpenError::NotAFile => refused(format!(
            "{shown} cannot be a journal: not a regular file"
        ))
        .with_suggestion("choose a regular file, or a path that does not exist yet"),
        OpenError::TooLong(bytes) => refused(format!(
            "{shown} is too large for a journal: {bytes} bytes"
        ))
        .with_suggestion("choose another file; this one is unchanged"),
        OpenError::Failed(error) => failed(path, job, error),
    }
}

pub(crate) fn unusable<F: Format>(path: &Path, problem: Problem) -> Error {
    let shown = path.display();
    let (job, start_over) = (F::JOB, F::START_OVER);
    match problem {
        Problem::NotAJournal => {
            let is_vowel = job.starts_with(['a', 'e', 'i', 'o', 'u']);
            let article = if is_vowel { "an" } else { "a" };
            refused(format!("{shown} is not the journal of {article} {job}"))
                .with_suggestion("choose another file; this one is unchanged")
        }
        Problem::Newer(version) => refused(format!(
            "the journal {shown} has format version {version}, which is newer than this version of \
             the program can read"
        ))
        .with_suggestion(format!("resume with the program that started the {job}")),
        Problem::Older(version) => refused(format!(
            "the journal {shown} has format version {version}, which this version of the program no \
             longer reads"
        ))
        .with_suggestion(format!(
            "resume with the program that started the {job}, or {start_over}"
        )),
        Problem::Damaged(line) => refused(format!(
            "line {line} of the journal {shown} is damaged, so it is unknown what was sent"
        ))
        .with_suggestion(start_over),
    }
}

/// The options or the list differ from those of the job that was started.
pub(crate) fn another_job<F: Format>(path: &Path, differs: &str, list: &str) -> Error {
    let shown = path.display();
    let job = F::JOB;
    refused(format!(
        "the journal {shown} belongs to a {job} with another {differs}"
    ))
    .with_suggestion(format!(
        "finish that {job} with its own {list} and options; use another journal for another {job}"
    ))
}
