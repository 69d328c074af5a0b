//! People of the CRM by their phone numbers: creates a person, or returns the one who has the number. This file has the
//! call for one person.
//!
//! - `candidate`: a person to ensure, with numbers in E.164;
//! - `lookup`: who has a number;
//! - `attempt`: creates or finds one person;
//! - `import`: the call for a list of people; `runner` runs it, `journal` is what it records, `report` its result.

mod attempt;
mod candidate;
mod import;
mod journal;
mod lookup;
mod report;
mod runner;

use std::fmt;
use std::future::IntoFuture;

use crate::error::Error;
use crate::generated::resources::CrmPeople;
use crate::generated::types::{CreatePersonRequest, Person};
use crate::phone::region::Region;
use crate::support::box_future::BoxFuture;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;

use attempt::Attempt;
use candidate::Candidate;

pub use import::EnsureAll;
pub use report::{EnsureCounts, EnsureReport, PersonReport, PersonStatus};

impl CrmPeople {
    /// Creates this person, or returns the person who has one of the numbers.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::types::CreatePersonRequest;
    /// use allo_client::Ensured;
    ///
    /// let ann = CreatePersonRequest::new(["+1 212 555 0101"]).name("Ann");
    /// match client.crm().people().ensure(ann).await? {
    ///     Ensured::Created(person) => println!("created {}", person.id),
    ///     Ensured::Found(person) => println!("found {}", person.id),
    ///     _ => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Numbers are compared in E.164, whatever their notation. A person who was found is returned as
    /// they are: nothing of them is changed, and they may lack other numbers of the request. A person
    /// is never created beside one who has a number: `allow_duplicate_number` of the request is
    /// ignored.
    ///
    /// This takes one request if the person is created, and two if the person is found. The server
    /// decides which of two concurrent creators is first; the other one finds the person. If the
    /// response to the creation is lost, the person is looked up, not created again: the result is
    /// then `Found`, or an error with [`Outcome::Unknown`](crate::Outcome::Unknown). After any error
    /// the same call can be made again.
    pub fn ensure(&self, person: impl Into<CreatePersonRequest>) -> EnsurePerson {
        EnsurePerson {
            client: self.client.clone(),
            person: person.into(),
            region: None,
            options: CallOptions::default(),
        }
    }
}

/// A person to create or find, not sent yet; see [`CrmPeople::ensure`]. Await it, or call
/// [`send`](Self::send).
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct EnsurePerson {
    client: Client,
    person: CreatePersonRequest,
    region: Option<Region>,
    options: CallOptions,
}

impl EnsurePerson {
    /// The region of numbers without a country code. Without a default region, such numbers are refused.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Changes the options of each request. An idempotency key, a request id, and what is added to the
    /// request are those of the creation alone.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// Creates or finds the person.
    ///
    /// # Errors
    ///
    /// If a number is not a phone number ([`Error::is_invalid_request`]), if several people have one
    /// of the numbers ([`Error::is_ambiguous_person`]; the message contains their ids), if somebody
    /// has a number whom the search does not return ([`Error::is_conflict`]), or as every call.
    pub async fn send(self) -> Result<Ensured, Error> {
        let Self {
            client,
            person,
            region,
            options,
        } = self;
        options.check()?;
        let candidate = Candidate::new(person, region).map_err(|why| why.into_error())?;
        let mut attempt = Attempt::new(client, options);
        let ensured = attempt.ensure(&candidate).await;
        ensured.map_err(|failure| failure.into_error())
    }
}

impl IntoFuture for EnsurePerson {
    type Output = Result<Ensured, Error>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for EnsurePerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnsurePerson")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// The person with a number: created now, or found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ensured {
    /// The person did not exist and was created.
    Created(Person),
    /// The person exists. If the response to the creation was lost, the creation may have been ours.
    Found(Person),
}

impl Ensured {
    /// The person.
    #[must_use]
    pub const fn person(&self) -> &Person {
        match self {
            Self::Created(person) | Self::Found(person) => person,
        }
    }

    /// The person by value.
    #[must_use]
    pub fn into_person(self) -> Person {
        match self {
            Self::Created(person) | Self::Found(person) => person,
        }
    }

    /// Whether the person was created.
    #[must_use]
    pub const fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}
