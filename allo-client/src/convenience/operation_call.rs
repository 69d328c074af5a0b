//! Any operation of the table, called with JSON instead of types, for programs whose users choose
//! the operation. How a call is sent is in `call`.

use std::fmt;

use serde_json::{Map, Value};

use crate::call::Call;
use crate::call::pending_call::PendingCall;
use crate::codec::list::List;
use crate::error::Error;
use crate::model::operation::{FieldSpec, Operation, Pagination, Place};
use crate::model::teammate::{TargetTeammate, Teammate};
use crate::pagination::{Cursor, Items, PageInfo, Pages, Paginated, Resumed, fingerprint};
use crate::redact::shown_name;
use crate::support::box_future::BoxFuture;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Client;
use crate::transport::response::Response;

impl Client {
    /// Calls an operation that is chosen at run time, with JSON as input and output. Limits,
    /// retries, rate limit and idempotency keys are those of the typed builders.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use allo_client::operations;
    ///
    /// let wanted = operations::ALL.iter().find(|operation| operation.id == "getUser");
    /// if let Some(operation) = wanted {
    ///     let response = client.call(operation).field("id", "usr-0001").send().await?;
    ///     println!("{}", response.body()["data"]["role"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn call(&self, operation: &'static Operation) -> OperationCall {
        OperationCall {
            call: Call::new(self.clone(), operation),
            path: Map::new(),
            query: Map::new(),
            body: Value::Null,
            unknown: None,
        }
    }
}

/// A call of any operation; see [`Client::call`].
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct OperationCall {
    call: Call,
    path: Map<String, Value>,
    query: Map<String, Value>,
    body: Value,
    /// The first unknown field.
    unknown: Option<String>,
}

impl OperationCall {
    /// Sets a parameter, or a field of the body, wherever the operation takes it. A field inside
    /// the body is named by its dotted path: `date.from`.
    ///
    /// To set a teammate, prefer [`for_teammate`](Self::for_teammate). A field with the
    /// id of a teammate is sent under every name that the operation has for it, whichever name is
    /// set.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        let fields = self.call.operation().fields;
        match fields.iter().find(|spec| spec.name == name) {
            Some(spec) => self.put(spec, value.into()),
            None => drop(self.unknown.get_or_insert_with(|| name.to_owned())),
        }
        self
    }

    /// Sets the whole body. Fields that are set afterwards are added to it.
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = body.into();
        self
    }

    /// Changes the options of this call: timeout, idempotency key, request id.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.call.change_options(change);
        self
    }

    /// Sends the call and returns the whole body of the response, null if it is empty.
    ///
    /// # Errors
    ///
    /// If a field is unknown, missing or breaks a limit, before anything is sent. See [`Error`] for
    /// all other failures.
    pub fn send(self) -> PendingCall<Value> {
        match self.prepare() {
            Ok(call) => call.send_json(),
            Err(error) => PendingCall::failed(error),
        }
    }

    /// Executes the call for this teammate instead of the owner of the API key. For an operation that takes no
    /// teammate, the error is reported by `send`.
    pub fn for_teammate(self, teammate: impl Into<Teammate>) -> Self {
        TargetTeammate::for_teammate(self, teammate)
    }

    /// All items of the list; the same as [`Paginated::items`]. For an operation without pages, the error is reported
    /// when the first page is read.
    pub fn items(self) -> Items<Self> {
        Paginated::items(self)
    }

    /// All pages of the list; the same as [`Paginated::pages`].
    pub fn pages(self) -> Pages<Self> {
        Paginated::pages(self)
    }

    /// The total number of items; the same as [`Paginated::count`].
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn count(self) -> BoxFuture<Result<Option<u64>, Error>> {
        Paginated::count(self)
    }

    /// The list from the position of an earlier reader; the same as [`Paginated::start_at`].
    pub fn start_at(self, cursor: Cursor) -> Resumed<Self> {
        Paginated::start_at(self, cursor)
    }

    fn put(&mut self, spec: &'static FieldSpec, value: Value) {
        match spec.place {
            Place::Path => drop(self.path.insert(spec.name.to_owned(), value)),
            Place::Query => drop(self.query.insert(spec.name.to_owned(), value)),
            Place::Body => put_below(&mut self.body, spec.name, value),
        }
    }

    /// The call with everything that was set.
    pub(super) fn prepare(mut self) -> Result<Call, Error> {
        self.complete_teammate()
            .map_err(|error| error.with_operation(self.call.operation()))?;
        let operation = self.call.operation();
        if let Some(name) = &self.unknown {
            let error = Error::invalid_request(unknown_field(operation, name));
            return Err(error.with_operation(operation).with_param(name));
        }
        let mut call = self.call;
        for spec in operation.fields {
            call = match spec.place {
                Place::Path => match self.path.get(spec.name) {
                    Some(value) => call.path(spec.name, value),
                    None => call,
                },
                Place::Query => match self.query.get(spec.name) {
                    Some(value) => call.query(spec.name, value),
                    None => call,
                },
                Place::Body => call,
            };
        }
        Ok(call.json(&self.body))
    }

    /// Validates a teammate that was set by fields, and writes an id under every name: the server
    /// takes the absence of a teammate as the owner of the key.
    fn complete_teammate(&mut self) -> Result<(), Error> {
        let Some(target) = self.call.operation().teammate else {
            return Ok(());
        };
        let fields = match (target.place, &mut self.body) {
            (Place::Body, Value::Object(body)) => body,
            (Place::Body, _) => return Ok(()),
            (Place::Query | Place::Path, _) => &mut self.query,
        };
        if let Some(email) = given(fields, target.email)? {
            Teammate::email(email).check(target.email)?;
        }
        let mut id: Option<String> = None;
        for name in target.id {
            let Some(one) = given(fields, name)? else {
                continue;
            };
            Teammate::id(one.as_str()).check(name)?;
            if *id.get_or_insert_with(|| one.clone()) != one {
                let message = "two different ids of the teammate are set";
                return Err(Error::invalid_request(message)
                    .with_param(name)
                    .with_suggestion("set one, by `for_teammate`"));
            }
        }
        if let Some(id) = id {
            let names = target.id.iter();
            fields.extend(names.map(|name| ((*name).to_owned(), id.as_str().into())));
        }
        // A teammate set by `for_teammate` takes precedence.
        let taken = match self.call.teammate() {
            Teammate::Me => &[][..],
            Teammate::Id(_) => target.id,
            Teammate::Email(_) => std::slice::from_ref(&target.email),
        };
        fields.retain(|name, _| !taken.contains(&name.as_str()));
        Ok(())
    }

    fn set(&mut self, name: &'static str, value: u64) {
        let fields = self.call.operation().fields;
        if let Some(spec) = fields.iter().find(|spec| spec.name == name) {
            self.put(spec, value.into());
        }
    }
}

