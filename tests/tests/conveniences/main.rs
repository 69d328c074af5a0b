//! Convenience methods, over HTTP against the sandbox: fetching many, counting, recordings, permissions, removing absent
//! tags; copying calls and texts is in `sync`, people by their numbers in `ensure` and `ensure_all`.

mod ensure;
mod ensure_all;
mod sync;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allo_client::{Amount, AttemptEvent, Client, Error, Outcome, Pacing, Timestamp, operations};
use allo_sandbox::{AbsentTag, CallRecord, Control, KeySpec, MessageRecord};
use serde_json::json;
use tests::harness::{Harness, OWNER, client_of};
use tests::raw_server;

pub(crate) const LINE: &str = "+12125550109";
pub(crate) const CONTACT: &str = "+12125550150";
pub(crate) const HOUR: u64 = 60 * 60;

/// This many seconds ago.
pub(crate) fn ago(seconds: u64) -> Timestamp {
    let now = Timestamp::now().instant();
    (now - Duration::from_secs(seconds)).into()
}

pub(crate) fn call(control: &Control, at: &Timestamp) -> String {
    control.add_call(CallRecord::inbound(LINE, CONTACT).at(at.instant()))
}

/// A call or a message every two hours, the first one this many hours ago; returns their ids in
/// order.
pub(crate) fn history(control: &Control, hours: u64) -> Vec<String> {
    let times = (1..=hours).rev().filter(|hour| hour % 2 == 0);
    let item = |hour: u64| match hour % 4 {
        0 => call(control, &ago(hour * HOUR)),
        _ => {
            let text = MessageRecord::inbound(LINE, CONTACT, "See you");
            control.add_message(text.at(ago(hour * HOUR).instant()))
        }
    };
    times.map(item).collect()
}

/// A client without rate limit.
pub(crate) fn unpaced(harness: &Harness) -> Client {
    harness.client_with(|builder| builder.pacing(Pacing::off()))
}

#[tokio::test]
async fn a_batch_is_asked_for_in_hundreds_and_comes_in_order() {
    let harness = Harness::start().await;
    let mut ids = history(&harness.control, 500);
    assert_eq!(ids.len(), 250);
    ids.reverse();
    let mut asked = ids.clone();
    asked.insert(7, "cll-none".to_owned());
    asked.push(ids[0].clone());
    asked.push("msg-none".to_owned());
    let batch = harness
        .client
        .conversations()
        .batch_get(&asked)
        .await
        .unwrap();
    let came: Vec<_> = batch.items.into_iter().map(|item| item.id).collect();
    assert_eq!(came, ids);
    assert_eq!(batch.missing, ["cll-none", "msg-none"]);
    assert!(batch.unreadable.is_empty());
    let requests = harness.take_requests();
    let sizes = requests.iter().map(|request| {
        let body = request.body.as_ref().unwrap();
        body["ids"].as_array().unwrap().len()
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [100, 100, 52]);
    let nothing = harness
        .client
        .conversations()
        .batch_get([""; 0])
        .await
        .unwrap();
    assert!(nothing.items.is_empty() && harness.take_requests().is_empty());
}

#[tokio::test]
async fn a_count_takes_one_request_for_one_item() {
    let harness = Harness::start().await;
    history(&harness.control, 500);
    let search = harness.client.search_all_conversations().allo_number(LINE);
    assert_eq!(search.size(50).page(2).count().await.unwrap(), Some(250));
    let body = harness.take_request().body.unwrap();
    assert_eq!((&body["page"], &body["size"]), (&json!(1), &json!(1)));

    harness.fill(42).await;
    let queue = harness.client.get_current_dialing_queue();
    assert_eq!(queue.count().await.unwrap(), Some(42));
    let _ = harness.take_request();

    let calls = harness.client.search_calls(LINE);
    assert_eq!(calls.count().await.unwrap(), Some(125), "by pages of one");
    let query = harness.take_request().query;
    assert!(query.contains(&("size".to_owned(), "1".to_owned())));
    assert!(query.contains(&("page".to_owned(), "0".to_owned())));
}

async fn recorded(client: &Client, url: &str) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let done = client.recording(url).write_to(&mut out).await?;
    assert_eq!(done.bytes, out.len() as u64);
    Ok(out)
}

#[tokio::test]
async fn a_recording_is_fetched_with_the_key_from_our_server_only() {
    let harness = Harness::start().await;
    let bytes: Vec<u8> = (0..300_000_u32).map(|index| index as u8).collect();
    let path = harness.control.add_recording(bytes.clone());
    let url = format!("{}{path}", harness.base_url());
    assert_eq!(recorded(&harness.client, &url).await.unwrap(), bytes);
    assert_eq!(
        harness.take_request().header("authorization"),
        Some("Api-Key")
    );

    // Another port is another server, and does not receive the key.
    let other = Harness::start().await;
    let error = recorded(&other.client, &url).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(harness.take_request().header("authorization"), None);
    assert!(other.take_requests().is_empty());
}

