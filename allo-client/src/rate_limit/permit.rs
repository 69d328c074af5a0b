//! A slot of the rate limit that was given to a request, and what became of it.

use std::fmt;

use super::RateLimitInfo;

/// A slot to send one request in. Dropped before that, it is given back.
#[must_use]
pub struct Permit {
    end: Option<EndOfPermit>,
    sent: bool,
}

/// Called once, with what became of the slot.
type EndOfPermit = Box<dyn FnOnce(PermitOutcome) + Send>;

/// What became of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PermitOutcome {
    /// Nothing has reached the server, and nothing will.
    Unused,
    /// An answer came: the request has arrived. What the answer says about the
    /// rate limit.
    Answered(RateLimitInfo),
    /// The request was sent, and may yet arrive.
    Lost,
}

impl Permit {
    /// A slot; `end` is called once, with what became of it.
    pub fn new(end: impl FnOnce(PermitOutcome) + Send + 'static) -> Self {
        Self {
            end: Some(Box::new(end)),
            sent: false,
        }
    }

    /// A slot of which there are enough.
    pub const fn free() -> Self {
        Self {
            end: None,
            sent: false,
        }
    }

    /// From now on the request may reach the server.
    pub(crate) const fn sent(&mut self) {
        self.sent = true;
    }

    /// Ends it.
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
