//! The handle by which a test inspects a running sandbox and does what the API cannot: the work of
//! the administrator (`people`, `workspace`), calls and messages (`telephony`), data by any operation
//! (`seeding`), the dialing app (`dialing`), scripted responses and delays (`scripting`), faults
//! (`faults`), and reset, clock and quotas (`lifecycle`). This file has the handle, the request log
//! and the errors.

mod dialing;
mod faults;
mod lifecycle;
mod people;
mod scripted_response;
mod scripting;
mod seeding;
mod telephony;
mod workspace;

use std::fmt;
use std::sync::Arc;

use crate::app::App;
use crate::lock::lock;
use crate::log::LoggedRequest;

pub use dialing::Checkpoint;
pub use people::UserSpec;
pub use scripted_response::ScriptedResponse;
pub use seeding::SeedRequest;

/// Why a method of [`Control`] failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// The sandbox has no operation with this id.
    UnknownOperation(String),
    /// No partner account has this id, or it has ended.
    UnknownAccount(String),
    /// No user has this id.
    UnknownUser(String),
    /// No call or text message has this id.
    UnknownItem(String),
    /// The user has no current queue, or it has no entry at this position.
    UnknownPosition(u64),
    /// The entry has no call, or its call has ended.
    NoCall(u64),
    /// The scripted response is not valid HTTP, or does not fit its operation.
    InvalidResponse(String),
    /// The seed is incomplete.
    InvalidSeed(String),
    /// The operation refused the seed.
    Refused {
        /// `operationId`.
        operation: &'static str,
        /// The HTTP status that a client would have received.
        status: u16,
        /// The error code.
        code: &'static str,
        /// What is wrong.
        message: String,
    },
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOperation(id) => write!(f, "the sandbox has no operation {id}"),
            Self::UnknownAccount(id) => write!(f, "the sandbox has no partner account {id}"),
            Self::UnknownUser(id) => write!(f, "the sandbox has no user {id}"),
            Self::UnknownItem(id) => write!(f, "the sandbox has no call or message {id}"),
            Self::UnknownPosition(position) => {
                write!(f, "the current queue has no entry at position {position}")
            }
            Self::NoCall(position) => write!(f, "no call is in progress at position {position}"),
            Self::InvalidResponse(why) => write!(f, "invalid scripted response: {why}"),
            Self::InvalidSeed(why) => write!(f, "invalid seed: {why}"),
            Self::Refused {
                operation,
                status,
                code,
                message,
            } => write!(
                f,
                "{operation} refused the seed with {status} {code}: {message}"
            ),
        }
    }
}

impl std::error::Error for ControlError {}

/// A handle to a running sandbox. Clones refer to the same sandbox.
#[derive(Clone)]
pub struct Control {
    app: Arc<App>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

/// The request log.
impl Control {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Every request since the start or the last [`clear_log`](Self::clear_log), in the order of
    /// arrival. A request in progress has the status 0.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.app.log).requests()
    }

    /// Clears the request log.
    pub fn clear_log(&self) {
        lock(&self.app.log).clear();
    }
}
