//! Answers out of line and requests that are kept waiting.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{Control, ControlError};
use crate::lock::lock;
use crate::operations;
use crate::reply::Reply;
use crate::script::Hold;

/// Scripted behaviour.
impl Control {
    /// Answers the next request of an operation with exactly this, before its key, its quota or
    /// anything else is looked at. Nothing is carried out and no header is added but the ones HTTP
    /// itself needs. Several scripted answers are used in the order they were given.
    ///
    /// # Errors
    ///
    /// When there is no such operation, or the status or a header is not possible in HTTP.
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
        lock(&self.app.script).answer(id, reply);
        Ok(())
    }

    /// Whether the first version of the API overlooks idempotency keys, so that a text message or
    /// a contact that is sent twice is there twice. The sandbox honours them unless told; of the
    /// service nothing documents that it does.
    pub fn ignore_idempotency_keys_in_v1(&self, ignores: bool) {
        self.app.idempotency.ignore_v1(ignores);
    }

    /// Keeps the next permitted request of an operation waiting, just before it is carried out.
    ///
    /// # Errors
    ///
    /// When there is no such operation.
    pub fn hold_next(&self, operation_id: &str) -> Result<Hold, ControlError> {
        let id = operation(operation_id)?;
        Ok(lock(&self.app.script).hold(id))
    }
}

fn operation(id: &str) -> Result<&'static str, ControlError> {
    let found = operations::by_id(id).map(|operation| operation.id);
    found.ok_or_else(|| ControlError::UnknownOperation(id.to_owned()))
}

/// A status that ends an exchange; 1xx ones do not.
fn final_status(status: u16) -> Result<StatusCode, ControlError> {
    let valid = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational());
    valid.ok_or_else(|| ControlError::InvalidAnswer(format!("{status} is not a final status")))
}

fn header_map(headers: &[(&str, &str)]) -> Result<HeaderMap, ControlError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = || ControlError::InvalidAnswer(format!("header {name:?}"));
        let name = HeaderName::try_from(*name).map_err(|_| bad())?;
        // Framing is the server's: a wrong length would cut or stall the connection.
        if [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&name) {
            return Err(bad());
        }
        map.append(name, HeaderValue::try_from(*value).map_err(|_| bad())?);
    }
    Ok(map)
}
