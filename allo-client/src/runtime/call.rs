//! A call in the making: what generated builders fill and send. It puts the
//! teammate in its place, checks every limit and encodes the request; how it
//! travels is in `transport`.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::operation::{Body, Operation, Place};
use super::sending::{self, Sending};
use super::wire::Wire;
use super::{limits, query};
use crate::transport::{self, IdempotencyKey, Prepared, Success};
use crate::{CallOptions, Client, Error, Teammate};

/// One call of one operation.
#[derive(Clone)]
pub struct Call {
    client: Client,
    operation: &'static Operation,
    options: CallOptions,
    teammate: Teammate,
    path: Map<String, Value>,
    query: Map<String, Value>,
    body: Value,
}

impl Call {
    pub(crate) fn new(client: Client, operation: &'static Operation) -> Self {
        Self {
            client,
            operation,
            options: CallOptions::default(),
            teammate: Teammate::Me,
            path: Map::new(),
            query: Map::new(),
            body: Value::Null,
        }
    }

    pub(crate) fn change_options(&mut self, change: impl FnOnce(CallOptions) -> CallOptions) {
        self.options = change(std::mem::take(&mut self.options));
    }

    /// Lets the call take no longer than `left`, however long it might otherwise.
    pub(crate) fn bound(&mut self, left: Duration) {
        let own = self.options.deadline();
        let own = own.unwrap_or(self.client.shared().engine.policy.deadline);
        let bound = own.map_or(left, |own| own.min(left));
        self.change_options(|options| options.with_deadline(bound));
    }

    pub(crate) fn set_teammate(&mut self, teammate: Teammate) {
        self.teammate = teammate;
    }

    #[cfg(test)]
    pub(crate) const fn options(&self) -> &CallOptions {
        &self.options
    }

    #[cfg(test)]
    pub(crate) const fn body_value(&self) -> &Value {
        &self.body
    }

    pub(crate) const fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Sets a path parameter.
    pub(crate) fn path(mut self, name: &'static str, value: &dyn Wire) -> Self {
        let value = value.write().into_value();
        self.path.insert(name.to_owned(), value);
        self
    }

    /// Sets a query parameter; null, none and absent are not sent.
    pub(crate) fn query(mut self, name: &'static str, value: &dyn Wire) -> Self {
        let value = value.write().into_value();
        if !value.is_null() {
            self.query.insert(name.to_owned(), value);
        }
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &dyn Wire) -> Self {
        self.body = body.write().into_value();
        self
    }

    /// Sends it; the whole body of the answer is a `T`.
    pub(crate) fn send<T: Wire + Send + 'static>(self) -> Sending<T> {
        Sending::new(self.execute(), sending::whole)
    }

    /// Sends it; the body of the answer is `{"data": T}`.
    pub(crate) fn send_data<T: Wire + Send + 'static>(self) -> Sending<T> {
        Sending::new(self.execute(), sending::data)
    }

    /// Sends it; the body of the answer does not matter.
    pub(crate) fn send_unit(self) -> Sending<()> {
        Sending::new(self.execute(), sending::unit)
    }

    /// Sends it; the whole body of the answer as it is, null if there is none.
    pub(crate) fn send_value(self) -> Sending<Value> {
        Sending::new(self.execute(), sending::value)
    }

    async fn execute(self) -> Result<(Prepared, Success), Error> {
        let client = self.client.clone();
        let operation = self.operation;
        client.shared().learnt.check(operation)?;
        let prepared = self
            .prepare()
            .map_err(|error| error.with_operation(operation))?;
        let success = transport::send(client.shared(), &prepared).await?;
        Ok((prepared, success))
    }

    /// Everything that can be refused without sending is refused here.
    fn prepare(mut self) -> Result<Prepared, Error> {
        self.options.check()?;
        self.check_body()?;
        self.place_teammate()?;
        let path = query::path(self.operation.path, &self.path)?;
        let [path_values, query_values] = [self.path, self.query].map(Value::Object);
        let sent = limits::Sent {
            path: &path_values,
            query: &query_values,
            body: &self.body,
        };
        let problems = limits::check(self.operation, sent);
        if !problems.is_empty() {
            return Err(Error::invalid_fields(problems));
        }
        Ok(Prepared {
            operation: self.operation,
            path,
            query: query_values
                .as_object()
                .map(query::query)
                .unwrap_or_default(),
            body: body(self.operation.body, &self.body)?,
            key: key(self.operation, &self.options)?,
            options: self.options,
        })
    }

    /// A body is an object, or there is none; what is sent as one is checked as one.
    fn check_body(&mut self) -> Result<(), Error> {
        let refused = |why| Err(Error::invalid_request(why).with_param("body"));
        match (self.operation.body, &self.body) {
            (Body::Required, Value::Null) => self.body = Value::Object(Map::new()),
            (Body::None | Body::Optional, Value::Null) => {}
            (Body::None, _) => return refused("this operation has no body"),
            (Body::Optional | Body::Required, Value::Object(_)) => {}
            (Body::Optional | Body::Required, _) => {
                return refused("the body must be a JSON object");
            }
        }
        Ok(())
    }

    /// Writes the teammate where the operation takes it, and nowhere else.
    fn place_teammate(&mut self) -> Result<(), Error> {
        let Some(target) = self.operation.teammate else {
            return match self.teammate {
                Teammate::Me => Ok(()),
                _ => Err(Error::invalid_request(
                    "this operation cannot be aimed at a teammate",
                )),
            };
        };
        let (names, value) = match &self.teammate {
            // Said explicitly by saying nothing: the server then means the key's owner.
            Teammate::Me => return Ok(()),
            Teammate::Id(id) => (target.id, id),
            Teammate::Email(email) => (std::slice::from_ref(&target.email), email),
        };
        self.teammate
            .check(names.first().copied().unwrap_or_default())?;
        let fields = names
            .iter()
            .map(|name| ((*name).to_owned(), Value::from(value.as_str())));
        match (target.place, &mut self.body) {
            (Place::Body, Value::Object(body)) => body.extend(fields),
            (Place::Body, body) => *body = Value::Object(fields.collect()),
            (Place::Query | Place::Path, _) => self.query.extend(fields),
        }
        Ok(())
    }
}

impl fmt::Debug for Call {
    /// Only what is being called: everything else may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.operation.id)
    }
}

/// The bytes of the body. One that says nothing is not sent where it may be
/// left out.
fn body(kind: Body, value: &Value) -> Result<Option<Vec<u8>>, Error> {
    let says_nothing = value.is_null() || value.as_object().is_some_and(Map::is_empty);
    let bytes = match kind {
        Body::None => return Ok(None),
        Body::Optional if says_nothing => return Ok(None),
        Body::Optional | Body::Required => serde_json::to_vec(value),
    };
    bytes
        .map(Some)
        .map_err(|_| Error::invalid_request("the body cannot be written as JSON"))
}

/// One key for all attempts of a write; reads have none.
fn key(operation: &Operation, options: &CallOptions) -> Result<Option<IdempotencyKey>, Error> {
    match (operation.takes_idempotency_key(), options.idempotency_key()) {
        (true, given) => Ok(Some(given.cloned().unwrap_or_else(IdempotencyKey::random))),
        (false, None) => Ok(None),
        (false, Some(_)) => {
            let message = "an idempotency key makes no sense for an operation that only reads";
            Err(Error::invalid_request(message).with_param("idempotency_key"))
        }
    }
}

#[cfg(test)]
mod tests;
