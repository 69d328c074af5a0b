//! The control handle: the log, the dialing app, scripted responses, and stopping.

use std::time::Duration;

use allo_sandbox::{ControlError, DialOutcome, Quotas, Sandbox};
use serde_json::{Value, json};

use crate::api::{Api, CAMILLE, CURRENT, MARIE, NUMBERS, http_client};

#[tokio::test(start_paused = true)]
async fn the_log_has_the_request_and_its_outcome() {
    let api = Api::start().await;
    tokio::time::advance(Duration::from_millis(1_500)).await;
    let body = json!({ "user_id": MARIE, "numbers": [{ "number": "+12125550100" }] });
    let request = api
        .request("POST", NUMBERS)
        .header("Idempotency-Key", "k")
        .json(&body);
    request.send().await.data();
    api.get(&format!("{CURRENT}?email=marie%40example.com&size=5"))
        .await;
    api.anonymous("GET", "/nowhere").send().await;
    let log = api.control().requests();
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].operation, Some("appendDialingQueueNumbers"));
    assert_eq!(
        (log[0].method.as_str(), log[0].path.as_str()),
        ("POST", NUMBERS)
    );
    assert_eq!(log[0].body, Some(body));
    assert_eq!(log[0].header("Idempotency-Key"), Some("k"));
    assert_eq!((log[0].status, log[0].executed), (200, true));
    assert_eq!(log[0].at, Duration::from_millis(1_500));
    let query = [("email", "marie@example.com"), ("size", "5")];
    assert_eq!(
        log[1].query,
        query.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!((log[1].body.as_ref(), log[1].executed), (None, true));
    assert_eq!(
        (log[2].operation, log[2].status, log[2].executed),
        (None, 401, false)
    );
    assert_eq!(
        (log[0].api_key_id.is_some(), log[2].api_key_id.is_some()),
        (true, false)
    );
    api.control().clear_log();
    assert!(api.control().requests().is_empty());
}

