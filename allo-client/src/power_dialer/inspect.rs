//! Reads the queue during a push, when a response alone does not tell whether leads are in it.

use std::collections::HashSet;

use super::append_response::Placed;
use super::evidence::{Evidence, Presence};
use super::queue::{self, Snapshot};
use super::runner::Run;
use super::send_batch::{Batch, Delivered};
use crate::error::Error;
use crate::generated::operations::APPEND_DIALING_QUEUE_NUMBERS;

impl Run {
    /// An answer that was repeated says where the leads were added. Finds those that are
    /// not there any more.
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
        if let Some(snapshot) = &self.at.queue.snapshot
            && missing(snapshot).is_empty()
        {
            return Ok(());
        }
        // It may have been added after the queue was read.
        let snapshot = self.read_queue().await?;
        delivered.gone = missing(&snapshot);
        self.at.queue.snapshot = Some(snapshot);
        Ok(())
    }

    /// The server carried out a request that was sent before, though it has the same
    /// key. If the leads are not at the next positions, the first one may have been
    /// carried out as well: then they stand between.
    ///
    /// # Errors
    ///
    /// If they do, as the server does not know keys again, or if the queue cannot be
    /// read.
    pub(super) async fn find_twice(
        &mut self,
        batch: &Batch,
        delivered: &mut Delivered,
    ) -> Result<(), Error> {
        let added = self.added(batch, delivered);
        let Some((first, _)) = added.first() else {
            return Ok(());
        };
        if self.at.queue.next.is_some_and(|next| *first <= next) {
            return Ok(());
        }
        let snapshot = self.read_queue().await?;
        let before = snapshot
            .entries
            .partition_point(|entry| entry.position < *first);
        let before = snapshot.entries.get(..before).unwrap_or_default();
        let mut evidence = Evidence::since(self.next_position(&snapshot), before);
        let numbers: Vec<_> = added.iter().map(|(_, number)| number.as_str()).collect();
        let Presence::There(position) = evidence.find(&numbers) else {
            return Ok(());
        };
        delivered.twice_from = Some(position);
        Err(carried_out_twice())
    }

    /// Looks for a batch that may be in the queue.
    ///
    /// # Errors
    ///
    /// If that cannot be told.
    pub(super) async fn is_there(&mut self, batch: &Batch) -> Result<Option<u64>, Error> {
        let snapshot = self.read_queue().await?;
        let mut evidence = Evidence::since(self.next_position(&snapshot), &snapshot.entries);
        match evidence.find(&self.at.leads.numbers(&batch.range)) {
            Presence::There(position) => Ok(Some(position)),
            Presence::NotThere if snapshot.is_whole => Ok(None),
            _ => Err(not_told()),
        }
    }

    /// What is added, with its position and number.
    fn added(&self, batch: &Batch, delivered: &Delivered) -> Vec<(u64, String)> {
        let leads = batch.range.clone().zip(&delivered.placed);
        let added = leads.filter_map(|(index, placed)| {
            let position = Placed::position(placed)?;
            Some((position, self.at.leads.number(index).to_owned()))
        });
        added.collect()
    }

    /// Where the first entry stands that was added since the push looked at the queue
    /// or had its last answer.
    fn next_position(&self, snapshot: &Snapshot) -> u64 {
        let counted = || {
            let total = usize::try_from(self.at.queue.total).unwrap_or(usize::MAX);
            let first_new = snapshot.entries.get(total);
            first_new.map_or_else(|| snapshot.next(), |entry| entry.position)
        };
        self.at.queue.next.unwrap_or_else(counted)
    }

    async fn read_queue(&mut self) -> Result<Snapshot, Error> {
        let reading = queue::snapshot(&self.spec.dialer, &self.spec.options);
        let reading = self.spec.within("the queue was not read", reading);
        let snapshot = reading.await?;
        self.totals.requests = self.totals.requests.saturating_add(snapshot.requests);
        Ok(snapshot)
    }
}

fn carried_out_twice() -> Error {
    let message = "the server carried out a batch twice, though both requests had the same \
                   idempotency key; its leads are in the queue twice";
    Error::invalid_request(message)
        .with_operation(&APPEND_DIALING_QUEUE_NUMBERS)
        .with_suggestion(
            "remove one of the two by their positions, which the report has; what was not sent \
             can be pushed once the server knows keys again",
        )
}

fn not_told() -> Error {
    Error::invalid_request("the queue does not tell whether a batch is there")
}
