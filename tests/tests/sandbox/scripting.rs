//! Scripted responses with what the client already has: rows of its operation table, and its types.

use std::time::Duration;

use allo_client::operations;
use allo_client::types::{Deal, DealPage};
use allo_sandbox::{ControlError, ScriptedResponse};
use serde_json::json;
use tests::harness::Harness;

/// Answers have no constructors, so that the API can add fields; they are read from JSON.
fn deal(name: &str) -> Deal {
    let json = json!({ "id": "dea-1", "name": name, "amount": 1250.10, "status": null });
    serde_json::from_value(json).expect("a deal")
}

#[tokio::test]
async fn a_typed_answer_arrives_as_it_was_given() {
    let harness = Harness::start().await;
    harness
        .control
        .respond_with(operations::GET_DEAL, &deal("Oven"))
        .expect("an operation");
    let answer = harness
        .client
        .get_deal("dea-1")
        .send()
        .await
        .expect("the deal");
    assert_eq!(*answer.body(), deal("Oven"));
    harness
        .control
        .respond_with(operations::CREATE_DEAL, &deal("New"))
        .expect("an operation");
    let created = harness
        .client
        .create_deal("ignored")
        .send()
        .await
        .expect("the deal");
    assert_eq!((created.status(), created.body()), (201, &deal("New")));
    harness
        .control
        .respond_with(operations::DELETE_DEAL, &())
        .expect("an operation");
    harness
        .client
        .delete_deal("dea-1")
        .send()
        .await
        .expect("success");
    let requests = harness.take_requests();
    assert!(
        requests.iter().all(|request| !request.executed),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_typed_page_arrives_as_it_was_given() {
    let harness = Harness::start().await;
    let page = json!({ "data": [{ "id": "dea-1", "name": "Oven" }], "pagination": {
        "page": 0, "size": 50, "total_count": 1, "total_pages": 1, "has_more": false } });
    let page: DealPage = serde_json::from_value(page).expect("a page");
    harness
        .control
        .respond_with(operations::SEARCH_DEALS, &page)
        .expect("an operation");
    let found = harness.client.search_deals().send().await.expect("a page");
    assert_eq!(*found.body(), page);
}

#[tokio::test]
async fn scripted_errors_are_retried_or_told_by_their_code() {
    let harness = Harness::start().await;
    let client = harness.client_with(|builder| builder);
    let busy = ScriptedResponse::error(operations::GET_DEAL, 503, "DOWN").expect("an error");
    let busy = busy
        .header("retry-after", "0")
        .times(2)
        .delay(Duration::from_millis(1));
    harness
        .control
        .respond(operations::GET_DEAL, busy)
        .expect("an operation");
    harness
        .control
        .respond_with(operations::GET_DEAL, &deal("Oven"))
        .expect("an operation");
    let answer = client
        .get_deal("dea-1")
        .send()
        .await
        .expect("the third attempt");
    assert_eq!(answer.body().name, "Oven");
    assert_eq!(harness.take_requests().len(), 3);
    harness
        .control
        .respond_error(operations::UPDATE_DEAL, 404, "DEAL_NOT_FOUND")
        .expect("an operation");
    let error = client
        .update_deal("dea-1")
        .name("Oven")
        .send()
        .await
        .expect_err("not found");
    assert_eq!(
        error.code().map(|code| code.to_string()).as_deref(),
        Some("DEAL_NOT_FOUND")
    );
    // A row that the sandbox does not have.
    let mut row = operations::GET_DEAL;
    row.id = "getDael";
    let unknown = harness.control.respond_error(row, 404, "DEAL_NOT_FOUND");
    assert_eq!(
        unknown,
        Err(ControlError::UnknownOperation("getDael".to_owned()))
    );
}
