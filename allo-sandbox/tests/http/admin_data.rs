//! Data made and read through the admin API: users, keys, queues, seeds, telephony, partner accounts.

use serde_json::{Value, json};

use crate::admin::{ask, done, start};
use crate::api::{CAMILLE, CURRENT, MARIE};

#[tokio::test]
async fn users_keys_and_teams_are_made_for_a_test() {
    let api = start().await;
    let ines =
        json!({ "name": "Ines", "email": "ines@example.com", "role": "MANAGER", "team": null });
    let id = done(&api, "POST", "/users", &ines).await["id"].clone();
    let jo = json!({ "name": "Jo", "email": "jo@example.com", "team": "Elsewhere" });
    done(&api, "POST", "/users", &jo).await;
    let users = done(&api, "GET", "/users", &Value::Null).await;
    let users = users.as_array().expect("a list");
    assert_eq!(
        (&users[6]["id"], &users[6]["role"]),
        (&id, &json!("MANAGER"))
    );
    assert_eq!(users[6]["team_id"], Value::Null);
    assert!(users[7]["team_id"].is_string() && users[7]["team_id"] != users[0]["team_id"]);
    let key = json!({ "user": "jo@example.com", "scopes": ["USERS_READ"] });
    let key = done(&api, "POST", "/keys", &key).await["api_key"].clone();
    let key = key.as_str().expect("a key");
    let list = |path: &'static str| api.anonymous("GET", path).header("authorization", key);
    let members = list("/v2/api/users").send().await.data();
    assert_eq!(members[0]["name"], "Jo");
    let refused = list("/v2/api/webhooks").send().await;
    refused.error(403, "API_KEY_INSUFFICIENT_SCOPE");
    let revoked = done(&api, "POST", "/keys/revoke", &json!({ "api_key": key })).await;
    assert_eq!(revoked, json!({ "revoked": true }));
    list("/v2/api/users")
        .send()
        .await
        .error(401, "API_KEY_REVOKED");
    let blocked = json!({ "user": "marie@example.com", "status": "BLOCKED" });
    done(&api, "PUT", "/users/status", &blocked).await;
    let queue = api.get(&format!("{CURRENT}?user_id={MARIE}")).await;
    queue.error(404, "ASSIGNEE_NOT_FOUND");
    let removed = done(&api, "DELETE", "/users?user=jo%40example.com", &Value::Null).await;
    assert_eq!(removed, json!({ "removed": true }));
}

#[tokio::test]
async fn a_queue_is_seeded_dialed_and_dumped() {
    let api = start().await;
    let numbers =
        json!({ "numbers": [{ "number": "+12125550150" }, { "number": "+12125550151" }] });
    let seed = json!({ "operations": [
        { "operation": "appendDialingQueueNumbers", "user": "marie@example.com", "body": numbers },
        { "operation": "createDeal", "body": { "name": "Oven lease" } },
    ] });
    let seeded = done(&api, "POST", "/seed", &seed).await;
    let deal = seeded[1]["data"]["id"].as_str().expect("an id");
    let renamed = json!({ "operations": [
        { "operation": "updateDeal", "params": { "id": deal }, "body": { "name": "Oven" } },
    ] });
    done(&api, "POST", "/seed", &renamed).await;
    let deal = api.get(&format!("/v2/api/crm/deals/{deal}")).await.data();
    assert_eq!(deal["name"], "Oven");
    assert!(
        api.control().executed().is_empty(),
        "a seed is no request of a client"
    );

    let voicemail = json!({ "routing_result": "VOICEMAIL", "voicemail_left": true });
    let dial = json!({ "user": MARIE, "position": 0, "outcome": voicemail });
    done(&api, "POST", "/queue/dial", &dial).await;
    let start = json!({ "user": MARIE, "position": 1 });
    let call = done(&api, "POST", "/queue/start-call", &start).await;
    let finish =
        json!({ "user": MARIE, "position": 1, "outcome": { "routing_result": "ANSWERED" } });
    done(&api, "POST", "/queue/finish-call", &finish).await;
    let sync = json!({ "user": MARIE, "position": 1, "status": "SYNCED" });
    done(&api, "PUT", "/queue/sync-status", &sync).await;
    let again = ask(&api, "POST", "/queue/finish-call", &finish).await;
    again.error(400, "INVALID_REQUEST_BODY");

    let queue = done(&api, "GET", "/queue?user=MARIE%40example.com", &Value::Null).await;
    assert_eq!(queue["assignee_id"], MARIE);
    let entries = &queue["entries"];
    assert_eq!(entries[0]["number_to"], "+12125550150");
    assert_eq!(entries[0]["call"]["outcome"]["voicemail_left"], true);
    assert_eq!(entries[1]["call"]["id"], call["call_id"]);
    assert_eq!(entries[1]["sync_status"], "SYNCED");
    let queues = done(&api, "GET", "/queues", &Value::Null).await;
    assert_eq!(queues, json!([queue]));
    let none = done(&api, "GET", &format!("/queue?user={CAMILLE}"), &Value::Null).await;
    assert_eq!(none, Value::Null);
    assert_eq!(api.entries().await, [], "Camille's queue");
}

#[tokio::test]
async fn a_seed_that_is_refused_names_its_place() {
    let api = start().await;
    let seed = json!({ "operations": [
        { "operation": "createDeal", "body": { "name": "Oven lease" } },
        { "operation": "getDeal", "params": { "id": "dea-0" } },
    ] });
    let error = ask(&api, "POST", "/seed", &seed).await;
    let error = error.error(400, "INVALID_REQUEST_BODY");
    assert_eq!(error["param"], "operations[1]");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("404 DEAL_NOT_FOUND"), "{message}");
}

