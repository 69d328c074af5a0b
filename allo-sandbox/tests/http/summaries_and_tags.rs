//! `updateCallSummary`, `listTags`, `addTags`, `removeTag`.

use allo_sandbox::AbsentTag;
use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, CAMILLE};
use crate::telephony::{Small, start};

fn path(id: &str, rest: &str) -> String {
    format!("/v2/api/conversations/items/{id}{rest}")
}

async fn summarise(api: &Api, id: &str, body: &Value) -> ApiResponse {
    let request = api.request("PATCH", &path(id, "/summary"));
    request.json(body).send().await
}

async fn tag(small: &Small, names: Value) -> ApiResponse {
    let body = json!({ "tags": names });
    small.api.post(&path(&small.talk, "/tags"), &body).await
}

async fn untag(small: &Small, id: &str, name: &str) -> ApiResponse {
    let path = path(id, &format!("/tags/{name}"));
    small.api.request("DELETE", &path).send().await
}

async fn tags_of(small: &Small) -> Value {
    small.api.get(&path(&small.talk, "")).await.data()["tags"].clone()
}

#[tokio::test]
async fn a_summary_is_rewritten_and_its_version_grows() {
    let small = start().await;
    let body = json!({ "content": "No turbine.", "template_key": "MARKDOWN_CLASSIC" });
    let expected = |version: u64| {
        json!({
            "id": small.talk,
            "content": "No turbine.",
            "version": version,
            "updated_at": "2026-03-02T08:30:00",
            "updated_by": { "id": CAMILLE, "name": "Camille Laurent" },
        })
    };
    for version in [2, 3] {
        let updated = summarise(&small.api, &small.talk, &body).await.data();
        assert_eq!(updated["version"], version);
        let at = updated["updated_at"].as_str().expect("a time");
        assert!(at.starts_with("2026-03-02T08:3") && at.len() == 19, "{at}");
        let mut comparable = updated.clone();
        comparable["updated_at"] = expected(version)["updated_at"].clone();
        assert_eq!(comparable, expected(version));
    }
    let item = small.api.get(&path(&small.talk, "")).await.data();
    assert_eq!(item["summary"], "No turbine.");
    let short = json!({ "content": "", "template_key": "MARKDOWN_SHORT_CALL" });
    let short = summarise(&small.api, &small.talk, &short).await.data();
    assert_eq!(
        (&short["version"], &short["content"]),
        (&json!(2), &json!(""))
    );
}

#[tokio::test]
async fn bad_summaries_are_refused() {
    let small = start().await;
    let fine = json!({ "content": "x" });
    let with = |key: &str| json!({ "content": "x", "template_key": key });
    let long = json!({ "content": "x".repeat(100_001) });
    let cases = [
        (&small.talk, json!({}), 400, "INVALID_REQUEST_BODY"),
        (&small.talk, long, 400, "INVALID_REQUEST_BODY"),
        (&small.talk, with("OTHER"), 400, "INVALID_REQUEST_BODY"),
        (
            &small.talk,
            fine.clone(),
            400,
            "SUMMARY_TEMPLATE_KEY_REQUIRED",
        ),
        (&small.text, fine.clone(), 400, "INVALID_ITEM_ID"),
        (
            &small.missed,
            fine.clone(),
            404,
            "SUMMARY_TEMPLATE_NOT_FOUND",
        ),
        (
            &small.missed,
            with("MARKDOWN_CLASSIC"),
            404,
            "SUMMARY_TEMPLATE_NOT_FOUND",
        ),
    ];
    for (id, body, status, code) in cases {
        summarise(&small.api, id, &body).await.error(status, code);
    }
    summarise(&small.api, "cll-gone", &fine)
        .await
        .error(404, "CALL_NOT_FOUND");
    summarise(&small.api, "usr-1", &fine)
        .await
        .error(400, "INVALID_ITEM_ID");
    let most = json!({ "content": "x".repeat(100_000), "template_key": "MARKDOWN_CLASSIC" });
    summarise(&small.api, &small.talk, &most).await.data();
}

#[tokio::test]
async fn the_list_names_what_calls_can_get() {
    let api = Api::start().await;
    api.control().add_tag("renewal");
    let tags = api.get("/v2/api/tags").await.data();
    let tags = tags.as_array().expect("a list");
    let names: Vec<_> = tags.iter().filter_map(|tag| tag["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "interested",
            "call_back",
            "not_now",
            "demo_booked",
            "renewal"
        ]
    );
    for tag in tags {
        assert!(tag["id"].as_str().is_some_and(|id| id.starts_with("tag-")));
        let color = tag["color"].as_str().expect("a colour");
        assert!(color.starts_with('#') && color.len() == 7, "{color}");
    }
}

#[tokio::test]
async fn tags_come_and_go() {
    let small = start().await;
    let added = tag(&small, json!(["call_back", "not_now", "call_back"])).await;
    assert_eq!((added.status, added.text.as_str()), (200, ""));
    assert_eq!(
        tags_of(&small).await,
        json!(["interested", "call_back", "not_now"])
    );
    for _ in 0..2 {
        let removed = untag(&small, &small.talk, "call_back").await;
        assert_eq!((removed.status, removed.text.as_str()), (200, ""));
        assert_eq!(tags_of(&small).await, json!(["interested", "not_now"]));
    }
    small.api.control().absent_tags(AbsentTag::Refused);
    untag(&small, &small.talk, "call_back")
        .await
        .error(404, "TAG_NOT_FOUND");
    assert_eq!(untag(&small, &small.talk, "not%5Fnow").await.status, 200);
}

#[tokio::test]
async fn bad_tags_are_refused_and_change_nothing() {
    let small = start().await;
    tag(&small, json!([])).await.error(400, "TAGS_REQUIRED");
    tag(&small, Value::Null)
        .await
        .error(400, "INVALID_REQUEST_BODY");
    tag(&small, json!("call_back"))
        .await
        .error(400, "INVALID_REQUEST_BODY");
    tag(&small, json!(["call_back", "unheard_of"]))
        .await
        .error(404, "TAG_NOT_FOUND");
    tag(&small, json!(["call_back", "interested"]))
        .await
        .error(409, "TAG_ALREADY_EXISTS");
    assert_eq!(tags_of(&small).await, json!(["interested"]));
    let body = json!({ "tags": ["call_back"] });
    let text = small.api.post(&path(&small.text, "/tags"), &body).await;
    text.error(400, "INVALID_ITEM_ID");
    let unknown = small.api.post(&path("cll-gone", "/tags"), &body).await;
    unknown.error(404, "CALL_NOT_FOUND");
    untag(&small, "cll-gone", "interested")
        .await
        .error(404, "CALL_NOT_FOUND");
    untag(&small, &small.text, "interested")
        .await
        .error(400, "INVALID_ITEM_ID");
}

#[tokio::test]
async fn a_repeated_tagging_with_its_key_is_replayed() {
    let small = start().await;
    let body = json!({ "tags": ["call_back"] });
    for replayed in [None, Some("true")] {
        let request = small.api.request("POST", &path(&small.talk, "/tags"));
        let request = request.header("idempotency-key", "tagging-1").json(&body);
        let answer = request.send().await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    tag(&small, json!(["call_back"]))
        .await
        .error(409, "TAG_ALREADY_EXISTS");
}
