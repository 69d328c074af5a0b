//! The admin API as a whole: every route answers, and what is wrong is refused with a helpful message.
//! What the routes do is in `admin_effects`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::{Api, ApiResponse, CAMILLE};

pub(crate) const ADMIN: &str = "/__sandbox";

/// The demo team without quotas, with the admin API.
pub(crate) async fn start() -> Api {
    let off = allo_sandbox::Quotas::off();
    Api::with(|builder| builder.quotas(off).admin_api()).await
}

/// A request to the admin API, without a key; `null` is no body.
pub(crate) async fn ask(api: &Api, method: &str, path: &str, body: &Value) -> ApiResponse {
    let request = api.anonymous(method, &format!("{ADMIN}{path}"));
    match body {
        Value::Null => request.send().await,
        body => request.json(body).send().await,
    }
}

/// The `data` of a success.
pub(crate) async fn done(api: &Api, method: &str, path: &str, body: &Value) -> Value {
    let response = ask(api, method, path, body).await;
    assert_eq!(response.status, 200, "{method} {path}: {}", response.text);
    response.json()["data"].clone()
}

/// A request to each route that succeeds, in an order in which all of them do.
fn valid_requests() -> Vec<(&'static str, &'static str, Value)> {
    let outcome = json!({ "routing_result": "ANSWERED" });
    let append = json!({ "operation": "appendDialingQueueNumbers",
        "body": { "numbers": [{ "number": "+12125550150" }, { "number": "+12125550151" }] } });
    let account = json!({ "operation": "createPartnerAccount", "body": {
        "email": "noor@example.com", "name": "Noor Haddad", "personal_mobile": "+12125550160",
        "number_preference": { "country": "US" } } });
    let call = json!({ "direction": "INBOUND", "allo_number": "+12125550100",
        "contact_number": "+12125550120", "talked_ms": 90_000 });
    let message = json!({ "direction": "OUTBOUND", "allo_number": "+12125550100",
        "contact_number": "+12125550120", "content": "Hello" });
    let plan = json!({ "seed": 7, "rules": [{ "operation": "getUser", "fault": "half_body" }] });
    vec![
        ("GET", "", Value::Null),
        ("POST", "/reset", json!({ "data": "demo" })),
        ("POST", "/seed", json!({ "operations": [append, account] })),
        ("GET", "/state", Value::Null),
        ("GET", "/clock", Value::Null),
        ("PUT", "/clock", json!({ "now": "2026-03-02T10:00:00Z" })),
        ("POST", "/clock/advance", json!({ "seconds": 1 })),
        ("GET", "/quotas", Value::Null),
        ("PUT", "/quotas", json!({ "enforced": false })),
        ("PUT", "/settings", json!({ "absent_tags": "refused" })),
        (
            "POST",
            "/responses",
            json!({ "operation": "getMe", "status": 503 }),
        ),
        ("GET", "/responses", Value::Null),
        ("DELETE", "/responses", Value::Null),
        (
            "POST",
            "/endpoints",
            json!({ "method": "GET", "path": "/v2/api/new", "status": 200 }),
        ),
        ("PUT", "/faults", plan),
        ("GET", "/faults", Value::Null),
        ("DELETE", "/faults", Value::Null),
        ("GET", "/requests", Value::Null),
        ("DELETE", "/requests", Value::Null),
        ("GET", "/executions", Value::Null),
        ("DELETE", "/idempotency-keys", Value::Null),
        ("GET", "/users", Value::Null),
        (
            "POST",
            "/users",
            json!({ "name": "Ines", "email": "ines@example.com" }),
        ),
        (
            "PUT",
            "/users/status",
            json!({ "user": "ines@example.com", "status": "BLOCKED" }),
        ),
        ("DELETE", "/users?user=ines%40example.com", Value::Null),
        ("POST", "/keys", json!({ "value": "ak_test_1" })),
        ("POST", "/keys/revoke", json!({ "api_key": "ak_test_1" })),
        ("GET", "/queue?user=camille%40example.com", Value::Null),
        ("GET", "/queues", Value::Null),
        (
            "POST",
            "/queue/dial",
            json!({ "user": CAMILLE, "position": 0, "outcome": outcome }),
        ),
        (
            "POST",
            "/queue/start-call",
            json!({ "user": CAMILLE, "position": 1 }),
        ),
        (
            "POST",
            "/queue/finish-call",
            json!({ "user": CAMILLE, "position": 1, "outcome": outcome }),
        ),
        (
            "PUT",
            "/queue/sync-status",
            json!({ "user": CAMILLE, "position": 1, "status": "SYNCED" }),
        ),
        ("GET", "/phone-numbers", Value::Null),
        (
            "POST",
            "/phone-numbers",
            json!({ "number": "+12125550170", "country": "US" }),
        ),
        ("POST", "/tags", json!({ "name": "vip" })),
        (
            "POST",
            "/contacts",
            json!({ "name": "Ines", "numbers": ["+12125550171"] }),
        ),
        ("GET", "/calls", Value::Null),
        ("POST", "/calls", call),
        ("GET", "/messages", Value::Null),
        ("POST", "/messages", message),
        ("GET", "/webhooks", Value::Null),
        ("GET", "/partner-accounts", Value::Null),
        (
            "POST",
            "/partner-accounts/activate",
            json!({ "id": "filled in" }),
        ),
        ("POST", "/partner-accounts/end-period", Value::Null),
        ("POST", "/connections/refuse", json!({ "ms": 1 })),
    ]
}

