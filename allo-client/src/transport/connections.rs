//! The HTTP clients of a client: one for each runtime. A connection is driven by the runtime that
//! opened it; a call from another runtime would hang whenever that runtime is not driven.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect;
use tokio::runtime::Id;

use crate::error::Error;
use crate::support::current_runtime::current_runtime;
use crate::transport::base_url;
use crate::transport::tls::{self, Roots};

/// The maximum number of runtimes whose connections are kept; those of the least recently used
/// runtime are closed first.
const MOST_RUNTIMES: usize = 8;

/// The settings of the HTTP clients that are built here.
#[derive(Clone)]
pub(crate) struct HttpSettings {
    pub(crate) connect_timeout: Duration,
    pub(crate) is_secure: bool,
    /// Certificates that are trusted besides those of the operating system.
    pub(crate) roots: Roots,
    /// Settings of the caller.
    pub(crate) configure: Option<ConfigureHttp>,
}

/// Changes the settings of an HTTP client.
pub(crate) type ConfigureHttp =
    Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

/// The connections to the server.
pub(crate) struct Connections(HttpClients);

enum HttpClients {
    /// An HTTP client of the caller, who is responsible for its runtimes.
    Given(reqwest::Client),
    Own {
        settings: HttpSettings,
        /// The most recently used client is last.
        of_runtimes: Mutex<Vec<(Option<Id>, reqwest::Client)>>,
    },
}

impl Connections {
    pub(crate) const fn given(http: reqwest::Client) -> Self {
        Self(HttpClients::Given(http))
    }

    /// Connections that are opened on demand.
    pub(crate) fn own(settings: HttpSettings) -> Result<Self, Error> {
        // Invalid settings are reported now.
        let first = (current_runtime(), settings.build()?);
        Ok(Self(HttpClients::Own {
            settings,
            of_runtimes: Mutex::new(vec![first]),
        }))
    }

    /// The HTTP client for the current runtime.
    pub(crate) fn http(&self) -> Result<reqwest::Client, Error> {
        let (settings, of_runtimes) = match &self.0 {
            HttpClients::Given(http) => return Ok(http.clone()),
            HttpClients::Own {
                settings,
                of_runtimes,
            } => (settings, of_runtimes),
        };
        let here = current_runtime();
        let mut all = of_runtimes.lock().unwrap_or_else(PoisonError::into_inner);
        // A client that was built outside of any runtime has no connections yet.
        let found = all.iter().position(|(id, _)| *id == here || id.is_none());
        let http = match found {
            Some(index) => all.remove(index).1,
            None => settings.build()?,
        };
        all.push((here, http.clone()));
        if all.len() > MOST_RUNTIMES {
            all.remove(0);
        }
        Ok(http)
    }
}

impl HttpSettings {
    fn build(&self) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder();
        if let Some(configure) = &self.configure {
            builder = configure(builder);
        }
        // Ours come last, so that no setting of the caller undoes them.
        builder = builder
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            // It would log the API key.
            .connection_verbose(false);
        builder = base_url::pin_localhost(builder);
        if !self.is_secure {
            // Without TLS, the key must not leave this machine, not even through a proxy.
            builder = builder.no_proxy();
        }
        let builder = tls::configure(builder, self.is_secure, &self.roots)?;
        builder.build().map_err(|error| {
            Error::configuration("the HTTP client cannot be built").with_source(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections() -> Connections {
        let settings = HttpSettings {
            connect_timeout: Duration::from_secs(1),
            is_secure: false,
            roots: Roots::default(),
            configure: None,
        };
        Connections::own(settings).unwrap()
    }

    fn known(connections: &Connections) -> Vec<Option<Id>> {
        let HttpClients::Own { of_runtimes, .. } = &connections.0 else {
            return Vec::new();
        };
        of_runtimes
            .lock()
            .unwrap()
            .iter()
            .map(|one| one.0)
            .collect()
    }

    #[test]
    fn each_runtime_has_its_own_and_the_oldest_is_forgotten() {
        let connections = connections();
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
        };
        let runtimes: Vec<_> = (0..=MOST_RUNTIMES).map(|_| runtime()).collect();
        let ids: Vec<_> = runtimes
            .iter()
            .map(|runtime| Some(runtime.handle().id()))
            .collect();
        for runtime in &runtimes[..MOST_RUNTIMES] {
            runtime.block_on(async { connections.http().unwrap() });
        }
        assert_eq!(known(&connections), ids[..MOST_RUNTIMES]);
        // The first runtime calls again, so the second one is the least recently used.
        for index in [0, MOST_RUNTIMES] {
            runtimes[index].block_on(async { connections.http().unwrap() });
        }
        let known = known(&connections);
        assert_eq!(known.len(), MOST_RUNTIMES);
        assert!(known.contains(&ids[0]) && !known.contains(&ids[1]));
    }
}
