//! The memory for responses of the maximum size without valid items. A separate binary, because the peak memory of the
//! whole process is measured, where the kernel reports it.
#![cfg(target_os = "linux")]

use allo_client::Client;
use tests::harness::client_of;
use tests::raw_server;

/// Just below the default limit of a client.
const LENGTH: usize = 16_600_000;
/// In KiB: twenty times the response, which exists once as sent and once as received.
const CEILING: u64 = 20 * LENGTH as u64 / 1024;

/// A page with as many of these entries as fit.
fn page(entry: &str) -> Vec<u8> {
    let mut data = String::with_capacity(LENGTH);
    data.push_str("{\"pagination\":{\"has_more\":false},\"data\":[");
    data.push_str(entry);
    while data.len() + entry.len() + 3 < LENGTH {
        data.push(',');
        data.push_str(entry);
    }
    data.push_str("]}");
    let length = data.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), data.as_bytes()].concat()
}

async fn client(body: Vec<u8>) -> Client {
    let address = raw_server::answer_with(body).await;
    client_of(&address, "ak_live_anything")
}

/// The peak memory of this process in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.expect("a number").parse().expect("a number")
}

#[tokio::test]
async fn malformed_entries_take_little_memory() {
    // Entries of realistic size are decoded one by one, and counted.
    let text = "x".repeat(400);
    let entry = format!("{{\"number_to\":7,\"position\":\"{text}\"}}");
    let body = page(&entry);
    let entries = body.windows(9).filter(|part| *part == b"number_to").count();
    let client = client(body).await;
    let mut pages = client.get_current_dialing_queue().pages();
    let answer = pages.try_next().await.expect("a page").expect("a page");
    let data = answer.into_inner().data;
    assert_eq!((data.len(), data.malformed_count()), (0, entries));
    assert_eq!(data.malformed().len(), 100);
    drop(data);
    println!("{entries} entries: at most {} KiB", peak());
    assert!(peak() < CEILING, "{} KiB", peak());

    // Millions of tiny ones are not parsed.
    for entry in ["0", "{}", "{\"a\":1}", "[[]]"] {
        let client = self::client(page(entry)).await;
        let mut items = client.get_current_dialing_queue().items();
        let error = items.try_next().await.unwrap_err();
        assert!(error.is_decode() && error.status() == Some(200), "{error}");
        assert!(error.message().contains("too many values"), "{error}");
        println!("{entry}: at most {} KiB", peak());
        assert!(peak() < CEILING, "{} KiB for {entry}", peak());
    }
}
