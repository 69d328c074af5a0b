//! Reads the queue during a push, when a response alone does not show whether leads are in the queue.

use std::collections::HashSet;

use super::append_response::Placed;
use super::evidence::{Evidence, Presence};
use super::queue::{self, Snapshot};
use super::runner::Run;
use super::send_batch::{Batch, Delivered};
use crate::error::Error;
use crate::generated::operations::APPEND_DIALING_QUEUE_NUMBERS;

impl Run {
    /// Checks a replayed response, which contains the positions at which the leads were added earlier: finds the
    /// leads that are no longer in the queue.
    ///
    /// # Errors
    ///
    /// If the queue cannot be read.
    pub(super) async fn find_gone(
        &mut self,
        batch: &Batch,
        delivered: &mut Delivered,
    ) -> Result<(), Error> {
        let added = self.added(batch, delivered);
        let missing = |snapshot: &Snapshot| -> HashSet<u64> {
            let places: Vec<_> = added
                .iter()
                .map(|(at, number)| (*at, number.as_str()))
                .collect();
            let here = snapshot.are_present(&places);
            let gone = places.iter().zip(here).filter(|(_, is_here)| !is_here);
            gone.map(|((position, _), _)| *position).collect()
        };
        if let Some(snapshot) = &self.state.queue.snapshot
            && missing(snapshot).is_empty()
        {
            return Ok(());
        }
        // The leads may have been added after the queue was read.
        let snapshot = self.read_queue().await?;
        delivered.gone = missing(&snapshot);
        self.state.queue.snapshot = Some(snapshot);
        Ok(())
    }

    /// Checks whether a batch was executed twice. The server executed a request that was sent before, although it has
    /// the same key. If the leads are not at the next positions, the earlier request may have been executed as well;
    /// in that case its leads are in between.
    ///
    /// # Errors
    ///
    /// If the batch was executed twice, because the server does not recognise keys, or if the queue cannot be read.
    pub(super) async fn find_twice(
        &mut self,
        batch: &Batch,
        delivered: &mut Delivered,
    ) -> Result<(), Error> {
        let added = self.added(batch, delivered);
        let Some((first, _)) = added.first() else {
            return Ok(());
        };
        if self.state.queue.next.is_some_and(|next| *first <= next) {
            return Ok(());
        }
        let snapshot = self.read_queue().await?;
        let before = snapshot
            .entries
            .partition_point(|entry| entry.position < *first);
        let before = snapshot.entries.get(..before).unwrap_or_default();
        let mut evidence = Evidence::since(self.next_position(&snapshot), before);
        let numbers: Vec<_> = added.iter().map(|(_, number)| number.as_str()).collect();
        let Presence::Present(position) = evidence.find(&numbers) else {
            return Ok(());
        };
        delivered.twice_from = Some(position);
        Err(executed_twice())
    }

    /// Looks for a batch that may be in the queue.
    ///
    /// # Errors
    ///
    /// If the queue does not show whether the batch is in it.
    pub(super) async fn find_batch(&mut self, batch: &Batch) -> Result<Option<u64>, Error> {
        let snapshot = self.read_queue().await?;
        let mut evidence = Evidence::since(self.next_position(&snapshot), &snapshot.entries);
        match evidence.find(&self.state.leads.numbers(&batch.range)) {
            Presence::Present(position) => Ok(Some(position)),
            Presence::Absent if snapshot.is_whole => Ok(None),
            _ => Err(presence_unknown()),
        }
    }

    /// The added leads, with their positions and numbers.
    fn added(&self, batch: &Batch, delivered: &Delivered) -> Vec<(u64, String)> {
        let leads = batch.range.clone().zip(&delivered.placed);
        let added = leads.filter_map(|(index, placed)| {
            let position = Placed::position(placed)?;
            Some((position, self.state.leads.number(index).to_owned()))
        });
        added.collect()
    }

    /// The position of the first entry that was added since the push read the queue or received its last response.
    fn next_position(&self, snapshot: &Snapshot) -> u64 {
        let counted = || {
            let total = usize::try_from(self.state.queue.total).unwrap_or(usize::MAX);
            let first_new = snapshot.entries.get(total);
            first_new.map_or_else(|| snapshot.next(), |entry| entry.position)
        };
        self.state.queue.next.unwrap_or_else(counted)
    }

    async fn read_queue(&mut self) -> Result<Snapshot, Error> {
        let reading = queue::snapshot(&self.spec.dialer, &self.spec.options);
        let reading = self.spec.within("the queue was not read", reading);
        let snapshot = reading.await?;
        self.totals.requests = self.totals.requests.saturating_add(snapshot.requests);
        Ok(snapshot)
    }
}

fn executed_twice() -> Error {
    let message = "the server executed a batch twice, although both requests had the same \
                   idempotency key; its leads are in the queue twice";
    Error::invalid_request(message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_suggestion(
            "remove the second entries by their positions in the report; push the leads that were \
             not sent once the server supports idempotency keys again",
        )
}

fn presence_unknown() -> Error {
    Error::invalid_request("the queue does not show whether the batch was executed")
}
