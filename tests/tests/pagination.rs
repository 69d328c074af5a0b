//! Paginated lists: every item once and in order, with the minimum number of requests, despite failures.

use std::collections::HashSet;

use allo_client::builder::power_dialer::GetCurrentDialingQueue;
use allo_client::power_dialer::Duplicates;
use allo_client::types::QueueNumber;
use allo_client::{Cursor, Error, Items, Pages, Teammate, Timestamp};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use tests::harness::{Harness, MARIE, numbers};

const READ: &str = "getCurrentDialingQueue";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Without retries: this file tests how a reader handles an error, not how a call is retried.
fn numbers_of(harness: &Harness, size: u64) -> GetCurrentDialingQueue {
    let numbers = harness.client.get_current_dialing_queue().size(size);
    numbers.options(|o| o.with_max_attempts(1))
}

/// The remaining positions; panics on an error.
async fn rest(mut items: Items<GetCurrentDialingQueue>) -> Vec<i64> {
    let mut positions = Vec::new();
    while let Some(number) = items.try_next().await.expect("an item") {
        positions.push(number.position);
    }
    positions
}

/// The requested pages, in order.
fn asked(harness: &Harness) -> Vec<Option<u64>> {
    let page = |request: allo_sandbox::LoggedRequest| {
        let found = request.query.into_iter().find(|(name, _)| name == "page");
        found.map(|(_, page)| page.parse().expect("a number"))
    };
    harness.take_requests().into_iter().map(page).collect()
}

/// A page with these positions.
fn page(positions: &[i64], pagination: Value) -> String {
    let number = |position| json!({"number_to": "+12125550170", "position": position});
    let data: Vec<_> = positions.iter().map(number).collect();
    json!({ "data": data, "pagination": pagination }).to_string()
}

fn script(harness: &Harness, status: u16, body: String) {
    let scripted = harness.control.respond_once(READ, status, &JSON, body);
    scripted.unwrap();
}

fn all(positions: std::ops::Range<i64>) -> Vec<i64> {
    positions.collect()
}

#[tokio::test]
async fn a_thousand_numbers_take_ten_requests() {
    let harness = Harness::start().await;
    harness.fill(1_000).await;
    let mut items = numbers_of(&harness, 100).items();
    let mut positions = Vec::new();
    while let Some(number) = items.try_next().await.unwrap() {
        positions.push(number.position);
    }
    assert_eq!(positions, all(0..1_000));
    assert!(!items.moved());
    // A further read reports the end again.
    assert!(items.try_next().await.unwrap().is_none());
    let expected: Vec<_> = (1..=10).map(Some).collect();
    assert_eq!(asked(&harness), expected);
}

#[tokio::test]
async fn no_queue_is_one_request_and_nothing() {
    let harness = Harness::start().await;
    assert_eq!(rest(numbers_of(&harness, 100).items()).await, all(0..0));
    assert_eq!(harness.take_requests().len(), 1);
    assert_eq!(
        harness.control.queues_created(),
        0,
        "reading creates nothing"
    );
    let mut pages = numbers_of(&harness, 100).pages();
    let page = pages.try_next().await.unwrap().unwrap().into_inner();
    assert!(page.queue.is_none() && page.data.is_empty());
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(harness.take_requests().len(), 1);
}

#[tokio::test]
async fn every_length_is_read_with_the_fewest_requests() {
    for (count, size, requests) in [(1, 1, 1), (5, 5, 1), (6, 5, 2), (10, 5, 2), (11, 5, 3)] {
        let harness = Harness::start().await;
        harness.fill(count).await;
        let positions = rest(numbers_of(&harness, size).items()).await;
        assert_eq!(positions, all(0..i64::try_from(count).unwrap()));
        assert_eq!(harness.take_requests().len(), requests, "{count} by {size}");
    }
}

