//! The shared state of a running sandbox, each part behind its own lock.

use std::sync::Mutex;

use crate::append_locks::AppendLocks;
use crate::auth::Keys;
use crate::blueprint::{Blueprint, Dataset};
use crate::clock::Clock;
use crate::faults::injector::Injector;
use crate::faults::journal::Journal;
use crate::idempotency;
use crate::ids::Ids;
use crate::lock::lock;
use crate::log::Log;
use crate::net::listener::ListenerHandle;
use crate::quota::Meter;
use crate::script::Script;
use crate::state::State;

/// A running sandbox. Lock order: `journal` first, then `state`, then
/// the others.
pub(crate) struct App {
    blueprint: Blueprint,
    /// The value of the owner's key, which a reset does not change.
    pub(crate) api_key: String,
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

impl App {
    pub(crate) fn new(
        blueprint: Blueprint,
        listener: ListenerHandle,
        append_locks: AppendLocks,
    ) -> Self {
        let fresh = blueprint.build(blueprint.dataset);
        Self {
            blueprint,
            api_key: fresh.api_key,
            clock: Clock::starting_at(fresh.start),
            ids: Mutex::new(fresh.ids),
            state: Mutex::new(fresh.state),
            keys: Mutex::new(fresh.keys),
            meter: Mutex::new(fresh.meter),
            idempotency: idempotency::Store::default(),
            log: Mutex::new(Log::default()),
            script: Mutex::new(Script::default()),
            faults: Mutex::new(fresh.faults),
            journal: Mutex::new(Journal::default()),
            listener,
            append_locks,
        }
    }

    /// Starts again with this data, or with that of the start. No write is executed meanwhile.
    pub(crate) fn reset(&self, dataset: Option<Dataset>) {
        let fresh = self
            .blueprint
            .build(dataset.unwrap_or(self.blueprint.dataset));
        let mut journal = lock(&self.journal);
        let mut state = lock(&self.state);
        *journal = Journal::default();
        *state = fresh.state;
        *lock(&self.ids) = fresh.ids;
        *lock(&self.keys) = fresh.keys;
        *lock(&self.meter) = fresh.meter;
        self.idempotency.reset();
        lock(&self.log).clear();
        *lock(&self.script) = Script::default();
        *lock(&self.faults) = fresh.faults;
        self.clock.restart(fresh.start);
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}
