//! The permit to send one request: a slot of the rate limit, and the outcome that is reported for
//! it.

use std::fmt;

use super::RateLimitInfo;

/// A slot in which one request may be sent. If it is dropped before the request is sent, the slot
/// is released.
#[must_use]
pub struct Permit {
    end: Option<EndOfPermit>,
    sent: bool,
}

/// The callback that receives the outcome, once.
type EndOfPermit = Box<dyn FnOnce(PermitOutcome) + Send>;

/// The outcome of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PermitOutcome {
    /// The request was not sent and will not be sent.
    Unused,
    /// A response arrived, so the request has arrived. Contains the rate limit headers of the
    /// response.
    Answered(RateLimitInfo),
    /// The request was sent and may still arrive.
    Lost,
}

impl Permit {
    /// A permit; `end` is called once, with the outcome.
    pub fn new(end: impl FnOnce(PermitOutcome) + Send + 'static) -> Self {
        Self {
            end: Some(Box::new(end)),
            sent: false,
        }
    }

    /// A permit that no limit restricts.
    pub const fn free() -> Self {
        Self {
            end: None,
            sent: false,
        }
    }

    /// Marks the request as sent: it may reach the server from now on.
    pub(crate) const fn sent(&mut self) {
        self.sent = true;
    }

    /// Reports the outcome.
    pub(crate) fn end(mut self, outcome: PermitOutcome) {
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: PermitOutcome) {
        if let Some(end) = self.end.take() {
            end(outcome);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.finish(if self.sent {
            PermitOutcome::Lost
        } else {
            PermitOutcome::Unused
        });
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}
