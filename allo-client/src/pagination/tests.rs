//! The two streams with scripted responses: the requests, their order, and the cursor. Without I/O;
//! the requests on the wire are tested against the sandbox.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::FusedStream;
use serde_json::{Value, json};

use super::*;
use crate::error::ErrorKind;
use crate::generated::operations;
use crate::pagination::count;
use crate::transport::client_handle::Client;
use crate::transport::response::Meta;

/// Returns scripted responses, and records which pages were requested.
#[derive(Clone)]
struct Scripted {
    call: Call,
    page: Option<u64>,
    answers: Arc<Mutex<VecDeque<Result<Value, ErrorKind>>>>,
    asked: Arc<Mutex<Vec<u64>>>,
    /// The deadline of each request.
    deadlines: Arc<Mutex<Vec<Option<Duration>>>>,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Result<Value, ErrorKind>>) -> Self {
        let client = Client::builder()
            .api_key("key")
            .base_url("http://localhost:9")
            .build();
        Self {
            call: Call::new(client.unwrap(), &operations::GET_CURRENT_DIALING_QUEUE),
            page: None,
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            asked: Arc::default(),
            deadlines: Arc::default(),
        }
    }

    fn asked(&self) -> Vec<u64> {
        self.asked.lock().unwrap().clone()
    }
}

impl Paginated for Scripted {
    type Page = Value;
    type Item = u64;

    fn call(&self) -> &Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }

    fn page_number(&self) -> Option<u64> {
        self.page
    }

    fn set_page(&mut self, page: u64) {
        self.page = Some(page);
    }

    fn set_size(&mut self, _: u64) {}

    fn fetch(self) -> BoxFuture<Result<Response<Value>, Error>> {
        self.asked.lock().unwrap().push(self.page.unwrap());
        let deadline = self.call.options().deadline().flatten();
        self.deadlines.lock().unwrap().push(deadline);
        let response = self
            .answers
            .lock()
            .unwrap()
            .pop_front()
            .expect("no request too many");
        let response = response.map(|page| Response::new(page, Meta::for_tests()));
        Box::pin(std::future::ready(
            response.map_err(|kind| Error::new(kind, "scripted")),
        ))
    }

    fn into_items(page: Value) -> List<u64> {
        serde_json::from_value(page["data"].clone()).unwrap()
    }

    fn item_count(page: &Value) -> usize {
        page["data"].as_array().unwrap().len()
    }

    fn fingerprints(page: &Value) -> Vec<u64> {
        fingerprints(&Self::into_items(page.clone()))
    }

    fn info(page: &Value) -> PageInfo {
        PageInfo {
            size: count(&page["size"].as_i64()),
            total_count: count(&page["total"].as_i64()),
            total_pages: count(&page["pages"].as_i64()),
            has_more: page["more"].as_bool(),
            ..PageInfo::default()
        }
    }
}

fn page(data: &Value, more: bool) -> Result<Value, ErrorKind> {
    Ok(json!({"data": data, "more": more, "total": 5, "size": 2}))
}

/// Polls once; scripted responses are always ready.
fn poll<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    match Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(item) => item,
        Poll::Pending => panic!("the script is always ready"),
    }
}

/// The items, with `None` for an error.
fn read(items: &mut Items<Scripted>) -> Vec<Option<u64>> {
    std::iter::from_fn(|| poll(items)).map(Result::ok).collect()
}

#[test]
fn items_come_in_order_with_no_request_too_many() {
    let script = Scripted::new([
        page(&json!([0, 1]), true),
        page(&json!([]), true),
        page(&json!([2]), false),
    ]);
    let mut items = script.clone().items();
    assert_eq!(read(&mut items), [Some(0), Some(1), Some(2)]);
    assert_eq!(script.asked(), [1, 2, 3]);
    assert!(items.is_terminated() && poll(&mut items).is_none());
}

