//! The queue of waiters for a slot. Retries are served first, then interactive calls, then bulk
//! calls, each in order of arrival.
//!
//! Nothing tells whether a future will be polled again. So each waiter has an alarm, the time at
//! which it is expected to be polled because its own timer elapses or it was woken. A waiter that
//! is not polled soon after its alarm is passed over, and keeps its rank for when it is polled
//! again. The caller passes the current time; nothing here waits.

use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::{PaceRequest, Priority};

/// While interactive calls wait, bulk calls get one slot after this many slots.
const INTERACTIVE_IN_A_ROW: usize = 4;
/// A waiter that is not polled within this time after its alarm is passed over.
pub(super) const GRACE: Duration = Duration::from_millis(5);

/// The priority classes of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Retry,
    Interactive,
    Bulk,
}

/// A waiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    line: Line,
    number: u64,
}

#[derive(Debug)]
struct Waiter {
    waker: Waker,
    /// When it is expected to be polled.
    alarm: Instant,
}

/// All waiters except those that are passed over.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lines: [BTreeMap<u64, Waiter>; 3],
    alarms: BTreeSet<(Instant, Ticket)>,
    passed_over: BTreeSet<Ticket>,
    tickets: u64,
    interactive_in_a_row: usize,
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

    /// Records a poll: the waiter waits, or continues to wait, until `alarm`.
    pub(super) fn wait(&mut self, ticket: Ticket, waker: &Waker, alarm: Instant) {
        self.passed_over.remove(&ticket);
        match self.line(ticket).get_mut(&ticket.number) {
            Some(waiter) => {
                waiter.waker.clone_from(waker);
                let old = std::mem::replace(&mut waiter.alarm, alarm);
                self.alarms.remove(&(old, ticket));
            }
            None => {
                let waker = waker.clone();
                let waiter = Waiter { waker, alarm };
                self.line(ticket).insert(ticket.number, waiter);
            }
        }
        self.alarms.insert((alarm, ticket));
    }

    /// Marks a waiter as called now. Returns its waker unless it is already due to be polled.
    pub(super) fn call(&mut self, ticket: Ticket, now: Instant) -> Option<Waker> {
        let waiter = self.line(ticket).get_mut(&ticket.number)?;
        if waiter.alarm <= now {
            return None;
        }
        let waker = waiter.waker.clone();
        let old = std::mem::replace(&mut waiter.alarm, now);
        self.alarms.remove(&(old, ticket));
        self.alarms.insert((now, ticket));
        Some(waker)
    }

    /// Removes a waiter that got no slot.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.passed_over.remove(&ticket);
        if let Some(waiter) = self.line(ticket).remove(&ticket.number) {
            self.alarms.remove(&(waiter.alarm, ticket));
        }
    }

    /// Removes a waiter that got a slot.
    pub(super) fn serve(&mut self, ticket: Ticket) {
        self.leave(ticket);
        match ticket.line {
            Line::Retry => {}
            Line::Interactive => {
                let in_a_row = self.interactive_in_a_row + 1;
                self.interactive_in_a_row = in_a_row.min(INTERACTIVE_IN_A_ROW);
            }
            Line::Bulk => self.interactive_in_a_row = 0,
        }
    }

    /// Passes over the waiters that were not polled in time.
    pub(super) fn pass_over(&mut self, now: Instant) {
        while let Some((alarm, ticket)) = self.alarms.first().copied() {
            if alarm + GRACE > now {
                break;
            }
            self.alarms.pop_first();
            self.line(ticket).remove(&ticket.number);
            self.passed_over.insert(ticket);
        }
    }

    /// The number of waiters that are served before this one, whether it waits or not.
    pub(super) fn ahead_of(&self, ticket: Ticket) -> usize {
        let [retries, interactive, bulk] = &self.lines;
        let own = self.waiters(ticket.line);
        let before = match own.first_key_value() {
            Some((&first, _)) if first < ticket.number => match own.last_key_value() {
                Some((&last, _)) if last < ticket.number => own.len(),
                _ => own.range(..ticket.number).count(),
            },
            _ => 0,
        };
        let row = self.interactive_in_a_row;
        match ticket.line {
            Line::Retry => before,
            Line::Interactive => {
                let turns_of_bulk = (row + before) / INTERACTIVE_IN_A_ROW;
                retries.len() + before + turns_of_bulk.min(bulk.len())
            }
            Line::Bulk => {
                let turns = (before + 1) * INTERACTIVE_IN_A_ROW - row;
                retries.len() + before + turns.min(interactive.len())
            }
        }
    }

    /// The first `n` waiters, in the order in which they are served.
    pub(super) fn first(&self, n: usize) -> Vec<Ticket> {
        let [mut retries, mut interactive, mut bulk] = [Line::Retry, Line::Interactive, Line::Bulk]
            .map(|line| {
                let numbers = self.waiters(line).keys();
                numbers
                    .map(move |&number| Ticket { line, number })
                    .peekable()
            });
        let mut row = self.interactive_in_a_row;
        let next = || {
            if let Some(retry) = retries.next() {
                return Some(retry);
            }
            let is_bulk = interactive.peek().is_none()
                || row >= INTERACTIVE_IN_A_ROW && bulk.peek().is_some();
            if is_bulk {
                row = 0;
                return bulk.next();
            }
            row += 1;
            interactive.next()
        };
        std::iter::from_fn(next).take(n).collect()
    }

    /// The wakers of all waiters.
    pub(super) fn wakers(&self) -> Vec<Waker> {
        let waiters = self.lines.iter().flat_map(BTreeMap::values);
        waiters.map(|waiter| waiter.waker.clone()).collect()
    }

    /// The number of waiters without those that are passed over.
    pub(super) fn waiting(&self) -> usize {
        self.alarms.len()
    }

    /// The number of waiters including those that are passed over.
    pub(super) fn len(&self) -> usize {
        self.alarms.len() + self.passed_over.len()
    }

    /// When this waiter is expected to be polled, unless it is passed over.
    pub(super) fn alarm(&self, ticket: Ticket) -> Option<Instant> {
        let waiter = self.waiters(ticket.line).get(&ticket.number)?;
        Some(waiter.alarm)
    }

    const fn waiters(&self, line: Line) -> &BTreeMap<u64, Waiter> {
        let [retries, interactive, bulk] = &self.lines;
        match line {
            Line::Retry => retries,
            Line::Interactive => interactive,
            Line::Bulk => bulk,
        }
    }

    const fn line(&mut self, ticket: Ticket) -> &mut BTreeMap<u64, Waiter> {
        let [retries, interactive, bulk] = &mut self.lines;
        match ticket.line {
            Line::Retry => retries,
            Line::Interactive => interactive,
            Line::Bulk => bulk,
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
