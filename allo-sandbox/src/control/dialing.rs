//! Inspects dialing queues, and simulates the dialing app that calls their entries.

use std::fmt;
use std::time::Duration;

use super::{Control, ControlError};
use crate::idempotency;
use crate::lock::lock;
use crate::state::calls::CallRecord;
use crate::state::queues::{Call, DialOutcome, Entry, PositionsAfterDelete, Queue};

/// A snapshot of the queues and of the responses stored by idempotency key.
#[derive(Clone)]
pub struct Checkpoint {
    queues: Vec<Queue>,
    responses: idempotency::Store,
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").finish_non_exhaustive()
    }
}

/// Dialing queues, and the app that dials them.
impl Control {
    /// The current queue of a user.
    #[must_use]
    pub fn queue_of(&self, user_id: &str) -> Option<Queue> {
        lock(&self.app.state).queues.current(user_id).cloned()
    }

    /// Every queue ever created, including replaced ones, oldest first.
    #[must_use]
    pub fn queues(&self) -> Vec<Queue> {
        lock(&self.app.state).queues.all().to_vec()
    }

    /// The number of queues ever created.
    #[must_use]
    pub fn queues_created(&self) -> usize {
        lock(&self.app.state).queues.all().len()
    }

    /// Sets what happens to positions after a deleted entry.
    pub fn positions_after_delete(&self, then: PositionsAfterDelete) {
        lock(&self.app.state).queues.positions_after_delete = then;
    }

    /// Takes a snapshot of the queues and stored responses.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            queues: self.queues(),
            responses: self.app.idempotency.copy(),
        }
    }

    /// Restores the queues and stored responses of a snapshot.
    pub fn restore(&self, checkpoint: &Checkpoint) {
        let queues = checkpoint.queues.clone();
        lock(&self.app.state).queues.replace(queues);
        self.app.idempotency.restore(&checkpoint.responses);
    }

    /// Removes all responses stored by idempotency key, as after an hour.
    pub fn forget_idempotency_keys(&self) {
        self.app.idempotency.clear();
    }

    /// Calls the number at a position and ends the call with this outcome.
    ///
    /// # Errors
    ///
    /// If the current queue has no such entry.
    pub fn dial(
        &self,
        user_id: &str,
        position: u64,
        outcome: DialOutcome,
    ) -> Result<(), ControlError> {
        self.start_call(user_id, position)?;
        self.finish_call(user_id, position, outcome)
    }

    /// Starts a call to the number at a position and returns the id of the call.
    ///
    /// # Errors
    ///
    /// If the current queue has no such entry.
    pub fn start_call(&self, user_id: &str, position: u64) -> Result<String, ControlError> {
        let id = lock(&self.app.ids).call();
        let call = Call {
            id: id.clone(),
            started_at: self.app.clock.now(),
            outcome: None,
        };
        self.change(user_id, position, |entry| {
            entry.call = Some(call);
            Ok(())
        })?;
        Ok(id)
    }

    /// Ends the call at a position.
    ///
    /// # Errors
    ///
    /// If the current queue has no such entry, or no call is in progress there.
    pub fn finish_call(
        &self,
        user_id: &str,
        position: u64,
        outcome: DialOutcome,
    ) -> Result<(), ControlError> {
        let ended = self.change(user_id, position, |entry| {
            let running = entry.call.as_mut().filter(|call| call.outcome.is_none());
            let call = running.ok_or(ControlError::NoCall(position))?;
            call.outcome = Some(outcome);
            Ok((entry.number_to.clone(), call.clone()))
        })?;
        self.remember(user_id, ended);
        Ok(())
    }

    /// Adds a finished call to the team's calls, unless the user has no phone number.
    fn remember(&self, user_id: &str, (number, call): (String, Call)) {
        let phone_number = lock(&self.app.state).phone_numbers.number_used_by(user_id);
        let (Some(phone_number), Some(outcome)) = (phone_number, call.outcome) else {
            return;
        };
        let now = self.app.clock.now();
        let talked = Duration::try_from(now.duration_since(call.started_at)).unwrap_or_default();
        let mut record = CallRecord::outbound(phone_number, number)
            .user(user_id)
            .at(call.started_at)
            .rang(Duration::ZERO)
            .ended(outcome.call_result(), talked);
        record.id = call.id;
        self.add_call(record);
    }

    /// Sets the synchronisation status of the contact of an entry: `NOT_SYNCED`, `PROCESSING`,
    /// `SYNCED`, or an unknown value.
    ///
    /// # Errors
    ///
    /// If the current queue has no such entry.
    pub fn set_sync_status(
        &self,
        user_id: &str,
        position: u64,
        status: &str,
    ) -> Result<(), ControlError> {
        self.change(user_id, position, |entry| {
            status.clone_into(&mut entry.sync_status);
            Ok(())
        })
    }

    fn change<T>(
        &self,
        user_id: &str,
        position: u64,
        change: impl FnOnce(&mut Entry) -> Result<T, ControlError>,
    ) -> Result<T, ControlError> {
        let now = self.app.clock.now();
        let mut state = lock(&self.app.state);
        let queue = state.queues.current_mut(user_id);
        let changed = queue.and_then(|queue| queue.change(position, now, change));
        changed.unwrap_or(Err(ControlError::UnknownPosition(position)))
    }
}
