//! The handle that users clone, and the state that its clones share. The module `client` builds it.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;

use super::base_url::BaseUrl;
use super::context::ClientContext;
use super::permissions::CachedScopes;
use super::sender::Sender;
use crate::model::api_key::AuthScheme;
#[cfg(feature = "power-dialer")]
use crate::model::teammate::Teammate;
#[cfg(feature = "power-dialer")]
use crate::support::keyed_lock::KeyedLock;

/// A client of the API with one key.
///
/// Clones are cheap and share connections. Operations are methods that return builders; nothing is
/// sent until the builder's `send` is awaited.
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

/// The state that clients of several keys share.
pub(crate) struct Endpoint {
    pub(crate) sender: Sender,
    pub(crate) base_url: BaseUrl,
    pub(crate) user_agent: HeaderValue,
    pub(crate) auth_scheme: AuthScheme,
}

/// What the clones of a client share: everything that belongs to its key.
pub(crate) struct Shared {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) authorization: HeaderValue,
    pub(crate) context: ClientContext,
    /// The permissions of the key, once learned.
    pub(crate) cached_scopes: CachedScopes,
    /// The locks of queues, held while a push runs.
    #[cfg(feature = "power-dialer")]
    pub(crate) queue_locks: KeyedLock<Teammate>,
}

impl Client {
    /// A handle to new state.
    pub(crate) fn of(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// A handle to another key over the same connections. Nothing but those is shared.
    pub(crate) fn of_key(&self, authorization: HeaderValue, context: ClientContext) -> Self {
        Self::of(Shared {
            endpoint: Arc::clone(&self.0.endpoint),
            authorization,
            context,
            cached_scopes: CachedScopes::default(),
            #[cfg(feature = "power-dialer")]
            queue_locks: KeyedLock::default(),
        })
    }

    /// The base URL, without a trailing `/`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.0.endpoint.base_url.to_string()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.endpoint.base_url)
            .field("api_key", &self.0.context.key)
            .field("policy", &self.0.context.policy)
            .finish_non_exhaustive()
    }
}