/// The text of a teammate field, if it is set.
fn given(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            let message = format!("{name} of the teammate must be a string");
            Err(Error::invalid_request(message).with_param(name))
        }
    }
}

/// Sets a value at the dotted `name`, creating the objects on the path.
fn put_below(body: &mut Value, name: &str, value: Value) {
    if !body.is_object() {
        *body = Value::Object(Map::new());
    }
    let Value::Object(object) = body else { return };
    match name.split_once('.') {
        None => drop(object.insert(name.to_owned(), value)),
        Some((first, rest)) => {
            let below = object.entry(first).or_insert(Value::Null);
            put_below(below, rest, value);
        }
    }
}

impl TargetTeammate for OperationCall {
    fn for_teammate(mut self, teammate: impl Into<Teammate>) -> Self {
        self.call.set_teammate(teammate.into());
        self
    }
}

/// A field name may come from a user, so it is masked like other texts.
fn unknown_field(operation: &Operation, name: &str) -> String {
    let name = shown_name(name);
    format!("unknown field `{name}` for {}", operation.id)
}

/// A page of any operation.
#[derive(Clone, PartialEq)]
pub struct OperationPage {
    body: Value,
    pagination: Pagination,
}

impl OperationPage {
    /// The whole response.
    #[must_use]
    pub const fn body(&self) -> &Value {
        &self.body
    }
}

impl fmt::Debug for OperationPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationPage").finish_non_exhaustive()
    }
}

/// The value at the dotted `path`; null if there is none.
fn below<'a>(body: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(body, |value, name| &value[name])
}

/// For an operation without pages, the error is reported when the first page is read.
impl Paginated for OperationCall {
    type Page = OperationPage;
    type Item = Value;

