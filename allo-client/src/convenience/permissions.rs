//! Asking the service what a key may do. What its scopes open is in `transport::permissions`.

use crate::error::Error;
use crate::transport::client_handle::Client;
use crate::transport::permissions::Permissions;

impl Permissions {
    /// Asks the service for the scopes of a client's key. It costs one read.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Client::get_me).
    pub async fn of(client: &Client) -> Result<Self, Error> {
        let me = client.get_me().send().await?.into_inner();
        Ok(Self::new(me.scopes))
    }
}

impl Client {
    /// Asks the service what the key of this client may do. It costs one read.
    ///
    /// Only the response knows it then; [`learn_limits`](Client::learn_limits) also
    /// has the client refuse calls whose scope is missing.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Client::get_me).
    pub async fn me(&self) -> Result<Permissions, Error> {
        Permissions::of(self).await
    }
}
