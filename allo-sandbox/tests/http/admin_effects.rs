//! What the routes of the admin API do, as a client of the API sees it: resets, clock, scripts, faults and log. Routes for
//! data are in `admin_data`.

use std::time::Duration;

use allo_sandbox::{Fault, FaultPlan, Quotas};
use serde_json::{Value, json};

use crate::admin::{ADMIN, done, start};
use crate::api::{Api, CURRENT, NUMBERS};

#[tokio::test(start_paused = true)]
async fn reset_starts_again_and_the_key_stays_valid() {
    let api = start().await;
    let append = json!({ "numbers": [{ "number": "+12125550150" }] });
    let first = api.post(NUMBERS, &append).await.data();
    let users = done(&api, "GET", "/users", &Value::Null).await;
    api.control().add_tag("vip");
    done(
        &api,
        "POST",
        "/users",
        &json!({ "name": "Ines", "email": "ines@example.com" }),
    )
    .await;
    done(
        &api,
        "POST",
        "/responses",
        &json!({ "operation": "getMe", "status": 503 }),
    )
    .await;
    done(&api, "PUT", "/quotas", &json!({ "reads_per_second": 0 })).await;
    let plan = json!({ "rules": [{ "fault": { "html": 502 } }] });
    done(&api, "PUT", "/faults", &plan).await;
    done(&api, "POST", "/clock/advance", &json!({ "seconds": 3_600 })).await;
    done(
        &api,
        "PUT",
        "/settings",
        &json!({ "ignore_idempotency_keys_in_v1": true }),
    )
    .await;
    let other = done(&api, "POST", "/keys", &json!({ "value": "ak_test_1" })).await;
    assert_eq!(other["api_key"], "ak_test_1");

    let reset = done(&api, "POST", "/reset", &Value::Null).await;
    assert_eq!(reset["api_key"], api.key());
    let clock = done(&api, "GET", "/clock", &Value::Null).await;
    assert!(
        clock["now"]
            .as_str()
            .is_some_and(|now| now.starts_with("2026-03-02T08:30:00"))
    );
    assert_eq!(done(&api, "GET", "/users", &Value::Null).await, users);
    assert_eq!(done(&api, "GET", "/queues", &Value::Null).await, json!([]));
    for path in ["/requests", "/executions"] {
        assert_eq!(
            done(&api, "GET", path, &Value::Null).await,
            json!([]),
            "{path}"
        );
    }
    let faults = done(&api, "GET", "/faults", &Value::Null).await;
    assert_eq!(faults, json!({ "plan": null, "injected": [] }));
    api.get("/v2/api/me").await.data();
    let old = api
        .anonymous("GET", "/v2/api/me")
        .header("authorization", "ak_test_1");
    old.send().await.error(401, "API_KEY_INVALID");
    // Equal seeds and equal requests produce equal ids, after a reset, too; only request ids differ.
    let again = api.post(NUMBERS, &append).await.data();
    assert_eq!(again["added"], first["added"]);
}

#[tokio::test(start_paused = true)]
async fn reset_gives_the_same_ids_as_the_start_and_other_data_on_demand() {
    let api = start().await;
    let deals = "/v2/api/crm/deals";
    let oven = json!({ "name": "Oven lease" });
    let first = api.post(deals, &oven).await.created();
    done(&api, "POST", "/reset", &Value::Null).await;
    let again = api.post(deals, &oven).await.created();
    assert_eq!(again["id"], first["id"]);
    let deal = "/v2/api/crm/deals/dea-example";
    api.get(deal).await.error(404, "DEAL_NOT_FOUND");
    done(&api, "POST", "/reset", &json!({ "data": "examples" })).await;
    assert_eq!(api.get(deal).await.data()["id"], "dea-example");
    done(&api, "POST", "/reset", &json!({ "data": "empty" })).await;
    let state = done(&api, "GET", "/state", &Value::Null).await;
    assert_eq!(state["users"].as_array().map(Vec::len), Some(1));
    assert_eq!(state["calls"], json!([]));
    api.get("/v2/api/me").await.data();
    done(&api, "POST", "/reset", &Value::Null).await;
    assert_eq!(api.control().users().len(), 6, "the data of the start");
}

#[tokio::test(start_paused = true)]
async fn a_reset_forgets_idempotency_keys_and_restores_faults_and_quotas_of_the_start() {
    let plan = FaultPlan::new(1)
        .on("getMe")
        .times(1)
        .inject(Fault::Html(503));
    let quotas = Quotas::per_second(2, 1_000);
    let api = Api::with(|builder| builder.quotas(quotas).faults(plan).admin_api()).await;
    let me = || async { api.get("/v2/api/me").await.status };
    assert_eq!(
        [me().await, me().await, me().await, me().await],
        [503, 200, 200, 429]
    );
    done(&api, "DELETE", "/faults", &Value::Null).await;
    done(&api, "POST", "/reset", &Value::Null).await;
    assert_eq!([me().await, me().await], [503, 200]);
    let append = || async {
        let request = api.request("POST", NUMBERS).header("Idempotency-Key", "k");
        let body = json!({ "numbers": [{ "number": "+12125550150" }] });
        request
            .json(&body)
            .send()
            .await
            .header("idempotency-replayed")
            .is_some()
    };
    assert_eq!([append().await, append().await], [false, true]);
    done(&api, "POST", "/reset", &Value::Null).await;
    assert!(!append().await, "executed again");
    done(&api, "DELETE", "/idempotency-keys", &Value::Null).await;
    assert!(!append().await, "executed again");
}

