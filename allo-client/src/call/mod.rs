//! A call: the object that generated builders fill and send. It adds the teammate, checks all limits and encodes the
//! request. Requests are sent in `transport`.

pub(crate) mod arguments;
mod decoders;
pub(crate) mod pending_call;
pub(crate) mod request;
mod teammate;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
#[cfg(test)]
use serde_json::Value;

use crate::error::Error;
use crate::model::idempotency_key::IdempotencyKey;
use crate::model::operation::Operation;
use crate::model::teammate::Teammate;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;
use crate::transport::{self, CallResult, DecodeBody, Decoded, PreparedRequest};
use pending_call::PendingCall;
use request::{Encoded, Request};

/// A call of an operation.
#[derive(Clone)]
pub struct Call {
    client: Client,
    operation: &'static Operation,
    options: CallOptions,
    teammate: Teammate,
    request: Request,
}

impl Call {
    pub(crate) fn new(client: Client, operation: &'static Operation) -> Self {
        Self {
            client,
            operation,
            options: CallOptions::default(),
            teammate: Teammate::Me,
            request: Request::default(),
        }
    }

    pub(crate) fn change_options(&mut self, change: impl FnOnce(CallOptions) -> CallOptions) {
        self.options = change(std::mem::take(&mut self.options));
    }

    /// Shortens the deadline of the call to `left`.
    pub(crate) fn bound(&mut self, left: Duration) {
        let own = self.options.deadline();
        let own = own.unwrap_or(self.client.shared().context.policy.deadline);
        let bound = own.map_or(left, |own| own.min(left));
        self.change_options(|options| options.with_deadline(bound));
    }

    pub(crate) fn set_teammate(&mut self, teammate: Teammate) {
        self.teammate = teammate;
    }

    /// The teammate of the call.
    pub(crate) const fn teammate(&self) -> &Teammate {
        &self.teammate
    }

    /// The body as it would be sent, without the teammate.
    #[cfg(test)]
    pub(crate) fn body_value(&self) -> Value {
        let body = self.request.body_bytes();
        body.map(|body| serde_json::from_slice(body).unwrap())
            .unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) const fn options(&self) -> &CallOptions {
        &self.options
    }

    pub(crate) const fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Sets a path parameter.
    pub(crate) fn path<T: Serialize>(mut self, name: &'static str, value: &T) -> Self {
        self.request.path(self.operation, name, value);
        self
    }

    /// Sets a query parameter; null and absent values are not sent.
    pub(crate) fn query<T: Serialize>(mut self, name: &'static str, value: &T) -> Self {
        self.request.query(self.operation, name, value);
        self
    }

    /// Sets the body.
    pub(crate) fn json<T: Serialize>(mut self, body: &T) -> Self {
        self.request.body(self.operation, body);
        self
    }

    /// Sets a body that was encoded and checked before, by [`request::encode_checked`].
    #[cfg(feature = "power-dialer")]
    pub(crate) fn encoded(mut self, body: Vec<u8>) -> Self {
        self.request.encoded_body(body);
        self
    }

    /// Sends the call; the whole body of the response is a `T`.
    pub(crate) fn send<T: DeserializeOwned + Send + 'static>(self) -> PendingCall<T> {
        PendingCall::new(self.execute(decoders::whole::<T>))
    }

    /// Sends the call; the body of the response is `{"data": T}`.
    pub(crate) fn send_data<T: DeserializeOwned + Send + 'static>(self) -> PendingCall<T> {
        PendingCall::new(self.execute(decoders::data::<T>))
    }

    /// Sends the call; the body of the response is `{"data": T}`, whose `data` may be null.
    pub(crate) fn send_data_if_any<T: DeserializeOwned + Default + Send + 'static>(
        self,
    ) -> PendingCall<T> {
        PendingCall::new(self.execute(decoders::data_if_any::<T>))
    }

    /// Sends the call; the body of the response is ignored.
    pub(crate) fn send_unit(self) -> PendingCall<()> {
        PendingCall::new(self.execute(Decoded::unit))
    }

    /// Sends the call and decodes the whole body, of any shape, as a `T`. An empty body is read as null.
    pub(crate) fn send_json<T: DeserializeOwned + Send + 'static>(self) -> PendingCall<T> {
        PendingCall::new(self.execute(decoders::json::<T>))
    }

    /// Not generic, so that it is compiled once.
    async fn execute(self, read: DecodeBody) -> CallResult {
        let client = self.client.clone();
        let operation = self.operation;
        client.shared().cached_scopes.check(operation)?;
        let prepared = self
            .prepare(read)
            .map_err(|error| error.with_operation(operation))?;
        transport::send(client.shared(), &prepared).await
    }

    /// Prepares the request. Everything that can be refused without sending is refused here.
    fn prepare(mut self, read: DecodeBody) -> Result<PreparedRequest, Error> {
        self.options.check()?;
        self.request.check_body(self.operation)?;
        self.place_teammate()?;
        if let Some(additions) = self.options.additions() {
            self.request.add_additions(self.operation, additions)?;
        }
        let Encoded { path, query, body } = self.request.finish(self.operation)?;
        Ok(PreparedRequest {
            operation: self.operation,
            path,
            query,
            body: body.map(Bytes::from),
            key: key(self.operation, &self.options)?,
            options: self.options,
            read,
            other_server: None,
        })
    }

    /// Adds the teammate where the operation takes it, and nowhere else.
    fn place_teammate(&mut self) -> Result<(), Error> {
        let Some(target) = self.operation.teammate else {
            return match self.teammate {
                Teammate::Me => Ok(()),
                _ => Err(Error::invalid_request(
                    "this operation does not take a teammate",
                )),
            };
        };
        let (names, value) = match &self.teammate {
            // The server takes the absence of a teammate as the key's owner.
            Teammate::Me => return Ok(()),
            Teammate::Id(id) => (target.id, id.as_str()),
            Teammate::Email(email) => (std::slice::from_ref(&target.email), email.as_str()),
        };
        self.teammate
            .check(names.first().copied().unwrap_or_default())?;
        self.request.add(self.operation, target.place, names, value);
        Ok(())
    }
}

impl fmt::Debug for Call {
    /// Shows only the operation: all other data may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.operation.id)
    }
}

/// One key for all attempts of a write; reads have none.
fn key(operation: &Operation, options: &CallOptions) -> Result<Option<IdempotencyKey>, Error> {
    match (operation.takes_idempotency_key(), options.idempotency_key()) {
        (true, given) => Ok(Some(given.cloned().unwrap_or_else(IdempotencyKey::random))),
        (false, None) => Ok(None),
        (false, Some(_)) => {
            let message = "an idempotency key is not allowed for an operation that only reads";
            Err(Error::invalid_request(message).with_param("idempotency_key"))
        }
    }
}

#[cfg(test)]
mod tests;
