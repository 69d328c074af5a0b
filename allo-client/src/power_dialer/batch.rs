//! Splits the leads of a push into batches and derives their idempotency keys. Without I/O; `send_batch` builds and
//! sends the batches.

use std::ops::Range;

use uuid::Uuid;

use crate::model::idempotency_key::IdempotencyKey;

/// Splits a list into consecutive batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batcher {
    at: usize,
    end: usize,
    size: usize,
    /// The maximum number of leads that fit into the queue, once it was full.
    room: Option<usize>,
    /// The indices at which the next batches must end, the nearest last.
    cuts: Vec<usize>,
}

impl Batcher {
    pub(super) fn new(end: usize, size: usize) -> Self {
        Self {
            at: 0,
            end,
            size: size.max(1),
            room: None,
            cuts: Vec::new(),
        }
    }

    /// The next batch.
    pub(super) fn next(&self) -> Option<Range<usize>> {
        let limit = self.cuts.last().copied().unwrap_or(self.end);
        // Half of the room, so that few batches find out how many leads fit.
        let most = self.room.map_or(usize::MAX, |room| room.div_ceil(2));
        let end = self.at.saturating_add(self.size.min(most)).min(limit);
        (self.at < end).then_some(self.at..end)
    }

    /// Marks the leads up to here as done.
    pub(super) fn pass(&mut self, end: usize) {
        self.at = end;
        self.cuts.retain(|cut| *cut > end);
    }

    /// Limits the size of batches.
    pub(super) fn shrink(&mut self, size: usize) {
        self.size = self.size.min(size.max(1));
    }

    /// Limits the leads that fit into the queue.
    pub(super) fn fill(&mut self, room: usize) {
        self.room = Some(self.room.map_or(room, |most| most.min(room)));
    }

    /// This many leads were added to the queue.
    pub(super) fn took(&mut self, added: usize) {
        self.room = self.room.map(|room| room.saturating_sub(added));
    }

    /// The queue may have room again.
    pub(super) const fn forget_room(&mut self) {
        self.room = None;
    }

    /// Whether the queue is full while leads are left.
    pub(super) fn is_full(&self) -> bool {
        self.room == Some(0) && self.at < self.end
    }

    /// Ends the next batch here; later batches have the previous size again.
    pub(super) fn cut(&mut self, at: usize) {
        self.cuts.push(at);
        self.cuts.sort_unstable_by(|a, b| b.cmp(a));
        self.cuts.dedup();
    }

    /// How many batches are left, if none is split.
    pub(super) fn batches(&self) -> usize {
        let mut rest = self.clone();
        let mut batches = 0;
        while let Some(batch) = rest.next() {
            rest.pass(batch.end);
            batches += 1;
        }
        batches
    }
}

/// The idempotency key of a batch: equal for the same body at the same place of the same push, and for no others.
pub(super) fn key(namespace: Uuid, batch: &Range<usize>, body: &[u8]) -> IdempotencyKey {
    let mut name = format!("{}:{}:", batch.start, batch.len()).into_bytes();
    name.extend_from_slice(body);
    IdempotencyKey::of_uuid(Uuid::new_v5(&namespace, &name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut batcher: Batcher) -> Vec<Range<usize>> {
        let mut batches = Vec::new();
        while let Some(batch) = batcher.next() {
            batcher.pass(batch.end);
            batches.push(batch);
        }
        batches
    }

    #[test]
    fn the_last_batch_is_what_is_left() {
        assert_eq!(all(Batcher::new(250, 100)), [0..100, 100..200, 200..250]);
        assert!(all(Batcher::new(0, 100)).is_empty());
        assert_eq!(Batcher::new(250, 100).batches(), 3);
    }

    #[test]
    fn a_cut_holds_for_one_batch_and_a_size_for_all() {
        let mut batcher = Batcher::new(12, 8);
        batcher.cut(4);
        batcher.cut(2);
        assert_eq!(all(batcher.clone()), [0..2, 2..4, 4..12]);
        batcher.shrink(3);
        assert_eq!(all(batcher), [0..2, 2..4, 4..7, 7..10, 10..12]);
    }

    #[test]
    fn a_full_queue_is_filled_by_halves() {
        for fits in 0..100 {
            let mut batcher = Batcher::new(1_000, 100);
            let (mut left, mut requests) = (fits, 0);
            while let Some(batch) = batcher.next() {
                requests += 1;
                if batch.len() <= left {
                    left -= batch.len();
                    batcher.took(batch.len());
                    batcher.pass(batch.end);
                } else {
                    batcher.fill(batch.len() - 1);
                }
            }
            assert_eq!(left, 0, "of {fits}");
            assert!(batcher.is_full() && requests <= 9, "{fits}: {requests}");
            batcher.forget_room();
            assert_eq!(batcher.next(), Some(fits..fits + 100));
        }
    }

    #[test]
    fn keys_differ_by_place_length_content_and_push() {
        let [one, other] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let keys = [
            key(one, &(0..2), b"a"),
            key(one, &(0..1), b"a"),
            key(one, &(1..3), b"a"),
            key(one, &(0..2), b"b"),
            key(other, &(0..2), b"a"),
        ];
        assert_eq!(keys[0], key(one, &(0..2), b"a"));
        assert!((1..5).all(|index| keys[index] != keys[0]));
    }
}
