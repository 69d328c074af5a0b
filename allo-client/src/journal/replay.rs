//! Replays a journal from its bytes. Without I/O. Reading stops at the first line that does not verify: the records
//! after it are lost, and so may be records at the end, because a truncated file looks complete.

use serde::Deserialize;

use super::Format;
use super::chain::Chain;

/// The fields at the start of every format version.
#[derive(Deserialize)]
struct FormatVersion {
    format: String,
    version: u32,
}

/// Why a job cannot resume from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The file is not a journal of this kind of job.
    NotAJournal,
    /// A later version of this program wrote the file.
    Newer(u32),
    /// An earlier version of this program wrote the file.
    Older(u32),
    /// This line, counted from 1, is damaged, and the journal is unusable without it.
    Damaged(usize),
}

/// A journal after reading.
#[derive(Debug)]
pub(crate) struct Replayed<F: Format> {
    pub(crate) state: F::State,
    /// The length of the lines that verify.
    pub(crate) verified_len: usize,
    /// The checksum chain, to which the next line is appended.
    pub(crate) chain: Chain,
}

/// Reads a journal that is not empty. A journal is created atomically with its head and plan, so a file without them
/// is damaged.
pub(crate) fn replay<F: Format>(bytes: &[u8]) -> Result<Replayed<F>, Problem> {
    let prefix = file_prefix::<F>();
    let seen = bytes.len().min(prefix.len());
    if bytes.get(..seen) != prefix.get(..seen) {
        return Err(Problem::NotAJournal);
    }
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut chain = Chain::new();
    let mut next = || lines.next().unwrap_or_default();
    let first = next();
    if !chain.verify(first) {
        return Err(problem_of_head::<F>(first));
    }
    let head: F::Head = serde_json::from_slice(first).map_err(|_| problem_of_head::<F>(first))?;
    let second = next();
    let plan: F::Plan = match serde_json::from_slice(second) {
        Ok(plan) if chain.verify(second) => plan,
        _ => return Err(Problem::Damaged(2)),
    };
    let mut state = F::begin(head, plan).ok_or(Problem::Damaged(2))?;
    let mut verified_len = first.len() + second.len();
    for line in lines {
        if !chain.verify(line) {
            break;
        }
        // The line verifies, so this content was written; if it cannot be parsed, another program wrote it.
        let problem = Problem::Damaged(chain.lines());
        let record = serde_json::from_slice(line).map_err(|_| problem)?;
        F::apply(&mut state, record).ok_or(problem)?;
        verified_len += line.len();
    }
    Ok(Replayed {
        state,
        verified_len,
        chain,
    })
}

/// The bytes at the start of every journal.
pub(crate) fn file_prefix<F: Format>() -> Vec<u8> {
    format!("{{\"format\":\"{}\"", F::NAME).into_bytes()
}

/// Why a first line does not verify.
fn problem_of_head<F: Format>(line: &[u8]) -> Problem {
    match serde_json::from_slice::<FormatVersion>(line) {
        Ok(mark) if mark.format != F::NAME => Problem::Damaged(1),
        Ok(mark) if mark.version > F::VERSION => Problem::Newer(mark.version),
        Ok(mark) if mark.version < F::VERSION => Problem::Older(mark.version),
        _ => Problem::Damaged(1),
    }
}
