//! The HTTP clients of a client: one for each runtime that calls. A connection is
//! driven by the runtime in which it was made; a call from another one would wait
//! for it in vain whenever that runtime is not driven.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect;
use tokio::runtime::Id;

use crate::error::Error;
use crate::support::current_runtime::current_runtime;
use crate::transport::{base_url, tls};

/// So many runtimes keep their connections; the one that called least lately
/// loses them first.
const MOST_RUNTIMES: usize = 8;

/// What HTTP clients of our own are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpSettings {
    pub(crate) connect_timeout: Duration,
    pub(crate) is_secure: bool,
}

/// Connections to the server.
pub(crate) struct Connections(HttpClients);

enum HttpClients {
    /// An HTTP client of the caller, whose matter its runtimes are.
    Given(reqwest::Client),
    Own {
        settings: HttpSettings,
        /// The one that called last comes last.
        of_runtimes: Mutex<Vec<(Option<Id>, reqwest::Client)>>,
    },
}

impl Connections {
    pub(crate) const fn given(http: reqwest::Client) -> Self {
        Self(HttpClients::Given(http))
    }

    /// Connections that are made as needed.
    pub(crate) fn own(settings: HttpSettings) -> Result<Self, Error> {
        // What cannot work is told now.
        let first = (current_runtime(), settings.build()?);
        Ok(Self(HttpClients::Own {
            settings,
            of_runtimes: Mutex::new(vec![first]),
        }))
    }

    /// The HTTP client for the runtime in which this is called.
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
        // One that was made outside of any runtime has no connections yet.
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
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout);
        builder = base_url::pin_localhost(builder);
        if !self.is_secure {
            // Unencrypted, the key must not leave this machine, by no proxy either.
            builder = builder.no_proxy();
        }
        let builder = tls::configure(builder, self.is_secure)?;
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
        // The first one calls again, so the second one is the oldest.
        for index in [0, MOST_RUNTIMES] {
            runtimes[index].block_on(async { connections.http().unwrap() });
        }
        let known = known(&connections);
        assert_eq!(known.len(), MOST_RUNTIMES);
        assert!(known.contains(&ids[0]) && !known.contains(&ids[1]));
    }
}
