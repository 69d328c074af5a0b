//! The settings of a client, and how a client is built from them.

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

    /// A custom HTTP client, for example with another proxy, other certificates, or a connection pool
    /// shared with the rest of your program.
    ///
    /// Its settings override those of this client for TLS, proxies and the connect timeout. If it
    /// follows redirects, a request and its API key may reach another server (the call fails, but too
    /// late), so build it with `redirect::Policy::none()`. If it retries requests, the attempts and
    /// waits that this client counts are wrong, so build it with `retry::never()`. Its connections are
    /// driven by the runtime that opened them, so do not alternate between several runtimes of one
    /// thread. With the feature `rustls-tls` of this crate alone, `reqwest` needs a crypto provider
    /// that your program installs. Timeouts of attempts, size limits, rate limit, retries and
    /// idempotency keys still apply.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The timeout of connecting: 10 seconds by default.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
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
    /// timeout is zero, or TLS cannot be initialized.
    pub fn build(self) -> Result<Client, Error> {
        let key = self
            .api_key
            .clone()
            .ok_or_else(|| Error::configuration("no API key is set").with_param("api_key"))?;
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
            .field("connect_timeout", &self.connect_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("user_agent", &self.user_agent)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
