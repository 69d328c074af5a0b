//! People of the CRM: creating and updating. Searching is in `crm_people_search`.

use std::time::Duration;

use allo_sandbox::{CallRecord, KeySpec, MessageRecord, UserSpec};
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, START};

const PEOPLE: &str = "/v2/api/crm/people";
pub(crate) const SEARCH: &str = "/v2/api/crm/people/search";

fn path(person: &Value) -> String {
    format!("{PEOPLE}/{}", person["id"].as_str().expect("an id"))
}

pub(crate) async fn create(api: &Api, body: Value) -> Value {
    api.post(PEOPLE, &body).await.data()
}

async fn update(api: &Api, person: &Value, body: Value) -> ApiResponse {
    api.put(&path(person), &body).await
}

pub(crate) async fn company(api: &Api, name: &str) -> Value {
    let body = json!({ "name": name });
    api.post("/v2/api/crm/companies", &body).await.created()
}

pub(crate) async fn found(api: &Api, body: Value) -> Vec<String> {
    let page = api.post(SEARCH, &body).await.data();
    let people = page.as_array().expect("a page").iter();
    people
        .map(|person| person["name"].as_str().unwrap_or("-").to_owned())
        .collect()
}

#[tokio::test]
async fn a_person_has_every_key_known_or_not() {
    let api = Api::start().await;
    let bare = create(&api, json!({ "numbers": ["+12125550150"] })).await;
    let expected = json!({
        "id": bare["id"],
        "name": null,
        "last_name": null,
        "job_title": null,
        "website": null,
        "address": null,
        "numbers": ["+12125550150"],
        "emails": [],
        "company": null,
        "interactions": 0,
        "last_activity_at": null,
        "created_at": START,
        "updated_at": START,
    });
    assert_eq!(bare, expected);
    assert!(bare["id"].as_str().is_some_and(|id| id.starts_with("per-")));
    let elm = company(&api, "Elm & Co").await;
    let said = json!({
        "name": "Ada",
        "last_name": "Zorn",
        "job_title": "Head of Sales",
        "website": "https://ada.example.com",
        "address": "1 Elm Row",
        "numbers": ["+12125550151", "+12125550152", "+12125550151"],
        "emails": ["ada@example.com"],
        "company_id": elm["id"],
    });
    let full = create(&api, said.clone()).await;
    for (name, value) in said.as_object().expect("an object") {
        match name.as_str() {
            "numbers" => assert_eq!(full[name], json!(["+12125550151", "+12125550152"])),
            "company_id" => {
                let reference = json!({ "id": value, "name": "Elm & Co" });
                assert_eq!(full["company"], reference);
            }
            _ => assert_eq!(full[name], *value),
        }
    }
    assert_eq!(api.get(&path(&full)).await.data(), full);
}

