//! Runs an import of people: one after another, each recorded once its status is final.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::attempt::{Attempt, Failure};
use super::candidate::Candidate;
use super::import::{Hook, Spec};
use super::journal::{
    Head, ImportFormat, Journal, Opened, PlanLine, Record, State, Subject, namespace,
};
use super::lookup::id_of;
use super::{EnsureReport, Ensured, PersonReport, PersonStatus};
use crate::error::Error;
use crate::generated::types::CreatePersonRequest;
use crate::journal::errors::another_job;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::open_enum::OpenEnum;
use crate::model::timestamp::Timestamp;

/// Stop after this many consecutive refusals: the list as a whole is wrong.
const MAX_REFUSALS: u32 = 25;

/// Creates or finds the people.
pub(super) async fn run(
    spec: Spec,
    people: Vec<CreatePersonRequest>,
    hook: Option<Hook>,
) -> Result<EnsureReport, Error> {
    let list = CheckedList::new(people, &spec).await;
    let (journal, state) = match open(&spec, &list).await {
        // An import that was dropped may have created the journal in the meantime.
        Err(error) if error.is_journal_in_use() => open(&spec, &list).await?,
        opened => opened?,
    };
    let mut run = Run::new(spec, list, journal, state, hook);
    run.settle_rejected();
    if !run.state.is_finished {
        run.send_all().await;
    }
    Ok(run.finish())
}

/// The people, checked before anything is sent.
struct CheckedList {
    people: Vec<CreatePersonRequest>,
    checked: Vec<Result<Candidate, PersonStatus>>,
    fingerprint: Uuid,
}

impl CheckedList {
    async fn new(people: Vec<CreatePersonRequest>, spec: &Spec) -> Self {
        let mut checked = Vec::with_capacity(people.len());
        let mut fingerprint = Uuid::NAMESPACE_OID;
        for (index, person) in people.iter().enumerate() {
            // A person who cannot be encoded is rejected, whatever the fingerprint is.
            let content = serde_json::to_vec(person).unwrap_or_default();
            fingerprint = Uuid::new_v5(&fingerprint, &content);
            let candidate = Candidate::new(person.clone(), spec.region);
            checked.push(candidate.map_err(|why| PersonStatus::Rejected { reason: why.reason }));
            if index % 256 == 255 {
                tokio::task::yield_now().await;
            }
        }
        Self {
            people,
            checked,
            fingerprint,
        }
    }
}

/// Opens the journal and reads the progress of earlier runs.
async fn open(spec: &Spec, list: &CheckedList) -> Result<(Option<Journal>, State), Error> {
    let fresh = || {
        let id = Uuid::new_v4().to_string();
        let subject = subject(spec, list, namespace(&id));
        let head = Head::new(id, now(spec), subject);
        let plan = PlanLine::Plan {
            people: list.people.len(),
        };
        (head, plan)
    };
    let opened = match &spec.journal {
        Some(path) => Journal::open(path.clone()).await?,
        None => Opened::Disabled,
    };
    let (journal, (head, plan)) = match opened {
        Opened::Disabled => (None, fresh()),
        Opened::Absent(path) => {
            let (head, plan) = fresh();
            let journal = Journal::create(path, head.clone(), plan.clone()).await?;
            (Some(journal), (head, plan))
        }
        Opened::Empty(journal) => {
            let (head, plan) = fresh();
            journal.replace(head.clone(), plan.clone()).await?;
            (Some(journal), (head, plan))
        }
        Opened::Started(journal, Some(state)) => {
            check(spec, list, &state)?;
            journal.resume(&[]).await?;
            return Ok((Some(journal), *state));
        }
        Opened::Started(..) => return Err(Error::invalid_request("the journal was read already")),
    };
    Ok((journal, State::new(head, plan)))
}

