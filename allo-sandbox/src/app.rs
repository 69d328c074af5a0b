//! The shared state of a running sandbox, each part behind its own lock.

use std::sync::Mutex;

use crate::append_locks::AppendLocks;
use crate::auth::Keys;
use crate::clock::Clock;
use crate::faults::injector::Injector;
use crate::faults::journal::Journal;
use crate::idempotency;
use crate::ids::Ids;
use crate::log::Log;
use crate::net::listener::ListenerHandle;
use crate::quota::Meter;
use crate::script::Script;
use crate::state::State;

/// A running sandbox. Lock order: `journal` first, then `state`, then
/// the others.
pub(crate) struct App {
    pub(crate) clock: Clock,
    pub(crate) ids: Mutex<Ids>,
    pub(crate) state: Mutex<State>,
    pub(crate) keys: Mutex<Keys>,
    pub(crate) meter: Mutex<Meter>,
    pub(crate) idempotency: idempotency::Store,
    pub(crate) log: Mutex<Log>,
    pub(crate) script: Mutex<Script>,
    pub(crate) faults: Mutex<Option<Injector>>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) listener: ListenerHandle,
    pub(crate) append_locks: AppendLocks,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}
