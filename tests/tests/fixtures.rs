//! The fixtures in `tests/fixtures`, one file per request or response: each is decoded into the type of its operation
//! and serialised as the same JSON, with null and absent distinguished.
//!
//! A file is named `<operationId>.<status or "request">[.variant].json`, or `_v1.error.…` and `_v2.error.…` for an
//! error response that any operation of that version of the API can return.

use std::collections::BTreeSet;
use std::time::Duration;

use allo_client::operation::Operation;
use allo_client::{CallOptions, Error, ErrorCode, OpenEnum, operations, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tests::conformance::{Conformance, overlaid};
use tests::fixtures::Fixtures;
use tests::harness::Harness;
use tests::json::with_whole_numbers;
use tests::{calls, coverage, source, trial};

/// One fixture.
struct Fixture {
    file: String,
    /// The version of the API, for an error response of any operation.
    operation: Result<&'static Operation, String>,
    /// The status of a response; `None` for a request.
    status: Option<u16>,
    json: Value,
}

/// Decodes a request as the type of its operation and serialises it as JSON.
fn request(operation: &Operation, json: &Value) -> Value {
    match operation.id {
        "createPartnerAccount" => again::<types::CreatePartnerAccountRequest>(json),
        "setNumberDefaultSummaryTemplate" => again::<types::SetDefaultSummaryTemplateRequest>(json),
        "createSummaryTemplate" => again::<types::SummaryTemplateInput>(json),
        "updateSummaryTemplate" => again::<types::SummaryTemplateInput>(json),
        "createWebhook" => again::<types::CreateWebhookRequest>(json),
        "updateWebhook" => again::<types::UpdateWebhookRequest>(json),
        "createContact" => again::<types::CreateContactRequest>(json),
        "updateContact" => again::<types::UpdateContactRequest>(json),
        "sendSMS" => again::<types::SendSmsRequest>(json),
        "sendSMSFrance" => again::<types::SendSmsFranceRequest>(json),
        "searchAllConversations" => again::<types::ItemSearchRequest>(json),
        "updateCallSummary" => again::<types::UpdateCallSummaryRequest>(json),
        "addTags" => again::<types::AddTagsRequest>(json),
        "batchGetConversationItems" => again::<types::BatchItemsRequest>(json),
        "executeConversationAction" => again::<types::ConversationActionRequest>(json),
        "getTeamMetrics" => again::<types::TeamMetricsRequest>(json),
        "getAnalyticsOutbound" => again::<types::OutboundAnalyticsRequest>(json),
        "createPerson" => again::<types::CreatePersonRequest>(json),
        "updatePerson" => again::<types::UpdatePersonRequest>(json),
        "searchPeople" => again::<types::SearchPeopleRequest>(json),
        "createCompany" => again::<types::CreateCompanyRequest>(json),
        "updateCompany" => again::<types::UpdateCompanyRequest>(json),
        "searchCompanies" => again::<types::SearchCompaniesRequest>(json),
        "createDeal" => again::<types::CreateDealRequest>(json),
        "updateDeal" => again::<types::UpdateDealRequest>(json),
        "searchDeals" => again::<types::SearchDealsRequest>(json),
        "resetCurrentDialingQueue" => again::<types::ResetDialingQueueRequest>(json),
        "upsertCurrentDialingQueue" => again::<types::UpsertDialingQueueRequest>(json),
        "appendDialingQueueNumbers" => again::<types::AppendQueueNumbersRequest>(json),
        new => panic!("{new} has no row: add it to `request` in tests/tests/fixtures.rs"),
    }
}

fn again<T: Serialize + DeserializeOwned>(json: &Value) -> Value {
    let request: T = serde_json::from_value(json.clone()).expect("a request of this operation");
    serde_json::to_value(request).expect("JSON")
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
        version @ ("_v1" | "_v2") => {
            assert_eq!(next(), "error", "{file}");
            Err(version[1..].to_owned())
        }
        id => {
            let found = operations::ALL.iter().find(|operation| operation.id == id);
            Ok(*found.unwrap_or_else(|| panic!("{file}: no operation is called {id}")))
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

/// The result of an operation for a fixture that is served as its response.
async fn served(
    harness: &Harness,
    operation: &Operation,
    fixture: &Fixture,
) -> Result<Value, Error> {
    let json = [("content-type", "application/json")];
    let status = fixture.status.expect("an answer");
    let body = fixture.json.to_string();
    harness
        .control
        .respond_once(operation.id, status, &json, body)
        .expect("an answer");
    let once = |o: CallOptions| o.with_max_attempts(1);
    let answer = calls::plain(&harness.client, operation, &Fixtures::nothing(), once).await?;
    let answer = answer.into_inner();
    // A list preserves malformed items, which would hide the fault here.
    assert!(!answer.malformed, "{}", fixture.file);
    Ok(calls::enveloped(operation, answer.json))
}

impl Fixture {
    /// Whether an operation can return it.
    fn is_of(&self, operation: &Operation) -> bool {
        match &self.operation {
            Ok(own) => own.id == operation.id,
            Err(version) => operation.path.starts_with(&format!("/{version}/")),
        }
    }

    /// The operations that can return it and have a minimal call.
    fn operations(&self) -> Vec<&'static Operation> {
        let mut covered = calls::covered();
        covered.retain(|operation| self.is_of(operation));
        covered
    }
}

/// The statuses of the fixtures of an operation, `None` for a request.
fn kinds(fixtures: &[Fixture], operation: &Operation) -> BTreeSet<Option<u16>> {
    let own = fixtures.iter().filter(|fixture| fixture.is_of(operation));
    own.map(|fixture| fixture.status).collect()
}

#[test]
fn every_operation_and_declared_status_has_a_fixture() {
    let fixtures = fixtures();
    let missing = coverage::fixtures(operations::ALL, &overlaid(), |of| kinds(&fixtures, of));
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_new_operation_is_missed() {
    let fixtures = fixtures();
    let missing = coverage::fixtures(&trial::table(), &trial::document(), |of| {
        kinds(&fixtures, of)
    });
    for told in [
        "listTrialQueues lacks fixtures: add tests/fixtures/listTrialQueues.200.json",
        "createTrialQueue lacks fixtures: add tests/fixtures/createTrialQueue.201.json; \
             tests/fixtures/createTrialQueue.400.json; tests/fixtures/createTrialQueue.request.json and the type \
             of its body to `request` in tests/tests/fixtures.rs",
    ] {
        assert!(missing.iter().any(|line| line == told), "{missing:#?}");
    }
}

#[test]
fn fixtures_are_as_the_document_says() {
    let conformance = Conformance::of_the_document();
    let mut problems = Vec::new();
    for fixture in fixtures() {
        for operation in fixture.operations() {
            let json = Some(&fixture.json);
            let found = match fixture.status {
                None => conformance.problems_of_request(operation.id, json),
                Some(status) => conformance.problems_of_answer(operation.id, status, json),
            };
            problems.extend(
                found
                    .into_iter()
                    .map(|problem| format!("{}: {problem}", fixture.file)),
            );
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn requests_are_read_and_written_back() {
    for fixture in fixtures().iter().filter(|fixture| fixture.status.is_none()) {
        let operation = fixture
            .operation
            .as_ref()
            .expect("a request of an operation");
        let written = with_whole_numbers(&request(operation, &fixture.json));
        assert_eq!(
            written,
            with_whole_numbers(&fixture.json),
            "{}",
            fixture.file
        );
    }
}

#[tokio::test]
async fn successes_are_read_and_written_back() {
    let harness = Harness::start().await;
    for fixture in fixtures() {
        let (Ok(operation), Some(200..=299)) = (&fixture.operation, fixture.status) else {
            continue;
        };
        let read = served(&harness, operation, &fixture).await;
        let read = read.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
        let written = with_whole_numbers(&fixture.json);
        assert_eq!(with_whole_numbers(&read), written, "{}", fixture.file);
    }
}

#[tokio::test]
async fn refusals_are_read_in_full() {
    let harness = Harness::start().await;
    for fixture in fixtures() {
        if fixture.status.is_none_or(|status| status < 400) {
            continue;
        }
        for operation in fixture.operations() {
            let error = served(&harness, operation, &fixture).await;
            let error = error.expect_err(&fixture.file);
            assert_eq!(error.operation(), Some(operation.id));
            check(&error, &fixture);
        }
    }
}

/// Compares every accessor with the fixture.
fn check(error: &Error, fixture: &Fixture) {
    let file = &fixture.file;
    assert!(error.is_status(), "{file}: {error}");
    assert_eq!(error.status(), fixture.status, "{file}");
    let code = error.code().unwrap_or_else(|| panic!("{file}: no code"));
    assert!(
        OpenEnum::is_known(code),
        "{file}: {code} is not in the catalogue"
    );
    assert!(error.to_string().contains(code.as_ref()), "{file}: {error}");
    assert_eq!(
        error.is_assignee_not_found(),
        *code == ErrorCode::AssigneeNotFound,
        "{file}"
    );
    assert_eq!(
        serde_json::from_slice::<Value>(error.body()).expect("JSON"),
        fixture.json
    );
    match fixture.json.get("error") {
        Some(told) => check_second(error, told, file),
        None => check_first(error, &fixture.json, file),
    }
}

/// The envelope of the first version of the API.
fn check_first(error: &Error, told: &Value, file: &str) {
    assert_eq!(
        error.code().map(AsRef::as_ref),
        told["code"].as_str(),
        "{file}"
    );
    let details = told["details"].as_array();
    let first = |name: &str| details.and_then(|details| details.first()?[name].as_str());
    assert_eq!(
        error.message(),
        first("message").unwrap_or_default(),
        "{file}"
    );
    assert_eq!(error.param(), first("field"), "{file}");
    assert_eq!(
        error.field_errors().len(),
        details.map_or(0, Vec::len),
        "{file}"
    );
}

/// The envelope of the second version.
fn check_second(error: &Error, told: &Value, file: &str) {
    let text = |name: &str| told[name].as_str();
    let code = error.code().unwrap_or_else(|| panic!("{file}: no code"));
    assert_eq!(Some(code.as_ref()), text("code"), "{file}");
    assert_eq!(Some(error.message()), text("message"), "{file}");
    assert_eq!(error.request_id(), text("request_id"), "{file}");
    assert_eq!(error.param(), text("param"), "{file}");
    assert_eq!(
        error.suggestion(),
        text("suggestion").or(code.advice()),
        "{file}"
    );
    assert_eq!(error.retryable(), told["retryable"].as_bool(), "{file}");
    let wait = told["retry_after_seconds"]
        .as_u64()
        .map(Duration::from_secs);
    assert_eq!(error.retry_after(), wait, "{file}");
    let line = error.to_string();
    assert!(
        text("request_id").is_none_or(|id| line.contains(id)),
        "{file}: {line}"
    );
}
