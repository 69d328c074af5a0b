//! How a client is built: from a key, the environment or settings (`builder`), from a profile of the machine (`profile`), or
//! from a client of another key (`with_api_key`). The handle itself is in
//! `transport::client_handle`, its operations are generated.

mod builder;
#[cfg(feature = "profiles")]
mod profile;
mod transport_settings;
mod with_api_key;

use crate::error::Error;
use crate::model::api_key::ApiKey;
use crate::rate_limit::Limits;
use crate::transport::client_handle::Client;
use crate::transport::permissions::Permissions;

pub use builder::ClientBuilder;

/// The environment variable of the API key.
const KEY_VARIABLE: &str = "ALLO_API_KEY";
/// The environment variable of the base URL.
const URL_VARIABLE: &str = "ALLO_BASE_URL";

impl Client {
    /// A client with this key and the default settings.
    ///
    /// # Errors
    ///
    /// If the key is invalid, or TLS cannot be initialized.
    pub fn new(key: impl Into<ApiKey>) -> Result<Self, Error> {
        Self::builder().api_key(key).build()
    }

    /// A client with the key in `ALLO_API_KEY`, and the base URL in `ALLO_BASE_URL` if that is set.
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
                .with_suggestion(format!("set {KEY_VARIABLE} to your API key")));
        }
        if let Some(url) = variable(URL_VARIABLE)? {
            builder = builder.base_url(url);
        }
        builder.build()
    }

    /// A builder for a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Requests the rate limit and the scopes of this key from the service, and applies them from
    /// now on, in all clones. It costs one read.
    ///
    /// Afterwards, a call whose scope is missing fails without being sent
    /// ([`Error::is_missing_scope`]). Call this method again when the key gets a new scope.
    ///
    /// Before that, the documented limits apply, or those of [`ClientBuilder::pacing`], and lower
    /// ones as soon as a response names them. A limit that the service does not name is not
    /// changed.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Client::get_me).
    pub async fn learn_limits(&self) -> Result<Limits, Error> {
        let me = self.get_me().send().await?.into_inner();
        let pacer = &self.shared().context.pacer;
        let known = pacer.limits().unwrap_or_default();
        let told = me.rate_limits.unwrap_or_default();
        let or = |told: Option<i64>, known| match told {
            Some(told @ 1..) => u32::try_from(told).unwrap_or(u32::MAX),
            _ => known,
        };
        let limits = Limits::new(
            or(told.read_per_second, known.reads),
            or(told.write_per_second, known.writes),
        );
        pacer.set_limits(limits);
        self.shared().cached_scopes.set(Permissions::new(me.scopes));
        Ok(limits)
    }
}

/// An environment variable. An empty one counts as not set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        // The error of `std` would show the value.
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::configuration(format!("{name} is not UTF-8")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            (local().deadline(Duration::ZERO), "deadline"),
            (local().max_attempts(0), "max_attempts"),
            (local().user_agent("a\r\nb"), "user_agent"),
        ];
        for (builder, param) in table {
            let error = builder.build().unwrap_err();
            assert!(error.is_configuration());
            assert_eq!(error.param(), Some(param), "{error}");
        }
    }
}
