//! The settings of a client that say how its requests travel: by the HTTP client of this crate, one of the caller, or
//! another transport.

use std::sync::Arc;
use std::time::Duration;

use super::ClientBuilder;
use crate::error::Error;
use crate::transport::base_url::BaseUrl;
use crate::transport::connections::{ConfigureHttp, Connections, HttpSettings};
use crate::transport::custom::{SharedTransport, Transport};
use crate::transport::route::Proxies;
use crate::transport::sender::{HttpConnections, Sender};
use crate::transport::tls::Roots;

/// How requests travel.
#[derive(Clone)]
pub(super) struct TransportSettings {
    pub(super) connect_timeout: Duration,
    http: Option<reqwest::Client>,
    configure: Option<ConfigureHttp>,
    roots: Roots,
    custom: Option<SharedTransport>,
    wrap: Option<Wrap>,
}

/// Makes a transport of the one that would be used otherwise.
type Wrap = Arc<dyn Fn(SharedTransport) -> SharedTransport + Send + Sync>;

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            http: None,
            configure: None,
            roots: Roots::default(),
            custom: None,
            wrap: None,
        }
    }
}

impl TransportSettings {
    /// What sends the requests of a client.
    pub(super) fn open(self, base_url: &BaseUrl) -> Result<Sender, Error> {
        self.check()?;
        let wrap = self.wrap.clone();
        let inner = match self.custom {
            Some(transport) => Sender::Custom(transport),
            None => Sender::Http(self.http(base_url)?),
        };
        Ok(match (wrap, inner) {
            (None, inner) => inner,
            (Some(wrap), Sender::Custom(inner)) => Sender::Custom(wrap(inner)),
            (Some(wrap), Sender::Http(inner)) => {
                Sender::Custom(wrap(SharedTransport(Arc::new(inner))))
            }
        })
    }

    /// Refuses a setting that another one leaves without effect.
    fn check(&self) -> Result<(), Error> {
        let of_ours = [
            ("configure_http", self.configure.is_some()),
            ("root_certificates", !self.roots.is_empty()),
        ];
        let other = match (&self.custom, &self.http) {
            (Some(_), Some(_)) => return Err(without_effect("http_client", "transport")),
            (Some(_), None) => "transport",
            (None, Some(_)) => "http_client",
            (None, None) => return Ok(()),
        };
        match of_ours.iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(without_effect(name, other)),
            None => Ok(()),
        }
    }

    fn http(self, base_url: &BaseUrl) -> Result<HttpConnections, Error> {
        if let Some(http) = self.http {
            return Ok(HttpConnections {
                connections: Arc::new(Connections::given(http)),
                proxies: Arc::new(Proxies::Unknown),
            });
        }
        if self.connect_timeout.is_zero() {
            let message = "connect_timeout must be greater than zero";
            return Err(Error::configuration(message).with_param("connect_timeout"));
        }
        let proxies = match (base_url.is_secure(), &self.configure) {
            (false, _) => Proxies::None,
            // It may have set others.
            (true, Some(_)) => Proxies::Unknown,
            (true, None) => Proxies::of_environment(),
        };
        let connections = Connections::own(HttpSettings {
            connect_timeout: self.connect_timeout,
            is_secure: base_url.is_secure(),
            roots: self.roots,
            configure: self.configure,
        })?;
        Ok(HttpConnections {
            connections: Arc::new(connections),
            proxies: Arc::new(proxies),
        })
    }
}

fn without_effect(name: &str, other: &str) -> Error {
    let message = format!("{name} has no effect beside {other}");
    Error::configuration(message).with_param(name)
}

impl ClientBuilder {
    /// An HTTP client of your own, such as one whose connections are shared with the rest of your program. For
    /// another proxy or further certificates,
    /// [`configure_http`](Self::configure_http) and [`root_certificates`](Self::root_certificates) are enough.
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
        self.transport.http = Some(client);
        self
    }

    /// Changes the settings of the HTTP client of this crate: proxies, addresses of hosts, the pool of
    /// connections, TCP.
    ///
    /// The rules of this crate are applied after it, so that it cannot undo them: no redirect is followed, no
    /// request is repeated by the HTTP client, `localhost` is this machine, an `http` base URL is reached by no proxy,
    /// the [time to connect](Self::connect_timeout) is that of this builder, and TLS is that of this crate (for
    /// further authorities, see [`root_certificates`](Self::root_certificates)). It is called once for each runtime that
    /// sends requests, and must do the same each time.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let proxy = reqwest::Proxy::https("http://proxy.example.com:3128")?;
    /// let client = allo_client::Client::builder()
    ///     .api_key("ak_live_1")
    ///     .configure_http(move |http| http.proxy(proxy.clone()).pool_max_idle_per_host(4))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn configure_http(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.transport.configure = Some(Arc::new(configure));
        self
    }

    /// Trusts further authorities, such as that of a company proxy, besides those of the operating system:
    /// one or more certificates in PEM. Can be set several times.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = allo_client::Client::builder()
    ///     .api_key("ak_live_1")
    ///     .root_certificates(std::fs::read("company-ca.pem")?)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport.roots.push(pem.into().into_boxed_slice());
        self
    }

    /// How long it may take to connect: 10 seconds unless set.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.transport.connect_timeout = timeout;
        self
    }

    /// A transport of your own, instead of HTTP by this crate: for tests without a server, or to send requests
    /// by what your program has already. Settings of connections have no effect then.
    ///
    /// Rate limit, retries, idempotency keys, deadlines, size limits and outcomes stay the same; see
    /// [`Transport`] for what it must keep to, and for an example.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport.custom = Some(SharedTransport(Arc::new(transport)));
        self
    }

    /// Wraps the transport that would be used otherwise, for example to record requests:
    /// see [`RecordingTransport`](crate::http_transport::RecordingTransport). `wrap` is called once by
    /// [`build`](Self::build).
    pub fn wrap_transport<T: Transport>(
        mut self,
        wrap: impl Fn(SharedTransport) -> T + Send + Sync + 'static,
    ) -> Self {
        let wrap = move |inner| SharedTransport(Arc::new(wrap(inner)));
        self.transport.wrap = Some(Arc::new(wrap));
        self
    }
}