#[tokio::test]
async fn a_recording_that_does_not_come_is_an_error_that_says_why() {
    let harness = Harness::start().await;
    let client = &harness.client;
    let base = harness.base_url();
    let missing = format!("{base}/v1/assets/recordings/rec-0009.mp3");
    let error = recorded(client, &missing).await.unwrap_err();
    assert!(error.is_not_found() && error.operation() == Some("recording"));
    assert!(!error.to_string().contains("rec-0009"), "{error}");

    for bad in ["http://example.com/a.mp3", "file:///etc/hosts", "a.mp3"] {
        let error = recorded(client, bad).await.unwrap_err();
        assert!(error.is_invalid_request() && error.param() == Some("url"));
        assert_eq!(error.outcome(), &Outcome::NotSent);
    }

    let path = harness.control.add_recording([7; 1000]);
    let url = format!("{base}{path}");
    let mut out = Vec::new();
    let limited = client.recording(&url).max_bytes(999);
    let error = limited.write_to(&mut out).await.unwrap_err();
    assert!(error.is_decode() && out.is_empty(), "{error}");

    let (mut pipe, reader) = tokio::io::duplex(10);
    drop(reader);
    let error = client
        .recording(&url)
        .write_to(&mut pipe)
        .await
        .unwrap_err();
    assert!(error.is_output(), "{error}");
}

#[tokio::test]
async fn a_recording_goes_through_the_loop_of_every_call() {
    let harness = Harness::start().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let events = Arc::clone(&seen);
    let client = harness.client_with(|builder| {
        builder.on_attempt(move |event: &AttemptEvent| {
            let event = (event.operation, event.status, event.error);
            events.lock().unwrap().push(event);
        })
    });
    let path = harness.control.add_recording(vec![7; 1000]);
    let base = harness.base_url();
    recorded(&client, &format!("{base}{path}")).await.unwrap();
    let missing = format!("{base}/v1/assets/recordings/rec-0009.mp3");
    recorded(&client, &missing).await.unwrap_err();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            ("recording", Some(200), None),
            ("recording", Some(404), Some("status")),
        ]
    );
    // A temporary failure is reported and not retried.
    harness.control.clear_log();
    let url = raw_server::answer_with(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n").await;
    let error = recorded(&client, &url).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(503), 1));
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_recording_is_neither_redirected_nor_cut_short() {
    let redirect =
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
    let url = raw_server::answer_with(redirect).await;
    let error = recorded(&client_of(&url, "key"), &url).await.unwrap_err();
    assert_eq!(error.status(), Some(302));

    let short = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this";
    let url = raw_server::answer_with(short).await;
    let error = recorded(&client_of(&url, "key"), &url).await.unwrap_err();
    assert!(
        error.is_transport() && error.to_string().contains("after 9 bytes"),
        "{error}"
    );

    let url = raw_server::nobody().await;
    let error = recorded(&client_of(&url, "key"), &url).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[tokio::test]
async fn a_call_whose_scope_is_known_to_be_missing_is_not_sent() {
    let harness = Harness::start().await;
    let scopes = ["CRM_READ", "CONTACTS_READ_WRITE"];
    let key = KeySpec::new(harness.id_of(OWNER)).scopes(scopes);
    let client = harness.client_of(&harness.control.add_key(key));

    let me = client.permissions().await.unwrap();
    let held: BTreeSet<_> = me.scopes().iter().map(String::as_str).collect();
    assert_eq!(held, BTreeSet::from(scopes));
    assert!(me.can(&operations::SEARCH_COMPANIES) && me.can(&operations::SEARCH_CONTACTS));
    assert_eq!(me.missing(&operations::CREATE_COMPANY), ["CRM_WRITE"]);

    // The scopes are not learned yet, so the service refuses the call.
    harness.control.clear_log();
    let error = client.create_company("Larch").send().await.unwrap_err();
    assert!(error.is_missing_scope() && error.is_forbidden());
    let _ = harness.take_request();

    client.learn_limits().await.unwrap();
    harness.control.clear_log();
    let error = client.create_company("Larch").send().await.unwrap_err();
    assert!(error.is_missing_scope() && !error.is_forbidden());
    assert_eq!(error.outcome(), &Outcome::NotSent);
    assert!(error.to_string().contains("createCompany was not sent"));
    assert!(error.to_string().contains("CRM_WRITE"));
    assert!(harness.take_requests().is_empty());
    client.search_companies().send().await.unwrap();
}

#[tokio::test]
async fn a_tag_that_is_not_there_counts_as_taken_off() {
    let harness = Harness::start().await;
    let id = call(&harness.control, &ago(HOUR));
    let remove = |id: &str| harness.client.tags().remove_tag(id, "interested");
    remove(&id).send().await.unwrap();
    remove(&id).ensure_absent().await.unwrap();
    harness.control.absent_tags(AbsentTag::Refused);
    assert!(remove(&id).send().await.unwrap_err().is_not_found());
    remove(&id).ensure_absent().await.unwrap();
    let error = remove("cll-none").ensure_absent().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn money_keeps_its_cents() {
    let harness = Harness::start().await;
    let amount = Amount::from_minor_units(125_029, 2).unwrap();
    let deal = harness.client.create_deal("Chairs").amount(amount.clone());
    let deal = deal.send().await.unwrap().into_inner();
    assert_eq!(
        harness.take_request().body.unwrap()["amount"],
        json!(1250.29)
    );
    let read = deal.amount.as_option().unwrap();
    assert_eq!((read, read.minor_units(2)), (&amount, Some(125_029)));
}