/// Refuses to resume another import than the one that was started.
fn check(spec: &Spec, list: &CheckedList, state: &State) -> Result<(), Error> {
    let given = subject(spec, list, state.head.namespace());
    let recorded = &state.head.subject;
    let differs = if given.owner != recorded.owner {
        "server or API key"
    } else if given.list != recorded.list || state.people != list.people.len() {
        "list of people"
    } else if given.region != recorded.region {
        "default_region"
    } else {
        return Ok(());
    };
    let path = spec.journal.as_deref().unwrap_or(Path::new(""));
    Err(another_job::<ImportFormat>(path, differs, "list"))
}

/// The fingerprints are salted with the id of the import, because phone numbers can be guessed.
fn subject(spec: &Spec, list: &CheckedList, id: Uuid) -> Subject {
    let key = &spec.client.shared().context.key;
    let owner = format!("{}\n{}", spec.client.base_url(), key.expose());
    Subject {
        owner: Uuid::new_v5(&id, owner.as_bytes()).to_string(),
        list: Uuid::new_v5(&id, list.fingerprint.as_bytes()).to_string(),
        region: spec.region.map(|region| region.to_string()),
    }
}

fn now(spec: &Spec) -> Timestamp {
    Timestamp::from(spec.client.shared().context.clock.now())
}

/// A running import.
struct Run {
    spec: Spec,
    list: CheckedList,
    journal: Option<Journal>,
    state: State,
    hook: Option<Hook>,
    /// Whom the numbers of settled people belong to.
    owners: HashMap<String, String>,
    /// The statuses that are not final and not in the journal: the last person, and those who were rejected.
    open: HashMap<usize, PersonStatus>,
    consecutive_refusals: u32,
    stopped: Option<Error>,
}

impl Run {
    fn new(
        spec: Spec,
        list: CheckedList,
        journal: Option<Journal>,
        state: State,
        hook: Option<Hook>,
    ) -> Self {
        let mut run = Self {
            spec,
            list,
            journal,
            hook,
            owners: HashMap::new(),
            open: HashMap::new(),
            consecutive_refusals: 0,
            stopped: None,
            state,
        };
        for (input, status) in run.state.settled.clone() {
            run.remember(input, &status);
        }
        run
    }

    /// People who cannot be sent are the same in each run, so they are not recorded.
    fn settle_rejected(&mut self) {
        for (input, checked) in self.list.checked.iter().enumerate() {
            if let Err(status) = checked {
                self.open.insert(input, status.clone());
            }
        }
    }

    async fn send_all(&mut self) {
        for input in 0..self.list.checked.len() {
            if self.state.settled.contains_key(&input) {
                continue;
            }
            let Some(Ok(candidate)) = self.list.checked.get(input) else {
                continue;
            };
            let candidate = candidate.clone();
            if let Err(error) = self.send(input, &candidate).await {
                self.stopped = Some(error);
                return;
            }
        }
        let finished = Record::Finished {
            at: now(&self.spec),
            requests: self.state.requests,
        };
        self.stopped = self.record(finished).await.err();
    }

    /// Settles one person.
    ///
    /// # Errors
    ///
    /// If no later person can be sent.
    async fn send(&mut self, input: usize, candidate: &Candidate) -> Result<(), Error> {
        if let Some(status) = self.known(candidate) {
            return self.settle(input, status).await;
        }
        let client = self.spec.client.clone();
        let mut attempt = Attempt::new(client, self.spec.options.clone());
        let key = self.key(input, candidate)?;
        let ensured = attempt.ensure_with_key(candidate, &key).await;
        self.state.requests = self.state.requests.saturating_add(attempt.requests);
        let error = match ensured {
            Ok(ensured) => {
                self.consecutive_refusals = 0;
                return self.settle(input, status_of(&ensured)).await;
            }
            Err(Failure::Ambiguous(ids)) => {
                return self.settle(input, PersonStatus::Ambiguous { ids }).await;
            }
            Err(Failure::Failed(error)) => error,
        };
        if error.outcome().may_have_executed() {
            self.open.insert(input, PersonStatus::Unknown);
            return Err(error);
        }
        let Some(status) = refusal(&error) else {
            return Err(error);
        };
        self.settle(input, status).await?;
        self.consecutive_refusals += 1;
        if self.consecutive_refusals < MAX_REFUSALS {
            return Ok(());
        }
        Err(error)
    }

