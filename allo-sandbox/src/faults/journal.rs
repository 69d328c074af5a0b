//! Records every executed write and every injected fault, for tests that count them.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::fault::Fault;

/// An executed write. Replays, errors and reads are not included. `Debug` omits the
/// body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Execution {
    /// `operationId`.
    pub operation: &'static str,
    /// The `Idempotency-Key`, if one was sent.
    pub key: Option<String>,
    /// The body of the request, if it was JSON.
    pub body: Option<Value>,
    /// When it was executed, since the start of the sandbox or its last reset, by its clock.
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

/// An injected fault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultEvent {
    /// When it was injected, since the start of the sandbox or its last reset, by its clock.
    pub at: Duration,
    /// `operationId`.
    pub operation: &'static str,
    /// The `Idempotency-Key`, if one was sent.
    pub key: Option<String>,
    /// The fault.
    pub fault: Fault,
    /// Whether the request was executed. Includes reads; excludes replays.
    pub executed: bool,
}

/// Both lists, in order.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) executed: Vec<Execution>,
    pub(crate) faults: Vec<FaultEvent>,
}