#[tokio::test]
async fn numbers_calls_messages_and_contacts_are_added() {
    let api = start().await;
    let line = json!({ "number": "+12125550170", "country": "US", "name": "New", "users": [MARIE],
        "capabilities": ["VOICE"], "texting_approved": false });
    done(&api, "POST", "/phone-numbers", &line).await;
    let lines = done(&api, "GET", "/phone-numbers", &Value::Null).await;
    let added = lines
        .as_array()
        .and_then(|all| all.last())
        .expect("a number");
    assert_eq!(
        (&added["name"], &added["user_ids"]),
        (&json!("New"), &json!([MARIE]))
    );
    done(&api, "POST", "/tags", &json!({ "name": "vip" })).await;
    let tags = api.get("/v2/api/tags").await.data();
    assert!(
        tags.as_array()
            .is_some_and(|tags| tags.iter().any(|tag| tag["name"] == "vip"))
    );
    let contact = json!({ "name": "Ines", "numbers": ["+12125550171"] });
    let id = done(&api, "POST", "/contacts", &contact).await["id"].clone();
    assert!(id.as_str().is_some_and(|id| id.starts_with("cnt-")));

    let call = json!({ "direction": "INBOUND", "allo_number": "+12125550170",
        "contact_number": "+12125550171", "user": "marie@example.com", "talked_ms": 90_000,
        "rang_ms": 5_000, "started_at": "2026-03-02T08:00:00Z", "tags": ["vip"], "summary": "Ines wants prices.",
        "recording_url": "https://media.example.com/recordings/1.mp3",
        "transcript": [{ "speaker": "EXTERNAL", "text": "Hello" }] });
    let id = done(&api, "POST", "/calls", &call).await["id"].clone();
    let calls = done(&api, "GET", "/calls", &Value::Null).await;
    let listed = calls
        .as_array()
        .expect("a list")
        .iter()
        .find(|call| call["id"] == id);
    let listed = listed.expect("the call");
    assert_eq!(
        (&listed["result"], &listed["user_id"]),
        (&json!("ANSWERED"), &json!(MARIE))
    );
    assert_eq!(
        (&listed["rang_ms"], &listed["talked_ms"]),
        (&json!(5_000), &json!(90_000))
    );
    let path = format!(
        "/v2/api/conversations/items/{}",
        id.as_str().unwrap_or_default()
    );
    assert_eq!(api.get(&path).await.data()["tags"], json!(["vip"]));

    let message = json!({ "direction": "INBOUND", "allo_number": "+12125550100",
        "contact_number": "+12125550171", "content": "Hello", "sent_at": "2026-03-02T08:10:00Z",
        "status": "FAILED", "user": MARIE });
    let id = done(&api, "POST", "/messages", &message).await["id"].clone();
    let messages = done(&api, "GET", "/messages", &Value::Null).await;
    let listed = messages
        .as_array()
        .expect("a list")
        .iter()
        .find(|message| message["id"] == id);
    let listed = listed.expect("the message");
    assert_eq!(
        (&listed["content"], &listed["status"]),
        (&json!("Hello"), &json!("FAILED"))
    );
}

#[tokio::test]
async fn partner_accounts_webhooks_and_settings_are_controlled() {
    let api = start().await;
    done(
        &api,
        "PUT",
        "/settings",
        &json!({ "partner_billing": "fails" }),
    )
    .await;
    let account = |mobile: &str| {
        json!({ "email": "noor@example.com", "name": "Noor Haddad",
            "personal_mobile": mobile, "number_preference": { "country": "US" } })
    };
    let refused = api
        .post("/v2/api/partner/accounts", &account("+12125550160"))
        .await;
    refused.error(402, "PARTNER_BILLING_FAILED");
    done(
        &api,
        "PUT",
        "/settings",
        &json!({ "partner_billing": "works" }),
    )
    .await;
    let created = api
        .post("/v2/api/partner/accounts", &account("+12125550160"))
        .await;
    let id = created.created()["id"].clone();
    done(
        &api,
        "POST",
        "/partner-accounts/activate",
        &json!({ "id": id }),
    )
    .await;
    let accounts = done(&api, "GET", "/partner-accounts", &Value::Null).await;
    assert_eq!(
        (&accounts[0]["id"], &accounts[0]["activated"]),
        (&id, &json!(true))
    );
    let path = format!(
        "/v2/api/partner/accounts/{}",
        id.as_str().unwrap_or_default()
    );
    api.request("DELETE", &path).send().await.no_content();
    let ended = done(&api, "POST", "/partner-accounts/end-period", &Value::Null).await;
    assert_eq!(ended, json!({ "removed": 1 }));

    let webhook = json!({ "url": "https://hooks.example.com/a", "topics": ["call.completed"] });
    let secret = api.post("/v2/api/webhooks", &webhook).await.created()["signing_secret"].clone();
    let webhooks = done(&api, "GET", "/webhooks", &Value::Null).await;
    assert_eq!(webhooks[0]["signing_secret"], secret);

    let settings = json!({ "positions_after_delete": "compact", "absent_tags": "refused" });
    done(&api, "PUT", "/settings", &settings).await;
    api.append(&["+12125550150", "+12125550151"]).await.data();
    api.delete("number=%2B12125550150").await;
    assert_eq!(api.entries().await, [(0, "+12125550151".to_owned())]);
}
