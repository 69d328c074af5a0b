//! The admin API: `Control` as JSON over HTTP, under `/__sandbox`, for tests in any language. It is
//! outside the API: no key, no quota, no fault, no entry in the log. `routes` has the table, `input`
//! reads requests, `output` writes records as JSON; the other files have the handlers. None of them
//! has rules of its own: whatever they do, a method of `Control` does.

mod dialing;
mod input;
mod lifecycle;
mod log;
mod output;
mod people;
mod routes;
mod scripting;
mod workspace;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::any;

use crate::control::{Control, ControlError};
use crate::errors::{ApiError, Code};
use crate::reply::Reply;
use crate::request_id;
use input::Input;
use routes::{Handler, ROUTES};

/// The path of the admin API.
const ROOT: &str = "/__sandbox";

/// The request id in errors of the admin API, whose requests have none.
const REQUEST_ID: &str = "req_admin";

/// The settings of the admin API.
#[derive(Clone, Default)]
pub(crate) struct AdminApi {
    token: Option<String>,
}

impl AdminApi {
    /// An API that requires this token.
    pub(crate) fn with_token(token: impl Into<String>) -> Self {
        let token = Some(token.into());
        Self { token }
    }

    pub(crate) fn router(self, control: Control) -> Router {
        let serve = move |request: Request| {
            let (admin, control) = (self.clone(), control.clone());
            async move { admin.serve(&control, request).await }
        };
        Router::new()
            .route(ROOT, any(serve.clone()))
            .route("/__sandbox/", any(serve.clone()))
            .route("/__sandbox/{*path}", any(serve))
    }

    async fn serve(&self, control: &Control, request: Request) -> Response {
        let reply = match self.handle(control, request).await {
            Ok(reply) => reply,
            Err(error) => {
                let mut reply = error.into_reply(REQUEST_ID);
                reply.header(request_id::HEADER, REQUEST_ID);
                reply
            }
        };
        reply.into_response()
    }

    async fn handle(&self, control: &Control, request: Request) -> Result<Reply, ApiError> {
        self.admit(request.headers())?;
        let path = request.uri().path();
        let path = path.strip_prefix(ROOT).unwrap_or(path).to_owned();
        let at_path = || ROUTES.iter().filter(|route| route.path == path);
        let Some(route) = at_path().find(|route| route.method == *request.method()) else {
            let allowed: Vec<_> = at_path().map(|route| route.method.as_str()).collect();
            return Err(not_routed(&allowed));
        };
        let input = Input::read(request).await?;
        let data = match route.handler {
            Handler::Now(handle) => handle(control, &input)?,
            Handler::Later(handle) => handle(control, &input).await?,
        };
        Ok(Reply::data(data))
    }

    /// Checks the token, if there is one.
    fn admit(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let Some(token) = &self.token else {
            return Ok(());
        };
        let given = headers.get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if given == Some(token.as_str()) {
            return Ok(());
        }
        let message = "The admin API of this sandbox requires its token.";
        Err(ApiError::new(Code::Unauthorized, message)
            .suggestion("Send the header Authorization: Bearer with the token of --admin-token."))
    }
}

/// The error for a path that has none or only these methods.
fn not_routed(allowed: &[&str]) -> ApiError {
    match allowed {
        [] => ApiError::new(Code::EndpointNotFound, "The admin API has no such route.")
            .suggestion("List the routes with GET /__sandbox."),
        _ => ApiError::new(
            Code::MethodNotAllowed,
            "The admin API does not have this method at this path.",
        )
        .suggestion(format!("Allowed methods: {}.", allowed.join(", "))),
    }
}

/// What `Control` refuses, as a response.
fn refusal(error: &ControlError) -> ApiError {
    let code = match error {
        ControlError::UnknownUser(_) => Code::UserNotFound,
        ControlError::UnknownAccount(_) => Code::PartnerAccountNotFound,
        ControlError::UnknownItem(_) => Code::ConversationItemNotFound,
        ControlError::UnknownPosition(_) => Code::QueueNumberPositionNotFound,
        ControlError::NoCall(_)
        | ControlError::UnknownOperation(_)
        | ControlError::InvalidResponse(_)
        | ControlError::InvalidSeed(_)
        | ControlError::Refused { .. } => Code::InvalidRequestBody,
    };
    ApiError::new(code, error.to_string())
}
