//! A request by method and path, for operations that are not in the table. How a call is sent is in `call`; templates of
//! paths are in `path`, and rows for what is not in the table in `row`.

mod path;
mod row;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::call::pending_call::PendingCall;
use crate::convenience::operation_call::OperationCall;
use crate::error::Error;
use crate::generated::operations;
use crate::model::operation::{Method, Operation, Place, RetrySafety};
use crate::redact::shown_name;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;
use path::Segment;

impl Client {
    /// A request by method and path, for an operation that this version of the crate does not know.
    ///
    /// `path` is a template relative to the [base URL](crate::ClientBuilder::base_url), such as
    /// `/v2/api/letters/{id}`; values go into [`path`](CustomRequest::path) and
    /// [`query`](CustomRequest::query), which encode them. Errors, spans and the hook name the request by
    /// its method and template, so a value that is personal does not belong into the template. An absolute
    /// URL, `..` and anything that would leave the base URL is refused.
    ///
    /// The request is sent as every call: it waits for the rate limit of its class (GET and HEAD are reads,
    /// everything else is a write), is retried, carries one idempotency key on all attempts unless it only
    /// reads, and an error tells its [`Outcome`](crate::Outcome).
    ///
    /// If method and path belong to an operation of the [table](crate::operations), its row holds: limits,
    /// scopes, retry safety. Otherwise nothing is known of the operation. A write then counts as
    /// [`Unproven`](RetrySafety::Unproven): it is not retried once it may have been executed. Say otherwise by
    /// [`retry_safety`](CustomRequest::retry_safety).
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::operation::{Method, RetrySafety};
    /// use serde_json::json;
    ///
    /// let sent = client
    ///     .request(Method::Post, "/v2/api/letters/{id}/send")
    ///     .path("id", "let-0001")
    ///     .json(&json!({"express": true}))
    ///     // The documentation of the operation says that it honours idempotency keys.
    ///     .retry_safety(RetrySafety::Keyed)
    ///     .await?;
    /// println!("{:?} {}", sent.outcome(), sent.body()["data"]["id"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &'static str) -> CustomRequest {
        CustomRequest {
            client: self.clone(),
            method,
            template: path,
            parameters: Map::new(),
            query: Map::new(),
            body: Ok(None),
            retry_safety: RetrySafety::Unproven,
            options: CallOptions::default(),
        }
    }
}

/// A request by method and path; see [`Client::request`].
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct CustomRequest {
    client: Client,
    method: Method,
    template: &'static str,
    parameters: Map<String, Value>,
    query: Map<String, Value>,
    /// The body, or that it cannot be written as JSON.
    body: Result<Option<Value>, Unwritable>,
    retry_safety: RetrySafety,
    options: CallOptions,
}

/// A body cannot be written as JSON.
#[derive(Clone, Copy)]
struct Unwritable;

impl CustomRequest {
    /// Sets the value of a `{name}` in the path. It is encoded, and stays one segment.
    pub fn path(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a query parameter: a text, a number, a boolean, or an array of them, which sends the name once
    /// for each. Null sends nothing. What was set last counts.
    pub fn query(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.query.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the body. It is sent as JSON; null sends none.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.body = serde_json::to_value(body).map(Some).map_err(|_| Unwritable);
        self
    }

    /// Adds a header to every attempt; the same as [`CallOptions::with_header`].
    pub fn header(self, name: &str, value: &str) -> Self {
        self.options(|options| options.with_header(name, value))
    }

    /// Changes the options of this call: timeouts, idempotency key, request id.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// Says whether sending the request twice can do harm. [`Unproven`](RetrySafety::Unproven) unless set.
    ///
    /// With [`Keyed`](RetrySafety::Keyed) a write is retried with its idempotency key; with
    /// [`Read`](RetrySafety::Read), for a search by POST, it is retried and has no side effect to be told of. A GET or HEAD always reads.
    /// Of an operation of the table, the table decides.
    pub const fn retry_safety(mut self, safety: RetrySafety) -> Self {
        self.retry_safety = safety;
        self
    }

    /// Sends the request and returns the whole body of the response, null if it is empty.
    ///
    /// For an unknown operation, any 2xx with JSON or without a body is a success, unless the JSON has an
    /// `error` or says `"success": false`.
    ///
    /// # Errors
    ///
    /// Before anything is sent if the path is refused, a parameter of it is missing, or a header or value cannot be
    /// sent; see [`Error`] for all other failures.
    pub fn send(self) -> PendingCall<Value> {
        self.send_as()
    }

    /// As [`send`](Self::send), with the whole body decoded as a `T`.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::operation::Method;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Letters {
    ///     data: Vec<Letter>,
    /// }
    /// #[derive(serde::Deserialize)]
    /// struct Letter {
    ///     id: String,
    /// }
    ///
    /// let letters = client.request(Method::Get, "/v2/api/letters").query("page", 2);
    /// for letter in letters.send_as::<Letters>().await?.into_inner().data {
    ///     println!("{}", letter.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and with [`Error::is_decode`] if the body is no `T`; the request was executed then.
    pub fn send_as<T: DeserializeOwned + Send + 'static>(self) -> PendingCall<T> {
        match self.prepare() {
            Ok(call) => call.send_json(),
            Err(error) => PendingCall::failed(error),
        }
    }

