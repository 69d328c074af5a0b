//! Companies of the CRM.

use std::time::Duration;

use allo_sandbox::{KeySpec, UserSpec};
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, START};

const COMPANIES: &str = "/v2/api/crm/companies";
const SEARCH: &str = "/v2/api/crm/companies/search";

fn path(company: &Value) -> String {
    format!("{COMPANIES}/{}", company["id"].as_str().expect("an id"))
}

async fn create(api: &Api, body: Value) -> Value {
    api.post(COMPANIES, &body).await.created()
}

async fn update(api: &Api, company: &Value, body: Value) -> ApiResponse {
    api.put(&path(company), &body).await
}

async fn found(api: &Api, body: Value) -> Vec<Value> {
    let page = api.post(SEARCH, &body).await.data();
    let companies = page.as_array().expect("a page").iter();
    companies.map(|company| company["name"].clone()).collect()
}

#[tokio::test]
async fn a_company_has_every_key_and_counts_its_people() {
    let api = Api::start().await;
    let company = create(&api, json!({ "name": "Elm & Co", "industry": "Timber" })).await;
    let expected = json!({
        "id": company["id"],
        "name": "Elm & Co",
        "website": null,
        "industry": "Timber",
        "person_count": 0,
        "interactions": 0,
        "last_activity_at": null,
        "created_at": START,
        "updated_at": START,
    });
    assert_eq!(company, expected);
    assert!(
        company["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("com-"))
    );
    for number in ["+12125550150", "+12125550151"] {
        let person = json!({ "numbers": [number], "company_id": company["id"] });
        api.post("/v2/api/crm/people", &person).await.data();
    }
    let company = api.get(&path(&company)).await.data();
    assert_eq!(company["person_count"], 2);
}

#[tokio::test(start_paused = true)]
async fn an_update_clears_all_but_the_name() {
    let api = Api::start().await;
    let said = json!({ "name": "Elm", "website": "https://elm.example.com", "industry": "Timber" });
    let mut company = create(&api, said).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    let changed = update(&api, &company, json!({ "name": null, "website": null })).await;
    company["website"] = Value::Null;
    company["updated_at"] = json!("2026-03-02T08:31:00");
    assert_eq!(changed.data(), company);
    let changed = update(
        &api,
        &company,
        json!({ "name": "Elm & Co", "industry": "Paper" }),
    )
    .await;
    company["name"] = json!("Elm & Co");
    company["industry"] = json!("Paper");
    assert_eq!(changed.data(), company);
    let person = json!({ "numbers": ["+12125550150"], "company_id": company["id"] });
    let person = api.post("/v2/api/crm/people", &person).await.data();
    assert_eq!(person["company"]["name"], "Elm & Co");
}

#[tokio::test]
async fn strangers_and_other_teams_companies_are_not_found() {
    let mut api = Api::start().await;
    let company = create(&api, json!({ "name": "Elm" })).await;
    let stranger = json!({ "id": "com-none" });
    api.get(&path(&stranger))
        .await
        .error(404, "COMPANY_NOT_FOUND");
    let changed = update(&api, &stranger, json!({})).await;
    changed.error(404, "COMPANY_NOT_FOUND");
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    api.use_key(KeySpec::new(foreigner));
    api.get(&path(&company))
        .await
        .error(404, "COMPANY_NOT_FOUND");
    assert!(found(&api, json!({})).await.is_empty());
    let person = json!({ "numbers": ["+12125550150"], "company_id": company["id"] });
    let refused = api.post("/v2/api/crm/people", &person).await;
    assert_eq!(
        refused.error(422, "INVALID_REQUEST_BODY")["param"],
        "company_id"
    );
}

#[tokio::test(start_paused = true)]
async fn filters_orders_and_pages() {
    let api = Api::start_empty().await;
    let companies = [
        json!({ "name": "Elm & Co", "website": "https://elm.example.com", "industry": "Timber" }),
        json!({ "name": "fir Ltd", "industry": "Timber trade" }),
        json!({ "name": "Ash", "website": "https://ash.example.org" }),
    ];
    for company in companies {
        create(&api, company).await;
        tokio::time::advance(Duration::from_secs(60)).await;
    }
    let cases: [(Value, &[&str]); 7] = [
        (json!({ "filters": { "name": "FIR" } }), &["fir Ltd"]),
        (
            json!({ "filters": { "industry": "timber" }, "sort": "NAME_DESC" }),
            &["fir Ltd", "Elm & Co"],
        ),
        (json!({ "filters": { "website": ".org" } }), &["Ash"]),
        (
            json!({ "filters": { "website": "example", "industry": "timber" } }),
            &["Elm & Co"],
        ),
        (
            json!({ "sort": "NAME_ASC" }),
            &["Ash", "Elm & Co", "fir Ltd"],
        ),
        (
            json!({ "sort": "CREATED_DESC", "size": 2 }),
            &["Ash", "fir Ltd"],
        ),
        (
            json!({ "sort": "CREATED_DESC", "size": 2, "page": 2 }),
            &["Elm & Co"],
        ),
    ];
    for (body, names) in cases {
        assert_eq!(found(&api, body.clone()).await, names, "{body}");
    }
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_unprocessable() {
    let api = Api::start().await;
    let company = create(&api, json!({ "name": "Elm" })).await;
    for body in [
        json!({}),
        json!({ "name": null }),
        json!({ "name": "" }),
        json!({ "name": 7 }),
    ] {
        let error = api
            .post(COMPANIES, &body)
            .await
            .error(422, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], "name");
    }
    for (body, param) in [
        (json!({ "name": "" }), "name"),
        (json!({ "website": 7 }), "website"),
    ] {
        let error = update(&api, &company, body).await;
        assert_eq!(error.error(422, "INVALID_REQUEST_BODY")["param"], param);
    }
    let error = api.post(SEARCH, &json!({ "size": 101 })).await;
    error.error(422, "INVALID_PAGE_SIZE");
    let error = api.post(SEARCH, &json!({ "sort": "BEST" })).await;
    assert_eq!(error.error(422, "INVALID_REQUEST_BODY")["param"], "sort");
}