fn path_of(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

#[tokio::test]
async fn every_route_of_the_table_answers_without_a_key_and_outside_log_and_quota() {
    let quotas = allo_sandbox::Quotas::per_second(0, 0);
    let api = Api::with(|builder| builder.quotas(quotas).admin_api()).await;
    let index = done(&api, "GET", "", &Value::Null).await;
    let mut left: BTreeSet<(String, String)> = index["routes"]
        .as_array()
        .expect("routes")
        .iter()
        .map(|route| {
            assert!(
                route["summary"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            let text = |name: &str| route[name].as_str().expect("a text").to_owned();
            (text("method"), text("path"))
        })
        .collect();
    for (method, path, mut body) in valid_requests() {
        if path.ends_with("/activate") {
            body["id"] = api.control().partner_accounts()[0].id.clone().into();
        }
        done(&api, method, path, &body).await;
        let route = (method.to_owned(), format!("{ADMIN}{}", path_of(path)));
        assert!(
            left.remove(&route),
            "{route:?} is not in the table, or asked twice"
        );
    }
    assert!(left.is_empty(), "no request to {left:?}");
    assert!(
        api.control().requests().is_empty(),
        "the admin API is in the log"
    );
}

#[tokio::test]
async fn a_body_that_is_wrong_is_refused_and_the_message_names_the_field() {
    let api = start().await;
    for (method, path, body) in valid_requests() {
        if body.is_null() {
            continue;
        }
        let mut misspelt = body.clone();
        misspelt["misspelt"] = json!(1);
        let error = ask(&api, method, path, &misspelt).await;
        let error = error.error(400, "INVALID_REQUEST_BODY");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            message.contains("unknown field `misspelt`"),
            "{method} {path}: {message}"
        );
        let request = api.anonymous(method, &format!("{ADMIN}{path}"));
        let request = request
            .header("content-type", "application/json")
            .body("[]");
        let response = request.send().await;
        assert_eq!(response.status, 400, "{method} {path}: {}", response.text);
    }
}

#[tokio::test]
async fn a_parameter_that_is_wrong_is_refused() {
    let api = start().await;
    for (method, path, body) in valid_requests() {
        if method != "GET" || !body.is_null() {
            continue;
        }
        let error = ask(
            &api,
            method,
            &format!("{}?misspelt=1", path_of(path)),
            &body,
        )
        .await;
        let error = error.error(400, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], "misspelt", "{method} {path}: {error}");
    }
    for (path, param) in [
        ("/requests?status=soon", "status"),
        ("/requests?executed=yes", "executed"),
        ("/queue", "user"),
    ] {
        let error = ask(&api, "GET", path, &Value::Null).await;
        let error = error.error(400, "INVALID_REQUEST_BODY");
        assert_eq!(error["param"], param, "{path}: {error}");
    }
}

#[tokio::test]
async fn values_that_are_wrong_are_refused_with_what_is_expected() {
    let api = start().await;
    #[rustfmt::skip]
    let cases = [
        ("POST", "/reset", json!({ "data": "all" }), 400, "one of empty, demo, examples"),
        ("PUT", "/clock", json!({ "now": "soon" }), 400, "Invalid request body"),
        ("POST", "/clock/advance", json!({}), 400, "greater than 0"),
        ("POST", "/responses", json!({ "operation": "getNothing", "status": 503 }), 400, "getNothing"),
        ("POST", "/responses", json!({ "operation": "getMe" }), 400, "Give `status`"),
        ("POST", "/responses", json!({ "operation": "getMe", "status": 100 }), 400, "100"),
        ("POST", "/responses", json!({ "operation": "getMe", "status": 503, "times": 0 }), 400, "times"),
        ("POST", "/responses", json!({ "operation": "getMe", "status": 200, "error": "X" }), 400, "200"),
        ("POST", "/responses", json!({ "operation": "addTags", "answer": 1 }), 400, "has no body"),
        ("POST", "/responses", json!({ "operation": "getMe", "status": 200, "headers": { "a b": "" } }),
            400, "header"),
        ("POST", "/endpoints", json!({ "method": "GET", "path": "x", "status": 200 }), 400, "begin with /"),
        ("PUT", "/faults", json!({ "rules": [{ "fault": "gremlin" }] }), 400, "unknown variant `gremlin`"),
        ("PUT", "/faults", json!({ "rules": [{ "fault": { "html": 200 } }] }), 400, "502, 503 or 504"),
        ("PUT", "/faults", json!({ "rules": [{ "times": 0, "fault": "refuse" }] }), 400, "at least 1"),
        ("POST", "/connections/refuse", json!({ "ms": 0 }), 400, "from 1 to"),
        ("PUT", "/settings", json!({ "absent_tags": "lost" }), 400, "`ignored` or `refused`"),
        ("POST", "/users", json!({ "name": "M", "email": "Marie@example.com" }), 400, "already"),
        ("POST", "/users", json!({ "name": "M", "email": "m@example.com", "role": "KING" }), 400, "ADMIN"),
        ("POST", "/users", json!({ "name": "M", "email": "m@example.com", "team": 1 }), 400, "string or null"),
        ("PUT", "/users/status", json!({ "user": "nobody", "status": "ACTIVE" }), 404, "nobody"),
        ("DELETE", "/users?user=nobody", Value::Null, 404, "nobody"),
        ("POST", "/keys", json!({ "scopes": ["EVERYTHING"] }), 400, "EVERYTHING"),
        ("POST", "/keys", json!({ "value": "a b" }), 400, "without spaces"),
        ("GET", "/queue?user=nobody", Value::Null, 404, "nobody"),
        ("POST", "/queue/start-call", json!({ "user": CAMILLE, "position": 7 }), 404, "position 7"),
        ("POST", "/calls", json!({ "direction": "UP", "allo_number": "", "contact_number": "" }),
            400, "INBOUND, OUTBOUND"),
        ("POST", "/phone-numbers", json!({ "country": "US" }), 400, "sender_id is required"),
        ("POST", "/partner-accounts/activate", json!({ "id": "usr-0" }), 404, "usr-0"),
        ("POST", "/seed", json!({ "operations": [{ "operation": "createDeal", "body": {} }] }),
            400, "name is required"),
        ("POST", "/seed", json!({ "operations": [{ "operation": "getDeal" }] }), 400, "parameter id"),
        ("POST", "/seed", json!({ "operations": [{ "operation": "getMe", "params": { "id": 1 } }] }),
            400, "must be a string"),
    ];
    for (method, path, body, status, expected) in cases {
        let response = ask(&api, method, path, &body).await;
        assert_eq!(
            response.status, status,
            "{method} {path} {body}: {}",
            response.text
        );
        let code = response.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let error = response.error(status, &code);
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            message.contains(expected),
            "{method} {path} {body}: {message}"
        );
    }
}

