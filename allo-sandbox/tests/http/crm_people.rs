//! People of the CRM: what is kept, who is found, in which order.

use std::time::Duration;

use allo_sandbox::{CallRecord, KeySpec, MessageRecord, UserSpec};
use serde_json::{Value, json};

use crate::api::{Answer, Api, START};

const PEOPLE: &str = "/v2/api/crm/people";
const SEARCH: &str = "/v2/api/crm/people/search";

fn path(person: &Value) -> String {
    format!("{PEOPLE}/{}", person["id"].as_str().expect("an id"))
}

async fn create(api: &Api, body: Value) -> Value {
    api.post(PEOPLE, &body).await.data()
}

async fn update(api: &Api, person: &Value, body: Value) -> Answer {
    api.put(&path(person), &body).await
}

async fn company(api: &Api, name: &str) -> Value {
    let body = json!({ "name": name });
    api.post("/v2/api/crm/companies", &body).await.created()
}

async fn found(api: &Api, body: Value) -> Vec<String> {
    let page = api.post(SEARCH, &body).await.data();
    let people = page.as_array().expect("a page").iter();
    people
        .map(|person| person["name"].as_str().unwrap_or("-").to_owned())
        .collect()
}

/// Three people in a sandbox without others: Ada of Elm & Co, Bo of Fir Ltd, Cy of no company.
async fn three() -> Api {
    let api = Api::start_empty().await;
    let elm = company(&api, "Elm & Co").await;
    let fir = company(&api, "Fir Ltd").await;
    for (name, status) in [("Refit", "won"), ("Repair", "open")] {
        let deal = json!({ "name": name, "status": status, "company_id": elm["id"] });
        api.post("/v2/api/crm/deals", &deal).await.created();
    }
    let people = [
        json!({
            "name": "Ada", "last_name": "Zorn", "job_title": "Head of Sales",
            "website": "https://ada.example.com", "numbers": ["+12125550150"],
            "emails": ["ada@example.com"], "company_id": elm["id"],
        }),
        json!({
            "name": "Bo", "last_name": "Yilmaz", "job_title": "Sales trainee",
            "numbers": ["+12125550151", "+12125550152"], "company_id": fir["id"],
        }),
        json!({ "name": "Cy", "numbers": ["+12125550153"], "emails": ["cy@example.org"] }),
    ];
    for person in people {
        create(&api, person).await;
        tokio::time::advance(Duration::from_secs(60)).await;
    }
    api
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

#[tokio::test(start_paused = true)]
async fn filters_narrow_the_search() {
    let api = three().await;
    let cases: [(Value, &[&str]); 13] = [
        (json!({}), &["Ada", "Bo", "Cy"]),
        (json!({ "name": "B" }), &["Bo"]),
        (json!({ "name": "" }), &["Ada", "Bo", "Cy"]),
        (json!({ "last_name": "yil" }), &["Bo"]),
        (json!({ "job_title": "SALES" }), &["Ada", "Bo"]),
        (json!({ "job_title": "sales", "company": "fir" }), &["Bo"]),
        (json!({ "website": "ada" }), &["Ada"]),
        (json!({ "company": "elm" }), &["Ada"]),
        (json!({ "email": "@EXAMPLE.ORG" }), &["Cy"]),
        (json!({ "phone_number": "+12125550152" }), &["Bo"]),
        (json!({ "phone_number": "+1212555015" }), &[]),
        (json!({ "deal_status": "won" }), &["Ada"]),
        (json!({ "deal_status": "Won" }), &[]),
    ];
    for (filters, names) in cases {
        let body = json!({ "filters": filters, "sort": "NAME_ASC" });
        assert_eq!(found(&api, body.clone()).await, names, "{body}");
    }
    let nothing = json!({ "filters": null, "search": null, "sort": null });
    assert_eq!(found(&api, nothing).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn words_are_found_wherever_they_begin() {
    let api = three().await;
    let cases: [(&str, &[&str]); 7] = [
        ("sal", &["Ada", "Bo"]),
        ("ales", &[]),
        ("zorn ada", &["Ada"]),
        ("ada yilmaz", &[]),
        ("fir", &["Bo"]),
        ("12125550153", &["Cy"]),
        ("  ", &["Ada", "Bo", "Cy"]),
    ];
    for (search, names) in cases {
        let body = json!({ "search": search, "sort": "CREATED_ASC" });
        assert_eq!(found(&api, body).await, names, "{search:?}");
    }
    let refused = api.post(SEARCH, &json!({ "search": "?!" })).await;
    assert_eq!(
        refused.error(422, "INVALID_SEARCH_QUERY")["param"],
        "search"
    );
}

#[tokio::test(start_paused = true)]
async fn six_orders() {
    let api = three().await;
    let control = api.control();
    for (number, minutes) in [("+12125550151", 5), ("+12125550150", 3)] {
        let at = START.parse::<jiff::civil::DateTime>().expect("a time");
        let at = at
            .to_zoned(jiff::tz::TimeZone::UTC)
            .expect("UTC")
            .timestamp();
        let at = at
            .checked_add(Duration::from_secs(minutes * 60))
            .expect("near");
        control.add_call(CallRecord::outbound("+12125550100", number).at(at));
    }
    let cases = [
        ("DATE_DESC", ["Bo", "Ada", "Cy"]),
        ("DATE_ASC", ["Cy", "Ada", "Bo"]),
        ("NAME_ASC", ["Ada", "Bo", "Cy"]),
        ("NAME_DESC", ["Cy", "Bo", "Ada"]),
        ("CREATED_DESC", ["Cy", "Bo", "Ada"]),
        ("CREATED_ASC", ["Ada", "Bo", "Cy"]),
    ];
    for (sort, names) in cases {
        assert_eq!(found(&api, json!({ "sort": sort })).await, names, "{sort}");
    }
    assert_eq!(found(&api, json!({})).await, ["Bo", "Ada", "Cy"]);
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
async fn pages_cover_everybody_once() {
    let api = Api::start_empty().await;
    for n in 10..35 {
        create(
            &api,
            json!({ "name": format!("P{n}"), "numbers": [format!("+121255501{n}")] }),
        )
        .await;
    }
    let default = api.post(SEARCH, &json!({})).await.json();
    let expected = json!({
        "page": 1, "size": 20, "total_count": 25, "total_pages": 2, "has_more": true,
    });
    assert_eq!(default["pagination"], expected);
    assert_eq!(default["data"].as_array().map(Vec::len), Some(20));
    let mut names = Vec::new();
    for page in 1..=4 {
        names.extend(
            found(
                &api,
                json!({ "page": page, "size": 7, "sort": "CREATED_ASC" }),
            )
            .await,
        );
    }
    let expected: Vec<_> = (10..35).map(|n| format!("P{n}")).collect();
    assert_eq!(names, expected);
    let past = api.post(SEARCH, &json!({ "page": 9 })).await.json();
    assert_eq!(past["data"], json!([]));
    assert_eq!(past["pagination"]["has_more"], false);
    assert_eq!(past["pagination"]["total_count"], 25);
}

#[tokio::test]
async fn searches_that_do_not_fit_are_unprocessable() {
    let api = Api::start().await;
    for size in [json!(0), json!(101), json!(-1), json!(1.5)] {
        let refused = api.post(SEARCH, &json!({ "size": size })).await;
        assert_eq!(refused.error(422, "INVALID_PAGE_SIZE")["param"], "size");
    }
    let cases = [
        (json!({ "page": 0 }), "page"),
        (json!({ "size": "20" }), "size"),
        (json!({ "sort": "AGE" }), "sort"),
        (json!({ "filters": [] }), "filters"),
        (json!({ "filters": { "name": 7 } }), "filters.name"),
        (json!({ "search": 7 }), "search"),
    ];
    for (body, param) in cases {
        let refused = api.post(SEARCH, &body).await;
        assert_eq!(refused.error(422, "INVALID_REQUEST_BODY")["param"], param);
    }
    let no_body = api.request("POST", SEARCH).send().await;
    no_body.error(400, "INVALID_REQUEST_BODY");
}