#[tokio::test]
async fn a_number_belongs_to_one_person_unless_allowed() {
    let api = Api::start().await;
    create(&api, json!({ "numbers": ["+12125550150"] })).await;
    let again = json!({ "numbers": ["+12125550151", "+12125550150"] });
    let refused = api.post(PEOPLE, &again).await;
    assert!(refused.error(409, "NUMBER_ALREADY_ASSIGNED")["suggestion"].is_string());
    let mut forced = again.clone();
    forced["allow_duplicate_number"] = json!(true);
    create(&api, forced).await;
    let both = json!({ "filters": { "phone_number": "+12125550150" } });
    assert_eq!(found(&api, both).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_update_leaves_what_it_does_not_name_and_clears_what_is_null() {
    let api = Api::start().await;
    let elm = company(&api, "Elm & Co").await;
    let said = json!({
        "name": "Ada", "job_title": "Lead", "numbers": ["+12125550150"],
        "emails": ["ada@example.com"], "company_id": elm["id"],
    });
    let mut person = create(&api, said).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    let changed = update(
        &api,
        &person,
        json!({ "last_name": "Zorn", "job_title": null }),
    )
    .await;
    person["last_name"] = json!("Zorn");
    person["job_title"] = Value::Null;
    person["updated_at"] = json!("2026-03-02T08:31:00");
    assert_eq!(changed.data(), person);
    let lists = json!({ "numbers": ["+12125550151"], "emails": null, "company_id": null });
    let changed = update(&api, &person, lists).await;
    person["numbers"] = json!(["+12125550151"]);
    person["emails"] = json!([]);
    person["company"] = Value::Null;
    assert_eq!(changed.data(), person);
    assert_eq!(update(&api, &person, json!({})).await.data(), person);
    assert_eq!(api.get(&path(&person)).await.data(), person);
}

#[tokio::test]
async fn strangers_and_other_teams_people_are_not_found() {
    let mut api = Api::start().await;
    let person = create(&api, json!({ "numbers": ["+12125550150"] })).await;
    let stranger = json!({ "id": "per-nobody" });
    api.get(&path(&stranger))
        .await
        .error(404, "PERSON_NOT_FOUND");
    let changed = update(
        &api,
        &stranger,
        json!({ "name": "X", "company_id": "com-0" }),
    )
    .await;
    changed.error(404, "PERSON_NOT_FOUND");
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    api.use_key(KeySpec::new(foreigner));
    api.get(&path(&person)).await.error(404, "PERSON_NOT_FOUND");
    assert!(found(&api, json!({})).await.is_empty());
    create(&api, json!({ "numbers": ["+12125550150"] })).await;
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_unprocessable() {
    let api = Api::start().await;
    let person = create(&api, json!({ "numbers": ["+12125550150"] })).await;
    let both = [
        (json!({ "numbers": "+12125550151" }), "numbers"),
        (json!({ "numbers": ["+12125550151"], "name": 7 }), "name"),
        (
            json!({ "numbers": ["+12125550151"], "emails": ["ada"] }),
            "emails[0]",
        ),
        (
            json!({ "numbers": ["+12125550151"], "company_id": "com-0" }),
            "company_id",
        ),
    ];
    for (body, param) in both {
        let error = api
            .post(PEOPLE, &body)
            .await
            .error(422, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], param);
        assert_eq!(error["errors"][0]["field"], param);
        let error = update(&api, &person, body).await;
        assert_eq!(error.error(422, "INVALID_REQUEST_BODY")["param"], param);
    }
    let creations = [
        (json!({}), "numbers"),
        (json!({ "numbers": null }), "numbers"),
        (json!({ "numbers": [] }), "numbers"),
        (
            json!({ "numbers": ["+12125550151"], "allow_duplicate_number": 1 }),
            "allow_duplicate_number",
        ),
    ];
    for (body, param) in creations {
        let error = api
            .post(PEOPLE, &body)
            .await
            .error(422, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], param);
    }
    let national = json!({ "numbers": ["+12125550151", "212 555 0152"] });
    let error = api
        .post(PEOPLE, &national)
        .await
        .error(422, "INVALID_PHONE_FORMAT");
    assert_eq!(error["param"], "numbers[1]");
    let error = update(&api, &person, national).await;
    error.error(422, "INVALID_PHONE_FORMAT");
    assert_eq!(api.get(&path(&person)).await.data(), person);
}

#[tokio::test]
async fn calls_and_texts_are_interactions() {
    let api = Api::start_empty().await;
    let elm = company(&api, "Elm & Co").await;
    let said = json!({ "numbers": ["+12125550150", "+12125550151"], "company_id": elm["id"] });
    let person = create(&api, said).await;
    let control = api.control();
    let at = format!("{START}Z").parse().expect("a time");
    control.add_call(CallRecord::inbound("+12125550100", "+12125550150").at(at));
    control.add_message(MessageRecord::outbound("+12125550100", "+12125550151", "Hello").at(at));
    control.add_call(CallRecord::inbound("+12125550100", "+12125550159").at(at));
    let person = api.get(&path(&person)).await.data();
    assert_eq!(person["interactions"], 2);
    assert_eq!(person["last_activity_at"], START);
    let id = elm["id"].as_str().expect("an id");
    let elm = api.get(&format!("/v2/api/crm/companies/{id}")).await.data();
    assert_eq!(elm["interactions"], 2);
    assert_eq!(elm["last_activity_at"], START);
    assert_eq!(elm["person_count"], 1);
}

#[tokio::test]
async fn the_demo_people_are_linked_and_the_same_in_every_run() {
    let search = json!({ "filters": { "deal_status": "OPEN" } });
    let mut runs = Vec::new();
    for _ in 0..2 {
        runs.push(Api::start().await.post(SEARCH, &search).await.data());
    }
    assert_eq!(runs[0], runs[1]);
    let nina = &runs[0][0];
    assert_eq!(nina["name"], "Nina");
    assert!(nina["interactions"].as_u64().is_some_and(|count| count > 0));
    assert!(nina["last_activity_at"].is_string());
    let api = Api::start().await;
    let id = nina["company"]["id"].as_str().expect("a company");
    let company = api.get(&format!("/v2/api/crm/companies/{id}")).await.data();
    assert_eq!(company["interactions"], nina["interactions"]);
    assert_eq!(company["person_count"], 1);
    let other = Api::with(|builder| builder.seed(2)).await;
    let other = other.post(SEARCH, &search).await.data();
    assert_ne!(other[0]["id"], nina["id"]);
}
