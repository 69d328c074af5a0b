//! Scripts responses, adds endpoints, and holds requests.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::Method;
use serde::Serialize;

use super::scripted_response::{ScriptedResponse, final_status, find, header_map};
use super::{Control, ControlError};
use crate::lock::lock;
use crate::reply::Reply;
use crate::script::Hold;

/// Scripted behaviour. An operation is given by its id, or as a row of a table of operations, such as
/// `&allo_client::operations::GET_DEAL`.
impl Control {
    /// Answers the next requests of an operation with this response, before authentication, quota and
    /// everything else. Nothing is executed, and only headers that HTTP requires are added. Several
    /// scripted responses are used in the order they were added.
    ///
    /// # Errors
    ///
    /// If there is no such operation, or the status, a header or `times` is not valid.
    pub fn respond(
        &self,
        operation: impl AsRef<str>,
        response: ScriptedResponse,
    ) -> Result<(), ControlError> {
        let id = find(operation.as_ref())?.id;
        let response = response.checked()?;
        lock(&self.app.script).add_response(id, response);
        Ok(())
    }

    /// Answers the next request of an operation with this value: see [`ScriptedResponse::answer`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = allo_sandbox::Sandbox::builder().start().await?;
    /// let deal = serde_json::json!({ "id": "dea-1", "name": "Oven lease" });
    /// sandbox.control().respond_with("getDeal", &deal)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`ScriptedResponse::answer`].
    pub fn respond_with<T: Serialize + ?Sized>(
        &self,
        operation: impl AsRef<str>,
        answer: &T,
    ) -> Result<(), ControlError> {
        let response = ScriptedResponse::answer(&operation, answer)?;
        self.respond(operation, response)
    }

    /// Refuses the next request of an operation with this status and code, such as 404 and
    /// `DEAL_NOT_FOUND`: see [`ScriptedResponse::error`].
    ///
    /// # Errors
    ///
    /// As [`ScriptedResponse::error`].
    pub fn respond_error(
        &self,
        operation: impl AsRef<str>,
        status: u16,
        code: &str,
    ) -> Result<(), ControlError> {
        let response = ScriptedResponse::error(&operation, status, code)?;
        self.respond(operation, response)
    }

    /// Answers the next request of an operation with this status, these headers and this body: a short
    /// form of [`respond`](Self::respond).
    ///
    /// # Errors
    ///
    /// As [`respond`](Self::respond).
    pub fn respond_once(
        &self,
        operation: impl AsRef<str>,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<(), ControlError> {
        let response = ScriptedResponse::new(status).body(body);
        let response = headers.iter().fold(response, |response, (name, value)| {
            response.header(*name, *value)
        });
        self.respond(operation, response)
    }

    /// How many scripted responses are left, by operation id.
    #[must_use]
    pub fn pending_responses(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.app.script).pending_responses()
    }

    /// Removes all scripted responses that were not used.
    pub fn clear_responses(&self) {
        lock(&self.app.script).clear_responses();
    }

    /// Adds an endpoint that the API does not have, as a newer version of it would. Requests are
    /// authenticated, counted against the quota and replayed by their idempotency key like all others;
    /// then they get this response. Several responses of one endpoint are used in the order they were
    /// added, and the last one stays.
    ///
    /// # Errors
    ///
    /// If the method or status is not valid in HTTP.
    pub fn add_endpoint(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: impl Into<Bytes>,
    ) -> Result<(), ControlError> {
        let invalid = |_| ControlError::InvalidResponse(format!("method {method:?}"));
        let method = Method::from_bytes(method.as_bytes()).map_err(invalid)?;
        let reply = Reply {
            status: final_status(status)?,
            headers: header_map(&[("content-type", "application/json")])?,
            body: body.into(),
        };
        lock(&self.app.script).add_endpoint(method, path.to_owned(), reply);
        Ok(())
    }

    /// Sets whether v1 of the API ignores idempotency keys, so that a text message or contact sent
    /// twice exists twice. By default the sandbox honours them; the documentation of the service does
    /// not say whether it does.
    pub fn ignore_idempotency_keys_in_v1(&self, ignores: bool) {
        self.app.idempotency.ignore_v1(ignores);
    }

    /// Holds the next permitted request of an operation, just before it is executed.
    ///
    /// # Errors
    ///
    /// If there is no such operation.
    pub fn hold_next(&self, operation: impl AsRef<str>) -> Result<Hold, ControlError> {
        let id = find(operation.as_ref())?.id;
        Ok(lock(&self.app.script).hold(id))
    }
}
