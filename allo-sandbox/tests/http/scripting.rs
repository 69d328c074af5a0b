//! Typed scripting: the documented response of an operation from a value, errors by code, repeated and
//! delayed responses, and data by any operation.

use std::time::Duration;

use allo_sandbox::{ControlError, OPERATIONS, ScriptedResponse, SeedRequest, Success};
use serde_json::{Value, json};

use crate::api::{Api, MARIE};

const DEAL: &str = "/v2/api/crm/deals/dea-1";

#[tokio::test]
async fn a_value_is_answered_as_documented() {
    let api = Api::start().await;
    let control = api.control();
    let deal = json!({ "id": "dea-1", "name": "Oven lease" });
    control
        .respond_with("getDeal", &deal)
        .expect("an operation");
    control
        .respond_with("createDeal", &deal)
        .expect("an operation");
    control
        .respond_with("deleteDeal", &())
        .expect("an operation");
    let page = json!({ "data": [deal], "pagination": { "page": 0 } });
    control
        .respond_with("searchDeals", &page)
        .expect("an operation");
    assert_eq!(api.get(DEAL).await.json(), json!({ "data": deal }));
    let created = api.post("/v2/api/crm/deals", &json!({})).await;
    assert_eq!(created.header("content-type"), Some("application/json"));
    assert_eq!(created.created(), deal);
    api.request("DELETE", DEAL).send().await.no_content();
    let found = api.post("/v2/api/crm/deals/search", &json!({})).await;
    assert_eq!((found.status, found.json()), (200, page));
    api.get(DEAL).await.error(404, "DEAL_NOT_FOUND");
}

#[tokio::test]
async fn a_row_of_a_table_names_its_operation() {
    let api = Api::start().await;
    let bare = |success| matches!(success, Success::Empty | Success::NoContent);
    for row in OPERATIONS.iter().filter(|row| bare(row.success)) {
        api.control().respond_with(row, &()).expect("a row");
    }
    let pending = api.control().pending_responses();
    assert_eq!(pending.values().sum::<u64>(), 7);
    assert_eq!(pending.get("deleteDeal"), Some(&1));
    let tags = api
        .post("/v2/api/conversations/items/cll-0/tags", &json!({}))
        .await;
    assert_eq!((tags.status, tags.text.as_str()), (200, ""));
}

#[tokio::test]
async fn errors_are_answered_in_the_envelope_of_their_version() {
    let api = Api::start().await;
    let control = api.control();
    for (status, code) in [
        (401, "API_KEY_INVALID"),
        (402, "UNPAID"),
        (403, "NEW_SCOPE"),
        (404, "DEAL_NOT_FOUND"),
        (409, "DEAL_CLOSED"),
        (422, "DEAL_ODD"),
        (429, "RATE_LIMIT_EXCEEDED"),
    ] {
        control
            .respond_error("getDeal", status, code)
            .expect("an error");
        api.get(DEAL).await.error(status, code);
    }
    control
        .respond_error("getDeal", 503, "DOWN")
        .expect("an error");
    let down = api.get(DEAL).await.json();
    assert_eq!(down["error"]["type"], "server_error");
    assert_eq!(down["error"]["retryable"], true);
    control
        .respond_error("getNumbers", 400, "CONTACT_NOT_FOUND")
        .expect("an error");
    let old = api.get("/v1/api/numbers").await;
    assert_eq!(old.v1_error(400, "CONTACT_NOT_FOUND"), Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_response_is_used_as_often_as_asked_and_after_its_delay() {
    let api = Api::start().await;
    let busy = ScriptedResponse::error("getDeal", 503, "DOWN").expect("an error");
    let busy = busy
        .times(2)
        .delay(Duration::from_secs(3))
        .header("x-trace", "a");
    api.control()
        .respond("getDeal", busy.clone())
        .expect("an operation");
    api.control()
        .respond("getDeal", ScriptedResponse::new(200).body("x"))
        .expect("an operation");
    for _ in 0..2 {
        let start = tokio::time::Instant::now();
        let response = api.get(DEAL).await;
        assert_eq!(
            (response.status, response.header("x-trace")),
            (503, Some("a"))
        );
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }
    assert_eq!(api.get(DEAL).await.text, "x");
    api.control()
        .respond("getDeal", busy)
        .expect("an operation");
    api.control().clear_responses();
    assert!(api.control().pending_responses().is_empty());
    api.get(DEAL).await.error(404, "DEAL_NOT_FOUND");
}

#[tokio::test]
async fn what_does_not_fit_an_operation_is_refused() {
    let unfit = |error: Result<ScriptedResponse, ControlError>| match error {
        Err(ControlError::InvalidResponse(why)) => why,
        other => panic!("{other:?}"),
    };
    let why = unfit(ScriptedResponse::answer("deleteDeal", &json!({ "id": 1 })));
    assert_eq!(why, "the response of deleteDeal has no body");
    let why = unfit(ScriptedResponse::answer("searchDeals", &json!([])));
    assert_eq!(
        why,
        "the response of searchDeals is a page with an array `data`"
    );
    let why = unfit(ScriptedResponse::error("getDeal", 201, "DONE"));
    assert_eq!(why, "201 is not the status of an error");
    let map: std::collections::BTreeMap<(u8, u8), u8> = [((1, 2), 3)].into();
    assert!(unfit(ScriptedResponse::answer("getDeal", &map)).starts_with("getDeal: "));
    let unknown = Err(ControlError::UnknownOperation("getDael".to_owned()));
    assert_eq!(ScriptedResponse::answer("getDael", &()), unknown);
    let shown = format!(
        "{:?}",
        ScriptedResponse::new(200).header("a", "Ines").body("Ines")
    );
    assert!(!shown.contains("Ines"), "{shown}");
}

#[tokio::test]
async fn a_seed_is_an_operation_that_no_client_sent() {
    let api = Api::with(|builder| builder.quotas(allo_sandbox::Quotas::per_second(1, 0))).await;
    let control = api.control();
    let numbers = json!({ "numbers": [{ "number": "+12125550150" }] });
    let append = SeedRequest::new("appendDialingQueueNumbers")
        .user("marie@example.com")
        .body(numbers);
    control.seed(append).expect("a queue");
    assert_eq!(
        control.queue_of(MARIE).map(|queue| queue.entries.len()),
        Some(1)
    );
    let deal = control.seed(SeedRequest::new("createDeal").body(json!({ "name": "Oven" })));
    let id = deal.expect("a deal")["data"]["id"].clone();
    let id = id.as_str().expect("an id");
    let delete = control.seed(SeedRequest::new("deleteDeal").param("id", id));
    assert_eq!(delete, Ok(Value::Null));
    let again = control.seed(SeedRequest::new("deleteDeal").param("id", id));
    let again = again.expect_err("it is gone").to_string();
    assert!(
        again.starts_with("deleteDeal refused the seed with 404 DEAL_NOT_FOUND: "),
        "{again}"
    );
    let nobody = control.seed(SeedRequest::new("getMe").user("nobody"));
    assert_eq!(nobody, Err(ControlError::UnknownUser("nobody".to_owned())));
    assert!(control.requests().is_empty() && control.executed().is_empty());
    assert_eq!(
        api.get("/v2/api/me").await.status,
        200,
        "the quota is unused"
    );
}