#[tokio::test]
async fn the_log_keeps_only_the_scheme_of_credentials_and_debug_shows_none() {
    let api = Api::start().await;
    let body = json!({ "email": "marie@example.com", "numbers": [{ "number": "+12125550100" }] });
    api.post(NUMBERS, &body).await.data();
    api.get(&format!("{CURRENT}?email=marie%40example.com"))
        .await;
    let raw = api
        .anonymous("GET", "/v2/api/me")
        .header("authorization", api.key());
    raw.send().await.data();
    let log = api.control().requests();
    assert_eq!(log[0].header("authorization"), Some("Api-Key"));
    assert_eq!(log[2].header("authorization"), Some("raw"));
    let (users, queues) = (api.control().users(), api.control().queues());
    let shown = format!(
        "{log:?} {users:?} {queues:?} {:?} {:?}",
        api.sandbox,
        api.control()
    );
    for secret in [api.key(), "marie@", "5550100", "Marie"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_goes_from_unassigned_to_dialling_to_finished() {
    let api = Api::start().await;
    let control = api.control();
    api.append(&["+12125550100"]).await.data();
    tokio::time::advance(Duration::from_secs(60)).await;
    let call_id = control.start_call(CAMILLE, 0).expect("an entry");
    let entry = || async { api.get(CURRENT).await.json()["data"][0].clone() };
    let dialling = entry().await;
    assert_eq!(dialling["call_id"], call_id);
    assert_eq!(dialling["call_start_date"], "2026-03-02T08:31:00");
    assert_eq!(dialling["routing_result"], Value::Null);
    assert_eq!(dialling["updated_at"], "2026-03-02T08:31:00");
    assert_eq!(dialling.get("voicemail_left"), None);
    tokio::time::advance(Duration::from_secs(30)).await;
    control
        .finish_call(CAMILLE, 0, DialOutcome::voicemail(false))
        .expect("a call");
    control
        .set_sync_status(CAMILLE, 0, "SYNCED")
        .expect("an entry");
    let finished = entry().await;
    let expected = json!({
        "number_to": "+12125550100",
        "position": 0,
        "created_at": "2026-03-02T08:30:00",
        "updated_at": "2026-03-02T08:31:30",
        "call_start_date": "2026-03-02T08:31:00",
        "call_id": call_id,
        "routing_result": "VOICEMAIL",
        "sync_status": "SYNCED",
        "detected_outbound_voicemail": true,
        "not_reached_destination_reason": null,
        "voicemail_left": false,
    });
    assert_eq!(finished, expected);
    let queue = api.get(CURRENT).await.json()["queue"].clone();
    assert_eq!(queue["updated_at"], "2026-03-02T08:31:30");
}

#[tokio::test]
async fn outcomes_say_what_they_are() {
    let api = Api::start().await;
    api.append(&["+12125550100", "+12125550101", "+12125550102"])
        .await
        .data();
    let outcomes = [
        DialOutcome::answered(),
        DialOutcome::not_reached("BUSY"),
        DialOutcome::result("TRANSFERRED_TO_2027"),
    ];
    for (position, outcome) in (0..).zip(outcomes) {
        api.control()
            .dial(CAMILLE, position, outcome)
            .expect("an entry");
    }
    let page = api.get(CURRENT).await.json();
    let fields = [
        "routing_result",
        "detected_outbound_voicemail",
        "not_reached_destination_reason",
    ];
    let shown = page["data"].as_array().expect("a page").iter();
    let shown: Vec<_> = shown
        .map(|entry| json!(fields.map(|field| &entry[field])))
        .collect();
    assert_eq!(shown[0], json!(["ANSWERED", false, null]));
    assert_eq!(shown[1], json!(["FAILED", false, "BUSY"]));
    assert_eq!(shown[2], json!(["TRANSFERRED_TO_2027", null, null]));
}

#[tokio::test]
async fn impossible_calls_are_errors() {
    let api = Api::start().await;
    let control = api.control();
    let nobody = Err(ControlError::UnknownPosition(0));
    assert_eq!(control.dial(CAMILLE, 0, DialOutcome::answered()), nobody);
    api.append(&["+12125550100"]).await.data();
    let finish = || control.finish_call(CAMILLE, 0, DialOutcome::answered());
    assert_eq!(finish(), Err(ControlError::NoCall(0)));
    control.start_call(CAMILLE, 0).expect("an entry");
    assert_eq!(finish(), Ok(()));
    assert_eq!(finish(), Err(ControlError::NoCall(0)));
    assert_eq!(control.queue_of(MARIE), None);
}

#[tokio::test]
async fn a_scripted_answer_is_sent_as_it_is_and_used_once() {
    let api = Api::with(|builder| builder.quotas(Quotas::standard())).await;
    let control = api.control();
    let html = [("content-type", "text/html"), ("x-gateway", "1")];
    control
        .respond_once(
            "appendDialingQueueNumbers",
            502,
            &html,
            "<h1>Bad gateway</h1>",
        )
        .expect("possible");
    control
        .respond_once("appendDialingQueueNumbers", 200, &[], "")
        .expect("possible");
    let other = api.get(CURRENT).await;
    assert_eq!(other.status, 200);
    let first = api.append(&["+12125550100"]).await;
    assert_eq!(
        (first.status, first.text.as_str()),
        (502, "<h1>Bad gateway</h1>")
    );
    assert_eq!(first.header("x-gateway"), Some("1"));
    assert_eq!(
        (
            first.header("x-request-id"),
            first.header("x-ratelimit-limit")
        ),
        (None, None)
    );
    let second = api.append(&["+12125550100"]).await;
    assert_eq!((second.status, second.text.as_str()), (200, ""));
    assert_eq!(control.queues_created(), 0);
    api.append(&["+12125550100"]).await.data();
    let log = control.requests();
    let facts: Vec<_> = log[1..]
        .iter()
        .map(|entry| (entry.status, entry.executed))
        .collect();
    assert_eq!(facts, [(502, false), (200, false), (200, true)]);
}

#[tokio::test]
async fn impossible_scripts_are_refused() {
    let control = Api::start().await.control();
    let unknown = ControlError::UnknownOperation("sendSmoke".to_owned());
    assert_eq!(
        control.respond_once("sendSmoke", 200, &[], ""),
        Err(unknown.clone())
    );
    assert_eq!(control.hold_next("sendSmoke").err(), Some(unknown));
    for status in [0, 100, 99, 1_000] {
        let answer = control.respond_once("getMe", status, &[], "");
        assert!(
            matches!(answer, Err(ControlError::InvalidResponse(_))),
            "{status}"
        );
    }
    for header in [
        ("content-length", "1"),
        ("bad name", "x"),
        ("x-bad", "a\nb"),
    ] {
        let answer = control.respond_once("getMe", 200, &[header], "");
        assert!(
            matches!(answer, Err(ControlError::InvalidResponse(_))),
            "{header:?}"
        );
    }
}

#[tokio::test]
async fn equal_runs_print_equal_ids() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let api = Api::with(|builder| builder.seed(seed).api_key("ak_live_fixed")).await;
        let queue = api.post(CURRENT, &json!({})).await;
        runs.push((
            queue.header("x-request-id").map(str::to_owned),
            queue.data()["id"].clone(),
        ));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[1], runs[2]);
}

/// Whether the sandbox at this address still accepts its key. Another one may have taken the port.
async fn answers(address: &str) -> bool {
    let client = http_client().build().expect("a client");
    let request = client.get(format!("{address}/v2/api/me"));
    let response = request
        .header("authorization", "ak_live_ending")
        .send()
        .await;
    response.is_ok_and(|response| response.status().is_success())
}

#[tokio::test]
async fn a_stopped_or_dropped_sandbox_answers_no_more() {
    let start = || Sandbox::builder().api_key("ak_live_ending").start();
    let sandbox = start().await.expect("a free port");
    let address = sandbox.base_url();
    assert!(answers(&address).await);
    sandbox.stop().await;
    assert!(!answers(&address).await);
    let sandbox = start().await.expect("a free port");
    let address = sandbox.base_url();
    assert!(answers(&address).await);
    drop(sandbox);
    let silence = async {
        while answers(&address).await {
            tokio::task::yield_now().await;
        }
    };
    let patience = Duration::from_secs(10);
    assert!(tokio::time::timeout(patience, silence).await.is_ok());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let first = Sandbox::builder().start().await.expect("a free port");
    let port = first
        .base_url()
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok());
    let second = Sandbox::builder().port(port.expect("a port")).start().await;
    assert_eq!(
        second.err().map(|error| error.kind()),
        Some(std::io::ErrorKind::AddrInUse)
    );
}
