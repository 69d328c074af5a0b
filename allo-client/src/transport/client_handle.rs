//! The handle that is cloned, and what its clones share. How it is built is in the module `client`.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;

use super::base_url::BaseUrl;
use super::connections::Connections;
use super::context::ClientContext;
use super::permissions::CachedScopes;
use super::route::Proxies;
#[cfg(feature = "power-dialer")]
use crate::model::teammate::Teammate;
#[cfg(feature = "power-dialer")]
use crate::support::keyed_lock::KeyedLock;

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
    pub(crate) connections: Connections,
    /// What `connections` go through.
    pub(crate) proxies: Proxies,
    pub(crate) base_url: BaseUrl,
    pub(crate) authorization: HeaderValue,
    pub(crate) user_agent: HeaderValue,
    pub(crate) context: ClientContext,
    /// What the key may do, as far as the service was asked.
    pub(crate) cached_scopes: CachedScopes,
    /// Who pushes to which queue.
    #[cfg(feature = "power-dialer")]
    pub(crate) queue_locks: KeyedLock<Teammate>,
}

impl Client {
    /// A handle to state that nobody else has.
    pub(crate) fn of(shared: Shared) -> Self {
        Self(Arc::new(shared))
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

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url)
            .field("api_key", &self.0.context.key)
            .field("policy", &self.0.context.policy)
            .finish_non_exhaustive()
    }
}
