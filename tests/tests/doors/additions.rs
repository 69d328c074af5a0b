//! Headers, query parameters and body fields that a caller adds to one call, and the body of a response as it came.

use allo_client::{CallOptions, Teammate, operations};
use serde_json::json;
use tests::harness::Harness;

fn added(options: CallOptions) -> CallOptions {
    options
        .with_header("x-allo-beta", "people-2")
        .with_query("dry run", "a&b=c")
        .with_query("tag", 1)
        .with_query("tag", true)
}

#[tokio::test]
async fn what_is_added_arrives_beside_what_the_operation_sends() {
    let harness = Harness::start().await;
    let company = harness.client.create_company("Fern Street Books");
    let company = company.website("https://example.com").options(|o| {
        added(o)
            .with_body_field("founded", 1987)
            .with_body_field("a\"b", json!({"c": [null]}))
    });
    company.send().await.unwrap();
    let request = harness.take_request();
    assert_eq!(request.header("x-allo-beta"), Some("people-2"));
    let query: Vec<_> = request
        .query
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(query, [("dry run", "a&b=c"), ("tag", "1"), ("tag", "true")]);
    let expected = json!({
        "name": "Fern Street Books",
        "website": "https://example.com",
        "founded": 1987,
        "a\"b": {"c": [null]},
    });
    assert_eq!(request.body, Some(expected));
}

#[tokio::test]
async fn every_way_to_call_an_operation_takes_them() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let reset = || {
        client
            .reset_current_dialing_queue()
            .for_teammate(Teammate::id(harness.id_of(tests::harness::MARIE)))
    };
    // An optional body that would be left out, and one with a teammate.
    let bare = client.reset_current_dialing_queue();
    bare.options(|o| o.with_body_field("mode", "new"))
        .send()
        .await
        .unwrap();
    assert_eq!(harness.take_request().body, Some(json!({"mode": "new"})));
    reset()
        .options(|o| o.with_body_field("mode", "new"))
        .send()
        .await
        .unwrap();
    let body = harness.take_request().body.unwrap();
    assert!(
        body["mode"] == "new" && body["user_id"].is_string(),
        "{body}"
    );
    // Calls by JSON, and each page of a list.
    let call = client.call(&operations::GET_ME).options(added);
    call.send().await.unwrap();
    assert_eq!(harness.take_request().query.len(), 3);
    harness.fill(3).await;
    let mut pages = client
        .get_current_dialing_queue()
        .size(2)
        .options(added)
        .pages();
    while pages.try_next().await.unwrap().is_some() {}
    let requests = harness.take_requests();
    assert!(requests.len() > 1);
    for request in requests {
        assert!(
            request.query.iter().any(|(name, _)| name == "dry run"),
            "{request:?}"
        );
        assert_eq!(request.header("x-allo-beta"), Some("people-2"));
    }
}

#[tokio::test]
async fn what_the_operation_has_or_sends_already_is_refused_unsent() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let company = |options: fn(CallOptions) -> CallOptions| {
        client.create_company("Fern").options(options).send()
    };
    let users =
        |options: fn(CallOptions) -> CallOptions| client.list_users().options(options).send();
    let queue = |options: fn(CallOptions) -> CallOptions| {
        client.get_current_dialing_queue().options(options).send()
    };
    let unknown = client
        .call(&operations::CREATE_COMPANY)
        .body(json!({"name": "Fern", "founded": 1986}));
    let errors = [
        (
            "name",
            company(|o| o.with_body_field("name", "other"))
                .await
                .unwrap_err(),
        ),
        // One that is not set has limits all the same.
        (
            "website",
            company(|o| o.with_body_field("website", "other"))
                .await
                .unwrap_err(),
        ),
        (
            "page",
            queue(|o| o.with_query("page", 7))
                .await
                .map(drop)
                .unwrap_err(),
        ),
        (
            "user_id",
            queue(|o| o.with_query("user_id", ""))
                .await
                .map(drop)
                .unwrap_err(),
        ),
        (
            "note",
            users(|o| o.with_body_field("note", 1))
                .await
                .map(drop)
                .unwrap_err(),
        ),
        (
            "founded",
            unknown
                .options(|o| o.with_body_field("founded", 1987))
                .send()
                .await
                .unwrap_err(),
        ),
        (
            "authorization",
            users(|o| o.with_header("Authorization", "Api-Key other"))
                .await
                .map(drop)
                .unwrap_err(),
        ),
    ];
    for (param, error) in errors {
        assert!(error.is_invalid_request(), "{param}: {error}");
        if param != "authorization" {
            assert_eq!(error.param(), Some(param), "{error}");
        }
        assert_eq!(error.outcome(), &allo_client::Outcome::NotSent);
        assert!(!error.to_string().contains("other"), "{error}");
    }
    assert!(harness.take_requests().is_empty());
}

#[tokio::test]
async fn a_raw_body_is_kept_when_asked_for() {
    let harness = Harness::start().await;
    let body = r#"{ "data": {"user_id":"usr-1", "unheard_of": 1.50} }"#;
    let json = [("content-type", "application/json")];
    for _ in 0..2 {
        harness
            .control
            .respond_once("getMe", 200, &json, body)
            .unwrap();
    }
    let call = harness.client.call(&operations::GET_ME);
    let kept = call
        .clone()
        .options(|o| o.keep_raw_body())
        .send()
        .await
        .unwrap();
    assert_eq!(kept.raw_body().map(|body| &body[..]), Some(body.as_bytes()));
    assert!(!format!("{kept:?}").contains("unheard_of\\\":"), "{kept:?}");
    assert_eq!(call.send().await.unwrap().raw_body(), None);
}
