//! What all operations have in common: authentication, scopes, request ids and errors for unknown
//! endpoints.

use allo_sandbox::{KeySpec, OPERATIONS};
use serde_json::json;

use crate::api::{Api, CAMILLE, CURRENT, NUMBERS, filled};

#[tokio::test]
async fn both_forms_of_the_key_are_accepted() {
    let api = Api::start().await;
    for header in [api.key().to_owned(), format!("Api-Key {}", api.key())] {
        let request = api
            .anonymous("GET", "/v2/api/me")
            .header("authorization", &header);
        assert_eq!(request.send().await.status, 200);
    }
}

#[tokio::test]
async fn everything_else_is_no_credential() {
    let api = Api::start().await;
    let missing = api.anonymous("GET", "/v2/api/me").send().await;
    assert!(missing.error(401, "UNAUTHORIZED")["suggestion"].is_string());
    for header in [
        format!("Bearer {}", api.key()),
        "Api-Key ".into(),
        "Basic YTpi".into(),
    ] {
        let request = api
            .anonymous("GET", "/v2/api/me")
            .header("authorization", &header);
        request.send().await.error(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn unknown_and_revoked_keys_are_told_apart() {
    let api = Api::start().await;
    let unknown = api
        .anonymous("GET", "/v2/api/me")
        .header("authorization", "Api-Key ak_live_no");
    unknown.send().await.error(401, "API_KEY_INVALID");
    assert!(api.control().revoke(api.key()));
    assert!(!api.control().revoke("ak_live_no"));
    api.get("/v2/api/me").await.error(401, "API_KEY_REVOKED");
}

#[tokio::test]
async fn each_operation_asks_for_its_scope_and_for_no_other() {
    let mut api = Api::start().await;
    for operation in OPERATIONS {
        let path = filled(operation.path);
        api.use_key(KeySpec::new(CAMILLE).scopes(operation.scope));
        let allowed = api
            .request(operation.method.as_str(), &path)
            .json(&json!({}));
        assert_ne!(allowed.send().await.status, 403, "{operation:?}");
        let Some(scope) = operation.scope else {
            continue;
        };
        api.use_key(KeySpec::new(CAMILLE).scopes(["NOTES_READ"]));
        let answer = api.request(operation.method.as_str(), &path).send().await;
        if path.starts_with("/v1/") {
            let details = answer.v1_error(403, "API_KEY_INSUFFICIENT_SCOPE");
            let expected = json!([{ "message": format!("required={scope}"), "field": "scope" }]);
            assert_eq!(details, expected);
            continue;
        }
        let error = answer.error(403, "API_KEY_INSUFFICIENT_SCOPE");
        for field in ["message", "suggestion"] {
            assert!(
                error[field]
                    .as_str()
                    .is_some_and(|text| text.contains(scope)),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn request_ids_are_the_callers_or_generated() {
    let api = Api::start().await;
    let named = api
        .request("GET", "/v2/api/nowhere")
        .header("x-request-id", "import-7")
        .send()
        .await;
    assert_eq!(
        named.error(404, "ENDPOINT_NOT_FOUND")["request_id"],
        "import-7"
    );
    let generated = api.get("/v2/api/me").await;
    let id = generated
        .header("x-request-id")
        .and_then(|id| id.strip_prefix("req_"));
    let id = id.expect("every answer has one");
    assert_eq!(id.len(), 12);
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let next = api.get("/v2/api/me").await;
    assert_ne!(
        generated.header("x-request-id"),
        next.header("x-request-id")
    );
    let logged: Vec<_> = api
        .control()
        .requests()
        .into_iter()
        .map(|r| r.request_id)
        .collect();
    assert_eq!(logged[0], "import-7");
    assert_eq!(Some(logged[1].as_str()), generated.header("x-request-id"));
}

#[tokio::test]
async fn unknown_urls_and_wrong_methods_are_refused() {
    let api = Api::start().await;
    for path in [
        "/",
        "/v2/api/dialing-queues/current/nothing",
        "/v2/api/users/a/b",
        "/v2/api/me/",
    ] {
        api.get(path).await.error(404, "ENDPOINT_NOT_FOUND");
    }
    let answer = api.get("/v1/api/users").await;
    assert!(answer.v1_error(404, "ENDPOINT_NOT_FOUND").is_null());
    let cases = [
        ("PUT", CURRENT, "GET, POST, PATCH"),
        ("DELETE", CURRENT, "GET, POST, PATCH"),
        ("GET", NUMBERS, "POST, DELETE"),
        ("POST", "/v2/api/me", "GET"),
    ];
    for (method, path, allowed) in cases {
        let answer = api.request(method, path).send().await;
        answer.error(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
    let head = api.request("HEAD", "/v2/api/me").send().await;
    assert_eq!(head.status, 405);
}

#[tokio::test]
async fn unauthenticated_requests_do_not_reveal_endpoints() {
    let api = Api::start().await;
    api.anonymous("GET", "/v2/api/nowhere")
        .send()
        .await
        .error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn bodies_must_be_json_objects_and_say_so() {
    let api = Api::start().await;
    for (method, path) in [("POST", CURRENT), ("PATCH", CURRENT), ("POST", NUMBERS)] {
        let plain = api.request(method, path).body("{}");
        plain.send().await.error(415, "UNSUPPORTED_MEDIA_TYPE");
        let form = api
            .request(method, path)
            .header("content-type", "text/json")
            .body("{}");
        form.send().await.error(415, "UNSUPPORTED_MEDIA_TYPE");
        for body in ["{", "[]", "null", "7", "{} {}"] {
            let request = api
                .request(method, path)
                .header("content-type", "application/json");
            request
                .body(body)
                .send()
                .await
                .error(400, "INVALID_REQUEST_BODY");
        }
    }
    assert_eq!(api.control().queues_created(), 0);
    let with_charset = api
        .request("PATCH", CURRENT)
        .header("content-type", "Application/JSON; charset=utf-8");
    with_charset.body("{}").send().await.data();
}