    /// The status of a person whose numbers earlier people of the list have.
    fn known(&self, candidate: &Candidate) -> Option<PersonStatus> {
        let owners = candidate.numbers.iter().filter_map(|n| self.owners.get(n));
        let ids: BTreeSet<&String> = owners.collect();
        let mut ids = ids.into_iter().cloned();
        match (ids.next(), ids.next()) {
            (None, _) => None,
            (Some(id), None) => Some(PersonStatus::Found { id }),
            (Some(one), Some(other)) => {
                let ids = [one, other].into_iter().chain(ids).collect();
                Some(PersonStatus::Ambiguous { ids })
            }
        }
    }

    /// Remembers the numbers that a settled person certainly has. A person who was found has one of them.
    fn remember(&mut self, input: usize, status: &PersonStatus) {
        let Some(Ok(candidate)) = self.list.checked.get(input) else {
            return;
        };
        let id = match status {
            PersonStatus::Created { id } => id,
            PersonStatus::Found { id } if candidate.numbers.len() == 1 => id,
            _ => return,
        };
        for number in &candidate.numbers {
            self.owners.insert(number.clone(), id.clone());
        }
    }

    /// The idempotency key of a creation: the same in each run of this import.
    fn key(&self, input: usize, candidate: &Candidate) -> Result<IdempotencyKey, Error> {
        let place = Uuid::new_v5(&self.state.head.namespace(), input.to_string().as_bytes());
        IdempotencyKey::new(Uuid::new_v5(&place, &candidate.body).to_string())
    }

    async fn settle(&mut self, input: usize, status: PersonStatus) -> Result<(), Error> {
        self.remember(input, &status);
        self.state.settled.insert(input, status.clone());
        let record = Record::Settled {
            input,
            at: now(&self.spec),
            status: status.clone(),
            requests: self.state.requests,
        };
        self.record(record).await?;
        if let (Some(hook), Some(person)) = (&mut self.hook, self.list.people.get(input)) {
            hook(&PersonReport {
                input,
                person: person.clone(),
                status,
            });
        }
        Ok(())
    }

    async fn record(&mut self, record: Record) -> Result<(), Error> {
        match &self.journal {
            Some(journal) => journal.append(&record).await,
            None => Ok(()),
        }
    }

    fn finish(mut self) -> EnsureReport {
        let people = self.list.people.into_iter().enumerate();
        let people = people.map(|(input, person)| PersonReport {
            input,
            person,
            status: self
                .state
                .settled
                .remove(&input)
                .or_else(|| self.open.remove(&input))
                .unwrap_or(PersonStatus::NotSent),
        });
        EnsureReport {
            people: people.collect(),
            requests: self.state.requests,
            stopped: self.stopped.as_ref().map(Error::to_string),
            error: self.stopped.map(Arc::new),
        }
    }
}

fn status_of(ensured: &Ensured) -> PersonStatus {
    let id = id_of(ensured.person()).to_owned();
    match ensured {
        Ensured::Created(_) => PersonStatus::Created { id },
        Ensured::Found(_) => PersonStatus::Found { id },
    }
}

/// The status of a person whom the server refuses; `None` if the refusal is not about the person.
fn refusal(error: &Error) -> Option<PersonStatus> {
    let is_about_person =
        error.is_status() && matches!(error.status(), Some(400 | 404 | 409 | 422));
    let reason = error.code()?;
    (is_about_person && !error.may_pass_later()).then(|| PersonStatus::Refused {
        reason: reason.as_str().to_owned(),
    })
}
