//! Dialing queues from inside, and the life of their entries, which the dialing app drives.

use std::fmt;
use std::time::Duration;

use super::{Control, ControlError};
use crate::idempotency;
use crate::lock::lock;
use crate::state::calls::CallRecord;
use crate::state::queues::{Call, DialOutcome, Entry, PositionsAfterDelete, Queue};

/// The queues of a sandbox and the answers it keeps by idempotency key, at one moment.
#[derive(Clone)]
pub struct Checkpoint {
    queues: Vec<Queue>,
    answers: idempotency::Store,
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").finish_non_exhaustive()
    }
}

/// Dialing queues, and the app that dials them.
impl Control {
    /// Somebody's current queue.
    #[must_use]
    pub fn queue_of(&self, user_id: &str) -> Option<Queue> {
        lock(&self.app.state).queues.current(user_id).cloned()
    }

    /// Every queue ever created, hidden ones too, oldest first.
    #[must_use]
    pub fn queues(&self) -> Vec<Queue> {
        lock(&self.app.state).queues.all().to_vec()
    }

    /// How many queues were ever created.
    #[must_use]
    pub fn queues_created(&self) -> usize {
        lock(&self.app.state).queues.all().len()
    }

    /// What happens to positions after a deleted entry, from now on.
    pub fn positions_after_delete(&self, then: PositionsAfterDelete) {
        lock(&self.app.state).queues.positions_after_delete = then;
    }

    /// What is in the queues, and which answers are kept, to come back to.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            queues: self.queues(),
            answers: self.app.idempotency.copy(),
        }
    }

    /// Puts queues and kept answers back to what they were.
    pub fn restore(&self, checkpoint: &Checkpoint) {
        let queues = checkpoint.queues.clone();
        lock(&self.app.state).queues.replace(queues);
        self.app.idempotency.restore(&checkpoint.answers);
    }

    /// Forgets all answers that are kept by idempotency key, as an hour does.
    pub fn forget_idempotency_keys(&self) {
        self.app.idempotency.clear();
    }

    /// Calls the number at a position and ends the call with this outcome.
    ///
    /// # Errors
    ///
    /// When the current queue has no such entry.
    pub fn dial(
        &self,
        user_id: &str,
        position: u64,
        outcome: DialOutcome,
    ) -> Result<(), ControlError> {
        self.start_call(user_id, position)?;
        self.finish_call(user_id, position, outcome)
    }

    /// Starts a call to the number at a position and returns the call's id.
    ///
    /// # Errors
    ///
    /// When the current queue has no such entry.
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
    /// When the current queue has no such entry, or no call is under way there.
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

    /// Puts a finished call among the team's calls. Somebody without a line leaves no trace there.
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

    /// Sets how far the contact behind an entry is synchronised: `NOT_SYNCED`, `PROCESSING`,
    /// `SYNCED`, or a value of the future.
    ///
    /// # Errors
    ///
    /// When the current queue has no such entry.
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
