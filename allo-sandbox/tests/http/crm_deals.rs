//! Deals of the CRM.

use std::time::Duration;

use allo_sandbox::{KeySpec, UserSpec};
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, CAMILLE, START};

const DEALS: &str = "/v2/api/crm/deals";
const SEARCH: &str = "/v2/api/crm/deals/search";

fn path(deal: &Value) -> String {
    format!("{DEALS}/{}", deal["id"].as_str().expect("an id"))
}

async fn create(api: &Api, body: Value) -> Value {
    api.post(DEALS, &body).await.created()
}

async fn update(api: &Api, deal: &Value, body: Value) -> ApiResponse {
    api.request("PATCH", &path(deal)).json(&body).send().await
}

async fn found(api: &Api, body: Value) -> Vec<Value> {
    let page = api.post(SEARCH, &body).await.data();
    let deals = page.as_array().expect("a page").iter();
    deals.map(|deal| deal["name"].clone()).collect()
}

async fn company(api: &Api, name: &str) -> Value {
    let body = json!({ "name": name });
    api.post("/v2/api/crm/companies", &body).await.created()
}

#[tokio::test]
async fn a_deal_has_every_key_known_or_not() {
    let api = Api::start().await;
    let deal = create(&api, json!({ "name": "Refit" })).await;
    let expected = json!({
        "id": deal["id"],
        "name": "Refit",
        "status": null,
        "amount": null,
        "currency": null,
        "closed_at": null,
        "company": null,
        "created_at": START,
        "updated_at": START,
    });
    assert_eq!(deal, expected);
    assert!(deal["id"].as_str().is_some_and(|id| id.starts_with("dea-")));
    let elm = company(&api, "Elm & Co").await;
    let full = create(
        &api,
        json!({
            "name": "Repair", "status": "in talks", "amount": 1999.99, "currency": "EUR",
            "closed_at": "2026-03-31T19:00:00+02:00", "company_id": elm["id"],
        }),
    )
    .await;
    assert_eq!(full["status"], "in talks");
    assert_eq!(full["amount"], 1999.99);
    assert_eq!(full["currency"], "EUR");
    assert_eq!(full["closed_at"], "2026-03-31T17:00:00");
    assert_eq!(
        full["company"],
        json!({ "id": elm["id"], "name": "Elm & Co" })
    );
    assert_eq!(api.get(&path(&full)).await.data(), full);
}

