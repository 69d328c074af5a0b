//! The handle by which a test looks into a running sandbox and plays the parts the API does not
//! have: the workspace's administrator (`people`), the phones (`telephony`), the dialing app
//! (`dialing`), a gateway or a slow moment in between (`scripting`), or something that breaks
//! (`faults`). Here: the handle itself, the log, the errors.

mod dialing;
mod faults;
mod people;
mod scripting;
mod telephony;
mod workspace;

use std::fmt;
use std::sync::Arc;

use crate::app::App;
use crate::lock::lock;
use crate::log::LoggedRequest;

pub use dialing::Checkpoint;
pub use people::UserSpec;

/// Why a control was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// No operation of the sandbox has this id.
    UnknownOperation(String),
    /// No partner has opened an account of this id, or it has ended.
    UnknownAccount(String),
    /// Nobody has this id.
    UnknownUser(String),
    /// The person's current queue has no entry at this position, or there is no queue.
    UnknownPosition(u64),
    /// The entry has no call, or its call has ended.
    NoCall(u64),
    /// A scripted answer that HTTP cannot carry.
    InvalidAnswer(String),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOperation(id) => write!(f, "the sandbox has no operation {id}"),
            Self::UnknownAccount(id) => write!(f, "the sandbox has no partner account {id}"),
            Self::UnknownUser(id) => write!(f, "the sandbox has no user {id}"),
            Self::UnknownPosition(position) => {
                write!(f, "the current queue has no entry at position {position}")
            }
            Self::NoCall(position) => write!(f, "no call is under way at position {position}"),
            Self::InvalidAnswer(why) => write!(f, "the scripted answer cannot be sent: {why}"),
        }
    }
}

impl std::error::Error for ControlError {}

/// A handle on a running sandbox. Clones are handles on the same one.
#[derive(Clone)]
pub struct Control {
    app: Arc<App>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

/// What was asked of the sandbox.
impl Control {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Every request since the start or the last [`clear_log`](Self::clear_log), in the order of
    /// arrival. One that is not answered yet is listed with status 0.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.app.log).requests()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        lock(&self.app.log).clear();
    }
}
