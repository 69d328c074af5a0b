//! Convenience methods, over HTTP against the sandbox: following new items, fetching many, counting, recordings,
//! permissions, removing absent tags.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allo_client::{
    Amount, AttemptEvent, Client, Error, Outcome, Pacing, SyncCursor, Timestamp, operations,
};
use allo_sandbox::{AbsentTag, CallRecord, Control, KeySpec, MessageRecord};
use futures_util::TryStreamExt;
use serde_json::json;
use tests::harness::{Harness, OWNER, client_of};
use tests::raw_server;

const LINE: &str = "+12125550109";
const CONTACT: &str = "+12125550150";
const HOUR: u64 = 60 * 60;

/// This many seconds ago.
fn ago(seconds: u64) -> Timestamp {
    let now = Timestamp::now().instant();
    (now - Duration::from_secs(seconds)).into()
}

fn call(control: &Control, at: &Timestamp) -> String {
    control.add_call(CallRecord::inbound(LINE, CONTACT).at(at.instant()))
}

/// A call or a message every two hours, the first one this many hours ago; returns their ids in
/// order.
fn history(control: &Control, hours: u64) -> Vec<String> {
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

/// Resumes from a stored cursor and reads at most this many items; returns their ids and the new stored cursor.
async fn read_on(client: &Client, stored: &str, most: usize) -> (Vec<String>, String) {
    let cursor: SyncCursor = serde_json::from_str(stored).unwrap();
    let mut items = client.conversations().since(LINE, cursor).take(most);
    let read: Vec<_> = TryStreamExt::try_collect(&mut items).await.unwrap();
    let ids = read.into_iter().map(|item| item.id.into_string()).collect();
    (ids, serde_json::to_string(items.cursor()).unwrap())
}

fn stored(since: Timestamp) -> String {
    serde_json::to_string(&SyncCursor::from(since)).unwrap()
}

/// A client without rate limit.
fn unpaced(harness: &Harness) -> Client {
    harness.client_with(|builder| builder.pacing(Pacing::off()))
}

#[tokio::test]
async fn items_come_once_and_in_order_however_often_the_reader_stops() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let all = history(&harness.control, 700);
    let mut cursor = stored(ago(600 * HOUR + 60));
    let mut read = Vec::new();
    for most in [1, 117, 3, usize::MAX, usize::MAX] {
        let (ids, next) = read_on(&client, &cursor, most).await;
        read.extend(ids);
        cursor = next;
    }
    assert_eq!(read, all[all.len() - 300..]);
}

#[tokio::test]
async fn what_shows_up_late_is_found_within_the_overlap() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let first = history(&harness.control, 60);
    let (ids, cursor) = read_on(&client, &stored(ago(100 * HOUR)), usize::MAX).await;
    assert_eq!(ids, first);
    let late = call(&harness.control, &ago(5 * HOUR));
    call(&harness.control, &ago(30 * HOUR));
    let new = call(&harness.control, &ago(0));
    let (ids, cursor) = read_on(&client, &cursor, usize::MAX).await;
    assert_eq!(ids, [late, new]);
    let (ids, _) = read_on(&client, &cursor, usize::MAX).await;
    assert!(ids.is_empty());
}

#[tokio::test]
async fn an_item_that_cannot_be_read_costs_no_other() {
    let harness = Harness::start().await;
    let item = |id: &str, date| json!({"id": id, "type": "CALL", "date": date});
    let dates = [2, 1].map(|hours| ago(hours * HOUR).to_string());
    let page = json!({
        "data": [item("cll-1", &dates[0]), {"id": "cll-2", "type": 7}, item("cll-3", &dates[1]), item("cll-4", &String::new())],
        "pagination": {"page": 1, "size": 100, "total_count": 4, "total_pages": 1, "has_more": false},
    });
    let headers = [("content-type", "application/json")];
    let scripted =
        harness
            .control
            .respond_once("searchAllConversations", 200, &headers, page.to_string());
    scripted.unwrap();
    let mut items = harness.client.conversations().since(LINE, ago(3 * HOUR));
    let mut next = async || items.try_next().await;
    assert_eq!(next().await.unwrap().unwrap().id, "cll-1");
    assert_eq!(next().await.unwrap().unwrap().id, "cll-3");
    assert!(next().await.unwrap_err().is_decode());
    assert!(next().await.unwrap_err().is_decode());
    assert!(next().await.unwrap().is_none());
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
