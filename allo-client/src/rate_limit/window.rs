//! The one-second window: which slots are taken, until when, and when the next ones are free. The
//! caller passes the current time; nothing here waits. Transit times are in `estimate`, waiters in
//! `queue`.

use std::time::Duration;

use tokio::time::Instant;

/// The rate limit is a limit per second.
pub(super) const WINDOW: Duration = Duration::from_secs(1);
/// The margin added to each window for clocks and timers.
pub(super) const MARGIN: Duration = Duration::from_millis(5);
/// The minimum time after which a slot is free again.
pub(super) const CYCLE: Duration = WINDOW.saturating_add(MARGIN);

/// A slot that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) id: u64,
    pub(super) free_at: Instant,
    /// When the slot is free if the response arrives as early as possible.
    pub(super) earliest: Instant,
}

/// The slots that are taken, ordered by the time at which they are free.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    slots: Vec<Slot>,
}

impl Window {
    pub(super) fn take(&mut self, slot: Slot) {
        let after = |other: &Slot| other.free_at <= slot.free_at;
        let index = self.slots.partition_point(after);
        self.slots.insert(index, slot);
    }

    /// Releases a slot if it is still taken.
    pub(super) fn release(&mut self, id: u64) -> Option<Slot> {
        let index = self.slots.iter().position(|slot| slot.id == id)?;
        Some(self.slots.remove(index))
    }

    /// Removes the slots that are free again.
    pub(super) fn expire(&mut self, now: Instant) {
        let free = self.slots.partition_point(|slot| slot.free_at <= now);
        self.slots.drain(..free);
    }

    /// The number of free slots now; call [`expire`](Self::expire) first.
    pub(super) fn free(&self, limit: usize) -> usize {
        limit.saturating_sub(self.slots.len())
    }

    /// When the `n`-th waiter gets a slot, `n` from 0, if all of them wait already; call
    /// [`expire`](Self::expire) first.
    pub(super) fn nth_free(&self, limit: usize, n: usize, now: Instant) -> Instant {
        nth(self.slots.iter().map(|slot| slot.free_at), limit, n, now)
    }

    /// The same if all outstanding responses had arrived.
    pub(super) fn nth_free_at_best(&self, limit: usize, n: usize, now: Instant) -> Instant {
        let mut ends: Vec<_> = self.slots.iter().map(|slot| slot.earliest).collect();
        ends.sort_unstable();
        ends.retain(|end| *end > now);
        nth(ends.into_iter(), limit, n, now)
    }

    /// When the slots are free, in order.
    pub(super) fn ends(&self) -> impl Iterator<Item = Instant> {
        self.slots.iter().map(|slot| slot.free_at)
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.slots.len()
    }
}

/// When the `n`-th waiter gets a slot if slots end at these times and `limit` slots exist.
fn nth(
    mut ends: impl ExactSizeIterator<Item = Instant>,
    limit: usize,
    n: usize,
    now: Instant,
) -> Instant {
    let limit = limit.max(1);
    let (round, index) = (n / limit, n % limit);
    let free = limit.saturating_sub(ends.len());
    let first = match index.checked_sub(free) {
        None => now,
        // If the limit was lowered, slots beyond it do not become free for anybody.
        Some(index) => {
            let beyond = ends.len().saturating_sub(limit);
            ends.nth(beyond + index).unwrap_or(now)
        }
    };
    let rounds = u32::try_from(round).unwrap_or(u32::MAX);
    first + CYCLE.saturating_mul(rounds).min(FAR)
}

/// The furthest time that is estimated.
const FAR: Duration = Duration::from_secs(1_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Slots that are free after this many milliseconds.
    fn window(now: Instant, ends: &[u32]) -> Window {
        let mut window = Window::default();
        for (id, end) in (0..).zip(ends) {
            window.take(Slot {
                id,
                free_at: now + MS * *end,
                earliest: now + MS * (*end / 2),
            });
        }
        window
    }

    fn millis(now: Instant, at: Instant) -> u128 {
        (at - now).as_millis()
    }

    #[test]
    fn slots_are_given_in_the_order_in_which_they_are_free() {
        let now = Instant::now();
        let window = window(now, &[300, 100, 200]);
        let at = |limit, n| millis(now, window.nth_free(limit, n, now));
        assert_eq!([0, 1, 2, 3, 4].map(|n| at(4, n)), [0, 100, 200, 300, 1_005]);
        assert_eq!([0, 1, 2, 3].map(|n| at(3, n)), [100, 200, 300, 1_105]);
        // One of the three slots is one too many.
        assert_eq!([0, 1, 2].map(|n| at(2, n)), [200, 300, 1_205]);
        assert_eq!(millis(now, window.nth_free_at_best(3, 0, now)), 50);
    }

    #[test]
    fn what_is_free_again_is_forgotten_and_what_is_given_up_is_free() {
        let now = Instant::now();
        let mut window = window(now, &[300, 100, 200]);
        assert_eq!((window.free(4), window.free(2)), (1, 0));
        window.expire(now + MS * 200);
        assert_eq!(window.free(4), 3);
        assert_eq!(window.release(1), None);
        assert!(window.release(0).is_some());
        assert_eq!(window.free(4), 4);
    }

    #[test]
    fn the_last_of_very_many_is_far_away_and_not_beyond_time() {
        let now = Instant::now();
        assert!(window(now, &[]).nth_free(1, usize::MAX, now) > now + WINDOW * 999_999);
    }
}
