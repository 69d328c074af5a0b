//! Who waits for a place, and who is next: those who are sent again, then
//! interactive calls, then bulk calls, each in the order in which they came.

use std::collections::BTreeMap;
use std::task::Waker;

use super::{PaceRequest, Priority};

/// While interactive calls wait, bulk calls get one place after so many.
const INTERACTIVE_IN_A_ROW: u32 = 4;

/// The lines in which one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Retry,
    Interactive,
    Bulk,
}

/// One who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    line: Line,
    number: u64,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: BTreeMap<Ticket, Waker>,
    tickets: u64,
    interactive_in_a_row: u32,
}

impl Queue {
    pub(super) const fn ticket(&mut self, request: &PaceRequest) -> Ticket {
        self.tickets += 1;
        let line = match (request.is_retry, request.priority) {
            (true, _) => Line::Retry,
            (false, Priority::Interactive) => Line::Interactive,
            (false, Priority::Bulk) => Line::Bulk,
        };
        Ticket {
            line,
            number: self.tickets,
        }
    }

    /// Waits, or goes on waiting, with this waker.
    pub(super) fn wait(&mut self, ticket: Ticket, waker: &Waker) {
        let stored = self.waiting.entry(ticket);
        stored.or_insert_with(|| waker.clone()).clone_from(waker);
    }

    /// Leaves without a place.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }

    /// Leaves with a place.
    pub(super) fn serve(&mut self, ticket: Ticket) {
        self.leave(ticket);
        match ticket.line {
            Line::Retry => {}
            Line::Interactive => self.interactive_in_a_row += 1,
            Line::Bulk => self.interactive_in_a_row = 0,
        }
    }

    /// Who gets the next place.
    pub(super) fn next(&self) -> Option<Ticket> {
        let (&first, _) = self.waiting.first_key_value()?;
        let bulk = Ticket {
            line: Line::Bulk,
            number: 0,
        };
        if first.line == Line::Interactive && self.interactive_in_a_row >= INTERACTIVE_IN_A_ROW {
            let next = self.waiting.range(bulk..).next();
            return Some(next.map_or(first, |(&ticket, _)| ticket));
        }
        Some(first)
    }

    pub(super) fn waker(&self) -> Option<Waker> {
        self.waiting.get(&self.next()?).cloned()
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }
}
