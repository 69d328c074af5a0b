//! Text messages and contacts of the first version: it is not documented to honour idempotency keys, so a request that
//! may have been executed is not retried.

use allo_client::operation::RetrySafety;
use allo_client::{CallOptions, Outcome, operations};
use serde_json::json;
use tests::fault_server::behaviour::{Behaviour, Reply};
use tests::fault_server::http::HttpResponse;

use crate::foreign::{Foreign, assert_unknown, done_but, ended, instead, lost, named};

async fn text(
    foreign: &Foreign,
    options: impl FnOnce(CallOptions) -> CallOptions,
) -> (Outcome, Option<allo_client::Error>) {
    let call = foreign
        .client
        .send_sms()
        .from("+12125550100")
        .to("+12125550140")
        .text("Hello");
    ended(call.options(|o| options(named(o))).send().await)
}

#[tokio::test]
async fn a_text_that_may_have_been_sent_is_not_sent_again() {
    let broken = Behaviour::after(Reply::Part(95));
    let doubts = [
        lost(),
        Behaviour::after(Reply::Reset),
        done_but(HttpResponse::text(503, "text/html", "<html>")),
        done_but(HttpResponse::json(
            500,
            &json!({"code": "INTERNAL_SERVER_ERROR", "details": null}),
        )),
        done_but(HttpResponse::text(408, "text/plain", "")),
        done_but(HttpResponse::text(200, "text/html", "<html>")),
        done_but(HttpResponse::text(204, "text/plain", "")),
    ];
    for doubt in doubts {
        let what = format!("{doubt:?}");
        let foreign = Foreign::behaving(vec![doubt, Behaviour::proper()]).await;
        let (outcome, error) = text(&foreign, |o| o).await;
        assert_unknown(&outcome, &what);
        assert_eq!((foreign.times(), foreign.requests()), (1, 1), "{what}");
        let error = error.expect("it fails");
        assert!(error.is_replay_unproven(), "{what}");
        let said = error.to_string();
        assert!(said.contains("a retry is not known to be safe"), "{said}");
        assert!(
            !said.contains("repeat it") && !said.contains("try again"),
            "{said}"
        );
        // A program that checks the expiry of the key does not retry it either.
        let Outcome::Unknown { retry_until, .. } = outcome else {
            unreachable!("it is unknown")
        };
        assert!(retry_until <= allo_client::Timestamp::now());
        // The key was sent nevertheless.
        assert!(foreign.last().header("idempotency-key").is_some());
    }
    // A truncated success was executed; only the response is lost.
    let foreign = Foreign::behaving(vec![broken, Behaviour::proper()]).await;
    assert_eq!(text(&foreign, |o| o).await.0, Outcome::Executed);
    assert_eq!((foreign.times(), foreign.requests()), (1, 1));
}

#[tokio::test]
async fn a_text_that_was_not_sent_is_sent_again() {
    let refusals = [
        HttpResponse::json(
            429,
            &json!({"code": "RATE_LIMIT_EXCEEDED", "details": null}),
        ),
        HttpResponse::text(425, "text/plain", ""),
        HttpResponse::json(
            409,
            &json!({"code": "OTHER_TRANSACTION_IN_PROGRESS", "details": null}),
        ),
    ];
    for refusal in refusals {
        let foreign = Foreign::behaving(vec![instead(refusal), Behaviour::proper()]).await;
        assert_eq!(text(&foreign, |o| o).await.0, Outcome::Executed);
        assert_eq!((foreign.times(), foreign.requests()), (1, 2));
    }
}

#[tokio::test]
async fn who_accepts_two_texts_gets_retries() {
    let foreign = Foreign::behaving(vec![lost(), Behaviour::proper()]).await;
    let (outcome, error) = text(&foreign, |o| o.with_retry_unproven_writes(true)).await;
    assert_eq!((outcome, error.is_none()), (Outcome::Executed, true));
    assert_eq!((foreign.times(), foreign.requests()), (2, 2));
    // The outcome stays unknown: the refusal of a retry says nothing about the earlier attempt.
    let refusal = HttpResponse::json(400, &json!({"code": "INVALID_TO_NUMBER", "details": null}));
    let foreign = Foreign::behaving(vec![lost(), instead(refusal)]).await;
    let (outcome, error) = text(&foreign, |o| o.with_retry_unproven_writes(true)).await;
    assert_unknown(&outcome, "lost, then refused");
    assert!(error.expect("it fails").is_replay_unproven());
}

#[test]
fn the_writes_of_the_first_version_are_unproven() {
    let unproven = operations::ALL
        .iter()
        .filter(|operation| operation.retry_safety == RetrySafety::Unproven);
    let mut names: Vec<_> = unproven.map(|operation| operation.id).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["createContact", "sendSMS", "sendSMSFrance", "updateContact"]
    );
    let is_v1_write = |id: &str| {
        let found = operations::ALL.iter().find(|operation| operation.id == id);
        found.is_some_and(|found| found.path.starts_with("/v1/") && found.takes_idempotency_key())
    };
    assert!(names.iter().all(|id| is_v1_write(id)));
}
