//! Responses of gateways between client and service: neither their errors nor their pages say whether a write was
//! executed.

use allo_client::{Outcome, Teammate};
use serde_json::json;
use tests::fault_server::behaviour::Behaviour;
use tests::fault_server::http::HttpResponse;
use tests::fault_server::service::STRANGER;

use crate::foreign::{Foreign, assert_unknown, done_but, ended, instead, lost, named};

fn refusal(status: u16, code: &str) -> HttpResponse {
    let error = json!({"code": code, "message": "no", "retryable": false});
    HttpResponse::json(status, &json!({ "error": error }))
}

#[tokio::test]
async fn a_refusal_that_is_not_the_operations_settles_no_doubt() {
    let refusals = [
        (404, "DEPLOYMENT_NOT_FOUND"),
        (400, "SOMETHING_NEW"),
        (422, "SOMETHING_NEW"),
        (405, "METHOD_NOT_ALLOWED"),
        (400, "METHOD_NOT_ALLOWED"),
        (400, "MISSING_HEADER"),
        (400, "INVALID_REQUEST_BODY"),
        (400, "DIALING_QUEUE_LIMIT_REACHED"),
        (404, "ENDPOINT_NOT_FOUND"),
        // A code of another operation.
        (404, "PARTNER_ACCOUNT_NOT_FOUND"),
        (401, "API_KEY_INVALID"),
        (403, "FORBIDDEN"),
        (409, "IDEMPOTENCY_KEY_REUSE"),
    ];
    for (status, code) in refusals {
        let first = Foreign::behaving(vec![lost(), instead(refusal(status, code))]).await;
        let (outcome, error) = first.write().await;
        assert_unknown(&outcome, code);
        assert_eq!((first.times(), first.requests()), (1, 2), "{code}");
        let error = error.expect("it fails");
        assert_eq!(error.status(), Some(status));
        // Without an earlier attempt, the refusal means that the request was not executed.
        let alone = Foreign::behaving(vec![instead(refusal(status, code))]).await;
        assert_eq!(alone.write().await.0, Outcome::NotExecuted, "{code}");
        assert_eq!((alone.times(), alone.requests()), (0, 1), "{code}");
    }
}

#[tokio::test]
async fn a_refusal_by_the_operation_settles_it() {
    let stranger = Foreign::behaving(vec![lost(), Behaviour::proper()]).await;
    let call = stranger
        .client
        .append_dialing_queue_numbers(["+12125550100"]);
    let call = call.for_teammate(Teammate::email(STRANGER)).options(named);
    let (outcome, error) = ended(call.send().await);
    assert_eq!((outcome, stranger.times()), (Outcome::NotExecuted, 0));
    assert!(error.expect("it fails").is_assignee_not_found());
}

#[tokio::test]
async fn a_push_after_a_gateways_refusal_leaves_nothing_to_push_again() {
    let page = instead(refusal(404, "DEPLOYMENT_NOT_FOUND"));
    // The queue is read, then the batch is sent.
    let foreign = Foreign::behaving(vec![Behaviour::proper(), lost(), page]).await;
    let dialer = foreign.client.power_dialer().for_teammate(Teammate::Me);
    let leads = ["+12125550100", "+12125550101", "+12125550102"];
    let report = dialer.push(leads).await.expect("a report");
    assert_eq!(foreign.server.service.queue(), leads);
    assert_eq!(report.unknown().count(), 3, "{report:?}");
    assert!(report.remaining().is_empty(), "{report:?}");
}