#[tokio::test]
async fn readers_can_be_moved_to_another_task() {
    fn assert_send_static<T: Send + 'static>(reader: T) -> T {
        reader
    }
    let harness = Harness::start().await;
    harness.fill(25).await;
    let marie = Teammate::email(MARIE);
    let items = assert_send_static::<Items<_>>(numbers_of(&harness, 10).items());
    let pages =
        assert_send_static::<Pages<_>>(numbers_of(&harness, 10).for_teammate(&marie).pages());
    let items = tokio::spawn(items.try_collect::<Vec<QueueNumber>>());
    let pages = tokio::spawn(
        pages
            .map_ok(|page| page.into_inner().data.len())
            .collect::<Vec<_>>(),
    );
    assert_eq!(items.await.unwrap().unwrap().len(), 25);
    let pages: Result<Vec<_>, Error> = pages.await.unwrap().into_iter().collect();
    assert_eq!(pages.unwrap(), [0], "Marie has no queue");
}

#[tokio::test]
async fn both_ways_of_reading_agree_and_end_once() {
    let harness = Harness::start().await;
    harness.fill(25).await;
    let pages: Vec<_> = numbers_of(&harness, 10)
        .pages()
        .try_collect()
        .await
        .unwrap();
    let positions: Vec<_> = pages
        .iter()
        .flat_map(|page| page.body().data.iter().map(|number| number.position))
        .collect();
    assert_eq!(positions, all(0..25));
    let streamed: Vec<_> = numbers_of(&harness, 10)
        .items()
        .try_collect()
        .await
        .unwrap();
    let streamed: Vec<_> = streamed.iter().map(|number| number.position).collect();
    assert_eq!(streamed, positions);
    let mut items = numbers_of(&harness, 25).items();
    assert_eq!(items.by_ref().count().await, 25);
    assert!(StreamExt::next(&mut items).await.is_none());
}

#[tokio::test]
async fn a_reader_starts_at_the_page_that_was_set() {
    let harness = Harness::start().await;
    harness.fill(45).await;
    assert_eq!(
        rest(numbers_of(&harness, 10).page(3).items()).await,
        all(20..45)
    );
    assert_eq!(asked(&harness), [Some(3), Some(4), Some(5)]);
    assert_eq!(
        rest(numbers_of(&harness, 10).page(9).items()).await,
        all(0..0)
    );
    assert_eq!(asked(&harness), [Some(9)], "past the end there is nothing");
}

#[tokio::test]
async fn a_stored_cursor_yields_exactly_the_rest() {
    let harness = Harness::start().await;
    harness.fill(25).await;
    for read in 0..=25 {
        let mut items = numbers_of(&harness, 10).items();
        for position in 0..read {
            assert_eq!(items.try_next().await.unwrap().unwrap().position, position);
        }
        let stored = serde_json::to_string(&items.cursor()).unwrap();
        drop(items);
        let cursor: Cursor = serde_json::from_str(&stored).unwrap();
        let tomorrow = harness.client_with(|builder| builder);
        let request = tomorrow.get_current_dialing_queue().size(10);
        let positions = rest(request.start_at(cursor).items()).await;
        assert_eq!(positions, all(read..25), "after {read}");
    }
}

#[tokio::test]
async fn a_cursor_at_the_end_finds_what_is_added_later() {
    let harness = Harness::start().await;
    harness.fill(10).await;
    let mut items = numbers_of(&harness, 10).items();
    while items.try_next().await.unwrap().is_some() {}
    let cursor = items.cursor();
    let more = harness.client.append_dialing_queue_numbers(numbers(15));
    more.send().await.unwrap();
    let resumed = numbers_of(&harness, 10).start_at(cursor).items();
    assert_eq!(rest(resumed).await, all(10..25));
}

