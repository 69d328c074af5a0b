//! The requests of a poll.

use super::known::{Frontier, PAGE_SIZE, Reading};
use crate::error::{Error, ErrorKind, Outcome};
use crate::generated::builder::power_dialer::GetCurrentDialingQueue;
use crate::generated::operations::GET_CURRENT_DIALING_QUEUE;
use crate::generated::types::QueueNumber;
use crate::pagination::count;

/// How many times a queue that changes during the read is read.
const MAX_READS: u32 = 5;

/// Reads the entries of the requested queue from the frontier to the end; `None` if the queue kept changing. If entries before the frontier have
/// changed, all entries are read.
pub(super) async fn read(
    request: &GetCurrentDialingQueue,
    frontier: &Frontier,
) -> Result<Option<Reading>, Error> {
    let mut from = frontier.from;
    for _ in 0..MAX_READS {
        let Some(reading) = read_from(request.clone(), from).await? else {
            continue;
        };
        if from == 0 || frontier.holds(&reading) {
            return Ok(Some(reading));
        }
        from = 0;
    }
    Ok(None)
}

/// The error if no poll can read the queue because it keeps changing.
pub(super) fn kept_changing() -> Error {
    let message = "the queue kept changing while it was read";
    Error::new(ErrorKind::Decode, message)
        .with_operation(&GET_CURRENT_DIALING_QUEUE)
        .with_outcome(Outcome::Executed)
        .with_suggestion("read on, or start another watch")
}

/// Reads the entries from an index on; `None` if an entry may have been missed, because the queue has changed.
async fn read_from(request: GetCurrentDialingQueue, from: usize) -> Result<Option<Reading>, Error> {
    // Pages are counted from 1.
    let page = u64::try_from(from / PAGE_SIZE).unwrap_or_default() + 1;
    let size = u64::try_from(PAGE_SIZE).unwrap_or(u64::MAX);
    let mut pages = request.size(size).page(page).pages();
    let mut reading = Reading {
        from,
        is_whole: true,
        ..Reading::default()
    };
    let mut slots = from;
    let (mut total, mut is_first, mut has_shrunk) = (None, true, false);
    while let Some(page) = pages.try_next().await? {
        let page = page.into_inner();
        let queue = page.queue.map(|queue| queue.id.to_string());
        if !is_first && queue != reading.queue {
            return Ok(None);
        }
        (reading.queue, is_first) = (queue, false);
        let now = page.pagination.and_then(|page| count(&page.total_count));
        has_shrunk |= matches!((total, now), (Some(before), Some(now)) if now < before);
        total = now.or(total);
        slots = slots.saturating_add(page.data.slots());
        reading.is_whole &= page.data.slots() == page.data.len();
        reading.entries.extend(page.data.into_parts().0);
    }
    // Entries that are appended at the end do no harm.
    let has_grown = !has_shrunk
        && total.is_some_and(|total| u64::try_from(slots) == Ok(total))
        && is_ascending(&reading.entries);
    Ok((!pages.moved() || has_grown).then_some(reading))
}

/// Whether no entry was read twice.
fn is_ascending(entries: &[QueueNumber]) -> bool {
    entries.is_sorted_by(|one, next| one.position < next.position)
}
