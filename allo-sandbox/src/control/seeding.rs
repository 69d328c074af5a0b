//! Executes operations of the API without being its client, to fill a sandbox with data.

use std::fmt;

use serde_json::Value;

use super::scripted_response::find;
use super::{Control, ControlError};
use crate::auth::ApiKey;
use crate::errors::ApiError;
use crate::handlers::Context;
use crate::lock::lock;
use crate::operations::Operation;
use crate::request::Received;
use crate::routes;
use crate::scopes;

/// An operation to execute with [`Control::seed`]. `Debug` shows neither parameters nor body.
#[derive(Clone, PartialEq)]
#[must_use = "a request has to be given to Control::seed"]
pub struct SeedRequest {
    operation: String,
    params: Vec<(String, String)>,
    body: Option<Value>,
    user: Option<String>,
}

impl SeedRequest {
    /// An operation, executed for the owner of the team.
    pub fn new(operation: impl AsRef<str>) -> Self {
        Self {
            operation: operation.as_ref().to_owned(),
            params: Vec::new(),
            body: None,
            user: None,
        }
    }

    /// Sets a parameter of the path.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Executes the operation for another user, by id or e-mail address.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// The path, with its parameters.
    fn path(&self, operation: &Operation) -> Result<String, ControlError> {
        let segments = operation.path.split('/').map(|segment| {
            let name = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            let Some(name) = name else {
                return Ok(segment);
            };
            let given = self.params.iter().find(|(other, _)| other == name);
            given.map(|(_, value)| value.as_str()).ok_or_else(|| {
                let why = format!("the path parameter {name} is missing");
                ControlError::InvalidSeed(format!("{}: {why}", operation.id))
            })
        });
        Ok(segments.collect::<Result<Vec<_>, _>>()?.join("/"))
    }
}

impl fmt::Debug for SeedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeedRequest")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

/// Data.
impl Control {
    /// Executes an operation, and returns the body of its response: `null` if it has none. It needs no
    /// key, does not count against quotas, and is in neither the log nor the list of executed writes;
    /// apart from that it is the operation of the API, with its rules and errors.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = allo_sandbox::Sandbox::builder().start().await?;
    /// use allo_sandbox::SeedRequest;
    /// use serde_json::json;
    ///
    /// let deal = SeedRequest::new("createDeal").body(json!({ "name": "Oven lease" }));
    /// let id = &sandbox.control().seed(deal)?["data"]["id"];
    /// # assert!(id.is_string());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such operation or user, if a parameter of the path is missing, or if the operation
    /// refuses the request.
    pub fn seed(&self, request: SeedRequest) -> Result<Value, ControlError> {
        let operation = find(&request.operation)?;
        let unknown = || ControlError::UnknownOperation(operation.id.to_owned());
        let handler = routes::handler(operation.id).ok_or_else(unknown)?;
        let path = request.path(operation)?;
        let key = self.key_of(request.user.as_deref())?;
        let received = Received::internal(operation, path, request.params, request.body);
        let context = Context {
            app: &self.app,
            request: &received,
            key: &key,
        };
        let reply = handler(&context).map_err(|error| refused(operation, &error))?;
        Ok(serde_json::from_slice(&reply.body).unwrap_or_default())
    }

    /// A key of a user, or of the owner, with every scope.
    fn key_of(&self, user: Option<&str>) -> Result<ApiKey, ControlError> {
        let user = user.map(|user| self.user_id(user)).transpose()?;
        let owner = || {
            let state = lock(&self.app.state);
            state.users.users.first().map(|user| user.id.clone())
        };
        Ok(ApiKey {
            id: lock(&self.app.keys).first_id().to_owned(),
            owner: user.or_else(owner).unwrap_or_default(),
            scopes: scopes::ALL.iter().map(|&scope| scope.to_owned()).collect(),
        })
    }
}

fn refused(operation: &Operation, error: &ApiError) -> ControlError {
    let (status, code, message) = error.summary();
    ControlError::Refused {
        operation: operation.id,
        status,
        code,
        message: message.to_owned(),
    }
}
