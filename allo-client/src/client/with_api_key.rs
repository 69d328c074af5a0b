//! Clients of further keys over the connections of one client.

use crate::error::Error;
use crate::model::api_key::ApiKey;
use crate::transport::client_handle::Client;
use crate::transport::context::ClientContext;

impl Client {
    /// A client of another API key over the same connections, as for the accounts of a partner.
    ///
    /// It has the settings of this client, and nothing else in common with it: its own rate limiter, retry
    /// budget, known scopes and queue locks. Limits that this client has
    /// [learned](Self::learn_limits) are not passed on. Keep it, and clone it, as long as the key is used: two
    /// clients of one key do not know of each other and exceed its rate limit together.
    ///
    /// # Errors
    ///
    /// If the key cannot be one, or if this client was built with a [`pacer`](crate::ClientBuilder::pacer) of
    /// the caller, which counts the requests of one key.
    ///
    /// ```no_run
    /// # async fn example(keys: Vec<String>) -> Result<(), allo_client::Error> {
    /// let partner = allo_client::Client::from_env()?;
    /// for key in keys {
    ///     let account = partner.with_api_key(key)?;
    ///     println!("{:?}", account.permissions().await?.scopes());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_api_key(&self, key: impl Into<ApiKey>) -> Result<Self, Error> {
        let key = key.into();
        let shared = self.shared();
        let authorization = key.header(shared.endpoint.auth_scheme)?;
        let context = &shared.context;
        if context.policy.pacer.is_some() {
            let message = "the pacer of this client counts the requests of one key";
            return Err(Error::configuration(message)
                .with_param("pacer")
                .with_suggestion("build a client for each key, with a pacer for each"));
        }
        let context = ClientContext::new(
            context.policy.clone(),
            context.server.clone(),
            key,
            context.max_response_bytes,
        );
        Ok(self.of_key(authorization, context))
    }
}
