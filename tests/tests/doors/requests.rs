//! Requests by method and path: those of the table, and those that are not in it.

use std::sync::{Arc, Mutex};

use allo_client::operation::{Method, RateClass, RetrySafety};
use allo_client::pacing::{AcquireTimeout, PaceRequest, Pacer, Permit};
use allo_client::{BoxFuture, Outcome};
use allo_sandbox::{KeySpec, Quotas};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::harness::Harness;

const NEW: &str = "/v2/api/letters";

fn letter() -> String {
    json!({"data": {"id": "let-1"}}).to_string()
}

#[tokio::test]
async fn an_unknown_operation_spends_quota_is_retried_with_one_key_and_tells_its_outcome() {
    let harness = Harness::with(|builder| builder.quotas(Quotas::per_second(20, 5))).await;
    harness
        .control
        .add_endpoint("POST", NEW, 503, "{}")
        .unwrap();
    harness
        .control
        .add_endpoint("POST", NEW, 201, letter())
        .unwrap();
    let client = harness.client_with(|builder| builder);
    let request = client
        .request(Method::Post, NEW)
        .json(&json!({"text": "hello"}));
    let request = request.retry_safety(RetrySafety::Keyed);
    let answer = request.clone().await.unwrap();
    assert_eq!((answer.attempts(), answer.status()), (2, 201));
    assert_eq!(answer.outcome(), Outcome::Executed);
    assert_eq!(answer.body()["data"]["id"], "let-1");
    // The quota of writes, of which each attempt spends one.
    let quota = answer.quota();
    assert_eq!(quota.limit, Some(5));
    assert!(quota.remaining.unwrap() < 5);
    let requests = harness.take_requests();
    let key = requests[0].header("idempotency-key").unwrap().to_owned();
    assert_eq!(
        requests.iter().map(|one| one.status).collect::<Vec<_>>(),
        [503, 201]
    );
    for sent in &requests {
        assert_eq!(sent.header("idempotency-key"), Some(key.as_str()));
        assert_eq!(sent.body, Some(json!({"text": "hello"})));
        assert_eq!((sent.operation, sent.path.as_str()), (None, NEW));
    }
    // The same key again: nothing is executed a second time.
    let again = request
        .options(|o| o.with_idempotency_key(key))
        .await
        .unwrap();
    assert_eq!(again.outcome(), Outcome::Replayed);
}

#[tokio::test]
async fn an_unknown_write_that_may_have_been_executed_is_not_sent_again_unless_the_caller_says_so()
{
    let harness = Harness::start().await;
    let client = harness.client_with(|builder| builder);
    harness
        .control
        .add_endpoint("POST", NEW, 503, "{}")
        .unwrap();
    let error = client.request(Method::Post, NEW).await.unwrap_err();
    assert_eq!((error.attempts(), error.status()), (1, Some(503)));
    assert!(matches!(error.outcome(), Outcome::Unknown { .. }) && error.is_replay_unproven());
    let shown = error.to_string();
    assert!(
        shown.starts_with("POST /v2/api/letters failed: 503"),
        "{shown}"
    );
    assert_eq!(harness.take_requests().len(), 1);
    let insists = client
        .request(Method::Post, NEW)
        .options(|o| o.with_retry_unproven_writes(true).with_max_attempts(3));
    assert_eq!(insists.await.unwrap_err().attempts(), 3);
    // A read may always be repeated.
    harness.control.add_endpoint("GET", NEW, 503, "{}").unwrap();
    harness
        .control
        .add_endpoint("GET", NEW, 200, letter())
        .unwrap();
    assert_eq!(
        client.request(Method::Get, NEW).await.unwrap().attempts(),
        2
    );
    let reads = harness
        .take_requests()
        .into_iter()
        .filter(|one| one.method == "GET");
    assert!(
        reads
            .into_iter()
            .all(|one| one.header("idempotency-key").is_none())
    );
}

/// Lets everybody through, and writes down who came.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<Asked>>>);

