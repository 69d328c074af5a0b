//! What happened, for tests that count: every side effect, and every fault that struck.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::fault::Fault;

/// A write that was carried out. Replays, refusals and reads are not among them. `Debug` leaves the
/// body out.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Execution {
    /// `operationId`.
    pub operation: &'static str,
    /// The `Idempotency-Key`, if one was sent.
    pub key: Option<String>,
    /// The body of the request, when it was JSON.
    pub body: Option<Value>,
    /// When it was carried out, counted from the start of the sandbox.
    pub at: Duration,
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution")
            .field("operation", &self.operation)
            .field("key", &self.key)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// A fault that struck a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultEvent {
    /// When, counted from the start of the sandbox.
    pub at: Duration,
    /// `operationId`.
    pub operation: &'static str,
    /// The `Idempotency-Key`, if one was sent.
    pub key: Option<String>,
    /// What struck.
    pub fault: Fault,
    /// Whether this very request was carried out all the same. Reads count too; a replay does not.
    pub executed: bool,
}

/// Both lists, each in order.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) executed: Vec<Execution>,
    pub(crate) faults: Vec<FaultEvent>,
}