    fn prepare(self) -> Result<Call, Error> {
        let segments = path::read(self.template)?;
        let operation = self.of_table(&segments).unwrap_or_else(|| {
            let safety = match self.method {
                Method::Get | Method::Head => RetrySafety::Read,
                _ => self.retry_safety,
            };
            row::of(self.method, self.template, &segments, safety)
        });
        self.fill(operation, &segments)
            .map_err(|error| error.with_operation(operation))?
            .prepare()
    }

    /// The operation of the table that is meant. If several have the same method and path, it is the one whose
    /// required fields are all in the body.
    fn of_table(&self, segments: &[Segment]) -> Option<&'static Operation> {
        let found = path::operations(operations::ALL, self.method, segments);
        let body = self.body.as_ref().ok().and_then(Option::as_ref);
        let has = |name: &str| body.is_some_and(|body| body.get(name).is_some());
        let fits = |operation: &&&'static Operation| {
            let fields = operation.fields.iter();
            let mut required = fields.filter(|spec| spec.place == Place::Body && spec.required);
            required.all(|spec| spec.name.contains(['.', '[']) || has(spec.name))
        };
        found.iter().find(fits).or(found.first()).copied()
    }

    /// The call of an operation, with everything that was set.
    fn fill(
        mut self,
        operation: &'static Operation,
        segments: &[Segment],
    ) -> Result<OperationCall, Error> {
        let mut call = self.client.call(operation);
        let names = operation.path.split('/').skip(1);
        for (name, segment) in names.zip(segments) {
            let Some(name) = name
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            else {
                continue;
            };
            let value = match segment {
                Segment::Literal(text) => (*text).into(),
                Segment::Parameter(given) => self.parameters.remove(*given).unwrap_or_default(),
            };
            call = call.field(name, value);
        }
        if let Some(name) = self.parameters.keys().next() {
            let name = shown_name(name);
            let message = format!("the path has no parameter `{name}`");
            return Err(Error::invalid_request(message).with_param(&name));
        }
        let mut options = self.options;
        for (name, value) in self.query {
            let is_known = |spec: &crate::model::operation::FieldSpec| {
                spec.place == Place::Query && spec.name == name
            };
            if operation.fields.iter().any(is_known) {
                call = call.field(&name, value);
                continue;
            }
            for text in texts(&name, value)? {
                options = options.with_query(&name, text);
            }
        }
        match self.body {
            Ok(Some(body)) => call = call.body(body),
            Ok(None) => {}
            Err(Unwritable) => {
                let message = "the body cannot be written as JSON";
                return Err(Error::invalid_request(message).with_param("body"));
            }
        }
        Ok(call.options(|_| options))
    }
}

/// The texts of a query parameter.
fn texts(name: &str, value: Value) -> Result<Vec<String>, Error> {
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let name = shown_name(name);
            let message = format!(
                "the query parameter `{name}` must be a text, a number, a boolean or an array of them"
            );
            Err(Error::invalid_request(message).with_param(&name))
        }
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.into_iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

/// The same as [`CustomRequest::send`].
impl IntoFuture for CustomRequest {
    type Output = <PendingCall<Value> as Future>::Output;
    type IntoFuture = PendingCall<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for CustomRequest {
    /// Only what is being called: everything else may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CustomRequest({} {})",
            self.method.as_str(),
            self.template
        )
    }
}
