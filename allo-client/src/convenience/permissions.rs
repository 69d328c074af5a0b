//! Requests the permissions of a key. Which operations its scopes permit is in
//! `transport::permissions`.

use crate::error::Error;
use crate::transport::client_handle::Client;
use crate::transport::permissions::Permissions;

impl Permissions {
    /// Requests the scopes of a client's key. It costs one read.
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
    /// Requests the permissions of this client's key. It costs one read.
    ///
    /// Only the result contains them. After [`learn_limits`](Client::learn_limits), the client also
    /// refuses calls whose scope is missing.
    ///
    /// # Errors
    ///
    /// As [`get_me`](Client::get_me).
    pub async fn permissions(&self) -> Result<Permissions, Error> {
        Permissions::of(self).await
    }
}
