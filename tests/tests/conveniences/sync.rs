//! Copying calls and text messages: order, resuming, late arrivals, lists that change while they are read.

use std::collections::BTreeSet;
use std::time::Duration;

use allo_client::types::ItemKindFilter;
use allo_client::{
    Backoff, Client, ConversationSync, ItemChange, Pacing, SyncCursor, SyncError, Timestamp,
};
use allo_sandbox::{CallRecord, Control, Fault, FaultPlan, MessageRecord, Speaker};
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use tests::harness::Harness;

use super::{CONTACT, HOUR, LINE, ago, call, history, unpaced};

const SEARCH: &str = "searchAllConversations";
/// Another number of the team.
const OTHER_LINE: &str = "+12125550108";
const DAY: u64 = 24 * HOUR;

/// Reads at most this many changes; returns the ids of their items and the stored cursor.
async fn read_on(client: &Client, stored: &str, most: usize) -> (Vec<String>, String) {
    let cursor: SyncCursor = serde_json::from_str(stored).unwrap();
    let changes = client.conversations().sync(cursor).allo_number(LINE);
    let mut changes = changes.take(most);
    let read: Vec<_> = TryStreamExt::try_collect(&mut changes).await.unwrap();
    (ids(&read), serde_json::to_string(changes.cursor()).unwrap())
}

fn ids(changes: &[ItemChange]) -> Vec<String> {
    let ids = changes.iter().map(|change| change.item().id.to_string());
    ids.collect()
}

fn stored(since: Timestamp) -> String {
    serde_json::to_string(&SyncCursor::from(since)).unwrap()
}

/// Reads until an error or the end.
async fn read(changes: &mut ConversationSync) -> (Vec<ItemChange>, Option<SyncError>) {
    let mut read = Vec::new();
    loop {
        match changes.try_next().await {
            Ok(Some(change)) => read.push(change),
            Ok(None) => return (read, None),
            Err(error) => return (read, Some(error)),
        }
    }
}

/// Calls 20 seconds apart, the first one this many hours ago; returns their ids in order.
fn busy_day(control: &Control, count: u64, hours: u64) -> Vec<String> {
    let call = |index: u64| call(control, &ago(hours * HOUR - index * 20));
    (0..count).map(call).collect()
}

/// The body of a page that is scripted.
fn page(items: &[Value], number: u64, total: u64) -> String {
    let pages = total.div_ceil(100);
    let page = json!({
        "data": items,
        "pagination": {
            "page": number, "size": 100, "total_count": total, "total_pages": pages,
            "has_more": number < pages,
        },
    });
    page.to_string()
}

fn script(harness: &Harness, body: String) {
    let headers = [("content-type", "application/json")];
    let scripted = harness.control.respond_once(SEARCH, 200, &headers, body);
    scripted.unwrap();
}

/// Runs `change` after the first page was answered and before the second is.
async fn between_pages<T: Send + 'static>(
    control: &Control,
    reading: impl Future<Output = T> + Send + 'static,
    change: impl FnOnce(),
) -> T {
    let (first, second) = (control.hold_next(SEARCH), control.hold_next(SEARCH));
    let (first, second) = (first.unwrap(), second.unwrap());
    let reading = tokio::spawn(reading);
    first.arrived().await;
    first.release();
    second.arrived().await;
    change();
    second.release();
    reading.await.unwrap()
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
async fn all_numbers_and_both_kinds_come_with_all_that_belongs_to_them() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let rich = CallRecord::inbound(LINE, CONTACT)
        .at(ago(3 * HOUR).instant())
        .answered(Duration::from_secs(60))
        .summary("Wants a quote")
        .tags(["interested"])
        .says(Speaker::External, "Hello");
    let rich = harness.control.add_call(rich);
    let text = MessageRecord::inbound(OTHER_LINE, CONTACT, "See you");
    let text = harness
        .control
        .add_message(text.at(ago(2 * HOUR).instant()));
    let other = CallRecord::outbound(OTHER_LINE, CONTACT).at(ago(HOUR).instant());
    let other = harness.control.add_call(other);

    let start = ago(4 * HOUR);
    let sync = || client.conversations().sync(start.clone());
    let all: Vec<_> = sync().try_collect().await.unwrap();
    assert_eq!(ids(&all), [&*rich, &*text, &*other]);
    assert!(all.iter().all(ItemChange::is_new));
    let first = all[0].item();
    assert_eq!(first.summary.as_deref(), Some("Wants a quote"));
    assert_eq!(first.tags.as_option().unwrap().len(), 1);
    assert_eq!(first.transcript.as_option().unwrap().len(), 1);

    let calls: Vec<_> = sync()
        .kind(ItemKindFilter::Call)
        .without_transcripts()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids(&calls), [&*rich, &*other]);
    assert_eq!(calls[0].item().transcript.as_option(), None);
    let line: Vec<_> = sync().allo_number(OTHER_LINE).try_collect().await.unwrap();
    assert_eq!(ids(&line), [text, other]);
}