    fn call(&self) -> &Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }

    fn page_number(&self) -> Option<u64> {
        let pagination = self.call.operation().pagination?;
        match pagination.place {
            Place::Query => self.query.get(pagination.page)?.as_u64(),
            Place::Body | Place::Path => below(&self.body, pagination.page).as_u64(),
        }
    }

    fn set_page(&mut self, page: u64) {
        if let Some(pagination) = self.call.operation().pagination {
            self.set(pagination.page, page);
        }
    }

    fn set_size(&mut self, size: u64) {
        if let Some(pagination) = self.call.operation().pagination {
            self.set(pagination.size, size);
        }
    }

    fn fetch(self) -> BoxFuture<Result<Response<Self::Page>, Error>> {
        Box::pin(async move {
            let operation = self.call.operation();
            let Some(pagination) = operation.pagination else {
                let error = Error::invalid_request("the operation is not paginated");
                return Err(error.with_operation(operation));
            };
            let response = self.send().await?;
            Ok(response.map(|body| OperationPage { body, pagination }))
        })
    }

    fn into_items(page: Self::Page) -> List<Self::Item> {
        let items = below(&page.body, page.pagination.items).as_array();
        items.into_iter().flatten().cloned().collect()
    }

    fn item_count(page: &Self::Page) -> usize {
        let items = below(&page.body, page.pagination.items).as_array();
        items.map_or(0, Vec::len)
    }

    fn fingerprints(page: &Self::Page) -> Vec<u64> {
        let items = below(&page.body, page.pagination.items).as_array();
        items.into_iter().flatten().map(fingerprint).collect()
    }

    fn info(page: &Self::Page) -> PageInfo {
        let totals = below(&page.body, page.pagination.info);
        PageInfo {
            page: totals["page"]
                .as_u64()
                .or_else(|| totals["current_page"].as_u64()),
            size: totals["size"].as_u64(),
            total_count: totals["total_count"].as_u64(),
            total_pages: totals["total_pages"].as_u64(),
            has_more: totals["has_more"].as_bool(),
        }
    }
}

/// The same as [`OperationCall::send`].
impl IntoFuture for OperationCall {
    type Output = <PendingCall<Value> as Future>::Output;
    type IntoFuture = PendingCall<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for OperationCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OperationCall")
            .field(&self.call.operation().id)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations;
    use serde_json::json;

    fn client() -> Client {
        let builder = Client::builder()
            .api_key("abc")
            .base_url("http://localhost:9");
        builder.build().unwrap()
    }

    #[test]
    fn each_field_goes_where_the_table_says() {
        let call = client()
            .call(&operations::SEARCH_ALL_CONVERSATIONS)
            .field("date.from", "2026-05-01")
            .field("date.to", "2026-05-04")
            .field("page", 3);
        assert_eq!(
            call.body,
            json!({"date": {"from": "2026-05-01", "to": "2026-05-04"}, "page": 3})
        );
        assert_eq!(call.page_number(), Some(3));
        let call = client().call(&operations::GET_USER).field("id", "usr-1");
        assert!(call.path.contains_key("id") && call.query.is_empty() && call.body.is_null());
    }

    #[test]
    fn a_field_that_is_not_there_is_refused() {
        let call = client().call(&operations::GET_USER).field("name", "x");
        let error = call.prepare().unwrap_err();
        assert_eq!(
            (error.param(), error.operation()),
            (Some("name"), Some("getUser"))
        );
    }

    /// The body that is sent.
    fn sent(call: OperationCall) -> Result<Value, Error> {
        call.prepare().map(|call| call.body_value().clone())
    }

    #[test]
    fn a_teammate_given_by_a_field_is_sent_under_every_name() {
        let both = json!({"user_id": "usr-1", "user_pid": "usr-1"});
        let reset = || client().call(&operations::RESET_CURRENT_DIALING_QUEUE);
        for name in ["user_id", "user_pid"] {
            assert_eq!(sent(reset().field(name, "usr-1")).unwrap(), both);
            assert_eq!(sent(reset().body(json!({ name: "usr-1" }))).unwrap(), both);
        }
        let email = json!({"email": "marie@example.com"});
        assert_eq!(sent(reset().body(email.clone())).unwrap(), email);
        let wrong = [
            (json!({"user_id": " "}), "user_id"),
            (json!({"user_id": 7}), "user_id"),
            (json!({"user_id": "usr-1", "user_pid": "usr-2"}), "user_pid"),
            (json!({"email": "marie"}), "email"),
        ];
        for (body, param) in wrong {
            let error = sent(reset().body(body)).unwrap_err();
            assert!(error.is_invalid_request());
            assert_eq!(error.param(), Some(param));
        }
        let read = client().call(&operations::GET_CURRENT_DIALING_QUEUE);
        assert!(read.field("user_id", "").prepare().is_err());
    }

    #[test]
    fn pages_are_read_in_either_shape() {
        let page = |operation: &'static Operation, body: Value| OperationPage {
            body,
            pagination: operation.pagination.unwrap(),
        };
        let first = page(
            &operations::SEARCH_CALLS,
            json!({"data": {"results": [{"id": "cll-1"}], "metadata": {"current_page": 0, "total_pages": 2}}}),
        );
        let info = OperationCall::info(&first);
        assert_eq!((info.page, info.total_pages), (Some(0), Some(2)));
        assert_eq!(OperationCall::item_count(&first), 1);
        let second = page(
            &operations::GET_CURRENT_DIALING_QUEUE,
            json!({"data": [1, 2], "pagination": {"has_more": false}}),
        );
        assert_eq!(OperationCall::info(&second).has_more, Some(false));
        assert_eq!(OperationCall::into_items(second).len(), 2);
    }
}