#[tokio::test(start_paused = true)]
async fn the_clock_moves_stamps_quotas_and_idempotency_keys() {
    let api = Api::with(|builder| builder.quotas(Quotas::per_second(1, 10)).admin_api()).await;
    let created = || async {
        let body = json!({ "name": "Oven lease" });
        let request = api
            .request("POST", "/v2/api/crm/deals")
            .header("Idempotency-Key", "k");
        request.json(&body).send().await.created()["created_at"].clone()
    };
    // The clock stands on a whole second plus what the test takes, so it is set before each burst.
    done(
        &api,
        "PUT",
        "/clock",
        &json!({ "now": "2026-03-02T09:00:00Z" }),
    )
    .await;
    let first = created().await;
    assert!(
        first
            .as_str()
            .is_some_and(|at| at.starts_with("2026-03-02T09:00:")),
        "{first}"
    );
    done(&api, "POST", "/clock/advance", &json!({ "seconds": 3_000 })).await;
    assert_eq!(created().await, first, "replayed");
    done(
        &api,
        "POST",
        "/clock/advance",
        &json!({ "seconds": 599, "ms": 2_000 }),
    )
    .await;
    assert_ne!(created().await, first, "executed again after an hour");
    // Earlier: only the shown time changes.
    let third = created().await;
    let set = json!({ "now": "2020-01-01T00:00:00Z" });
    let clock = done(&api, "PUT", "/clock", &set).await;
    assert!(
        clock["now"]
            .as_str()
            .is_some_and(|now| now.starts_with("2020-01-01T00:00:00"))
    );
    assert_eq!(created().await, third, "replayed");
}

#[tokio::test(start_paused = true)]
async fn quotas_are_changed_and_available_again_after_an_advance() {
    let api = start().await;
    let me = || async { api.get("/v2/api/me").await.status };
    let set = json!({ "reads_per_second": 1 });
    let quotas = done(&api, "PUT", "/quotas", &set).await;
    let expected = json!({ "enforced": true, "reads_per_second": 1, "writes_per_second": 5, "v1_per_day": 1_000 });
    assert_eq!(quotas, expected);
    assert_eq!(done(&api, "GET", "/quotas", &Value::Null).await, expected);
    assert_eq!([me().await, me().await], [200, 429]);
    done(&api, "POST", "/clock/advance", &json!({ "ms": 1_000 })).await;
    assert_eq!([me().await, me().await], [200, 429]);
    done(&api, "PUT", "/quotas", &json!({ "enforced": false })).await;
    assert_eq!([me().await, me().await], [200, 200]);
    done(&api, "PUT", "/quotas", &json!({})).await;
    assert_eq!([me().await, me().await], [200, 200], "nothing was changed");
}

#[tokio::test(start_paused = true)]
async fn responses_are_scripted_several_times_with_headers_and_a_delay() {
    let api = start().await;
    let busy = json!({ "operation": "getMe", "status": 503, "headers": { "Retry-After": "1" },
        "body": { "busy": true }, "times": 2, "delay_ms": 1_500 });
    let pending = done(&api, "POST", "/responses", &busy).await;
    assert_eq!(pending, json!({ "pending": { "getMe": 2 } }));
    let text = json!({ "operation": "getMe", "status": 200, "text": "<html>" });
    done(&api, "POST", "/responses", &text).await;
    for _ in 0..2 {
        let start = tokio::time::Instant::now();
        let response = api.get("/v2/api/me").await;
        assert_eq!(
            (response.status, response.header("retry-after")),
            (503, Some("1"))
        );
        assert_eq!(response.json(), json!({ "busy": true }));
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(start.elapsed(), Duration::from_millis(1_500));
    }
    let pending = done(&api, "GET", "/responses", &Value::Null).await;
    assert_eq!(pending, json!({ "pending": { "getMe": 1 } }));
    assert_eq!(api.get("/v2/api/me").await.text, "<html>");
    api.get("/v2/api/me").await.data();
    done(&api, "POST", "/responses", &busy).await;
    done(&api, "DELETE", "/responses", &Value::Null).await;
    api.get("/v2/api/me").await.data();
}