/// 3,120 calls on one day, which are 32 pages, and one two weeks before; returns their ids in order.
fn long_day(control: &Control) -> Vec<String> {
    let first = time("2026-04-20T12:00:00Z");
    let day = time("2026-05-04T08:00:00Z").instant();
    let later = (0..3_120).map(|index| (day + Duration::from_secs(index * 10)).into());
    let times = std::iter::once(first).chain(later);
    times.map(|time| call(control, &time)).collect()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The pages requested of that day, in order.
fn pages_of_long_day(harness: &Harness) -> Vec<u64> {
    let requests = harness.take_requests();
    let bodies = requests
        .iter()
        .map(|request| request.body.as_ref().unwrap());
    let of_day = bodies.filter(|body| body["date"]["from"] == "2026-04-25");
    of_day
        .map(|body| body["page"].as_u64().unwrap_or(1))
        .collect()
}

/// A failure of page 30 of that day: before it, one page of the week before is read.
fn fault_at_page_30() -> FaultPlan {
    let fault = Fault::Internal { retryable: true };
    FaultPlan::new(1).on(SEARCH).request(1 + 30).inject(fault)
}

#[tokio::test]
async fn a_500_at_page_30_is_retried_and_nothing_is_lost_or_repeated() {
    let harness = Harness::start().await;
    let all = long_day(&harness.control);
    harness.control.set_faults(fault_at_page_30()).unwrap();
    let client = harness.client_with(|builder| {
        let backoff = Backoff::new().base(Duration::from_millis(1));
        builder.backoff(backoff).pacing(Pacing::off())
    });
    let sync = client.conversations().sync(time("2026-04-19T00:00:00Z"));
    let read: Vec<_> = sync.try_collect().await.unwrap();
    assert_eq!(ids(&read), all);
    let expected: Vec<_> = (1..=30).chain(30..=32).collect();
    assert_eq!(pages_of_long_day(&harness), expected);
}

#[tokio::test]
async fn after_an_error_at_page_30_the_next_read_goes_on_with_that_page() {
    let harness = Harness::start().await;
    let all = long_day(&harness.control);
    harness.control.set_faults(fault_at_page_30()).unwrap();
    // Without retries.
    let client = &harness.client;
    let mut changes = client.conversations().sync(time("2026-04-19T00:00:00Z"));
    let (mut read_here, error) = read(&mut changes).await;
    let error = error.expect("the page fails");
    assert!(error.error().is_server_error(), "{error}");
    assert_eq!(ids(&read_here), all[..1]);
    assert_eq!(pages_of_long_day(&harness), (1..=30).collect::<Vec<_>>());

    // Another process starts from the cursor of the error.
    let stored = serde_json::to_string(error.cursor()).unwrap();
    let cursor: SyncCursor = serde_json::from_str(&stored).unwrap();
    let resumed = client.conversations().sync(cursor);
    let rest: Vec<_> = resumed.try_collect().await.unwrap();
    assert_eq!(ids(&rest), all[1..]);

    // The same reader requests the failed page and those after it.
    let _ = harness.take_requests();
    let (rest, error) = read(&mut changes).await;
    assert!(error.is_none(), "{error:?}");
    read_here.extend(rest);
    assert_eq!(ids(&read_here), all);
    assert_eq!(pages_of_long_day(&harness), [30, 31, 32]);
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
async fn each_change_of_an_item_is_returned_once() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let id = call(&harness.control, &ago(5 * HOUR));
    let quiet = call(&harness.control, &ago(4 * HOUR));
    let old = call(&harness.control, &ago(40 * HOUR));
    let mut cursor = SyncCursor::from(ago(50 * HOUR));
    let mut seen = Vec::new();
    let summary = |call: &mut CallRecord| *call = call.clone().summary("Wants a quote");
    let tag = |call: &mut CallRecord| call.tags.push("interested".to_owned());
    let nothing = |_: &mut CallRecord| ();
    let changes: [&dyn Fn(&mut CallRecord); 4] = [&nothing, &summary, &tag, &nothing];
    for change in changes {
        harness.control.update_call(&id, change).unwrap();
        harness.control.update_call(&old, change).unwrap();
        let mut changes = client.conversations().sync(cursor);
        let (read, error) = read(&mut changes).await;
        assert!(error.is_none());
        let word = |change: &ItemChange| {
            let sort = if change.is_new() { "new" } else { "updated" };
            let item = change.item();
            format!("{sort} {} {}", item.id, item.summary.as_option().is_some())
        };
        seen.push(read.iter().map(word).collect::<Vec<_>>());
        cursor = changes.cursor().clone();
    }
    let updated = [format!("updated {id} true")];
    let first = [&old, &id, &quiet].map(|id| format!("new {id} false"));
    // A change before the overlap is missed.
    assert_eq!(seen, [&first[..], &updated, &updated, &[]]);
}

#[tokio::test]
async fn a_call_that_is_inserted_between_two_pages_is_found() {
    let harness = Harness::start().await;
    let mut all = busy_day(&harness.control, 150, 20);
    let changes = unpaced(&harness).conversations().sync(ago(30 * HOUR));
    let reading = changes.try_collect::<Vec<_>>();
    let mut inserted = String::new();
    let control = &harness.control;
    let read = between_pages(control, reading, || {
        inserted = call(control, &ago(25 * HOUR));
    });
    let read = read.await.unwrap();
    all.insert(0, inserted);
    assert_eq!(ids(&read), all);
    assert_eq!(harness.take_requests().len(), 2 + 2);
}

#[tokio::test]
async fn a_call_that_moves_to_a_page_that_was_read_is_found() {
    let harness = Harness::start().await;
    let all = busy_day(&harness.control, 150, 20);
    let changes = unpaced(&harness).conversations().sync(ago(30 * HOUR));
    let reading = changes.try_collect::<Vec<_>>();
    let control = &harness.control;
    let read = between_pages(control, reading, || control.remove_item(&all[3]).unwrap());
    // The removed one was there when the reader began.
    assert_eq!(ids(&read.await.unwrap()), all);
}

#[tokio::test]
async fn calls_that_arrive_at_the_end_while_pages_are_read_cost_no_second_pass() {
    let harness = Harness::start().await;
    let mut all = busy_day(&harness.control, 150, 20);
    let changes = unpaced(&harness).conversations().sync(ago(30 * HOUR));
    let reading = changes.try_collect::<Vec<_>>();
    let control = &harness.control;
    let mut new = String::new();
    let read = between_pages(control, reading, || new = call(control, &ago(60)));
    let read = read.await.unwrap();
    all.push(new);
    assert_eq!(ids(&read), all);
    assert_eq!(harness.take_requests().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_noticed_is_found_by_the_next_reader() {
    let harness = Harness::start().await;
    let all = busy_day(&harness.control, 150, 20);
    let client = unpaced(&harness);
    let control = harness.control.clone();
    let mut new = String::new();
    let reading = {
        let mut changes = client.conversations().sync(ago(30 * HOUR));
        async move {
            let (read, error) = read(&mut changes).await;
            assert!(error.is_none());
            (read, changes.cursor().clone())
        }
    };
    let read_first = between_pages(&control, reading, || {
        control.remove_item(&all[3]).unwrap();
        new = call(&control, &ago(60));
    });
    let (first, cursor) = read_first.await;
    assert!(!ids(&first).contains(&all[100]), "it was skipped");
    let rest: Vec<_> = client
        .conversations()
        .sync(cursor)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids(&rest), [&*all[100]]);
    let read: BTreeSet<_> = ids(&first).into_iter().chain(ids(&rest)).collect();
    assert_eq!(read, all.into_iter().chain([new]).collect());
}

#[tokio::test]
async fn items_of_the_same_time_come_once_each_however_the_reader_stops() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let time = ago(5 * HOUR);
    let mut all: Vec<_> = (0..250).map(|_| call(&harness.control, &time)).collect();
    all.sort();
    let mut cursor = stored(ago(9 * HOUR));
    let mut read = Vec::new();
    for most in [1, 99, 100, 7, usize::MAX, usize::MAX] {
        let (ids, next) = read_on(&client, &cursor, most).await;
        read.extend(ids);
        cursor = next;
    }
    assert_eq!(read, all);
}

#[tokio::test]
async fn an_order_of_equal_times_that_differs_from_page_to_page_loses_nothing() {
    let harness = Harness::start().await;
    let date = ago(HOUR).to_string();
    let item =
        |number: u64| json!({"id": format!("cll-{number:03}"), "type": "CALL", "date": date});
    let items = |numbers: &[u64]| numbers.iter().copied().map(item).collect::<Vec<_>>();
    let up_to_99: Vec<u64> = (1..=99).collect();
    // The service sorts by time alone: 100 is on both pages, and 101 on none; then the other way round.
    for (last_of_first, second) in [(100, 100), (101, 100)] {
        let first = [&up_to_99[..], &[last_of_first]].concat();
        script(&harness, page(&items(&first), 1, 101));
        script(&harness, page(&items(&[second]), 2, 101));
    }
    let sync = harness.client.conversations().sync(ago(3 * HOUR));
    let read: Vec<_> = sync.try_collect().await.unwrap();
    let all: Vec<_> = (1..=101).map(|number| format!("cll-{number:03}")).collect();
    assert_eq!(ids(&read), all);
}

#[tokio::test]
async fn a_list_that_never_keeps_still_is_an_error_before_its_items() {
    let harness = Harness::start().await;
    let date = ago(HOUR).to_string();
    let item =
        |number: u64| json!({"id": format!("cll-{number:03}"), "type": "CALL", "date": date});
    let first: Vec<_> = (1..=100).map(item).collect();
    for total in [103, 102, 103] {
        script(&harness, page(&first, 1, total));
        script(&harness, page(&[item(100)], 2, total));
    }
    let start = SyncCursor::from(ago(3 * HOUR));
    let mut changes = harness.client.conversations().sync(start.clone());
    let (read_before, error) = read(&mut changes).await;
    let error = error.expect("two items are missing");
    assert!(read_before.is_empty() && error.error().is_decode());
    assert!(error.to_string().contains("100 of 103"), "{error}");
    assert_eq!(error.cursor().until(), start.until());
    // The reader goes on without the missing ones.
    let (rest, error) = read(&mut changes).await;
    assert!(error.is_none());
    assert_eq!(rest.len(), 100);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_costs_no_other() {
    let harness = Harness::start().await;
    let item = |id: &str, date| json!({"id": id, "type": "CALL", "date": date});
    let dates = [2, 1].map(|hours| ago(hours * HOUR).to_string());
    let items = [
        item("cll-1", &dates[0]),
        json!({"id": "cll-2", "type": 7}),
        item("cll-3", &dates[1]),
        item("cll-4", &String::new()),
    ];
    script(&harness, page(&items, 1, 4));
    let mut changes = harness.client.conversations().sync(ago(3 * HOUR));
    let mut next = async || changes.try_next().await;
    assert_eq!(next().await.unwrap().unwrap().item().id, *"cll-1");
    assert_eq!(next().await.unwrap().unwrap().item().id, *"cll-3");
    assert!(next().await.unwrap_err().error().is_decode());
    assert!(next().await.unwrap_err().error().is_decode());
    assert!(next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_cursor_of_other_filters_is_refused_before_anything_is_sent() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let mut calls = client.conversations().sync(ago(HOUR));
    calls = calls.kind(ItemKindFilter::Call);
    let (_, error) = read(&mut calls).await;
    assert!(error.is_none());
    let cursor = serde_json::to_string(calls.cursor()).unwrap();
    assert!(!cursor.contains("5550"), "{cursor}");
    let _ = harness.take_requests();
    let cursor: SyncCursor = serde_json::from_str(&cursor).unwrap();
    let mut all = client.conversations().sync(cursor);
    let (error, _) = all.try_next().await.unwrap_err().into_parts();
    assert_eq!(error.param(), Some("cursor"));
    assert!(error.is_invalid_request() && harness.take_requests().is_empty());
}

#[tokio::test]
async fn a_range_that_is_too_wide_for_the_service_is_read_in_parts() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let all = history(&harness.control, 20 * 24);
    for _ in 0..2 {
        let refused = harness
            .control
            .respond_error(SEARCH, 400, "DATE_RANGE_TOO_WIDE");
        refused.unwrap();
    }
    let sync = client.conversations().sync(ago(30 * DAY));
    let read: Vec<_> = sync.allo_number(LINE).try_collect().await.unwrap();
    assert_eq!(ids(&read), all);
}

#[tokio::test]
async fn years_without_calls_take_few_requests() {
    let harness = Harness::start().await;
    let client = unpaced(&harness);
    let only = call(&harness.control, &ago(HOUR));
    let sync = client.conversations().sync(ago(2 * 365 * DAY));
    let read: Vec<_> = sync.allo_number(LINE).try_collect().await.unwrap();
    assert_eq!(ids(&read), [only]);
    // Windows of 7, 14, then 28 days.
    assert_eq!(harness.take_requests().len(), 28);
}