#[test]
fn pages_are_asked_for_only_when_they_are_read() {
    let script = Scripted::new([page(&json!([0, 1]), true), page(&json!([2, 3]), true)]);
    let mut items = script.clone().items();
    assert!(script.asked().is_empty());
    for expected in 0..2 {
        assert_eq!(poll(&mut items).unwrap().unwrap(), expected);
        assert_eq!(script.asked(), [1]);
    }
    assert_eq!(poll(&mut items).unwrap().unwrap(), 2);
    assert_eq!(script.asked(), [1, 2]);
}

#[test]
fn after_an_error_the_same_page_is_asked_for() {
    let script = Scripted::new([
        page(&json!([0, 1]), true),
        Err(ErrorKind::Timeout),
        Err(ErrorKind::Status),
        page(&json!([2]), false),
    ]);
    let mut items = script.clone().items();
    assert_eq!(read(&mut items), [Some(0), Some(1), None, None, Some(2)]);
    assert_eq!(script.asked(), [1, 2, 2, 2]);
}

#[test]
fn a_wrong_request_is_not_repeated() {
    let script = Scripted::new([Err(ErrorKind::InvalidRequest)]);
    let mut items = script.clone().items();
    let error = poll(&mut items).unwrap().unwrap_err();
    assert_eq!(error.operation(), Some("getCurrentDialingQueue"));
    assert!(items.is_terminated() && poll(&mut items).is_none());
}