#[tokio::test]
async fn amounts_come_back_as_they_were_written() {
    let api = Api::start().await;
    for amount in [
        json!(0),
        json!(-5),
        json!(0.1),
        json!(12750.5),
        json!(u64::MAX),
    ] {
        let deal = create(&api, json!({ "name": "N", "amount": amount })).await;
        assert_eq!(deal["amount"], amount);
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_leaves_what_it_does_not_name_and_clears_what_is_null() {
    let api = Api::start().await;
    let elm = company(&api, "Elm & Co").await;
    let said = json!({ "name": "Refit", "status": "open", "amount": 10, "company_id": elm["id"] });
    let mut deal = create(&api, said).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    let won = json!({ "status": "won", "closed_at": "2026-03-02T08:30:45", "name": null });
    let changed = update(&api, &deal, won).await;
    deal["status"] = json!("won");
    deal["closed_at"] = json!("2026-03-02T08:30:45");
    deal["updated_at"] = json!("2026-03-02T08:31:00");
    assert_eq!(changed.data(), deal);
    let nulls = json!({ "status": null, "amount": null, "closed_at": null, "company_id": null });
    let changed = update(&api, &deal, nulls).await;
    for name in ["status", "amount", "closed_at", "company"] {
        deal[name] = Value::Null;
    }
    assert_eq!(changed.data(), deal);
    assert_eq!(api.get(&path(&deal)).await.data(), deal);
}

#[tokio::test]
async fn a_deleted_deal_is_gone() {
    let mut api = Api::start().await;
    let deal = create(&api, json!({ "name": "Refit" })).await;
    let delete = || api.request("DELETE", &path(&deal)).send();
    delete().await.no_content();
    delete().await.error(404, "DEAL_NOT_FOUND");
    api.get(&path(&deal)).await.error(404, "DEAL_NOT_FOUND");
    let changed = update(&api, &deal, json!({ "company_id": "com-0" })).await;
    changed.error(404, "DEAL_NOT_FOUND");
    let search = json!({ "search": "refit" });
    assert!(found(&api, search).await.is_empty());
    api.use_key(KeySpec::new(CAMILLE).scopes(["CRM_READ", "CRM_WRITE"]));
    let other = create(&api, json!({ "name": "Repair" })).await;
    let refused = api.request("DELETE", &path(&other)).send().await;
    refused.error(403, "API_KEY_INSUFFICIENT_SCOPE");
}

#[tokio::test]
async fn other_teams_deals_are_not_found() {
    let mut api = Api::start().await;
    let deal = create(&api, json!({ "name": "Refit" })).await;
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    api.use_key(KeySpec::new(foreigner));
    api.get(&path(&deal)).await.error(404, "DEAL_NOT_FOUND");
    let delete = api.request("DELETE", &path(&deal)).send().await;
    delete.error(404, "DEAL_NOT_FOUND");
    assert!(found(&api, json!({})).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn filters_words_orders_and_pages() {
    let api = Api::start_empty().await;
    let elm = company(&api, "Elm & Co").await;
    let mut deals = Vec::new();
    for (name, status) in [("Refit", "open"), ("audit", "won"), ("Move", "open")] {
        let deal = json!({ "name": name, "status": status, "company_id": elm["id"] });
        deals.push(create(&api, deal).await);
        tokio::time::advance(Duration::from_secs(60)).await;
    }
    update(&api, &deals[0], json!({ "company_id": null }))
        .await
        .data();
    let cases: [(Value, &[&str]); 10] = [
        (json!({}), &["Refit", "Move", "audit"]),
        (json!({ "sort": "DATE_ASC" }), &["audit", "Move", "Refit"]),
        (json!({ "sort": "NAME_ASC" }), &["audit", "Move", "Refit"]),
        (
            json!({ "sort": "CREATED_ASC" }),
            &["Refit", "audit", "Move"],
        ),
        (
            json!({ "filters": { "stage": "open" } }),
            &["Refit", "Move"],
        ),
        (json!({ "filters": { "stage": "Open" } }), &[]),
        (json!({ "search": "elm" }), &["Move", "audit"]),
        (
            json!({ "search": "elm", "filters": { "stage": "open" } }),
            &["Move"],
        ),
        (json!({ "search": "won aud" }), &["audit"]),
        (json!({ "size": 1, "page": 3 }), &["audit"]),
    ];
    for (body, names) in cases {
        assert_eq!(found(&api, body.clone()).await, names, "{body}");
    }
    let refused = api.post(SEARCH, &json!({ "search": "€" })).await;
    refused.error(422, "INVALID_SEARCH_QUERY");
    let refused = api.post(SEARCH, &json!({ "size": 0 })).await;
    refused.error(422, "INVALID_PAGE_SIZE");
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_unprocessable() {
    let api = Api::start().await;
    let deal = create(&api, json!({ "name": "Refit" })).await;
    let refused = api.post(DEALS, &json!({})).await;
    assert_eq!(refused.error(422, "INVALID_REQUEST_BODY")["param"], "name");
    let cases = [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "N", "status": 1 }), "status"),
        (json!({ "name": "N", "amount": "10" }), "amount"),
        (json!({ "name": "N", "currency": "EURO" }), "currency"),
        (json!({ "name": "N", "currency": "€" }), "currency"),
        (json!({ "name": "N", "closed_at": "soon" }), "closed_at"),
        (json!({ "name": "N", "company_id": "com-0" }), "company_id"),
    ];
    for (body, param) in cases {
        let error = api
            .post(DEALS, &body)
            .await
            .error(422, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], param);
        let error = update(&api, &deal, body).await;
        assert_eq!(error.error(422, "INVALID_REQUEST_BODY")["param"], param);
    }
    assert_eq!(api.get(&path(&deal)).await.data(), deal);
}
