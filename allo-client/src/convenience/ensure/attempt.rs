//! Creates or finds one person: the creation first, because only the server can decide between concurrent creators, and
//! a search if the server refuses it or its outcome is unknown.

use std::time::Duration;

use super::Ensured;
use super::candidate::Candidate;
use super::lookup::{Owners, ambiguous, owners};
use crate::call::Call;
use crate::error::code::ErrorCode;
use crate::error::{Error, Outcome};
use crate::generated::operations::CREATE_PERSON;
use crate::generated::types::Person;
use crate::model::idempotency_key::IdempotencyKey;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;

/// The waits before each search for a person who certainly exists: the search may not know yet whom somebody else has
/// just created.
const WAITS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Sends the requests for one person after another.
pub(super) struct Attempt {
    client: Client,
    /// The options of each creation, and those of each search.
    options: CallOptions,
    search_options: CallOptions,
    /// The number of requests so far.
    pub(super) requests: u32,
}

/// Why a person was neither created nor found.
pub(super) enum Failure {
    /// The ids of the people who have the numbers.
    Ambiguous(Vec<String>),
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Failure {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Ambiguous(ids) => ambiguous(&ids),
            Self::Failed(error) => error,
        }
    }
}

impl Attempt {
    pub(super) fn new(client: Client, options: CallOptions) -> Self {
        Self {
            client,
            search_options: options.for_another_operation(),
            options,
            requests: 0,
        }
    }

    /// As [`ensure`](Self::ensure), with this idempotency key for the creation.
    pub(super) async fn ensure_with_key(
        &mut self,
        candidate: &Candidate,
        key: &IdempotencyKey,
    ) -> Result<Ensured, Failure> {
        let options = self.options.clone();
        self.options = options.with_idempotency_key(key);
        self.ensure(candidate).await
    }

    /// Creates or finds a person.
    pub(super) async fn ensure(&mut self, candidate: &Candidate) -> Result<Ensured, Failure> {
        match self.create(candidate).await {
            Ok(person) => Ok(Ensured::Created(person)),
            Err(error) if is_taken(&error) => self.find(candidate, error).await,
            Err(error) if error.outcome().may_have_executed() => {
                self.find_in_doubt(candidate, error).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn create(&mut self, candidate: &Candidate) -> Result<Person, Error> {
        let mut call = Call::new(self.client.clone(), &CREATE_PERSON);
        call.change_options(|_| self.options.clone());
        let call = call.encoded(candidate.body.clone());
        let response = call.send_data::<Person>().await;
        let attempts = match &response {
            Ok(response) => response.attempts(),
            Err(error) => error.attempts(),
        };
        self.requests = self.requests.saturating_add(attempts);
        Ok(response?.into_inner())
    }

    /// Finds the person who has a number that the server refused for that reason.
    async fn find(&mut self, candidate: &Candidate, taken: Error) -> Result<Ensured, Failure> {
        for wait in WAITS {
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            match self.owners(candidate).await? {
                Owners::One(person) => return Ok(Ensured::Found(*person)),
                Owners::Several(ids) => return Err(Failure::Ambiguous(ids)),
                Owners::Nobody => {}
            }
        }
        let suggestion =
            "somebody has one of the numbers whom the search does not return: try again later";
        Err(taken.with_suggestion(suggestion).into())
    }

    /// Looks for a person whose creation may have been executed. Not to find the person proves nothing, because the
    /// request may still be on its way.
    async fn find_in_doubt(
        &mut self,
        candidate: &Candidate,
        lost: Error,
    ) -> Result<Ensured, Failure> {
        let is_executed = matches!(lost.outcome(), Outcome::Executed | Outcome::Replayed);
        match self.owners(candidate).await {
            Ok(Owners::One(person)) if is_executed => Ok(Ensured::Created(*person)),
            Ok(Owners::One(person)) => Ok(Ensured::Found(*person)),
            Ok(Owners::Several(ids)) => Err(Failure::Ambiguous(ids)),
            Ok(Owners::Nobody) | Err(_) => {
                let suggestion =
                    "ensure the person again: the person is found if the creation was executed";
                Err(lost.with_suggestion(suggestion).into())
            }
        }
    }

    async fn owners(&mut self, candidate: &Candidate) -> Result<Owners, Error> {
        let (client, options) = (&self.client, &self.search_options);
        owners(client, candidate, options, &mut self.requests).await
    }
}

/// Whether the server refused the creation because somebody has one of the numbers.
fn is_taken(error: &Error) -> bool {
    error.code() == Some(&ErrorCode::NumberAlreadyAssigned)
}
