//! The settings of a client, and how a client is built from them. Those that say how requests travel are in
//! `transport_settings`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::transport_settings::TransportSettings;
use crate::error::Error;
use crate::model::api_key::{ApiKey, AuthScheme};
use crate::rate_limit::Pacer;
use crate::rate_limit::Pacing;
#[cfg(feature = "power-dialer")]
use crate::support::keyed_lock::KeyedLock;
use crate::transport::Hook;
use crate::transport::base_url::{self, BaseUrl};
use crate::transport::client_handle::{Client, Endpoint, Shared};
use crate::transport::context::{ClientContext, Policy};
use crate::transport::permissions::CachedScopes;
use crate::transport::{AttemptEvent, Backoff, RetryBudget};

/// Settings of a [`Client`]. Every setting has a default except the API key.
///
/// ```
/// use std::time::Duration;
///
/// let client = allo_client::Client::builder()
///     .api_key("ak_live_…")
///     .timeout(Duration::from_secs(10))
///     .build();
/// assert!(client.unwrap_err().to_string().contains("character outside ASCII"));
/// ```
#[derive(Clone)]
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    api_key: Option<ApiKey>,
    auth_scheme: AuthScheme,
    base_url: GivenUrl,
    max_response_bytes: usize,
    user_agent: Option<String>,
    pub(super) transport: TransportSettings,
    policy: Policy,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            auth_scheme: AuthScheme::default(),
            base_url: GivenUrl(base_url::DEFAULT.to_owned()),
            max_response_bytes: 16 * 1024 * 1024,
            user_agent: None,
            transport: TransportSettings::default(),
            policy: Policy::default(),
        }
    }
}

impl ClientBuilder {
    /// The API key. There is no default.
    pub fn api_key(mut self, key: impl Into<ApiKey>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The format of the `Authorization` header: [`AuthScheme::Prefixed`] by default.
    pub const fn auth_scheme(mut self, scheme: AuthScheme) -> Self {
        self.auth_scheme = scheme;
        self
    }

    /// The base URL: that of the service by default. It must be `https`, or `http` to the loopback
    /// interface. `localhost` is always the loopback address, whatever DNS says.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = GivenUrl(url.into());
        self
    }

    /// The timeout of an attempt, from connecting to the last byte of the body: 30 seconds by
    /// default.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = timeout;
        self
    }

    /// The deadline of a call: waiting for the rate limit, all attempts, and the backoff between
    /// them. 120 seconds by default; `None` means no deadline.
    ///
    /// If a wait would exceed the deadline, the call fails at once, and [`Error::retry_after`] says
    /// when it may be retried.
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.policy.deadline = deadline.into();
        self
    }

    /// The maximum number of attempts of a call: 6 by default. With 1 it is never retried.
    pub const fn max_attempts(mut self, most: u32) -> Self {
        self.policy.max_attempts = most;
        self
    }

    /// The backoff before a retry if the server does not say how long to wait; a
    /// delay that the server asks for takes precedence.
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.policy.backoff = backoff;
        self
    }

    /// The retry budget of the client and its clones.
    pub const fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.policy.budget = budget;
        self
    }

    /// The rate limit: at most 20 reads and 5 writes per second by default, as the service
    /// documents.
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.policy.pacing = pacing;
        self.policy.pacer = None;
        self
    }

    /// A custom pacer, instead of [`pacing`](Self::pacing).
    pub fn pacer(mut self, pacer: impl Pacer) -> Self {
        self.policy.pacer = Some(Arc::new(pacer));
        self
    }

    /// The maximum number of calls that wait for the rate limit concurrently, in each of its two
    /// classes: unlimited by default. A further call fails at once with an error that names this
    /// setting, and [`Error::retry_after`] says when it would have been sent. Retries may always
    /// wait. A custom [`pacer`](Self::pacer) has its own limit.
    pub const fn max_waiting_calls(mut self, most: usize) -> Self {
        self.policy.max_waiting = Some(most);
        self
    }

    /// Calls `hook` after every attempt, for metrics and tests. It must not block.
    ///
    /// ```
    /// let client = allo_client::Client::builder().on_attempt(|attempt| {
    ///     println!("{} {:?} {:?}", attempt.operation, attempt.status, attempt.wait);
    /// });
    /// ```
    pub fn on_attempt(mut self, hook: impl Fn(&AttemptEvent) + Send + Sync + 'static) -> Self {
        self.policy.on_attempt = Some(Hook::new(hook));
        self
    }

    /// The maximum size of the body of a response: 16 MiB by default.
    pub const fn max_response_bytes(mut self, most: usize) -> Self {
        self.max_response_bytes = most;
        self
    }

    /// The calling program, such as `dialer-sync/1.2`. It precedes the name of this SDK in
    /// `User-Agent`.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If the key is missing or invalid, the base URL is neither `https` nor on this machine, a
    /// timeout is zero, a setting has no effect beside another, or TLS cannot be initialized.
    pub fn build(self) -> Result<Client, Error> {
        let key = self
            .api_key
            .clone()
            .ok_or_else(|| Error::configuration("no API key is set").with_param("api_key"))?;
        let authorization = key.header(self.auth_scheme)?;
        let base_url = BaseUrl::parse(&self.base_url.0)?;
        let user_agent = self.agent()?;
        self.policy.check()?;
        let sender = self.transport.open(&base_url)?;
        let server = base_url.server();
        Ok(Client::of(Shared {
            endpoint: Arc::new(Endpoint {
                sender,
                base_url,
                user_agent,
                auth_scheme: self.auth_scheme,
            }),
            authorization,
            context: ClientContext::new(self.policy, server, key, self.max_response_bytes),
            cached_scopes: CachedScopes::default(),
            #[cfg(feature = "power-dialer")]
            queue_locks: KeyedLock::default(),
        }))
    }

    fn agent(&self) -> Result<HeaderValue, Error> {
        const SDK: &str = concat!("allo-client/", env!("CARGO_PKG_VERSION"));
        let text = match &self.user_agent {
            Some(name) => format!("{name} {SDK}"),
            None => SDK.to_owned(),
        };
        let refused = || {
            Error::configuration("the user agent must be visible ASCII").with_param("user_agent")
        };
        if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) || text.starts_with(' ') {
            return Err(refused());
        }
        HeaderValue::try_from(text).map_err(|_| refused())
    }
}

/// A base URL as it was set. An invalid one may contain a password, so it is not shown.
#[derive(Clone)]
struct GivenUrl(String);

impl fmt::Debug for GivenUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match BaseUrl::parse(&self.0) {
            Ok(url) => url.fmt(f),
            Err(_) => f.write_str("<refused>"),
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The caller's HTTP client is omitted: its default headers may be secret.
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key)
            .field("auth_scheme", &self.auth_scheme)
            .field("base_url", &self.base_url)
            .field("connect_timeout", &self.transport.connect_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("user_agent", &self.user_agent)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
