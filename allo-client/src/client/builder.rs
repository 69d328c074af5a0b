//! The settings of a client, and how one is made of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::error::Error;
use crate::model::api_key::{ApiKey, AuthScheme};
use crate::rate_limit::Pacer;
use crate::rate_limit::Pacing;
#[cfg(feature = "power-dialer")]
use crate::support::keyed_lock::KeyedLock;
use crate::transport::Hook;
use crate::transport::base_url::{self, BaseUrl};
use crate::transport::client_handle::{Client, Shared};
use crate::transport::connections::{Connections, HttpSettings};
use crate::transport::context::{ClientContext, Policy};
use crate::transport::permissions::CachedScopes;
use crate::transport::route::Proxies;
use crate::transport::{AttemptEvent, Backoff, RetryBudget};

/// Settings of a [`Client`]; whatever is not set has a default.
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
    connect_timeout: Duration,
    max_response_bytes: usize,
    user_agent: Option<String>,
    http: Option<reqwest::Client>,
    policy: Policy,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            auth_scheme: AuthScheme::default(),
            base_url: GivenUrl(base_url::DEFAULT.to_owned()),
            connect_timeout: Duration::from_secs(10),
            max_response_bytes: 16 * 1024 * 1024,
            user_agent: None,
            http: None,
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

    /// How the key is sent: [`AuthScheme::Prefixed`] unless set.
    pub const fn auth_scheme(mut self, scheme: AuthScheme) -> Self {
        self.auth_scheme = scheme;
        self
    }

    /// Where requests are sent: the service itself unless set. Must be `https`,
    /// or `http` to this very machine. `localhost` is its loopback addresses,
    /// whatever name servers say.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = GivenUrl(url.into());
        self
    }

    /// The timeout of an attempt, from the connection to the last byte of the
    /// body: 30 seconds unless set.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = timeout;
        self
    }

    /// How long a call may take in all: waiting for the rate limit, every
    /// attempt, and the waits between them. 120 seconds unless set; with `None`
    /// there is no end.
    ///
    /// If a wait would exceed the deadline, the call fails at once, and
    /// [`Error::retry_after`] says when it may be retried.
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.policy.deadline = deadline.into();
        self
    }

    /// The maximum number of attempts of a call: 6 unless set. With 1 it is never
    /// retried.
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

    /// How many requests are sent a second: at most 20 reads and 5 writes unless
    /// set, as the service documents.
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.policy.pacing = pacing;
        self.policy.pacer = None;
        self
    }

    /// A pacer of your own, instead of [`pacing`](Self::pacing).
    pub fn pacer(mut self, pacer: impl Pacer) -> Self {
        self.policy.pacer = Some(Arc::new(pacer));
        self
    }

    /// How many calls may wait for the rate limit at once, in each of its two
    /// classes: as many as like unless set. One more fails at once with an error that
    /// names this setting, and [`Error::retry_after`] says when it would have been
    /// sent. Calls that are sent again always may wait. A
    /// [`pacer`](Self::pacer) of your own has its own bound.
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

    /// An HTTP client of your own: with another proxy, other certificates, or
    /// connections shared with the rest of your program.
    ///
    /// What depends on its settings cannot be promised then. It decides on TLS,
    /// proxies and the time to connect. If it follows redirects, a request and
    /// its API key may go elsewhere (the call fails, but too late), so build it
    /// with `redirect::Policy::none()`; if it repeats requests, attempts and
    /// waits are not those that are counted here, so build it with
    /// `retry::never()`. Its connections are driven by the runtime in which they
    /// were made, so it must not be used in turn from several runtimes of one thread.
    /// With the feature `rustls-tls` of this crate alone,
    /// `reqwest` needs a crypto provider that your program installs. Timeouts of attempts, size limits, pacing, retries and
    /// idempotency keys stay the same.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// How long it may take to connect: 10 seconds unless set.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the body of a response may be: 16 MiB unless set.
    pub const fn max_response_bytes(mut self, most: usize) -> Self {
        self.max_response_bytes = most;
        self
    }

    /// The program that calls, such as `dialer-sync/1.2`. It is sent before the
    /// name of this SDK.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// If the key is missing or cannot be one, the base URL is neither `https`
    /// nor on this machine, a timeout is zero, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let key = self
            .api_key
            .clone()
            .ok_or_else(|| Error::configuration("no API key was given").with_param("api_key"))?;
        let authorization = key.header(self.auth_scheme)?;
        let base_url = BaseUrl::parse(&self.base_url.0)?;
        let user_agent = self.agent()?;
        self.policy.check()?;
        let connections = self.connections(&base_url)?;
        let proxies = match (&self.http, base_url.is_secure()) {
            (Some(_), _) => Proxies::Unknown,
            (None, true) => Proxies::of_environment(),
            (None, false) => Proxies::None,
        };
        let server = base_url.server();
        Ok(Client::of(Shared {
            connections,
            proxies,
            base_url,
            authorization,
            user_agent,
            context: ClientContext::new(self.policy, server, key, self.max_response_bytes),
            cached_scopes: CachedScopes::default(),
            #[cfg(feature = "power-dialer")]
            queue_locks: KeyedLock::default(),
        }))
    }

    fn connections(&self, base_url: &BaseUrl) -> Result<Connections, Error> {
        if let Some(http) = &self.http {
            return Ok(Connections::given(http.clone()));
        }
        if self.connect_timeout.is_zero() {
            let message = "connect_timeout must be greater than zero";
            return Err(Error::configuration(message).with_param("connect_timeout"));
        }
        Connections::own(HttpSettings {
            connect_timeout: self.connect_timeout,
            is_secure: base_url.is_secure(),
        })
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

/// A base URL as it was given. One that will be refused may hold a password, so
/// it is not shown.
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
        // The caller's HTTP client is left out: its default headers may be secret.
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key)
            .field("auth_scheme", &self.auth_scheme)
            .field("base_url", &self.base_url)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("user_agent", &self.user_agent)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
