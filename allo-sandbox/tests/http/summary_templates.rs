//! Summary templates, and the default template of a number.

use allo_sandbox::{KeySpec, UserSpec};
use serde_json::{Value, json};

use crate::api::{Api, START};

const TEMPLATES: &str = "/v2/api/summary_templates";

fn body() -> Value {
    json!({
        "name": "Renewal",
        "call_context": "Calls a month before a contract ends",
        "icon": "🔁",
        "sections": [
            { "title": "Next step", "order": 1 },
            { "title": "Mood", "instructions": "One word", "order": 0 },
        ],
    })
}

fn path(template: &Value) -> String {
    format!("{TEMPLATES}/{}", template["id"].as_str().expect("an id"))
}

async fn replace(api: &Api, template: &Value, body: &Value) -> crate::api::ApiResponse {
    api.put(&path(template), body).await
}

#[tokio::test]
async fn a_template_is_created_with_its_sections_in_order() {
    let api = Api::start().await;
    let template = api.post(TEMPLATES, &body()).await.created();
    let expected = json!({
        "id": template["id"],
        "name": "Renewal",
        "call_context": "Calls a month before a contract ends",
        "icon": "🔁",
        "sections": [
            { "title": "Mood", "instructions": "One word", "order": 0 },
            { "title": "Next step", "order": 1 },
        ],
        "created_at": START,
        "updated_at": START,
    });
    assert_eq!(template, expected);
    assert!(
        template["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("tst-"))
    );
    assert_eq!(api.get(&path(&template)).await.data(), template);
    let list = api.get(TEMPLATES).await.data();
    assert_eq!(
        list.as_array().and_then(|list| list.last()),
        Some(&template)
    );
}

#[tokio::test]
async fn only_a_name_is_required() {
    let api = Api::start().await;
    let template = api
        .post(TEMPLATES, &json!({ "name": "Bare" }))
        .await
        .created();
    assert_eq!(template["call_context"], Value::Null);
    assert_eq!(template["icon"], Value::Null);
    assert_eq!(template["sections"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_update_replaces_everything() {
    let api = Api::start().await;
    let template = api.post(TEMPLATES, &body()).await.created();
    tokio::time::advance(std::time::Duration::from_secs(90)).await;
    let replaced = replace(&api, &template, &json!({ "name": "Bare" }))
        .await
        .data();
    let expected = json!({
        "id": template["id"],
        "name": "Bare",
        "call_context": null,
        "icon": null,
        "sections": [],
        "created_at": START,
        "updated_at": "2026-03-02T08:31:30",
    });
    assert_eq!(replaced, expected);
    assert_eq!(api.get(&path(&template)).await.data(), expected);
    let nameless = replace(&api, &template, &json!({ "icon": "x" })).await;
    assert_eq!(nameless.error(400, "INVALID_REQUEST_BODY")["param"], "name");
}

#[tokio::test]
async fn a_deleted_template_is_gone() {
    let api = Api::start().await;
    let before = api.get(TEMPLATES).await.data();
    let template = api.post(TEMPLATES, &body()).await.created();
    let delete = || api.request("DELETE", &path(&template)).send();
    delete().await.no_content();
    delete().await.error(404, "SUMMARY_TEMPLATE_NOT_FOUND");
    let gone = api.get(&path(&template)).await;
    gone.error(404, "SUMMARY_TEMPLATE_NOT_FOUND");
    let gone = replace(&api, &template, &body()).await;
    gone.error(404, "SUMMARY_TEMPLATE_NOT_FOUND");
    assert_eq!(api.get(TEMPLATES).await.data(), before);
}

#[tokio::test]
async fn limits_and_types_are_checked() {
    let api = Api::start().await;
    let sections = |count: u32| -> Value {
        (0..count)
            .map(|order| json!({ "title": "T", "order": order }))
            .collect()
    };
    let fits = json!({ "name": "N", "call_context": "é".repeat(4_000), "sections": sections(10) });
    let template = api.post(TEMPLATES, &fits).await.created();
    let cases = [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (
            json!({ "name": "N", "call_context": "x".repeat(4_001) }),
            "call_context",
        ),
        (json!({ "name": "N", "icon": 1 }), "icon"),
        (json!({ "name": "N", "sections": sections(11) }), "sections"),
        (json!({ "name": "N", "sections": {} }), "sections"),
        (json!({ "name": "N", "sections": ["T"] }), "sections[0]"),
        (
            json!({ "name": "N", "sections": [{ "order": 0 }] }),
            "sections[0].title",
        ),
        (
            json!({ "name": "N", "sections": [{ "title": "T" }] }),
            "sections[0].order",
        ),
        (
            json!({ "name": "N", "sections": [{ "title": "T", "order": -1 }] }),
            "sections[0].order",
        ),
    ];
    for (body, param) in cases {
        let created = api.post(TEMPLATES, &body).await;
        assert_eq!(created.error(400, "INVALID_REQUEST_BODY")["param"], param);
        let replaced = replace(&api, &template, &body).await;
        assert_eq!(replaced.error(400, "INVALID_REQUEST_BODY")["param"], param);
    }
    assert_eq!(api.get(&path(&template)).await.data(), template);
}

#[tokio::test]
async fn other_teams_have_their_own() {
    let mut api = Api::start().await;
    let template = api.post(TEMPLATES, &body()).await.created();
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    api.use_key(KeySpec::new(foreigner));
    assert_eq!(api.get(TEMPLATES).await.data(), json!([]));
    let foreign = api.get(&path(&template)).await;
    foreign.error(404, "SUMMARY_TEMPLATE_NOT_FOUND");
}

/// A number of the team, encoded for a path and as in responses.
async fn a_number(api: &Api) -> (String, String) {
    let numbers = api.get("/v2/api/numbers").await.data();
    let numbers = numbers.as_array().expect("a list").iter();
    let number = numbers.filter_map(|line| line["number"].as_str()).next();
    let number = number.expect("the demo team has one").to_owned();
    (number.replace('+', "%2B"), number)
}

async fn choose(api: &Api, number: &str, body: &Value) -> crate::api::ApiResponse {
    let path = format!("/v2/api/numbers/{number}/default_summary_template");
    api.put(&path, body).await
}

#[tokio::test]
async fn a_number_has_a_default_until_it_is_cleared() {
    let api = Api::start().await;
    let template = api.post(TEMPLATES, &body()).await.created();
    let (encoded, number) = a_number(&api).await;
    let set = json!({ "summary_template_id": template["id"] });
    let expected = |id: &Value| json!({ "number": number, "default_summary_template_id": id });
    for clear in [json!({ "summary_template_id": null }), json!({})] {
        let chosen = choose(&api, &encoded, &set).await.data();
        assert_eq!(chosen, expected(&template["id"]));
        let cleared = choose(&api, &encoded, &clear).await.data();
        assert_eq!(cleared, expected(&Value::Null));
    }
}

#[tokio::test]
async fn a_deleted_template_is_no_longer_a_default() {
    let api = Api::start().await;
    let template = api.post(TEMPLATES, &body()).await.created();
    let (encoded, number) = a_number(&api).await;
    let set = json!({ "summary_template_id": template["id"] });
    choose(&api, &encoded, &set).await.data();
    let default_of = || {
        let lines = api.control().phone_numbers();
        let line = lines
            .into_iter()
            .find(|line| line.number.as_deref() == Some(number.as_str()));
        line.expect("the number").default_summary_template_id
    };
    assert_eq!(default_of().as_deref(), template["id"].as_str());
    let deleted = api.request("DELETE", &path(&template)).send().await;
    deleted.no_content();
    assert_eq!(default_of(), None);
}

#[tokio::test]
async fn unknown_numbers_and_templates_are_told_apart() {
    let api = Api::start().await;
    let (encoded, _) = a_number(&api).await;
    let template = json!({ "summary_template_id": "tst-nowhere" });
    let unknown = choose(&api, &encoded, &template).await;
    unknown.error(404, "SUMMARY_TEMPLATE_NOT_FOUND");
    let unknown = choose(&api, "%2B12125550199", &json!({})).await;
    assert_eq!(
        unknown.error(404, "PHONE_NUMBER_NOT_FOUND")["param"],
        "number"
    );
    for bad in ["12125550199", "%201%20212", "office"] {
        let refused = choose(&api, bad, &json!({})).await;
        assert_eq!(
            refused.error(400, "INVALID_PHONE_FORMAT")["param"],
            "number"
        );
    }
    let wrong = json!({ "summary_template_id": 7 });
    let refused = choose(&api, &encoded, &wrong).await;
    refused.error(400, "INVALID_REQUEST_BODY");
}
