//! The fixtures in `tests/fixtures`, one file a request or answer: each is read into the type of its operation and
//! written back as the same JSON, with null and absent told apart.
//!
//! A file is called `<operationId>.<status or "request">[.variant].json`, or `_v2.error.…` for a refusal that any
//! operation can get.

use std::collections::BTreeSet;
use std::time::Duration;

use allo_client::operation::{Body, Operation};
use allo_client::types::{
    AppendQueueNumbersRequest, ResetDialingQueueRequest, UpsertDialingQueueRequest,
};
use allo_client::{Client, Error, ErrorCode, Response, operations};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tests::source;
use tests::stage::{Stage, numbers};

/// One fixture.
struct Fixture {
    file: String,
    /// None for a refusal that is not of one operation.
    operation: Option<&'static Operation>,
    /// The status of an answer; none for a request.
    status: Option<u16>,
    json: Value,
}

/// Calls an operation and writes its answer back as JSON, in the envelope it came in.
async fn answer(client: &Client, operation: &Operation) -> Result<Value, Error> {
    match operation.id {
        "getCurrentDialingQueue" => whole(client.get_current_dialing_queue().send().await),
        "resetCurrentDialingQueue" => in_data(client.reset_current_dialing_queue().send().await),
        "upsertCurrentDialingQueue" => in_data(client.upsert_current_dialing_queue().send().await),
        "appendDialingQueueNumbers" => {
            let append = client.append_dialing_queue_numbers(numbers(1));
            in_data(append.send().await)
        }
        "clearDialingQueueNumbers" => {
            let clear = client.clear_dialing_queue_numbers().unassigned(true);
            in_data(clear.send().await)
        }
        "getMe" => in_data(client.get_me().send().await),
        "listUsers" => in_data(client.list_users().send().await),
        "getUser" => in_data(client.get_user("usr-0001").send().await),
        new => panic!("{new} has no row: add it to `answer` in tests/tests/fixtures.rs"),
    }
}

/// Reads a request as the type of its operation and writes it back as JSON.
fn request(operation: &Operation, json: &Value) -> Value {
    match operation.id {
        "resetCurrentDialingQueue" => again::<ResetDialingQueueRequest>(json),
        "upsertCurrentDialingQueue" => again::<UpsertDialingQueueRequest>(json),
        "appendDialingQueueNumbers" => again::<AppendQueueNumbersRequest>(json),
        new => panic!("{new} has no row: add it to `request` in tests/tests/fixtures.rs"),
    }
}

fn again<T: Serialize + DeserializeOwned>(json: &Value) -> Value {
    let request: T = serde_json::from_value(json.clone()).expect("a request of this operation");
    serde_json::to_value(request).expect("JSON")
}

fn whole<T: Serialize + std::fmt::Debug>(
    answer: Result<Response<T>, Error>,
) -> Result<Value, Error> {
    let body = answer?.into_inner();
    // A list keeps what it cannot read and writes it back, which here would hide the fault.
    let shown = format!("{body:?}");
    assert!(!shown.contains("Malformed {"), "{shown}");
    Ok(serde_json::to_value(body).expect("JSON"))
}

fn in_data<T: Serialize + std::fmt::Debug>(
    answer: Result<Response<T>, Error>,
) -> Result<Value, Error> {
    whole(answer).map(|data| json!({ "data": data }))
}

/// Every file, by name.
fn fixtures() -> Vec<Fixture> {
    let directory = source::workspace().join("tests/fixtures");
    let entries = std::fs::read_dir(&directory).expect("tests/fixtures");
    let mut fixtures: Vec<_> = entries
        .map(|entry| fixture(&entry.expect("a file").path()))
        .collect();
    fixtures.sort_by(|one, other| one.file.cmp(&other.file));
    fixtures
}

fn fixture(path: &std::path::Path) -> Fixture {
    let file = path
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut parts = file.strip_suffix(".json").expect("a JSON file").split('.');
    let mut next = || {
        parts
            .next()
            .unwrap_or_else(|| panic!("{file}: its name has too few parts"))
    };
    let operation = match next() {
        "_v2" => {
            assert_eq!(next(), "error", "{file}");
            None
        }
        id => {
            let found = operations::ALL.iter().find(|operation| operation.id == id);
            Some(*found.unwrap_or_else(|| panic!("{file}: no operation is called {id}")))
        }
    };
    let status = match next() {
        "request" => None,
        status => Some(
            status
                .parse()
                .unwrap_or_else(|_| panic!("{file}: {status} is no status")),
        ),
    };
    Fixture {
        file,
        operation,
        status,
        json,
    }
}

