//! Responses that do not match the document: what can be decoded is returned, the rest is an error that keeps status
//! and bytes, and no further request is sent.

use allo_client::types::{DialingQueuePage, SyncStatus};
use allo_client::{Error, ErrorCode, OpenEnum, Outcome, Response};
use serde_json::{Value, json};
use tests::harness::{Harness, client_of, numbers, one_attempt};
use tests::raw_server;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const HTML: [(&str, &str); 1] = [("content-type", "text/html; charset=utf-8")];
const READ: &str = "getCurrentDialingQueue";

/// A page that matches no document.
fn strange_page() -> Value {
    json!({
        "data": [{
            "number_to": "+12125550160",
            "position": 4,
            "created_at": "2027-01-05T08:15:00",
            "updated_at": "2027-01-05T08:15:00.25",
            "call_start_date": null,
            "sync_status": "ARCHIVED_2027",
            "mood": {"of": ["the", "day"]},
        }],
        "pagination": {
            "page": 1, "size": 20, "total_count": 1, "total_pages": 1, "has_more": false,
        },
    })
}

async fn read(harness: &Harness) -> Result<Response<DialingQueuePage>, Error> {
    harness.client.get_current_dialing_queue().send().await
}

/// The result of a read for a response.
async fn answered(
    harness: &Harness,
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<String>,
) -> Result<Response<DialingQueuePage>, Error> {
    let scripted = harness
        .control
        .respond_once(READ, status, headers, body.into());
    scripted.unwrap();
    read(harness).await
}

#[tokio::test]
async fn a_page_of_the_future_is_read() {
    let harness = Harness::start().await;
    let answer = answered(&harness, 200, &JSON, strange_page().to_string()).await;
    let page = answer.unwrap().into_inner();
    assert!(page.data.malformed().is_empty());
    let number = &page.data[0];
    let status = number.sync_status.as_ref().unwrap();
    assert!(!status.is_known() && matches!(status, SyncStatus::Unrecognized(_)));
    assert_eq!(status.to_string(), "ARCHIVED_2027");
    let created = number.created_at.as_ref().unwrap();
    assert_eq!(created.instant().to_string(), "2027-01-05T08:15:00Z");
    assert!(number.call_start_date.is_null() && number.call_id.is_absent());

    // Everything is preserved except the unknown field.
    let mut expected = strange_page();
    expected["data"][0].as_object_mut().unwrap().remove("mood");
    assert_eq!(serde_json::to_value(&page).unwrap(), expected);
}

#[tokio::test]
async fn null_and_absent_are_told_apart_where_the_api_does() {
    let harness = Harness::start().await;
    let queue = |fields: Value| {
        let mut data = json!({"id": "pdl_0000"});
        let all = data.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        json!({ "data": data })
    };
    for fields in [json!({}), json!({"name": null}), json!({"name": "Calls"})] {
        let body = queue(fields.clone()).to_string();
        let reset = "resetCurrentDialingQueue";
        let control = &harness.control;
        control.respond_once(reset, 200, &JSON, body).unwrap();
        let answer = harness.client.reset_current_dialing_queue().send().await;
        let queue_read = answer.unwrap().into_inner();
        let name = &queue_read.name;
        let told = (name.is_absent(), name.is_null(), name.as_deref());
        let expected = (
            fields.get("name").is_none(),
            fields.get("name") == Some(&Value::Null),
            fields.get("name").and_then(Value::as_str),
        );
        assert_eq!(told, expected);
        assert_eq!(
            serde_json::to_value(&queue_read).unwrap(),
            queue(fields)["data"]
        );
    }
}

/// Three numbers, the second of which is invalid.
fn page_with_a_bad_number() -> String {
    let mut page = strange_page();
    let good = page["data"][0].clone();
    let bad = json!({"number_to": "+12125550161", "position": "fifth"});
    page["data"] = json!([good, bad, good]);
    page.to_string()
}

