//! Replacing a queue, and updating its settings.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{Api, CAMILLE, CURRENT, START};

#[tokio::test(start_paused = true)]
async fn a_new_queue_has_the_documented_shape() {
    let api = Api::start().await;
    let mut queue = api.post(CURRENT, &json!({ "name": "Monday" })).await.data();
    let id = queue["id"].take();
    assert!(id.as_str().is_some_and(|id| id.starts_with("pdl_")));
    let expected = json!({
        "id": null,
        "name": "Monday",
        "creator_id": CAMILLE,
        "assignee_id": CAMILLE,
        "voicemail_handling": "NO_SKIP",
        "do_not_disturb": "DISABLED",
        "numbers": [],
        "created_at": START,
        "updated_at": START,
    });
    assert_eq!(queue, expected);
}

#[tokio::test]
async fn the_body_of_a_reset_is_optional() {
    let api = Api::start().await;
    let none = api.request("POST", CURRENT).send().await.data();
    let blank = api
        .request("POST", CURRENT)
        .header("content-type", "application/json")
        .body("");
    let blank = blank.send().await.data();
    let empty = api.post(CURRENT, &json!({})).await.data();
    let null = api.post(CURRENT, &json!({ "name": null })).await.data();
    for queue in [none, blank, empty, null] {
        assert_eq!(queue["name"], Value::Null);
    }
    assert_eq!(api.control().queues_created(), 4);
}

#[tokio::test]
async fn a_reset_hides_the_queue_before_and_carries_nothing_over() {
    let api = Api::start().await;
    api.append(&["+12125550100"]).await.data();
    let settings =
        json!({ "name": "Old", "voicemail_handling": "SKIP", "do_not_disturb": "ENABLED" });
    api.patch(&settings).await.data();
    let new = api.post(CURRENT, &json!({})).await.data();
    assert_eq!(new["voicemail_handling"], "NO_SKIP");
    assert_eq!(new["do_not_disturb"], "DISABLED");
    assert_eq!(api.entries().await, []);
    let stored = api.control().queues();
    assert_eq!(stored.len(), 2);
    assert_eq!(stored[0].entries.len(), 1);
}

#[tokio::test]
async fn names_have_a_length() {
    let api = Api::start().await;
    let longest = "é".repeat(255);
    let too_long = "é".repeat(256);
    for name in ["", &longest] {
        assert_eq!(
            api.post(CURRENT, &json!({ "name": name })).await.data()["name"],
            name
        );
    }
    assert_eq!(
        api.patch(&json!({ "name": longest })).await.data()["name"],
        longest
    );
    let created = api.control().queues_created();
    let refused = [
        api.post(CURRENT, &json!({ "name": too_long })).await,
        api.patch(&json!({ "name": too_long })).await,
        api.patch(&json!({ "name": "" })).await,
        api.patch(&json!({ "name": 7 })).await,
    ];
    for answer in refused {
        let error = answer.error(400, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], "name");
        assert_eq!(error["errors"][0]["field"], "name");
        assert!(
            error["errors"][0]["code"].is_string() && error["errors"][0]["message"].is_string()
        );
    }
    assert_eq!(api.control().queues_created(), created);
}

#[tokio::test(start_paused = true)]
async fn an_upsert_creates_then_changes_only_what_is_given() {
    let api = Api::start().await;
    let created = api.patch(&json!({})).await.data();
    assert_eq!(
        (&created["name"], &created["voicemail_handling"]),
        (&Value::Null, &json!("NO_SKIP"))
    );
    tokio::time::advance(Duration::from_secs(90)).await;
    let same = api
        .patch(&json!({ "name": null, "voicemail_handling": null, "do_not_disturb": null }))
        .await;
    assert_eq!(same.data(), created);
    let changed = api
        .patch(&json!({ "voicemail_handling": "SKIP" }))
        .await
        .data();
    let mut expected = created.clone();
    expected["voicemail_handling"] = json!("SKIP");
    expected["updated_at"] = json!("2026-03-02T08:31:30");
    assert_eq!(changed, expected);
    let again = api
        .patch(&json!({ "do_not_disturb": "ENABLED", "name": "Tuesday" }))
        .await
        .data();
    assert_eq!(again["voicemail_handling"], "SKIP");
    assert_eq!(again["do_not_disturb"], "ENABLED");
    assert_eq!(again["name"], "Tuesday");
    assert_eq!(api.control().queues_created(), 1);
}

#[tokio::test]
async fn an_upsert_needs_a_body_and_known_settings() {
    let api = Api::start().await;
    let none = api.request("PATCH", CURRENT).send().await;
    none.error(400, "INVALID_REQUEST_BODY");
    let both = api
        .patch(&json!({ "voicemail_handling": "MAYBE", "do_not_disturb": true }))
        .await;
    let error = both.error(400, "INVALID_REQUEST_BODY");
    let fields: Vec<_> = error["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| &e["field"])
        .collect();
    assert_eq!(fields, ["voicemail_handling", "do_not_disturb"]);
    assert_eq!(api.control().queues_created(), 0);
}

#[tokio::test]
async fn an_upsert_answers_with_every_number() {
    let api = Api::start().await;
    api.fill(150).await;
    let numbers = api.patch(&json!({})).await.data()["numbers"].clone();
    let numbers = numbers.as_array().expect("a list").clone();
    assert_eq!(numbers.len(), 150);
    assert_eq!(numbers[149]["position"], 149);
    assert_eq!(numbers[0]["sync_status"], "NOT_SYNCED");
}
