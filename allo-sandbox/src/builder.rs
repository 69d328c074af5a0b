//! Setting up a sandbox before it starts.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::app::App;
use crate::append_locks::AppendLocks;
use crate::auth::{KeySpec, Keys};
use crate::clock::Clock;
use crate::demo;
use crate::faults::injector::Injector;
use crate::faults::journal::Journal;
use crate::faults::plan::FaultPlan;
use crate::idempotency;
use crate::ids::Ids;
use crate::log::Log;
use crate::net::listener::{ListenerHandle, PendingCommand};
use crate::net::tls::Identity;
use crate::quota::{Meter, Quotas};
use crate::script::Script;
use crate::server::Sandbox;
use crate::state::State;
use crate::state::queues::CAPACITY;

/// Sets up a sandbox; see [`Sandbox::builder`].
#[derive(Clone)]
#[must_use = "a sandbox runs only after start"]
pub struct SandboxBuilder {
    demo_team: bool,
    example_data: bool,
    quotas: Quotas,
    key: Option<String>,
    port: u16,
    seed: u64,
    start_time: Option<Timestamp>,
    faults: Option<FaultPlan>,
    tls: bool,
    append_time: Duration,
    queue_capacity: usize,
}

impl Sandbox {
    /// Sets up a sandbox.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }
}

impl SandboxBuilder {
    fn new() -> Self {
        Self {
            demo_team: false,
            example_data: false,
            quotas: Quotas::standard(),
            key: None,
            port: 0,
            seed: 1,
            start_time: None,
            faults: None,
            tls: false,
            append_time: Duration::ZERO,
            queue_capacity: CAPACITY,
        }
    }

    /// Fills the team with the demo people, their lines, contacts, calls and texts. Without it the
    /// team is only its owner.
    pub fn demo_team(mut self) -> Self {
        self.demo_team = true;
        self
    }

    /// The demo team, and beside it the things that the examples in the documentation of
    /// `allo-client` name, under the ids they have there: a call `cll-example`, a deal
    /// `dea-example` and so on, and a queue of Marie's with a number in it.
    pub fn example_data(mut self) -> Self {
        self.demo_team = true;
        self.example_data = true;
        self
    }

    /// Quotas other than the documented ones.
    pub fn quotas(mut self, quotas: Quotas) -> Self {
        self.quotas = quotas;
        self
    }

    /// The value of the owner's API key instead of a generated one.
    pub fn api_key(mut self, value: impl Into<String>) -> Self {
        self.key = Some(value.into());
        self
    }

    /// The port on 127.0.0.1; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Where the generated ids start from. Equal seeds and equal requests give equal ids.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The wall-clock time the sandbox believes it is when it starts; from there on its clock
    /// follows tokio's time. The default is the real time.
    pub fn start_time(mut self, time: Timestamp) -> Self {
        self.start_time = Some(time);
        self
    }

    /// Goes wrong by this plan from the start.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = Some(plan);
        self
    }

    /// How long an append takes: no time unless told. While one is under way, another to the same
    /// queue is refused with `DIALING_QUEUE_APPEND_CONFLICT`, as the service does.
    pub fn append_time(mut self, time: Duration) -> Self {
        self.append_time = time;
        self
    }

    /// How many entries a queue may hold: 1,000 unless told. A newer document of the vendor says
    /// 25,000.
    pub fn queue_capacity(mut self, entries: usize) -> Self {
        self.queue_capacity = entries;
        self
    }

    /// Speaks TLS, with a certificate made for this run; see [`Sandbox::ca_pem`].
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Binds a port of 127.0.0.1 and answers requests on a task of the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the port cannot be bound or the fault plan cannot be followed.
    pub async fn start(self) -> io::Result<Sandbox> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let faults = self.faults.clone().map(Injector::new).transpose();
        let faults = faults.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let identity = self.tls.then(Identity::generate).transpose()?;
        let listener = TcpListener::bind(address).await?;
        let (app, api_key, commands) = self.build(faults);
        Sandbox::serve(listener, identity, Arc::new(app), api_key, commands)
    }

    fn build(self, faults: Option<Injector>) -> (App, String, UnboundedReceiver<PendingCommand>) {
        let mut ids = Ids::seeded(self.seed);
        let users = if self.demo_team {
            demo::directory()
        } else {
            demo::owner_only()
        };
        let mut keys = Keys::default();
        let mut spec = KeySpec::new(users.users.first().map_or("", |owner| owner.id.as_str()));
        spec.value = self.key;
        let api_key = keys.add(spec, &mut ids);
        let mut state = State {
            users,
            ..State::default()
        };
        state.queues.capacity = self.queue_capacity;
        let (listener, commands) = ListenerHandle::new();
        let start = self.start_time.unwrap_or_else(Timestamp::now);
        if self.demo_team {
            demo::fill(&mut state, start, &mut Ids::seeded(!self.seed));
        }
        if self.example_data {
            demo::fill_examples(&mut state, start, keys.first_id());
        }
        let app = App {
            clock: Clock::starting_at(start),
            ids: Mutex::new(ids),
            state: Mutex::new(state),
            keys: Mutex::new(keys),
            meter: Mutex::new(Meter::new(self.quotas)),
            idempotency: idempotency::Store::default(),
            log: Mutex::new(Log::default()),
            script: Mutex::new(Script::default()),
            faults: Mutex::new(faults),
            journal: Mutex::new(Journal::default()),
            listener,
            append_locks: AppendLocks::taking(self.append_time),
        };
        (app, api_key, commands)
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("demo_team", &self.demo_team)
            .field("example_data", &self.example_data)
            .field("quotas", &self.quotas)
            .field("port", &self.port)
            .field("seed", &self.seed)
            .field("start_time", &self.start_time)
            .field("faults", &self.faults)
            .field("tls", &self.tls)
            .field("append_time", &self.append_time)
            .field("queue_capacity", &self.queue_capacity)
            .finish_non_exhaustive()
    }
}