/// The name of the request, its class, and whether it is sent again.
type Asked = (&'static str, RateClass, bool);

impl Pacer for Seen {
    fn acquire(&self, request: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>> {
        let operation = request.operation;
        let mut seen = self.0.lock().unwrap();
        seen.push((operation.id, operation.rate_class(), request.is_retry));
        Box::pin(std::future::ready(Ok(Permit::new(|_| ()))))
    }
}

#[tokio::test]
async fn it_is_paced_by_its_class() {
    let harness = Harness::start().await;
    harness.control.add_endpoint("PUT", NEW, 429, "{}").unwrap();
    harness
        .control
        .add_endpoint("PUT", NEW, 200, letter())
        .unwrap();
    harness
        .control
        .add_endpoint("GET", NEW, 200, letter())
        .unwrap();
    harness.control.add_endpoint("HEAD", NEW, 200, "").unwrap();
    let seen = Seen::default();
    let client = harness.client_with(|builder| builder.pacer(seen.clone()));
    client.request(Method::Put, NEW).await.unwrap();
    client.request(Method::Get, NEW).await.unwrap();
    let head = client.request(Method::Head, NEW).await.unwrap();
    assert_eq!(head.body(), &Value::Null);
    let expected = [
        ("PUT /v2/api/letters", RateClass::Write, false),
        ("PUT /v2/api/letters", RateClass::Write, true),
        ("GET /v2/api/letters", RateClass::Read, false),
        ("HEAD /v2/api/letters", RateClass::Read, false),
    ];
    assert_eq!(*seen.0.lock().unwrap(), expected);
}

#[tokio::test]
async fn path_query_and_body_are_encoded_and_the_answer_may_have_a_type() {
    #[derive(Deserialize)]
    struct Whole {
        data: Letter,
    }
    #[derive(Deserialize)]
    struct Letter {
        id: String,
    }
    let harness = Harness::start().await;
    harness
        .control
        .add_endpoint(
            "POST",
            "/v2/api/letters/a%2F..%2Fb/%2B1%202/send",
            200,
            letter(),
        )
        .unwrap();
    let request = harness
        .client
        .request(Method::Post, "/v2/api/letters/{id}/{to}/send")
        .path("id", "a/../b")
        .path("to", "+1 2")
        .query("q", "a b&c")
        .query("ids", vec![1, 2])
        .query("none", Value::Null)
        .header("x-a", "1")
        .json(&json!([{"any": "JSON"}]));
    let answer = request.clone().send_as::<Whole>().await.unwrap();
    assert_eq!(answer.into_inner().data.id, "let-1");
    let sent = harness.take_request();
    let query: Vec<_> = sent.query.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let mut sorted = query.clone();
    sorted.sort();
    assert_eq!(sorted, ["ids=1", "ids=2", "q=a b&c"]);
    assert_eq!(sent.body, Some(json!([{"any": "JSON"}])));
    assert_eq!(sent.header("x-a"), Some("1"));
    // An answer of another shape was executed all the same.
    let error = request
        .send_as::<Vec<Letter>>()
        .await
        .map(drop)
        .unwrap_err();
    assert!(
        error.is_decode() && error.outcome() == &Outcome::Executed,
        "{error}"
    );
}

#[tokio::test]
async fn the_row_of_the_table_holds_where_there_is_one() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let about = harness.fixtures().await;
    let user = client
        .request(Method::Get, "/v2/api/users/{user}")
        .path("user", &*about.user);
    assert_eq!(user.await.unwrap().body()["data"]["id"], json!(about.user));
    assert_eq!(harness.take_request().operation, Some("getUser"));
    // Limits are checked, by the name of the operation.
    let error = client
        .request(Method::Get, "/v2/api/dialing-queues/current")
        .query("size", 100_000)
        .await
        .unwrap_err();
    assert_eq!(
        (error.operation(), error.param()),
        (Some("getCurrentDialingQueue"), Some("size"))
    );
    assert!(error.is_invalid_request());
    let error = client
        .request(Method::Post, "/v2/api/crm/companies")
        .json(&json!({}))
        .await
        .unwrap_err();
    assert_eq!(
        (error.operation(), error.param()),
        (Some("createCompany"), Some("name"))
    );
    // Two operations have one path, and the body tells them apart.
    let sms = |body: Value| {
        let request = client.request(Method::Post, "/v1/api/sms").json(&body);
        request.retry_safety(RetrySafety::Keyed).send()
    };
    let error = sms(json!({"to": 1})).await.unwrap_err();
    assert_eq!(error.operation(), Some("sendSMS"));
    let _ = sms(json!({"to": "+33612345678", "sender_id": "Fern", "message": "hello"})).await;
    assert_eq!(harness.take_request().operation, Some("sendSMSFrance"));
    // Its retry safety cannot be talked away, and a missing scope is known.
    harness
        .control
        .respond_once("sendSMS", 503, &[], "")
        .unwrap();
    let retrying = harness.client_with(|builder| builder);
    let sms = retrying
        .request(Method::Post, "/v1/api/sms")
        .json(&json!({"from": "+12125550100", "to": "+12125550101", "message": "hello"}));
    let error = sms.retry_safety(RetrySafety::Keyed).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(error.is_replay_unproven(), "{error}");
    let weak = harness
        .control
        .add_key(KeySpec::new(about.user.as_str()).scopes(["USERS_READ"]));
    let weak = harness.client_of(&weak);
    weak.learn_limits().await.unwrap();
    let error = weak.request(Method::Get, "/v2/api/tags").await.unwrap_err();
    assert!(error.is_missing_scope(), "{error}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_unsent() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let errors = [
        client
            .request(Method::Get, "https://example.com/x")
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "//example.com/x")
            .await
            .unwrap_err(),
        client.request(Method::Get, "/v2/../x").await.unwrap_err(),
        client.request(Method::Get, "/v2/x?y=1").await.unwrap_err(),
        client.request(Method::Get, "/v2/{x}").await.unwrap_err(),
        client
            .request(Method::Get, "/v2/{x}")
            .path("x", "..")
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "/v2/x")
            .path("+12125550101", "y")
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "/v2/x")
            .query("y", json!({"z": 1}))
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "/v2/x")
            .header("host", "example.com")
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "/v2/x")
            .json(&json!({"a": 1}))
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "/v2/x")
            .options(|o| o.with_body_field("a", 1))
            .await
            .unwrap_err(),
        client
            .request(Method::Get, "/v2/x")
            .options(|o| o.with_idempotency_key("a"))
            .await
            .unwrap_err(),
        client
            .request(Method::Post, "/v2/x")
            .json(&std::collections::HashMap::from([((1, 2), 3)]))
            .await
            .unwrap_err(),
        client
            .request(Method::Post, "/v2/x")
            .json(&json!({"a": 1}))
            .options(|o| o.with_body_field("a", 2))
            .await
            .unwrap_err(),
        client
            .request(Method::Post, "/v2/x")
            .json(&json!([1]))
            .options(|o| o.with_body_field("a", 2))
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert!(
            error.is_invalid_request() && error.param().is_some(),
            "{error}"
        );
        assert_eq!(error.outcome(), &Outcome::NotSent);
        assert!(
            !format!("{error} {error:?}").contains("2125550101"),
            "{error}"
        );
    }
    assert!(harness.take_requests().is_empty());
    let shown = format!(
        "{:?}",
        client
            .request(Method::Get, "/v2/{x}")
            .path("x", "s3cret")
            .query("y", "s3cret")
    );
    assert_eq!(shown, "CustomRequest(GET /v2/{x})");
}

#[tokio::test]
async fn a_page_that_is_no_json_is_no_success() {
    let harness = Harness::start().await;
    harness
        .control
        .add_endpoint("POST", NEW, 200, "<html>log in</html>")
        .unwrap();
    let error = harness.client.request(Method::Post, NEW).await.unwrap_err();
    assert!(
        matches!(error.outcome(), Outcome::Unknown { .. }),
        "{error}"
    );
    harness
        .control
        .add_endpoint("POST", NEW, 404, r#"{"error":{"code":"X","message":"no"}}"#)
        .unwrap();
    let _ = harness.client.request(Method::Post, NEW).await;
    let error = harness.client.request(Method::Post, NEW).await.unwrap_err();
    assert_eq!(
        (error.status(), error.outcome()),
        (Some(404), &Outcome::NotExecuted)
    );
}