#[tokio::test]
async fn unknown_routes_wrong_methods_and_other_content_types_are_refused() {
    let api = start().await;
    for path in ["/nowhere", "/", "/reset/now"] {
        let error = ask(&api, "GET", path, &Value::Null).await;
        let error = error.error(404, "ENDPOINT_NOT_FOUND");
        assert_eq!(error["suggestion"], "List the routes with GET /__sandbox.");
    }
    let error = ask(&api, "DELETE", "/clock", &Value::Null).await;
    let error = error.error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(error["suggestion"], "Allowed methods: GET, PUT.");
    let request = api.anonymous("POST", "/__sandbox/tags");
    let request = request.header("content-type", "text/plain").body("{}");
    request.send().await.error(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn without_the_setting_there_is_no_admin_api_and_a_token_protects_it() {
    let closed = Api::start().await;
    let path = "/__sandbox/clock";
    closed.get(path).await.error(404, "ENDPOINT_NOT_FOUND");
    closed
        .anonymous("GET", path)
        .send()
        .await
        .error(401, "UNAUTHORIZED");
    let api = Api::with(|builder| builder.admin_token("quiet-token")).await;
    for wrong in [
        "",
        "quiet-token",
        "Bearer quiet",
        "Bearer quiet-token2",
        "bearer quiet-token",
    ] {
        let request = api.anonymous("GET", path).header("authorization", wrong);
        request.send().await.error(401, "UNAUTHORIZED");
    }
    let request = api
        .anonymous("GET", path)
        .header("authorization", "Bearer quiet-token");
    request.send().await.data();
    let shown = format!(
        "{:?}",
        allo_sandbox::Sandbox::builder().admin_token("quiet-token")
    );
    assert!(!shown.contains("quiet-token"), "{shown}");
}
