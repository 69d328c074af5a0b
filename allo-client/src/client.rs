//! The client and its settings. What it sends is in `runtime` and `transport`,
//! its operations are generated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect;

use crate::transport::base_url::{self, BaseUrl};
use crate::transport::tls;
use crate::{ApiKey, AuthScheme, Error};

/// The environment variable of the API key.
const KEY_VARIABLE: &str = "ALLO_API_KEY";
/// The environment variable of the base URL.
const URL_VARIABLE: &str = "ALLO_BASE_URL";

/// Talks to the API with one key.
///
/// A clone is cheap and shares connections. Operations are its methods, each of
/// which gives a builder; nothing is sent until its `send` is awaited.
///
/// ```no_run
/// # async fn example() -> Result<(), allo_client::Error> {
/// let client = allo_client::Client::from_env()?;
/// let me = client.get_me().send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Shared>);

/// What the clones of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: BaseUrl,
    pub(crate) key: ApiKey,
    pub(crate) authorization: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
}

impl Client {
    /// A client with the given key and otherwise the defaults.
    ///
    /// # Errors
    ///
    /// If the key cannot be one, or TLS cannot be set up.
    pub fn new(key: impl Into<ApiKey>) -> Result<Self, Error> {
        Self::builder().api_key(key).build()
    }

    /// A client with the key in `ALLO_API_KEY`, and the base URL in
    /// `ALLO_BASE_URL` if that is set.
    ///
    /// # Errors
    ///
    /// If `ALLO_API_KEY` is not set, or as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Self::builder();
        if let Some(key) = variable(KEY_VARIABLE)? {
            builder = builder.api_key(key);
        } else {
            return Err(Error::configuration(format!("{KEY_VARIABLE} is not set"))
                .with_param("api_key")
                .with_suggestion(format!("put your API key into {KEY_VARIABLE}")));
        }
        if let Some(url) = variable(URL_VARIABLE)? {
            builder = builder.base_url(url);
        }
        builder.build()
    }

    /// Settings for a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Where requests are sent, without a `/` at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.0.base_url.to_string()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

/// A variable of the environment. An empty one counts as not set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        // Its own error would show the value.
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::configuration(format!("{name} is not UTF-8")))
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url)
            .field("api_key", &self.0.key)
            .field("timeout", &self.0.timeout)
            .finish_non_exhaustive()
    }
}

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
#[derive(Clone, Debug)]
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    api_key: Option<ApiKey>,
    auth_scheme: AuthScheme,
    base_url: GivenUrl,
    timeout: Duration,
    connect_timeout: Duration,
    max_response_bytes: usize,
    user_agent: Option<String>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            auth_scheme: AuthScheme::default(),
            base_url: GivenUrl(base_url::DEFAULT.to_owned()),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            max_response_bytes: 16 * 1024 * 1024,
            user_agent: None,
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
    /// or `http` to this very machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = GivenUrl(url.into());
        self
    }

    /// How long an attempt may take, from the connection to the last byte of the
    /// body: 30 seconds unless set.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long it may take to connect: 10 seconds unless set.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the body of an answer may be: 16 MiB unless set.
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
        let http = self.http(&base_url)?;
        Ok(Client(Arc::new(Shared {
            http,
            base_url,
            key,
            authorization,
            timeout: self.timeout,
            max_response_bytes: self.max_response_bytes,
        })))
    }

    fn http(&self, base_url: &BaseUrl) -> Result<reqwest::Client, Error> {
        for (name, value) in [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
        ] {
            if value.is_zero() {
                let message = format!("the {name} must be longer than nothing");
                return Err(Error::configuration(message).with_param(name));
            }
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(self.agent()?)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout);
        if !base_url.is_secure() {
            // Unencrypted, the key must not leave this machine, by no proxy either.
            builder = builder.no_proxy();
        }
        let builder = tls::configure(builder, base_url.is_secure())?;
        builder.build().map_err(|error| {
            Error::configuration("the HTTP client cannot be built").with_source(error)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> ClientBuilder {
        Client::builder()
            .api_key("abc-s3cret")
            .base_url("http://localhost:9")
    }

    #[test]
    fn the_key_is_never_shown() {
        let builder = local();
        assert!(!format!("{builder:?}").contains("s3cret"));
        let client = builder.build().unwrap();
        assert!(!format!("{client:?}").contains("s3cret"));
        assert_eq!(client.base_url(), "http://localhost:9");
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        let table = [
            (Client::builder().base_url("http://localhost"), "api_key"),
            (local().base_url("http://example.com"), "base_url"),
            (local().timeout(Duration::ZERO), "timeout"),
            (local().connect_timeout(Duration::ZERO), "connect_timeout"),
            (local().user_agent("a\r\nb"), "user_agent"),
        ];
        for (builder, param) in table {
            let error = builder.build().unwrap_err();
            assert!(error.is_configuration());
            assert_eq!(error.param(), Some(param), "{error}");
        }
    }
}