#[tokio::test]
async fn a_malformed_item_does_not_cost_its_page() {
    let harness = Harness::start().await;
    let body = page_with_a_bad_number();
    let control = &harness.control;
    control
        .respond_once(READ, 200, &JSON, body.clone())
        .unwrap();
    let mut pages = harness.client.get_current_dialing_queue().pages();
    let page = pages.try_next().await.unwrap().unwrap();
    let numbers = &page.body().data;
    assert_eq!(numbers.len(), 2);
    let [bad] = numbers.malformed() else {
        panic!("one malformed number: {numbers:?}")
    };
    assert_eq!((bad.index(), &bad.raw()["position"]), (1, &json!("fifth")));
    assert!(bad.problem().contains("position") || bad.problem().contains("i64"));
    assert!(!bad.problem().contains("fifth"));
    let written = serde_json::to_value(numbers).unwrap();
    assert_eq!(written[1], *bad.raw());
    assert!(pages.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn items_reports_a_malformed_item_and_goes_on() {
    let harness = Harness::start().await;
    let body = page_with_a_bad_number();
    let control = &harness.control;
    control.respond_once(READ, 200, &JSON, body).unwrap();
    let mut items = harness.client.get_current_dialing_queue().items();
    assert_eq!(items.try_next().await.unwrap().unwrap().position, 4);
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_decode() && !error.is_invalid_request());
    assert_eq!(error.operation(), Some(READ));
    assert_eq!(
        (error.status(), error.outcome()),
        (Some(200), &Outcome::Executed)
    );
    assert!(error.message().contains("item 1 of page 1"), "{error}");
    assert!(serde_json::from_slice::<Value>(error.body()).unwrap()["position"] == "fifth");
    assert_eq!(items.try_next().await.unwrap().unwrap().position, 4);
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(harness.take_requests().len(), 1, "no page is read again");
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_done_and_keeps_its_bytes() {
    let harness = Harness::start().await;
    let table = [
        (200, r#"{"data": {"added": [], "ski"#),
        (200, r#"{"data": {"added": 7, "skipped": []}}"#),
        (201, r#"{"data":"#),
        (299, r#"{"data": "created"}"#),
    ];
    for (status, body) in table {
        let error = appended(&harness, status, &JSON, body).await;
        assert!(error.is_decode() && !error.is_status(), "{body}: {error}");
        assert_eq!(*error.outcome(), Outcome::Executed);
        assert!(error.to_string().contains("do not retry"), "{error}");
    }
    assert_eq!(harness.control.queues_created(), 0);
}

#[tokio::test]
async fn a_page_where_the_api_should_answer_says_what_to_do() {
    let harness = Harness::start().await;
    let page = "<!doctype html><title>Please log in</title>";
    for status in [200, 203, 404] {
        let error = answered(&harness, status, &HTML, page.to_owned())
            .await
            .unwrap_err();
        let advice = error.suggestion().expect("advice");
        assert!(
            advice.contains("base URL") && advice.contains("proxy"),
            "{status}: {advice}"
        );
        assert!(error.to_string().contains(advice), "{error}");
    }
    // The statuses with which gateways report a failing server are known.
    let error = answered(&harness, 502, &HTML, page.to_owned())
        .await
        .unwrap_err();
    assert_eq!(error.suggestion(), None);
}

#[tokio::test]
async fn a_2xx_that_is_not_the_apis_says_nothing_and_keeps_its_bytes() {
    let harness = Harness::start().await;
    let table = [
        (200, JSON, "{\"queue\": null}"),
        (200, JSON, "[]"),
        (200, HTML, "<html><title>Welcome</title></html>"),
        (201, JSON, "\"created\""),
        (202, JSON, "   "),
        (204, JSON, ""),
        (299, JSON, "{"),
    ];
    for (status, headers, body) in table {
        let error = appended(&harness, status, &headers, body).await;
        assert!(error.is_unexpected_response(), "{body}: {error}");
        assert!(!error.is_decode() && !error.is_status(), "{body}: {error}");
        let is_unknown = matches!(error.outcome(), Outcome::Unknown { .. });
        assert!(is_unknown, "{body}: {error}");
        assert!(error.to_string().contains("have been executed"), "{error}");
    }
    assert_eq!(harness.control.queues_created(), 0);
}

/// The error of an append with this response, after the checks that apply to all such errors.
async fn appended(harness: &Harness, status: u16, headers: &[(&str, &str)], body: &str) -> Error {
    let id = "appendDialingQueueNumbers";
    let control = &harness.control;
    let scripted = control.respond_once(id, status, headers, body.to_owned());
    scripted.unwrap();
    let append = harness.client.append_dialing_queue_numbers(numbers(1));
    let append = append.options(|o| o.with_request_id("load-7"));
    let error = append.send().await.unwrap_err();
    assert_eq!(error.status(), Some(status));
    assert_eq!(error.body(), body.as_bytes());
    assert_eq!(error.request_id(), Some("load-7"));
    let head = format!("{id} failed: {status}");
    assert!(error.to_string().starts_with(&head), "{error}");
    error
}

#[tokio::test]
async fn a_refusal_in_a_success_is_a_refusal() {
    let harness = Harness::start().await;
    let refusal = |code: &str| json!({"error": {"code": code, "message": "No."}}).to_string();
    let told = answered(&harness, 200, &JSON, refusal("ASSIGNEE_NOT_FOUND")).await;
    let error = told.unwrap_err();
    assert!(error.is_status() && !error.is_decode(), "{error}");
    assert!(error.is_assignee_not_found());
    assert_eq!(
        error.status(),
        Some(200),
        "the status that came, not the one that should have"
    );
    assert_eq!(error.body(), refusal("ASSIGNEE_NOT_FOUND").as_bytes());

    let reset = "resetCurrentDialingQueue";
    for (code, doubtful) in [
        ("ASSIGNEE_NOT_FOUND", false),
        ("INTERNAL_SERVER_ERROR", true),
    ] {
        let scripted = harness
            .control
            .respond_once(reset, 200, &JSON, refusal(code));
        scripted.unwrap();
        let error = harness
            .client
            .reset_current_dialing_queue()
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(&code.into()));
        assert_eq!(error.outcome().may_have_executed(), doubtful, "{error}");
    }
}

#[tokio::test]
async fn any_2xx_that_can_be_read_is_a_success() {
    let harness = Harness::start().await;
    let other_type = [("content-type", "text/plain")];
    for (status, headers) in [(200, &other_type[..]), (201, &JSON[..]), (203, &[])] {
        let answer = answered(&harness, status, headers, strange_page().to_string()).await;
        let answer = answer.unwrap();
        assert_eq!((answer.status(), answer.body().data.len()), (status, 1));
    }
}

#[tokio::test]
async fn whatever_a_refusal_says_its_status_is_known() {
    let harness = Harness::start().await;
    let html = "<!doctype html><h1>502</h1><p>upstream of +12125550162 is away</p>";
    let odd = json!({
        "error": {
            "code": "DIALING_QUEUE_ON_FIRE", "message": "Call the brigade.", "type": 7,
            "retryable": "perhaps", "param": null, "errors": "none", "extinguisher": {"at": "door"},
        },
        "weather": "dry",
    });
    let v1 = json!({"code": "API_KEY_QUOTA_EXCEEDED", "details": [
        {"message": "limit=250;type=DAILY;reset_in=900", "field": "quota"},
    ]});
    let v1_bare = json!({"code": "CONTACT_NOT_FOUND", "details": null});
    let bare = json!({"code": "FORBIDDEN", "message": "Not you."});
    let table = [
        (502, HTML, html.to_owned(), None, "HTML page"),
        (500, JSON, String::new(), None, "no body"),
        (
            503,
            JSON,
            r#"{"error": {"code": "INTER"#.to_owned(),
            None,
            "malformed JSON",
        ),
        (500, JSON, "null".to_owned(), None, "without a known error"),
        (
            418,
            [("content-type", "text/plain")],
            "teapot".to_owned(),
            None,
            "not JSON",
        ),
        (
            400,
            HTML,
            odd.to_string(),
            Some("DIALING_QUEUE_ON_FIRE"),
            "Call the brigade.",
        ),
        (
            429,
            JSON,
            v1.to_string(),
            Some("API_KEY_QUOTA_EXCEEDED"),
            "limit=250;type=DAILY",
        ),
        (
            400,
            JSON,
            v1_bare.to_string(),
            Some("CONTACT_NOT_FOUND"),
            "",
        ),
        (403, JSON, bare.to_string(), Some("FORBIDDEN"), "Not you."),
        (
            404,
            JSON,
            r#"{"error": "Not Found"}"#.to_owned(),
            None,
            "Not Found",
        ),
    ];
    for (status, headers, body, code, message) in table {
        let error = answered(&harness, status, &headers, body.clone())
            .await
            .unwrap_err();
        assert!(error.is_status() && !error.is_decode(), "{body}");
        assert_eq!(error.status(), Some(status), "{body}");
        assert_eq!(error.code(), code.map(ErrorCode::from).as_ref(), "{body}");
        assert!(error.message().contains(message), "{body}: {error}");
        assert_eq!(error.body(), body.as_bytes());
        let line = error.to_string();
        assert!(
            line.contains(&status.to_string()) && !line.contains('\n'),
            "{line}"
        );
        assert!(!line.contains("2125550162"), "{line}");
    }
    let error = answered(&harness, 400, &JSON, v1_bare.to_string())
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "by its code, as v1 answers 400");
    let error = answered(&harness, 429, &JSON, v1.to_string())
        .await
        .unwrap_err();
    assert_eq!(error.retry_after().unwrap().as_secs(), 900);
    assert_eq!(error.param(), Some("quota"));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_given_up() {
    let harness = Harness::start().await;
    let body = strange_page().to_string();
    for (most, fits) in [(body.len(), true), (body.len() - 1, false), (0, false)] {
        let scripted = harness.control.respond_once(READ, 200, &JSON, body.clone());
        scripted.unwrap();
        let client = harness.client_with(|builder| builder.max_response_bytes(most));
        match client.get_current_dialing_queue().send().await {
            Ok(answer) => assert!(fits && answer.body().data.len() == 1),
            Err(error) => {
                assert!(!fits && error.is_decode(), "{error}");
                assert_eq!(error.status(), Some(200));
                assert!(error.message().contains(&format!("limit of {most} bytes")));
                assert!(error.body().len() <= most);
            }
        }
    }
    let scripted = harness
        .control
        .respond_once(READ, 502, &HTML, "x".repeat(100_000));
    scripted.unwrap();
    let builder = one_attempt(&harness.base_url(), harness.api_key());
    let client = builder.max_response_bytes(1_000).build().unwrap();
    let error = client.get_current_dialing_queue().send().await.unwrap_err();
    assert!(error.is_status() && error.status() == Some(502), "{error}");
}

#[tokio::test]
async fn the_limit_holds_for_answers_that_do_not_tell_their_length() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\n\r\n";
    const ANSWER: &str = "HTTP/1.1 200 OK\r\n\r\n{\"data\": {\"removed\": 1}, \"more\": \"...\"}";
    let length = ANSWER.len() - HEAD.len();
    for (most, fits) in [(length, true), (length - 1, false), (10, false)] {
        let address = raw_server::answer_with(ANSWER.as_bytes()).await;
        let builder = one_attempt(&address, "ak_live_anything");
        let client = builder.max_response_bytes(most).build().unwrap();
        let clear = client.clear_dialing_queue_numbers().position(1);
        match clear.send().await {
            Ok(answer) => assert!(fits && answer.body().removed == 1),
            Err(error) => {
                assert!(!fits && error.is_decode(), "{error}");
                assert_eq!(*error.outcome(), Outcome::Executed);
                let limit = format!("limit of {most} bytes");
                assert!(error.message().contains(&limit), "{error}");
                assert_eq!(error.body().len(), most);
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_how_far_it_came() {
    const HALF: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"data\": {";
    let client = client_of(&raw_server::answer_with(HALF).await, "ak_live_anything");
    let error = client
        .reset_current_dialing_queue()
        .send()
        .await
        .unwrap_err();
    assert!(error.is_transport() && !error.is_decode(), "{error}");
    assert_eq!(
        (error.status(), error.body()),
        (Some(200), b"{\"data\": {".as_slice())
    );
    assert_eq!(*error.outcome(), Outcome::Executed);

    let client = client_of(&raw_server::answer_with(b"").await, "ak_live_anything");
    let reset = client.reset_current_dialing_queue();
    let reset = reset.options(|o| o.with_idempotency_key("monday-1"));
    let error = reset.send().await.unwrap_err();
    assert!(error.is_transport() && error.status().is_none(), "{error}");
    let Outcome::Unknown { key, .. } = error.outcome() else {
        panic!("nobody knows: {error:?}")
    };
    assert_eq!(key.as_str(), "monday-1");
    let client = client_of(&raw_server::answer_with(b"").await, "ak_live_anything");
    let error = client.get_me().send().await.unwrap_err();
    assert_eq!(
        *error.outcome(),
        Outcome::NotExecuted,
        "a read does nothing"
    );

    let client = client_of(&raw_server::nobody().await, "ak_live_anything");
    let error = client
        .reset_current_dialing_queue()
        .send()
        .await
        .unwrap_err();
    assert!(error.is_connect() && error.is_transport(), "{error}");
    assert_eq!(*error.outcome(), Outcome::NotExecuted);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (harness, elsewhere) = (Harness::start().await, Harness::start().await);
    let path = "/v2/api/dialing-queues/current";
    let targets = [format!("{}{path}", elsewhere.base_url()), path.to_owned()];
    for status in [301, 302, 303, 307, 308] {
        for target in &targets {
            let location = [("location", target.as_str())];
            for id in [READ, "resetCurrentDialingQueue"] {
                let control = &harness.control;
                control.respond_once(id, status, &location, "").unwrap();
            }
            let client = &harness.client;
            let read = client.get_current_dialing_queue().send().await.unwrap_err();
            let write = client
                .reset_current_dialing_queue()
                .send()
                .await
                .unwrap_err();
            assert_eq!(harness.take_requests().len(), 2);
            assert!(elsewhere.take_requests().is_empty(), "{status} to {target}");
            for error in [&read, &write] {
                assert!(
                    error.is_status() && error.status() == Some(status),
                    "{error}"
                );
                assert!(error.message().contains("redirect"), "{error}");
                assert!(error.suggestion().is_some());
            }
            assert_eq!(*read.outcome(), Outcome::NotExecuted);
            assert!(write.outcome().may_have_executed());
        }
    }
    assert_eq!(harness.control.queues_created(), 0);
}
