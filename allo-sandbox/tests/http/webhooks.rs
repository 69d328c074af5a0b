//! Webhook endpoints: topics, secrets and access.

use allo_sandbox::{KeySpec, UserSpec};
use serde_json::{Value, json};

use crate::api::{Api, START};

const HOOKS: &str = "/v2/api/webhooks";

fn body() -> Value {
    json!({
        "url": "https://hooks.example.com/in",
        "topics": ["call.completed", "tag.added"],
        "description": "Ledger",
    })
}

fn path(webhook: &Value) -> String {
    format!("{HOOKS}/{}", webhook["id"].as_str().expect("an id"))
}

fn without_secret(webhook: &Value) -> Value {
    let mut fields = webhook.as_object().expect("an object").clone();
    assert!(fields.remove("signing_secret").is_some());
    fields.into()
}

#[tokio::test]
async fn a_webhook_is_created_enabled_and_with_a_secret() {
    let api = Api::start().await;
    let webhook = api.post(HOOKS, &body()).await.created();
    let expected = json!({
        "id": webhook["id"],
        "url": "https://hooks.example.com/in",
        "topics": ["call.completed", "tag.added"],
        "description": "Ledger",
        "enabled": true,
        "signing_secret": webhook["signing_secret"],
        "created_at": format!("{START}Z"),
    });
    assert_eq!(webhook, expected);
    assert!(
        webhook["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("ep_"))
    );
    let secret = webhook["signing_secret"].as_str().expect("a secret");
    let key = secret.strip_prefix("whsec_").expect("its prefix");
    assert_eq!(
        (key.len() % 4, key.len() / 4 * 3),
        (0, 24),
        "24 bytes in base64"
    );
    let other = api.post(HOOKS, &body()).await.created();
    assert_ne!(webhook["signing_secret"], other["signing_secret"]);
}

#[tokio::test]
async fn the_secret_is_shown_by_id_only() {
    let api = Api::start().await;
    let webhook = api.post(HOOKS, &body()).await.created();
    assert_eq!(api.get(&path(&webhook)).await.data(), webhook);
    assert_eq!(
        api.get(HOOKS).await.data(),
        json!([without_secret(&webhook)])
    );
    let seen = api.control().webhooks();
    assert_eq!(seen[0].signing_secret, webhook["signing_secret"]);
    assert!(!format!("{seen:?}").contains(&seen[0].signing_secret));
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let api = Api::start().await;
    let webhook = api.post(HOOKS, &body()).await.created();
    let path_of = path(&webhook);
    let update = async |body: Value| api.put(&path_of, &body).await;
    let same = update(json!({})).await.data();
    assert_eq!(same, without_secret(&webhook));
    let topics = json!({ "topics": ["sms.sent", "sms.sent"], "enabled": false });
    let changed = update(topics).await.data();
    let mut expected = without_secret(&webhook);
    expected["topics"] = json!(["sms.sent"]);
    expected["enabled"] = json!(false);
    assert_eq!(changed, expected);
    let cleared = update(json!({ "description": "", "url": "https://example.com/b" })).await;
    expected["description"] = Value::Null;
    expected["url"] = json!("https://example.com/b");
    assert_eq!(cleared.data(), expected);
    for (said, kept) in [
        (json!("Ledger"), json!("Ledger")),
        (Value::Null, Value::Null),
    ] {
        expected["description"] = kept;
        assert_eq!(
            update(json!({ "description": said })).await.data(),
            expected
        );
    }
    assert_eq!(
        without_secret(&api.get(&path(&webhook)).await.data()),
        expected
    );
}

#[tokio::test]
async fn a_deleted_webhook_is_gone() {
    let api = Api::start().await;
    let webhook = api.post(HOOKS, &body()).await.created();
    let delete = || api.request("DELETE", &path(&webhook)).send();
    delete().await.no_content();
    delete().await.error(404, "WEBHOOK_NOT_FOUND");
    api.get(&path(&webhook))
        .await
        .error(404, "WEBHOOK_NOT_FOUND");
    let update = api.put(&path(&webhook), &json!({})).await;
    update.error(404, "WEBHOOK_NOT_FOUND");
    assert_eq!(api.get(HOOKS).await.data(), json!([]));
}

#[tokio::test]
async fn wrong_bodies_are_refused_and_change_nothing() {
    let api = Api::start().await;
    let webhook = api.post(HOOKS, &body()).await.created();
    let cases = [
        (json!({ "url": "http://hooks.example.com/in" }), "url"),
        (json!({ "url": "not a url" }), "url"),
        (json!({ "url": 7 }), "url"),
        (json!({ "topics": [] }), "topics"),
        (json!({ "topics": "sms.sent" }), "topics"),
        (json!({ "topics": ["sms.sent", "call.ended"] }), "topics[1]"),
        (json!({ "description": 7 }), "description"),
    ];
    for (wrong, param) in cases {
        let mut whole = body();
        for (name, value) in wrong.as_object().expect("an object") {
            whole[name] = value.clone();
        }
        let refused = api.post(HOOKS, &whole).await;
        assert_eq!(refused.error(400, "INVALID_REQUEST_BODY")["param"], param);
        let refused = api.put(&path(&webhook), &wrong).await;
        assert_eq!(refused.error(400, "INVALID_REQUEST_BODY")["param"], param);
    }
    for missing in ["url", "topics"] {
        let mut whole = body();
        whole[missing] = Value::Null;
        let refused = api.post(HOOKS, &whole).await;
        assert_eq!(refused.error(400, "INVALID_REQUEST_BODY")["param"], missing);
    }
    let enabled = json!({ "enabled": "yes" });
    let refused = api.put(&path(&webhook), &enabled).await;
    refused.error(400, "INVALID_REQUEST_BODY");
    assert_eq!(api.get(&path(&webhook)).await.data(), webhook);
    assert_eq!(api.control().webhooks().len(), 1);
}

#[tokio::test]
async fn every_event_type_can_be_listened_to() {
    let api = Api::start().await;
    let types = api.get("/v2/api/webhooks/event_types").await.data();
    let types = types.as_array().expect("a list");
    assert_eq!(types.len(), 11);
    assert!(types.iter().all(|kind| kind["description"].is_string()));
    let names: Vec<_> = types.iter().map(|kind| &kind["name"]).collect();
    let mut all = body();
    all["topics"] = json!(names);
    let webhook = api.post(HOOKS, &all).await.created();
    assert_eq!(webhook["topics"], json!(names));
}

#[tokio::test]
async fn other_teams_have_their_own() {
    let mut api = Api::start().await;
    let webhook = api.post(HOOKS, &body()).await.created();
    let foreigner = UserSpec::new("Fay Reign", "fay@example.com").team("Elsewhere");
    let foreigner = api.control().add_user(foreigner);
    api.use_key(KeySpec::new(foreigner));
    assert_eq!(api.get(HOOKS).await.data(), json!([]));
    api.get(&path(&webhook))
        .await
        .error(404, "WEBHOOK_NOT_FOUND");
    let loner = UserSpec::new("Kim Lone", "kim@example.com").without_team();
    let loner = api.control().add_user(loner);
    api.use_key(KeySpec::new(loner));
    api.get(HOOKS).await.error(404, "TEAM_NOT_FOUND");
}

#[tokio::test]
async fn a_repeated_creation_is_replayed_with_the_same_secret() {
    let api = Api::start().await;
    let create = || {
        let request = api
            .request("POST", HOOKS)
            .header("idempotency-key", "hook-1");
        request.json(&body()).send()
    };
    let first = create().await.created();
    let second = create().await;
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(second.created(), first);
    assert_eq!(api.control().webhooks().len(), 1);
}
