//! Scripted responses, and requests that are held.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{Control, ControlError};
use crate::lock::lock;
use crate::operations;
use crate::reply::Reply;
use crate::script::Hold;

/// Scripted behaviour.
impl Control {
    /// Answers the next request of an operation with this response, before authentication, quota and
    /// everything else. Nothing is executed, and only headers that HTTP requires are added. Several
    /// scripted responses are used in the order they were added.
    ///
    /// # Errors
    ///
    /// If there is no such operation, or the status or a header is not valid in HTTP.
    pub fn respond_once(
        &self,
        operation_id: &str,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<(), ControlError> {
        let id = operation(operation_id)?;
        let reply = Reply {
            status: final_status(status)?,
            headers: header_map(headers)?,
            body: body.into(),
        };
        lock(&self.app.script).add_response(id, reply);
        Ok(())
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
    pub fn hold_next(&self, operation_id: &str) -> Result<Hold, ControlError> {
        let id = operation(operation_id)?;
        Ok(lock(&self.app.script).hold(id))
    }
}

fn operation(id: &str) -> Result<&'static str, ControlError> {
    let found = operations::by_id(id).map(|operation| operation.id);
    found.ok_or_else(|| ControlError::UnknownOperation(id.to_owned()))
}

/// A final status; 1xx are not.
fn final_status(status: u16) -> Result<StatusCode, ControlError> {
    let valid = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational());
    valid.ok_or_else(|| ControlError::InvalidResponse(format!("{status} is not a final status")))
}

fn header_map(headers: &[(&str, &str)]) -> Result<HeaderMap, ControlError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = || ControlError::InvalidResponse(format!("header {name:?}"));
        let name = HeaderName::try_from(*name).map_err(|_| bad())?;
        // The server sets the framing: a wrong length would truncate or stall the connection.
        if [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&name) {
            return Err(bad());
        }
        map.append(name, HeaderValue::try_from(*value).map_err(|_| bad())?);
    }
    Ok(map)
}