#[tokio::test]
async fn documented_answers_and_errors_are_scripted_by_operation() {
    let api = start().await;
    let deal = json!({ "id": "dea-1", "name": "Oven lease" });
    let answer = json!({ "operation": "getDeal", "answer": deal });
    done(&api, "POST", "/responses", &answer).await;
    assert_eq!(api.get("/v2/api/crm/deals/dea-1").await.data(), deal);
    let error = json!({ "operation": "getDeal", "status": 404, "error": "DEAL_NOT_FOUND" });
    done(&api, "POST", "/responses", &error).await;
    let error = api.get("/v2/api/crm/deals/dea-1").await;
    error.error(404, "DEAL_NOT_FOUND");
    let endpoint =
        json!({ "method": "GET", "path": "/v2/api/new", "status": 200, "body": { "data": 1 } });
    done(&api, "POST", "/endpoints", &endpoint).await;
    assert_eq!(api.get("/v2/api/new").await.data(), json!(1));
}

#[tokio::test]
async fn faults_are_injected_by_a_plan_and_listed() {
    let api = start().await;
    let plan = json!({ "seed": 7, "rules": [
        { "operation": "getMe", "attempt": 1, "fault": "reset_after_execution", "probability": 1.0 },
        { "times": 1, "fault": { "rate_limited": { "retry_after_seconds": 2 } }, "probability": 1.0 },
    ] });
    let set = done(&api, "PUT", "/faults", &plan).await;
    assert_eq!(set["plan"], plan);
    assert!(
        api.request("GET", "/v2/api/me").try_send().await.is_err(),
        "the connection is reset"
    );
    let limited = api.get("/v2/api/me").await;
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("2"))
    );
    api.get("/v2/api/me").await.data();
    let faults = done(&api, "GET", "/faults", &Value::Null).await;
    assert_eq!(faults["plan"], plan);
    let injected: Vec<_> = faults["injected"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(injected.len(), 2);
    assert_eq!(injected[0]["fault"], "reset_after_execution");
    assert_eq!(
        (&injected[0]["executed"], &injected[1]["executed"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn the_log_is_filtered_and_cleared() {
    let api = start().await;
    let append = json!({ "numbers": [{ "number": "+12125550150" }] });
    for _ in 0..2 {
        let request = api.request("POST", NUMBERS).header("Idempotency-Key", "k");
        request.json(&append).send().await.data();
    }
    api.get(&format!("{CURRENT}?size=5")).await;
    api.anonymous("GET", "/nowhere").send().await;
    let count = |query: &'static str| {
        let api = &api;
        async move {
            let list = done(api, "GET", &format!("/requests{query}"), &Value::Null).await;
            list.as_array().map(Vec::len)
        }
    };
    for (query, expected) in [
        ("", 4),
        ("?operation=appendDialingQueueNumbers", 2),
        ("?operation=appendDialingQueueNumbers&executed=true", 1),
        ("?replayed=true", 1),
        ("?status=401", 1),
        ("?method=GET", 2),
        ("?path=/nowhere&executed=false", 1),
        ("?operation=getMe", 0),
    ] {
        assert_eq!(count(query).await, Some(expected), "{query}");
    }
    let list = done(&api, "GET", "/requests?replayed=false", &Value::Null).await;
    let append_log = &list[0];
    assert_eq!(
        append_log["headers"]["authorization"], "Api-Key",
        "the key is not shown"
    );
    assert_eq!(append_log["headers"]["idempotency-key"], "k");
    assert_eq!(append_log["body"], append);
    assert_eq!(list[1]["query"], json!([["size", "5"]]));
    assert_eq!(list[1]["response"]["data"][0]["number_to"], "+12125550150");
    let id = append_log["request_id"].as_str().expect("an id").to_owned();
    let one = done(
        &api,
        "GET",
        &format!("/requests?request_id={id}"),
        &Value::Null,
    )
    .await;
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    let executions = done(
        &api,
        "GET",
        "/executions?operation=appendDialingQueueNumbers",
        &Value::Null,
    );
    let executions = executions.await;
    assert_eq!(executions[0]["idempotency_key"], "k");
    assert_eq!(
        executions.as_array().map(Vec::len),
        Some(1),
        "the replay was not executed"
    );
    let none = done(&api, "GET", "/executions?operation=getMe", &Value::Null).await;
    assert_eq!(none, json!([]));
    done(&api, "DELETE", "/requests", &Value::Null).await;
    assert_eq!(count("").await, Some(0));
}

#[tokio::test]
async fn connections_are_refused_for_a_while() {
    let api = start().await;
    done(
        &api,
        "POST",
        "/connections/refuse",
        &json!({ "ms": 600_000 }),
    )
    .await;
    assert!(
        api.request("GET", "/v2/api/me").try_send().await.is_err(),
        "refused"
    );
    // The control handle opens the port at once.
    api.control().refuse_connections(false).await;
    let clock = api.anonymous("GET", &format!("{ADMIN}/clock"));
    clock.send().await.data();
}
