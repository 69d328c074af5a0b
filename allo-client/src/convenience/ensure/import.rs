//! The call for a list of people: its options. `runner` runs it.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;

use super::{EnsureReport, PersonReport, runner};
use crate::error::Error;
use crate::generated::resources::CrmPeople;
use crate::generated::types::CreatePersonRequest;
use crate::phone::region::Region;
use crate::rate_limit::Priority;
use crate::support::box_future::BoxFuture;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;

impl CrmPeople {
    /// Creates or finds each of these people, as [`ensure`](Self::ensure) does, one after another,
    /// and reports the id of each.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::types::CreatePersonRequest;
    ///
    /// let people = [
    ///     CreatePersonRequest::new(["+1 212 555 0101"]).name("Ann"),
    ///     CreatePersonRequest::new(["+1 212 555 0102"]).name("Ben"),
    /// ];
    /// let import = client.crm().people().ensure_all(people);
    /// // After a crash, the same import resumes from its journal.
    /// let report = import.journal("people.journal").await?;
    /// for person in &report.people {
    ///     println!("{}: {:?}", person.input, person.status);
    /// }
    /// println!("{:?}, {} requests", report.counts(), report.requests);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// All people are checked before the first is sent. A person who cannot be created does not keep
    /// the others from it. A person of the list who has a number of an earlier one is that person, and
    /// takes no request.
    pub fn ensure_all<P: Into<CreatePersonRequest>>(
        &self,
        people: impl IntoIterator<Item = P>,
    ) -> EnsureAll {
        EnsureAll {
            people: people.into_iter().map(Into::into).collect(),
            spec: Spec {
                client: self.client.clone(),
                region: None,
                journal: None,
                options: CallOptions::default().with_priority(Priority::Bulk),
            },
            hook: None,
        }
    }
}

/// A list of people to create or find, not started yet; await it. See [`CrmPeople::ensure_all`].
#[must_use = "nothing is sent until it is awaited"]
pub struct EnsureAll {
    people: Vec<CreatePersonRequest>,
    spec: Spec,
    hook: Option<Hook>,
}

/// Called for each person whose status has become final.
pub(super) type Hook = Box<dyn FnMut(&PersonReport) + Send>;

/// The options of an import.
pub(super) struct Spec {
    pub(super) client: Client,
    pub(super) region: Option<Region>,
    pub(super) journal: Option<PathBuf>,
    pub(super) options: CallOptions,
}

impl EnsureAll {
    /// The region of numbers without a country code. Without a default region, people with such
    /// numbers are rejected.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.spec.region = Some(region);
        self
    }

    /// A file that records the status of each person. It is created if it does not exist. After a
    /// crash, or if the import was stopped by an error, the same import with this journal resumes: it
    /// sends nothing for people whose status is recorded. Once the import has finished, it only
    /// returns its report again. To look again for people who were refused, use another file.
    ///
    /// A person whose creation was not recorded is created again with the same idempotency key, so
    /// that the server replays its response within an hour; after that, the server refuses the
    /// creation, and the person is found.
    ///
    /// The file contains ids of people, fingerprints, and codes of refusals, but no phone numbers and
    /// no names. Only one process can use it at a time ([`Error::is_journal_in_use`]).
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.spec.journal = Some(path.into());
        self
    }

    /// Changes the options of every request. By default, the priority is
    /// [`Bulk`](crate::Priority::Bulk).
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.spec.options = change(self.spec.options);
        self
    }

    /// Calls `hook` for each person whose status has become final. The hook must not block.
    pub fn on_progress(mut self, hook: impl FnMut(&PersonReport) + Send + 'static) -> Self {
        self.hook = Some(Box::new(hook));
        self
    }

    /// Creates or finds the people.
    ///
    /// # Errors
    ///
    /// Only if nothing was sent: an option is invalid, or the journal cannot be used or is that of
    /// another import. Later failures are in [`EnsureReport::error`].
    pub async fn send(self) -> Result<EnsureReport, Error> {
        self.spec.options.check()?;
        if self.spec.options.idempotency_key().is_some() {
            let message = "an import derives the idempotency key of each person itself";
            return Err(Error::invalid_request(message).with_param("idempotency_key"));
        }
        runner::run(self.spec, self.people, self.hook).await
    }
}

impl IntoFuture for EnsureAll {
    type Output = Result<EnsureReport, Error>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for EnsureAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnsureAll")
            .field("people", &self.people.len())
            .field("region", &self.spec.region)
            .finish_non_exhaustive()
    }
}