#[tokio::test]
async fn a_cursor_is_refused_where_it_does_not_belong() {
    let harness = Harness::start().await;
    harness.fill(25).await;
    let foreign: Cursor = serde_json::from_value(json!({"operation": "other", "page": 2})).unwrap();
    let mut items = numbers_of(&harness, 10).start_at(foreign).items();
    let error = items.try_next().await.unwrap_err();
    assert!(
        error.is_invalid_request() && error.param() == Some("cursor"),
        "{error}"
    );
    assert!(items.try_next().await.unwrap().is_none());
    assert!(harness.take_requests().is_empty());

    let mut items = numbers_of(&harness, 10).items();
    for _ in 0..12 {
        items.try_next().await.unwrap();
    }
    let mut other_size = numbers_of(&harness, 5).start_at(items.cursor()).items();
    let error = other_size.try_next().await.unwrap_err();
    assert!(
        error.is_invalid_request() && error.param() == Some("size"),
        "{error}"
    );
    assert!(other_size.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn an_error_in_the_middle_loses_and_repeats_nothing() {
    let harness = Harness::start().await;
    harness.fill(45).await;
    let mut items = numbers_of(&harness, 10).items();
    let mut positions = Vec::new();
    for _ in 0..20 {
        positions.push(items.try_next().await.unwrap().unwrap().position);
    }
    for status in [500, 502] {
        script(&harness, status, String::new());
        let error = items.try_next().await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        let cursor = items.cursor();
        assert_eq!((cursor.page(), cursor.offset()), (3, 0));
    }
    let resumed = numbers_of(&harness, 10).start_at(items.cursor()).items();
    assert_eq!(rest(resumed).await, all(20..45));
    positions.extend(rest(items).await);
    assert_eq!(positions, all(0..45));
}

#[tokio::test]
async fn an_error_on_the_first_page_loses_nothing_either() {
    let harness = Harness::start().await;
    harness.fill(15).await;
    script(&harness, 503, "<html>".to_owned());
    let mut pages = numbers_of(&harness, 10).pages();
    assert!(pages.try_next().await.is_err());
    let first = pages.try_next().await.unwrap().unwrap();
    assert_eq!(first.body().data[0].position, 0);
    assert_eq!(pages.cursor().page(), 2);
    // A response that cannot be decoded may be correct the next time.
    script(&harness, 200, "{\"data\": [".to_owned());
    assert!(pages.try_next().await.unwrap_err().is_decode());
    let second = pages.try_next().await.unwrap().unwrap();
    assert_eq!(second.body().data[0].position, 10);
    assert!(pages.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_resumed_reader_keeps_its_offset_over_an_error() {
    let harness = Harness::start().await;
    harness.fill(25).await;
    let mut items = numbers_of(&harness, 10).items();
    for _ in 0..13 {
        items.try_next().await.unwrap();
    }
    let cursor = items.cursor();
    script(&harness, 500, String::new());
    let mut resumed = numbers_of(&harness, 10).start_at(cursor.clone()).items();
    assert!(resumed.try_next().await.is_err());
    assert_eq!(resumed.cursor(), cursor);
    assert_eq!(rest(resumed).await, all(13..25));
}

#[tokio::test]
async fn a_read_that_is_given_up_goes_on_with_the_next() {
    let harness = Harness::start().await;
    harness.fill(15).await;
    let mut items = numbers_of(&harness, 10).items();
    let hold = harness.control.hold_next(READ).unwrap();
    tokio::select! {
        _ = items.next() => panic!("the answer is held back"),
        () = hold.arrived() => {}
    }
    hold.release();
    assert_eq!(rest(items).await, all(0..15));
    assert_eq!(
        harness.take_requests().len(),
        2,
        "no page is asked for twice"
    );
}

#[tokio::test]
async fn an_empty_page_in_the_middle_does_not_end_the_list() {
    let harness = Harness::start().await;
    let more = |has_more| json!({"size": 2, "total_count": 3, "has_more": has_more});
    script(&harness, 200, page(&[0, 1], more(true)));
    script(&harness, 200, page(&[], more(true)));
    script(&harness, 200, page(&[2], more(false)));
    assert_eq!(rest(numbers_of(&harness, 2).items()).await, all(0..3));
    assert_eq!(asked(&harness), [Some(1), Some(2), Some(3)]);
}

#[tokio::test]
async fn odd_totals_neither_loop_nor_cut_short() {
    let zeros = json!({
        "page": 0, "size": 0, "total_count": 0, "total_pages": 0, "has_more": false,
    });
    let echoed = json!({
        "page": 1, "size": 100, "total_count": 0, "total_pages": 0, "has_more": false,
    });
    for pagination in [zeros, echoed] {
        let harness = Harness::start().await;
        script(&harness, 200, page(&[], pagination));
        assert_eq!(rest(numbers_of(&harness, 100).items()).await, all(0..0));
        assert_eq!(harness.take_requests().len(), 1);
    }
    // Without totals a list ends with the first empty page.
    let harness = Harness::start().await;
    script(&harness, 200, page(&[0, 1], Value::Null));
    script(&harness, 200, page(&[], Value::Null));
    assert_eq!(rest(numbers_of(&harness, 2).items()).await, all(0..2));
    // A server that repeats the same page is not read without end.
    let harness = Harness::start().await;
    let stuck = json!({"page": 1, "size": 2, "total_count": 9, "has_more": true});
    for _ in 0..3 {
        script(&harness, 200, page(&[0, 1], stuck.clone()));
    }
    let mut items = numbers_of(&harness, 2).items();
    let mut errors = 0;
    for _ in 0..10 {
        match items.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                assert!(error.is_decode(), "{error}");
                errors += 1;
            }
            None => break,
        }
    }
    assert_eq!((errors, harness.take_requests().len()), (1, 2));
}

#[tokio::test]
async fn a_list_that_grows_meanwhile_is_reported() {
    let harness = Harness::start().await;
    harness.fill(15).await;
    let mut items = numbers_of(&harness, 10).items();
    for _ in 0..10 {
        items.try_next().await.unwrap();
    }
    assert!(!items.moved());
    let cursor = items.cursor();
    let more = harness.client.append_dialing_queue_numbers(numbers(1));
    more.send().await.unwrap();
    let mut resumed = numbers_of(&harness, 10).start_at(cursor).pages();
    let mut seen: HashSet<i64> = (0..10).collect();
    while let Some(number) = items.try_next().await.unwrap() {
        assert!(seen.insert(number.position));
    }
    assert_eq!(seen.len(), 16);
    assert!(items.moved());
    resumed.try_next().await.unwrap();
    assert!(resumed.moved(), "a cursor remembers how long the list was");
}

/// The first page, repeated without end: with more pages announced, with its own number, and without totals.
fn same_pages() -> [Value; 4] {
    [
        json!({"total_pages": 3, "has_more": true}),
        json!({"page": 1, "size": 2, "total_count": 6, "total_pages": 3, "has_more": true}),
        json!({"total_count": 2, "has_more": true}),
        Value::Null,
    ]
}

/// Makes the sandbox return one page for more requests than any reader sends.
fn stuck(harness: &Harness, id: &str, body: &Value) {
    harness.control.clear_log();
    for _ in 0..10 {
        let scripted = harness
            .control
            .respond_once(id, 200, &JSON, body.to_string());
        scripted.unwrap();
    }
}

/// A list that fails names the position and stops at once.
fn assert_stopped(harness: &Harness, error: &Error, operation: &str) {
    assert!(error.is_decode() && !error.is_invalid_request(), "{error}");
    assert_eq!(error.operation(), Some(operation));
    assert!(error.message().contains("page 2"), "{error}");
    assert!(harness.take_requests().len() <= 3);
}

#[tokio::test]
async fn the_same_page_for_ever_is_an_error_that_keeps_the_cursor() {
    for pagination in same_pages() {
        let harness = Harness::start().await;
        let body: Value = serde_json::from_str(&page(&[0, 1], pagination)).unwrap();
        stuck(&harness, READ, &body);
        let mut items = numbers_of(&harness, 2).items();
        for position in 0..2 {
            assert_eq!(items.try_next().await.unwrap().unwrap().position, position);
        }
        let error = items.try_next().await.unwrap_err();
        assert_stopped(&harness, &error, READ);
        assert!(items.try_next().await.unwrap().is_none());
        assert_eq!((items.cursor().page(), items.cursor().offset()), (2, 0));

        let harness = Harness::start().await;
        stuck(&harness, READ, &body);
        let mut pages = numbers_of(&harness, 2).pages();
        pages.try_next().await.unwrap();
        let error = pages.try_next().await.unwrap_err();
        assert_stopped(&harness, &error, READ);
        assert_eq!((pages.cursor().page(), pages.cursor().offset()), (2, 0));
    }
}

#[tokio::test]
async fn whatever_reads_a_list_stops_when_the_same_page_comes_for_ever() {
    for pagination in same_pages() {
        let harness = Harness::start().await;
        let body: Value = serde_json::from_str(&page(&[0, 1], pagination.clone())).unwrap();
        let dialer = harness.client.power_dialer().for_teammate(Teammate::Me);
        stuck(&harness, READ, &body);
        assert_stopped(&harness, &dialer.status().await.unwrap_err(), READ);

        let harness = Harness::start().await;
        let dialer = harness.client.power_dialer().for_teammate(Teammate::Me);
        stuck(&harness, READ, &body);
        let push = dialer.push(numbers(3));
        let mut push = push.duplicates(Duplicates::DropInListAndQueue);
        assert_stopped(&harness, &push.plan().await.unwrap_err(), READ);

        let harness = Harness::start().await;
        let search = "searchAllConversations";
        let item = |id| json!({"id": id, "type": "CALL", "date": "2026-02-28T12:00:00Z"});
        let body = json!({"data": [item("cll-1"), item("cll-2")], "pagination": pagination});
        stuck(&harness, search, &body);
        let start: Timestamp = "2026-02-27T00:00:00Z".parse().unwrap();
        let mut changes = harness.client.conversations().sync(start);
        let (error, _) = changes.try_next().await.unwrap_err().into_parts();
        assert_stopped(&harness, &error, search);
    }
}

#[tokio::test]
async fn pages_of_another_size_never_double_or_drop_an_item_unsaid() {
    let told = |size: u64, has_more| json!({"size": size, "total_count": 45, "has_more": has_more});
    let numbers = |range: std::ops::Range<i64>| range.collect::<Vec<_>>();
    // 45 entries in pages of 30, from the second page on in pages of 15.
    let harness = Harness::start().await;
    script(&harness, 200, page(&numbers(0..30), told(30, true)));
    script(&harness, 200, page(&numbers(15..30), told(15, true)));
    script(&harness, 200, page(&numbers(30..45), told(15, false)));
    let mut items = numbers_of(&harness, 30).items();
    for position in 0..30 {
        assert_eq!(items.try_next().await.unwrap().unwrap().position, position);
    }
    let error = items.try_next().await.unwrap_err();
    assert_stopped(&harness, &error, READ);
    assert!(error.message().contains("15") && error.message().contains("30"));
    assert!(items.try_next().await.unwrap().is_none());

    // The same without a reported page size.
    let silent = |has_more| json!({ "has_more": has_more });
    for rest in [
        vec![numbers(15..30), numbers(30..45)],
        vec![numbers(30..45), numbers(45..46)],
    ] {
        let harness = Harness::start().await;
        script(&harness, 200, page(&numbers(0..30), silent(true)));
        let [second, third] = rest.try_into().unwrap();
        script(&harness, 200, page(&second, silent(true)));
        script(&harness, 200, page(&third, silent(false)));
        let mut items = numbers_of(&harness, 30).items();
        let mut read = Vec::new();
        while let Some(number) = items.try_next().await.unwrap() {
            read.push(number.position);
        }
        let distinct: HashSet<_> = read.iter().collect();
        assert_eq!(items.moved(), distinct.len() < read.len());
    }
}
