//! One program and its rule: every lead is in its queue exactly once and in order, or the client reports an unknown
//! outcome with a key, and a retry with that key resolves it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use allo_client::{Backoff, Client, IdempotencyKey, Pacing, RetryBudget};
use allo_sandbox::{Control, DialOutcome, PositionsAfterDelete, Quotas, Sandbox};

use super::call::{Caller, Said};
use super::dialer::{Dialer, Entry, Queue};
use super::possible_states::{PossibleStates, Told};
use super::program::{MOST_BYTES, Person, Program, Settings, Step, TIMEOUT, Whose, Write};

/// The maximum number of retries of an unknown write while faults are injected.
const TRIES: usize = 3;
/// With this many unknown writes the program resolves them first: each doubles the number of possible states.
const MOST_OPEN: usize = 3;

/// The counts of one program or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Programs that ended well.
    pub programs: usize,
    /// Writes and reads of a whole queue by the client, retries included.
    pub calls: usize,
    /// Requests that arrived at the sandbox.
    pub requests: usize,
    /// Writes that were executed.
    pub executed: usize,
    /// Replayed responses.
    pub replays: usize,
    /// Writes that ended with an unknown outcome.
    pub unknowns: usize,
    /// Those of them that were resolved with their key.
    pub settled: usize,
    /// Injected faults, by kind.
    pub faults: BTreeMap<&'static str, usize>,
}

/// Runs a program in its own sandbox.
///
/// # Errors
/// What contradicts the model.
///
/// # Panics
/// If this machine has no free port.
pub async fn run(program: &Program) -> Result<Tally, String> {
    let builder = Sandbox::builder().demo_team().quotas(Quotas::off());
    let builder = builder.seed(program.seed).faults(program.plan());
    let sandbox = builder.start().await.expect("a free port");
    let mut run = Run::start(&sandbox, program);
    for step in &program.steps {
        if run.open.len() >= MOST_OPEN {
            run.settle_in_peace().await?;
            let again = run.control.set_faults(program.plan());
            again.expect("it was followed before");
        }
        run.step(step).await?;
    }
    run.end().await
}

fn client(sandbox: &Sandbox, seed: u64, settings: &Settings) -> Client {
    let unlimited = RetryBudget::unlimited();
    let backoff = Backoff::new().base(Duration::from_millis(1)).seed(seed);
    let builder = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .timeout(TIMEOUT)
        .deadline(Duration::from_secs(20))
        .max_attempts(settings.max_attempts)
        .max_response_bytes(MOST_BYTES.into())
        .pacing(Pacing::off())
        .retry_budget(settings.budget.map_or(unlimited, RetryBudget::new))
        .backoff(backoff.cap(Duration::from_millis(4)));
    builder.build().expect("a client")
}

/// A running program.
struct Run {
    seed: u64,
    caller: Caller,
    control: Control,
    compacts: bool,
    states: PossibleStates,
    /// Unknown writes, oldest first.
    open: Vec<Open>,
    /// The number of calls with a new key.
    writes: usize,
    tally: Tally,
}

#[derive(Clone)]
struct Open {
    id: usize,
    write: Write,
    key: IdempotencyKey,
}

impl Run {
    fn start(sandbox: &Sandbox, program: &Program) -> Self {
        let control = sandbox.control();
        let compacts = program.settings.compacts;
        if compacts {
            control.positions_after_delete(PositionsAfterDelete::Compact);
        }
        let users = control.users();
        let id_of = |person: Person| {
            let user = users.iter().find(|user| user.email == person.email());
            (person, user.expect("one of the demo team").id.clone())
        };
        Self {
            seed: program.seed,
            caller: Caller {
                client: client(sandbox, program.seed, &program.settings),
                ids: Person::ALL.map(id_of).into(),
            },
            control,
            compacts,
            states: PossibleStates::new(Dialer::new(compacts)),
            open: Vec::new(),
            writes: 0,
            tally: Tally::default(),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Write(write) => self.write(write).await,
            Step::Read { whose, size } => self.read(*whose, *size).await,
            Step::Dial { person, position } => self.dial(*person, *position),
            Step::Settle => {
                for open in self.open.clone() {
                    self.repeat(&open).await?;
                }
                Ok(())
            }
        }
    }

    /// The first call of a write.
    async fn write(&mut self, write: &Write) -> Result<(), String> {
        let id = self.writes;
        self.writes += 1;
        let name = format!("program-{}-{id}", self.seed);
        let own = write
            .own_key
            .then(|| IdempotencyKey::new(name).expect("visible ASCII"));
        let said = self.call(id, write, own.as_ref()).await?;
        if let Some(own) = &own {
            self.check_execution(own, &said.told)?;
        }
        if let Some(key) = said.key {
            if own.is_some_and(|own| own != key) {
                return Err("an unknown write names another key than it was given".to_owned());
            }
            self.tally.unknowns += 1;
            let write = write.clone();
            self.open.push(Open { id, write, key });
        }
        Ok(())
    }

    /// A retry of an unknown write with its key.
    async fn repeat(&mut self, open: &Open) -> Result<(), String> {
        let said = self.call(open.id, &open.write, Some(&open.key)).await?;
        if said.key.is_some_and(|key| key != open.key) {
            return Err("a repeated write names another key".to_owned());
        }
        if said.told.is_final() {
            self.check_execution(&open.key, &said.told)?;
            self.open.retain(|other| other.id != open.id);
            self.tally.settled += 1;
        }
        Ok(())
    }