/// What an operation makes of a fixture that is served as its answer.
async fn served(stage: &Stage, operation: &Operation, fixture: &Fixture) -> Result<Value, Error> {
    let json = [("content-type", "application/json")];
    let status = fixture.status.expect("an answer");
    let body = fixture.json.to_string();
    stage
        .control
        .respond_once(operation.id, status, &json, body)
        .expect("an answer");
    answer(&stage.client, operation).await
}

#[test]
fn every_operation_has_its_fixtures() {
    let fixtures = fixtures();
    let kinds = |operation: &Operation| -> BTreeSet<Option<u16>> {
        let own = fixtures
            .iter()
            .filter(|fixture| fixture.operation == Some(operation));
        own.map(|fixture| fixture.status).collect()
    };
    for operation in operations::ALL {
        let (id, kinds) = (operation.id, kinds(operation));
        assert!(
            kinds
                .iter()
                .flatten()
                .any(|status| (200..300).contains(status)),
            "{id} has no answer: add tests/fixtures/{id}.200.json"
        );
        assert_eq!(
            kinds.contains(&None),
            operation.body != Body::None,
            "an operation with a body, and no other, has a tests/fixtures/{id}.request.json"
        );
    }
}

#[test]
fn requests_are_read_and_written_back() {
    for fixture in fixtures().iter().filter(|fixture| fixture.status.is_none()) {
        let operation = fixture.operation.expect("a request of an operation");
        assert_eq!(
            request(operation, &fixture.json),
            fixture.json,
            "{}",
            fixture.file
        );
    }
}

#[tokio::test]
async fn successes_are_read_and_written_back() {
    let stage = Stage::start().await;
    for fixture in fixtures() {
        let (Some(operation), Some(200..=299)) = (fixture.operation, fixture.status) else {
            continue;
        };
        let read = served(&stage, operation, &fixture).await;
        let read = read.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
        assert_eq!(read, fixture.json, "{}", fixture.file);
    }
}

#[tokio::test]
async fn refusals_are_read_in_full() {
    let stage = Stage::start().await;
    for fixture in fixtures() {
        if fixture.status.is_none_or(|status| status < 400) {
            continue;
        }
        let of_one: Vec<_> = fixture.operation.into_iter().collect();
        let of_all = operations::ALL.to_vec();
        let operations = if of_one.is_empty() { of_all } else { of_one };
        for operation in operations {
            let error = served(&stage, operation, &fixture).await;
            let error = error.expect_err(&fixture.file);
            assert_eq!(error.operation(), Some(operation.id));
            check(&error, &fixture);
        }
    }
}

/// Compares every accessor with what the fixture says.
fn check(error: &Error, fixture: &Fixture) {
    let file = &fixture.file;
    let told = &fixture.json["error"];
    let text = |name: &str| told[name].as_str();
    assert!(error.is_status(), "{file}: {error}");
    assert_eq!(error.status(), fixture.status, "{file}");
    let code = error.code().unwrap_or_else(|| panic!("{file}: no code"));
    assert_eq!(Some(code.as_ref()), text("code"), "{file}");
    assert!(
        allo_client::OpenEnum::is_known(&code),
        "{file}: {code} is not in the catalogue"
    );
    assert_eq!(Some(error.message()), text("message"), "{file}");
    assert_eq!(error.request_id(), text("request_id"), "{file}");
    assert_eq!(error.param(), text("param"), "{file}");
    let advice = text("suggestion").or(code.advice());
    assert_eq!(error.suggestion(), advice, "{file}");
    assert_eq!(error.retryable(), told["retryable"].as_bool(), "{file}");
    let wait = told["retry_after_seconds"]
        .as_u64()
        .map(Duration::from_secs);
    assert_eq!(error.retry_after(), wait, "{file}");
    assert_eq!(
        error.is_assignee_not_found(),
        code == ErrorCode::AssigneeNotFound,
        "{file}"
    );
    let line = error.to_string();
    for part in [Some(code.as_ref()), text("request_id")]
        .into_iter()
        .flatten()
    {
        assert!(line.contains(part), "{file}: {line}");
    }
    assert_eq!(
        serde_json::from_slice::<Value>(error.body()).expect("JSON"),
        fixture.json
    );
}