#[tokio::test]
async fn what_is_not_the_apis_answer_is_unknown_and_is_retried_by_key() {
    let page = "<!doctype html><title>Sign in</title>";
    let answers = [
        HttpResponse::text(200, "text/html", page),
        HttpResponse::text(200, "application/json", page),
        HttpResponse::text(200, "text/plain", "OK"),
        HttpResponse::text(200, "application/json", ""),
        HttpResponse::json(200, &json!({"status": "maintenance"})),
        HttpResponse::json(200, &json!({"error": "upstream is away"})),
        HttpResponse::json(200, &json!({"success": false})),
        HttpResponse::json(200, &json!({"data": null})),
        HttpResponse::json(200, &json!([])),
        HttpResponse::text(204, "application/json", ""),
        HttpResponse::json(202, &json!({})),
    ];
    for answer in answers {
        let what = format!(
            "{} {:?}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        let once = Foreign::behaving(vec![done_but(answer.clone()), Behaviour::proper()]).await;
        assert_eq!(once.write().await.0, Outcome::Replayed, "{what}");
        assert_eq!((once.times(), once.requests()), (1, 2), "{what}");
        // It is not executed if only the page responds.
        let before = Foreign::behaving(vec![instead(answer.clone()), Behaviour::proper()]).await;
        assert_eq!(before.write().await.0, Outcome::Executed, "{what}");
        let always = Foreign::behaving(vec![instead(answer.clone())]).await;
        let (outcome, error) = always.write().await;
        assert_unknown(&outcome, &what);
        assert_eq!((always.times(), always.requests()), (0, 3), "{what}");
        let error = error.expect("it fails");
        assert!(
            error.is_unexpected_response() && !error.is_decode(),
            "{what}"
        );
        assert!(error.to_string().contains("check the base URL"), "{error}");
        assert_eq!(error.status(), Some(answer.status));
        // A read is retried.
        let read = Foreign::behaving(vec![instead(answer.clone()), Behaviour::proper()]).await;
        assert!(read.client.get_me().send().await.is_ok(), "{what}");
    }
}

#[tokio::test]
async fn what_has_the_shape_of_an_answer_was_done_even_if_it_cannot_be_read() {
    let undecodable = HttpResponse::json(200, &json!({"data": {"added": "many"}}));
    let foreign = Foreign::behaving(vec![done_but(undecodable)]).await;
    let (outcome, error) = foreign.write().await;
    assert_eq!((outcome, foreign.requests()), (Outcome::Executed, 1));
    assert!(error.expect("it fails").is_decode());
}

#[tokio::test]
async fn an_operation_without_a_body_takes_none_and_no_page() {
    let page = HttpResponse::text(200, "text/html", "<html>");
    let state = HttpResponse::json(200, &json!({"status": "maintenance"}));
    for answer in [page, state, HttpResponse::text(202, "text/plain", "")] {
        let foreign = Foreign::behaving(vec![instead(answer), Behaviour::proper()]).await;
        let call = foreign.client.add_tags("cll-1", ["vip"]).options(named);
        assert_eq!(ended(call.send().await).0, Outcome::Executed);
        assert_eq!((foreign.times(), foreign.requests()), (1, 2));
    }
    for answer in [
        HttpResponse::json(200, &json!({})),
        HttpResponse::text(204, "", ""),
    ] {
        let foreign = Foreign::behaving(vec![done_but(answer)]).await;
        let call = foreign.client.add_tags("cll-1", ["vip"]).options(named);
        assert_eq!(ended(call.send().await).0, Outcome::Executed);
    }
}

#[tokio::test]
async fn what_a_gateway_says_of_a_silent_server_is_retried_and_unknown() {
    for status in [499].into_iter().chain(520..=530) {
        let answer = HttpResponse::text(status, "text/html", "<html>");
        let once = Foreign::behaving(vec![done_but(answer.clone()), Behaviour::proper()]).await;
        assert_eq!(once.write().await.0, Outcome::Replayed, "{status}");
        assert_eq!(once.times(), 1, "{status}");
        let always = Foreign::behaving(vec![done_but(answer)]).await;
        assert_unknown(&always.write().await.0, &status.to_string());
        assert_eq!((always.times(), always.requests()), (1, 3), "{status}");
    }
}

#[tokio::test]
async fn a_refusal_with_the_body_of_a_success_is_no_refusal() {
    let answer = HttpResponse::json(404, &json!({"data": {"added": [], "skipped": []}}));
    let foreign = Foreign::behaving(vec![done_but(answer)]).await;
    assert_unknown(&foreign.write().await.0, "404 with data");
}

#[tokio::test]
async fn a_lasting_503_keeps_its_status_whatever_comes_last() {
    let away = instead(HttpResponse::text(503, "text/plain", ""));
    let foreign = Foreign::behaving(vec![away.clone()]).await;
    let (outcome, error) = foreign.write().await;
    assert_unknown(&outcome, "503");
    let error = error.expect("it fails");
    // The message is shown without the status line, too.
    assert_eq!(
        error.message(),
        "503 Service Unavailable: the response has no body"
    );
    assert_eq!(error.to_string().matches("503").count(), 1, "{error}");
    let then_lost = Foreign::behaving(vec![away.clone(), away, lost()]).await;
    let (outcome, error) = then_lost.write().await;
    assert_unknown(&outcome, "503, then lost");
    let error = error.expect("it fails");
    assert_eq!(error.status(), Some(503));
    assert!(error.is_transport() && !error.is_status());
    let said = error.to_string();
    assert!(
        said.contains("the last response was 503 Service Unavailable"),
        "{said}"
    );
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let foreign = Foreign::behaving(vec![Behaviour::proper()]).await;
    let reset = foreign.client.reset_current_dialing_queue().options(named);
    let _ = reset.send().await;
    let request = foreign.last();
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("content-type"), None);
    // An operation without a body does not check one.
    let _ = foreign.client.delete_deal("dea-1").send().await;
    let request = foreign.last();
    assert_eq!(
        (request.method.as_str(), request.header("content-length")),
        ("DELETE", None)
    );
    let _ = foreign.client.get_me().send().await;
    assert_eq!(foreign.last().header("content-length"), None);
    assert_eq!(foreign.times(), 1);
}