    async fn call(
        &mut self,
        id: usize,
        write: &Write,
        key: Option<&IdempotencyKey>,
    ) -> Result<Said, String> {
        self.tally.calls += 1;
        let said = self.caller.write(write, key).await?;
        self.states.told(id, write, &said.told)?;
        self.reopen(said.unreachable).await;
        Ok(said)
    }

    async fn read(&mut self, whose: Whose, size: u64) -> Result<(), String> {
        self.tally.calls += 1;
        let seen = self.caller.read(whose, size).await;
        self.reopen(seen.unreachable).await;
        match (whose.person(), &seen.refused) {
            (Some(_), None) => self.states.read(whose, &seen.entries, seen.whole),
            (Some(_), Some(code)) => Err(format!("the queue {whose:?} was refused: {code}")),
            (None, _) if seen.whole => Err("a stranger has a queue".to_owned()),
            (None, _) => Ok(()),
        }
    }

    fn dial(&mut self, person: Person, position: u64) -> Result<(), String> {
        let id = &self.caller.ids[&person];
        let dialled = self.control.dial(id, position, DialOutcome::answered());
        self.states.dialled(person, position, dialled.is_ok())
    }

    /// An unavailable server is available again before the next step.
    async fn reopen(&self, unreachable: bool) {
        if unreachable {
            self.control.refuse_connections(false).await;
        }
    }

    /// Compares the report about a write with a known key with the list of side effects.
    fn check_execution(&self, key: &IdempotencyKey, told: &Told) -> Result<(), String> {
        let executed = self.control.executed();
        let same = |other: &&str| *other == key.as_str();
        let times = executed.iter().filter_map(|one| one.key.as_deref());
        let times = times.filter(same).count();
        let right = match told {
            Told::Answered { .. } | Told::Done => times == 1,
            Told::Refused(_) | Told::NotDone => times == 0,
            Told::Unknown => times <= 1,
        };
        if right {
            return Ok(());
        }
        Err(format!("executed {times} times, but reported as {told:?}"))
    }

    /// Resolves unknown writes, first with faults and then without, and compares.
    async fn end(mut self) -> Result<Tally, String> {
        for _ in 0..TRIES {
            self.step(&Step::Settle).await?;
        }
        self.settle_in_peace().await?;
        self.no_key_twice()?;
        self.states.holds(&self.real())?;
        for person in Person::ALL {
            let whose = Whose::ByEmail(person);
            self.read(whose, 100).await?;
        }
        Ok(self.count())
    }

    /// Resolves unknown writes without faults.
    async fn settle_in_peace(&mut self) -> Result<(), String> {
        self.control.clear_faults();
        self.control.refuse_connections(false).await;
        // A connection that was damaged before may still fail.
        for _ in 0..TRIES {
            self.step(&Step::Settle).await?;
        }
        match self.open.first() {
            Some(open) => Err(format!("not settled by its key: {:?}", open.write)),
            None => Ok(()),
        }
    }

    fn no_key_twice(&self) -> Result<(), String> {
        let mut times = BTreeMap::<String, usize>::new();
        for one in self.control.executed() {
            let key = one.key.ok_or("a write was sent without a key")?;
            *times.entry(key).or_default() += 1;
        }
        match times.iter().find(|(_, times)| **times > 1) {
            Some((key, times)) => Err(format!("{key} was executed {times} times")),
            None => Ok(()),
        }
    }

    /// The real state of the sandbox.
    fn real(&self) -> Dialer {
        let mut dialer = Dialer::new(self.compacts);
        dialer.created = self.control.queues_created();
        for (person, id) in &self.caller.ids {
            let Some(queue) = self.control.queue_of(id) else {
                continue;
            };
            let entries = queue.entries.into_iter().map(|entry| Entry {
                position: entry.position,
                called: entry.call.is_some(),
                number: entry.number_to,
            });
            let queue = Queue {
                name: queue.name,
                skips_voicemail: queue.voicemail_handling == "SKIP",
                do_not_disturb: queue.do_not_disturb == "ENABLED",
                entries: entries.collect(),
            };
            dialer.queues.insert(*person, queue);
        }
        dialer
    }

    fn count(self) -> Tally {
        let requests = self.control.requests();
        let mut tally = self.tally;
        tally.programs = 1;
        tally.requests = requests.len();
        tally.replays = requests.iter().filter(|request| request.replayed).count();
        tally.executed = self.control.executed().len();
        for event in self.control.faults() {
            *tally.faults.entry(event.fault.name()).or_default() += 1;
        }
        tally
    }
}

impl Tally {
    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        self.programs += other.programs;
        self.calls += other.calls;
        self.requests += other.requests;
        self.executed += other.executed;
        self.replays += other.replays;
        self.unknowns += other.unknowns;
        self.settled += other.settled;
        for (kind, times) in &other.faults {
            *self.faults.entry(kind).or_default() += times;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            ("programs", self.programs),
            ("calls", self.calls),
            ("requests", self.requests),
            ("executed writes", self.executed),
            ("replays", self.replays),
            ("unknowns", self.unknowns),
            ("settled", self.settled),
            ("faults", self.faults.values().sum()),
        ];
        for (name, number) in lines {
            writeln!(f, "{name:<16} {number:>8}")?;
        }
        for (kind, times) in &self.faults {
            writeln!(f, "  {kind:<32} {times:>8}")?;
        }
        Ok(())
    }
}