#[test]
fn an_unreadable_item_is_an_error_in_its_place() {
    let script = Scripted::new([page(&json!([0, "odd", 2]), false)]);
    let mut items = script.items();
    assert_eq!(poll(&mut items).unwrap().unwrap(), 0);
    let error = poll(&mut items).unwrap().unwrap_err();
    assert!(
        error.is_decode() && error.message().contains("item 1 of page 1"),
        "{error}"
    );
    assert!(!error.to_string().contains("odd") && error.body() == br#""odd""#);
    assert_eq!(read(&mut items), [Some(2)]);
}

fn page_of(number: u64, pages: u64) -> Result<Value, ErrorKind> {
    Ok(json!({"data": [number], "more": number < pages, "pages": pages}))
}

#[test]
fn pages_are_fetched_ahead_once_their_number_is_known_and_none_too_many() {
    let script = Scripted::new((1..=5).map(|number| page_of(number, 5)));
    let mut items = script.clone().items().prefetch(2);
    let asked: [&[u64]; 5] = [
        &[1],
        &[1, 2, 3, 4],
        &[1, 2, 3, 4, 5],
        &[1, 2, 3, 4, 5],
        &[1, 2, 3, 4, 5],
    ];
    for (item, asked) in (1..).zip(asked) {
        assert_eq!(poll(&mut items).unwrap().unwrap(), item);
        assert_eq!(script.asked(), asked);
    }
    assert!(poll(&mut items).is_none());
}

#[test]
fn nothing_is_fetched_ahead_of_a_list_that_does_not_say_its_length() {
    let script = Scripted::new([page(&json!([0]), true), page(&json!([1]), true)]);
    let mut items = script.clone().items().prefetch(9);
    assert_eq!(poll(&mut items).unwrap().unwrap(), 0);
    assert_eq!(poll(&mut items).unwrap().unwrap(), 1);
    assert_eq!(script.asked(), [1, 2]);
}

#[test]
fn a_page_that_fails_is_asked_for_again_and_those_ahead_of_it_are_kept() {
    let script = Scripted::new([
        page_of(1, 4),
        Err(ErrorKind::Timeout),
        page_of(3, 4),
        page_of(4, 4),
        page_of(2, 4),
    ]);
    let mut items = script.clone().items().prefetch(2);
    assert_eq!(read(&mut items), [Some(1), None, Some(2), Some(3), Some(4)]);
    assert_eq!(script.asked(), [1, 2, 3, 4, 2]);
}

/// Reads `taken` items, stores the cursor as JSON, and resumes with a new reader.
fn resume_after(taken: usize) -> (Vec<Option<u64>>, Vec<u64>) {
    let all = [
        page(&json!([0, 1]), true),
        page(&json!([2, 3]), true),
        page(&json!([4]), false),
    ];
    let mut items = Scripted::new(all.clone()).items();
    let before = (0..taken)
        .map(|_| poll(&mut items).unwrap().ok())
        .collect::<Vec<_>>();
    let stored = serde_json::to_string(&items.cursor()).unwrap();
    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    let left = all
        .into_iter()
        .skip(usize::try_from(cursor.page()).unwrap() - 1);
    let script = Scripted::new(left);
    let mut items = script.clone().start_at(cursor.clone()).items();
    assert_eq!(items.cursor(), cursor);
    let after = read(&mut items);
    assert!(!items.moved());
    ([before, after].concat(), script.asked())
}

#[test]
fn a_reader_goes_on_where_another_one_stopped() {
    let all: Vec<_> = (0..5).map(Some).collect();
    let asked: [&[u64]; 6] = [&[1, 2, 3], &[1, 2, 3], &[2, 3], &[2, 3], &[3], &[3]];
    for (taken, asked) in asked.iter().enumerate() {
        let (items, pages) = resume_after(taken);
        assert_eq!(
            (items, pages.as_slice()),
            (all.clone(), *asked),
            "after {taken}"
        );
    }
}

#[test]
fn what_is_added_after_the_end_is_read_from_the_last_cursor() {
    let mut items = Scripted::new([page(&json!([4]), false)]).items();
    read(&mut items);
    let grown = Scripted::new([page(&json!([4, 5]), false)]);
    let mut more = grown.start_at(items.cursor()).items();
    assert_eq!(read(&mut more), [Some(5)]);
}

#[test]
fn a_cursor_of_another_page_size_is_refused_once() {
    let cursor: Cursor = serde_json::from_value(
        json!({"operation": "getCurrentDialingQueue", "page": 2, "offset": 1, "size": 3}),
    )
    .unwrap();
    let mut items = Scripted::new([page(&json!([2, 3]), true)])
        .start_at(cursor)
        .items();
    assert_eq!(poll(&mut items).unwrap().unwrap_err().param(), Some("size"));
    assert!(poll(&mut items).is_none());
}

#[test]
fn a_server_that_contradicts_itself_ends_the_list_and_the_cursor_stays() {
    let script = || {
        let repeated = [page(&json!([0, 1]), true), page(&json!([0, 1]), true)];
        Scripted::new(repeated)
    };
    let mut items = script().items();
    assert_eq!(poll(&mut items).unwrap().unwrap(), 0);
    assert_eq!(poll(&mut items).unwrap().unwrap(), 1);
    let error = poll(&mut items).unwrap().unwrap_err();
    assert_eq!(error.operation(), Some("getCurrentDialingQueue"));
    assert!(
        error.is_decode() && error.message().contains("page 2"),
        "{error}"
    );
    assert!(items.is_terminated() && poll(&mut items).is_none());
    assert_eq!((items.cursor().page(), items.cursor().offset()), (2, 0));

    let mut pages = script().pages();
    assert!(poll(&mut pages).unwrap().is_ok() && poll(&mut pages).unwrap().is_err());
    assert!(pages.is_terminated() && poll(&mut pages).is_none());
    assert_eq!((pages.cursor().page(), pages.cursor().offset()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn each_request_gets_what_is_left_of_the_deadline() {
    const SECOND: Duration = Duration::from_secs(1);
    let script = Scripted::new((1..=4).map(|number| page_of(number, 4)));
    let mut items = script.clone().items().deadline(SECOND * 10);
    // The deadline begins with the first request.
    tokio::time::advance(SECOND * 60).await;
    for wait in [4, 3, 3] {
        assert!(poll(&mut items).unwrap().is_ok());
        tokio::time::advance(SECOND * wait).await;
    }
    let error = poll(&mut items).unwrap().unwrap_err();
    assert!(error.is_deadline() && error.is_timeout(), "{error}");
    assert_eq!(error.operation(), Some("getCurrentDialingQueue"));
    assert!(error.message().contains("page 4"), "{error}");
    assert!(items.is_terminated() && poll(&mut items).is_none());
    assert_eq!((items.cursor().page(), items.cursor().offset()), (4, 0));
    let left = [10, 6, 3].map(|left| Some(SECOND * left));
    assert_eq!(*script.deadlines.lock().unwrap(), left);

    // A shorter deadline of each request is kept.
    let mut script = Scripted::new([page_of(1, 1)]);
    let change =
        |options: crate::transport::call_options::CallOptions| options.with_deadline(SECOND);
    script.call.change_options(change);
    poll(&mut script.clone().items().deadline(SECOND * 10));
    assert_eq!(*script.deadlines.lock().unwrap(), [Some(SECOND)]);
}

#[test]
fn a_cursor_of_another_operation_sends_nothing() {
    let cursor: Cursor = serde_json::from_value(json!({"operation": "listX", "page": 2})).unwrap();
    let script = Scripted::new([]);
    let mut pages = script.clone().start_at(cursor).pages();
    assert!(poll(&mut pages).unwrap().unwrap_err().is_invalid_request());
    assert!(pages.is_terminated() && script.asked().is_empty());
}

#[test]
fn the_streams_can_be_sent_anywhere() {
    const fn anywhere<T: Send + Unpin + 'static>() {}
    anywhere::<Items<Scripted>>();
    anywhere::<Pages<crate::generated::builder::power_dialer::GetCurrentDialingQueue>>();
    anywhere::<Items<crate::generated::builder::power_dialer::GetCurrentDialingQueue>>();
}

#[test]
fn a_part_is_taken_without_the_pages_after_it() {
    let list = || {
        Scripted::new([
            page(&json!([1, 2]), true),
            Err(ErrorKind::Transport),
            page(&json!(["x", 3]), true),
        ])
    };
    let script = list();
    let mut items = script.clone().items().take(9).take(3);
    assert_eq!(read(&mut items), [Some(1), Some(2), None, None, Some(3)]);
    assert!(items.is_terminated() && poll(&mut items).is_none());
    assert_eq!(script.asked(), [1, 2, 2]);
    // The rest is read from the cursor.
    let cursor = items.cursor();
    assert_eq!((cursor.page(), cursor.offset()), (3, 0));
    let mut items = list().items().take(1);
    assert_eq!(read(&mut items), [Some(1)]);
    assert_eq!((items.cursor().page(), items.cursor().offset()), (1, 1));

    let script = list();
    let mut pages = script.clone().pages().take(1);
    assert!(poll(&mut pages).unwrap().is_ok() && poll(&mut pages).is_none());
    assert_eq!((script.asked(), pages.cursor().page()), (vec![1], 2));
    assert!(poll(&mut list().items().take(0)).is_none());
}

#[test]
fn no_more_is_prefetched_than_is_taken() {
    let all = |number: u64| page(&json!([number * 2, number * 2 + 1]), number < 2);
    let script = Scripted::new((0..3).map(all));
    let mut items = script.clone().items().prefetch(8).take(4);
    assert_eq!(read(&mut items).len(), 4);
    let mut pages = script.clone().pages().prefetch(8).take(0);
    assert!(poll(&mut pages).is_none());
    assert_eq!(script.asked(), [1, 2]);
}

#[tokio::test]
async fn a_list_is_collected_up_to_its_end_or_the_first_error() {
    let script = Scripted::new([page(&json!([1, 2]), true), page(&json!([3]), false)]);
    let all: Vec<u64> = script.items().try_collect().await.unwrap();
    assert_eq!(all, [1, 2, 3]);
    let script = Scripted::new([page(&json!([1, "x"]), true)]);
    let items = script.items().try_collect::<Vec<_>>();
    assert!(items.await.unwrap_err().is_decode());
    let script = Scripted::new([page(&json!([1, "x"]), true)]);
    let pages: Vec<_> = script.pages().take(1).try_collect().await.unwrap();
    assert_eq!(pages.len(), 1);
}
