//! How a sandbox begins: its data, keys, quotas and faults. The same blueprint builds a sandbox at the
//! start and again when it is reset.

use jiff::Timestamp;

use crate::auth::{KeySpec, Keys};
use crate::demo;
use crate::faults::injector::Injector;
use crate::ids::Ids;
use crate::quota::{Meter, Quotas};
use crate::state::State;

/// The data that a sandbox begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Dataset {
    /// A team with only its owner.
    #[default]
    Empty,
    /// The demo team with its members, phone numbers, contacts, calls and text messages.
    Demo,
    /// The demo team, and one object of each kind with the id that the examples of `allo-client` use:
    /// a call `cll-example`, a deal `dea-example` and so on.
    Examples,
}

impl Dataset {
    pub(crate) const ALL: [Self; 3] = [Self::Empty, Self::Demo, Self::Examples];

    /// `empty`, `demo` or `examples`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Demo => "demo",
            Self::Examples => "examples",
        }
    }
}

/// The configuration of a sandbox.
pub(crate) struct Blueprint {
    pub(crate) dataset: Dataset,
    pub(crate) quotas: Quotas,
    pub(crate) key: Option<String>,
    /// The seed of generated ids.
    pub(crate) seed: u64,
    /// `None` for the time at which it is built.
    pub(crate) start_time: Option<Timestamp>,
    /// The fault plan, at its beginning.
    pub(crate) faults: Option<Injector>,
    pub(crate) queue_capacity: usize,
}

/// The parts of a sandbox that has received no request.
pub(crate) struct Fresh {
    pub(crate) start: Timestamp,
    pub(crate) ids: Ids,
    pub(crate) state: State,
    pub(crate) keys: Keys,
    /// The value of the owner's key.
    pub(crate) api_key: String,
    pub(crate) meter: Meter,
    pub(crate) faults: Option<Injector>,
}

impl Blueprint {
    /// Builds the parts, with this data. Equal blueprints build equal keys and ids.
    pub(crate) fn build(&self, dataset: Dataset) -> Fresh {
        let start = self.start_time.unwrap_or_else(Timestamp::now);
        let mut ids = Ids::seeded(self.seed);
        let users = match dataset {
            Dataset::Empty => demo::owner_only(),
            Dataset::Demo | Dataset::Examples => demo::directory(),
        };
        let mut keys = Keys::default();
        let mut spec = KeySpec::new(users.users.first().map_or("", |owner| owner.id.as_str()));
        spec.value.clone_from(&self.key);
        let api_key = keys.add(spec, &mut ids);
        let mut state = State {
            users,
            ..State::default()
        };
        state.queues.capacity = self.queue_capacity;
        if dataset >= Dataset::Demo {
            demo::fill(&mut state, start, &mut Ids::seeded(!self.seed));
        }
        if dataset == Dataset::Examples {
            demo::fill_examples(&mut state, start, keys.first_id());
        }
        Fresh {
            start,
            ids,
            state,
            keys,
            api_key,
            meter: Meter::new(self.quotas),
            faults: self.faults.clone(),
        }
    }
}
