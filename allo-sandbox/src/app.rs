//! What all requests of a running sandbox share, each part behind its own lock.

use std::sync::Mutex;

use crate::auth::Keys;
use crate::clock::Clock;
use crate::idempotency;
use crate::ids::Ids;
use crate::log::Log;
use crate::quota::Meter;
use crate::script::Script;
use crate::state::World;

/// The running sandbox. Where two locks are held at once, `world` is taken first.
pub(crate) struct App {
    pub(crate) clock: Clock,
    pub(crate) ids: Mutex<Ids>,
    pub(crate) world: Mutex<World>,
    pub(crate) keys: Mutex<Keys>,
    pub(crate) meter: Mutex<Meter>,
    pub(crate) idempotency: idempotency::Store,
    pub(crate) log: Mutex<Log>,
    pub(crate) script: Mutex<Script>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}
