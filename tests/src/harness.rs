//! A sandbox and a client of it, with which nearly every test starts. Requests and expectations are in the tests.

use crate::fixtures::Fixtures;
use allo_client::{Client, ClientBuilder, Pacing};
use allo_sandbox::{Control, LoggedRequest, Quotas, Sandbox, SandboxBuilder};

/// The owner of the sandbox's key.
pub const OWNER: &str = "camille@example.com";
/// A member of the team.
pub const MARIE: &str = "marie@example.com";
/// Another member of the team.
pub const JONAS: &str = "jonas@example.com";
/// A blocked member.
pub const BLOCKED: &str = "ana@example.com";
/// An address that nobody has.
pub const STRANGER: &str = "stranger@example.com";

/// The start time of every sandbox, so that the dates of the demo team's calls are fixed.
pub const START: &str = "2026-03-02T08:30:00Z";

/// A running sandbox with the demo team, and a client with its owner's key without retries and rate limit.
#[derive(Debug)]
pub struct Harness {
    sandbox: Sandbox,
    /// Has the owner's key.
    pub client: Client,
    /// Inspects the sandbox.
    pub control: Control,
}

impl Harness {
    /// Starts a sandbox without quotas.
    pub async fn start() -> Self {
        Self::with(|builder| builder.quotas(Quotas::off())).await
    }

    /// Starts a sandbox with other settings.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn with(change: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let start = START.parse().expect("a time");
        let builder = change(Sandbox::builder().demo_team().start_time(start));
        let sandbox = builder.start().await.expect("a free port");
        Self {
            client: client_of(&sandbox.base_url(), sandbox.api_key()),
            control: sandbox.control(),
            sandbox,
        }
    }

    /// The base URL of the sandbox.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.sandbox.base_url()
    }

    /// The owner's key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.sandbox.api_key()
    }

    /// The CA of the sandbox's certificate, with TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.sandbox.ca_pem()
    }

    /// A client with the owner's key, with rate limit and retries unless the settings say otherwise.
    ///
    /// # Panics
    /// If the settings are invalid.
    #[must_use]
    pub fn client_with(&self, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        let builder = Client::builder()
            .api_key(self.api_key())
            .base_url(self.base_url());
        change(builder).build().expect("a client")
    }

    /// A client with another key.
    #[must_use]
    pub fn client_of(&self, api_key: &str) -> Client {
        client_of(&self.base_url(), api_key)
    }

    /// The id of the person with this e-mail address.
    ///
    /// # Panics
    /// If there is no such person.
    #[must_use]
    pub fn id_of(&self, email: &str) -> String {
        let users = self.control.users();
        let found = users.into_iter().find(|user| user.email == email);
        found.expect("a person of the demo team").id
    }

    /// Creates objects in the workspace that calls can refer to; this leaves no request in the log.
    pub async fn fixtures(&self) -> Fixtures {
        let fixtures = Fixtures::of(self).await;
        self.control.clear_log();
        fixtures
    }

    /// Takes the requests since the start or the last call of this method.
    #[must_use]
    pub fn take_requests(&self) -> Vec<LoggedRequest> {
        let requests = self.control.requests();
        self.control.clear_log();
        requests
    }

    /// Takes the only request since the start or the last time requests were taken.
    ///
    /// # Panics
    /// If there is none or more than one.
    #[must_use]
    #[track_caller]
    pub fn take_request(&self) -> LoggedRequest {
        let mut requests = self.take_requests();
        assert_eq!(requests.len(), 1, "one request: {requests:?}");
        requests.remove(0)
    }

    /// Adds this many numbers to the owner's queue and clears the request log.
    ///
    /// # Panics
    /// If the numbers are refused.
    pub async fn fill(&self, count: usize) {
        let append = self.client.append_dialing_queue_numbers(numbers(count));
        let answer = append.send().await.expect("the numbers are appended");
        assert_eq!(answer.body().added.len(), count);
        self.control.clear_log();
    }
}

/// A client of a server on this machine, without rate limit and backoff.
///
/// # Panics
/// If the address or the key is invalid.
#[must_use]
pub fn client_of(base_url: &str, api_key: &str) -> Client {
    let builder = one_attempt(base_url, api_key);
    builder.build().expect("a client")
}

/// A client without retries and rate limit, so that a test sees the result of a single attempt.
pub fn one_attempt(base_url: &str, api_key: &str) -> ClientBuilder {
    let builder = Client::builder().api_key(api_key).base_url(base_url);
    builder.max_attempts(1).pacing(Pacing::off())
}

/// This many numbers; only a hundred are reserved for fiction, so they repeat.
#[must_use]
pub fn numbers(count: usize) -> Vec<String> {
    let number = |index| format!("+121255501{:02}", index % 100);
    (0..count).map(number).collect()
}
