//! Faults that corrupt the response of a request that was processed normally.

use std::time::Duration;

use allo_sandbox::{Fault, FaultPlan};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::peer::{APPEND, End, Peer, Seen, StillTime};

const LONG: Duration = Duration::from_secs(600);

/// Meets the fault, and checks that the append was executed and its response stored.
async fn damaged(fault: Fault) -> Seen {
    let peer = Peer::meeting(fault.clone()).await;
    let seen = peer.append("k").await;
    assert!(peer.executed_despite(&fault, "k"));
    assert_eq!(peer.control().requests()[0].status, seen.status());
    peer.settle("k", true).await;
    seen
}

/// The uncorrupted response to an append.
async fn whole() -> Seen {
    let peer = Peer::with(|builder| builder).await;
    peer.last_append("k").await
}

#[tokio::test]
async fn half_a_body_with_the_full_content_length() {
    let (seen, whole) = (damaged(Fault::HalfBody).await, whole().await);
    assert_eq!((seen.status(), seen.end), (200, End::Fin));
    assert_eq!(seen.length(), whole.length());
    assert_eq!(seen.body().len(), whole.body().len() / 2);
}

#[tokio::test]
async fn a_content_length_that_is_too_short() {
    let (seen, whole) = (damaged(Fault::WrongContentLength).await, whole().await);
    assert_eq!(seen.end, End::Fin);
    assert_eq!(seen.length(), Some(whole.body().len() / 2));
    assert_eq!(seen.body().len(), whole.body().len());
    let promised = &seen.body()[..whole.body().len() / 2];
    assert!(serde_json::from_str::<serde_json::Value>(promised).is_err());
    assert!(seen.json()["data"]["added"].is_array());
}

/// Reads the headers byte by byte, so that nothing after them is consumed.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    String::from_utf8(head).expect("text")
}

async fn start(peer: &Peer) -> TcpStream {
    let mut stream = peer.connect().await;
    let request = peer.append_request("k");
    stream.write_all(request.as_bytes()).await.expect("taken");
    stream
}

/// What arrives while time is paused came before the stall, the rest after it.
async fn stalled(fault: Fault) -> (usize, usize) {
    let peer = Peer::meeting(fault.clone()).await;
    let still = StillTime::begin();
    let mut stream = start(&peer).await;
    let head = head(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let length = head.split("content-length: ").nth(1).expect("a length");
    let length: usize = length.lines().next().expect("one").parse().expect("digits");
    let early = match fault {
        Fault::StallInsideBody(_) => length / 2,
        _ => 0,
    };
    let mut first = vec![0; early];
    stream.read_exact(&mut first).await.expect("the first part");
    let before = Instant::now();
    drop(still);
    let seen = Seen::read(&mut stream).await;
    assert!(before.elapsed() >= LONG, "{:?}", before.elapsed());
    assert_eq!(seen.end, End::Fin);
    first.extend(&seen.bytes);
    let body: serde_json::Value = serde_json::from_slice(&first).expect("the whole answer");
    assert!(body["data"]["added"].is_array());
    assert!(peer.executed_despite(&fault, "k"));
    peer.settle("k", true).await;
    (seen.bytes.len(), length)
}

#[tokio::test(start_paused = true)]
async fn a_stall_before_the_body() {
    let (late, length) = stalled(Fault::StallBeforeBody(LONG)).await;
    assert_eq!(late, length);
}

#[tokio::test(start_paused = true)]
async fn a_stall_inside_the_body() {
    let (late, length) = stalled(Fault::StallInsideBody(LONG)).await;
    assert_eq!(late, length - length / 2);
}

#[tokio::test(start_paused = true)]
async fn a_slow_drip() {
    let interval = Duration::from_secs(10);
    let peer = Peer::meeting(Fault::SlowDrip { interval }).await;
    let mut stream = start(&peer).await;
    head(&mut stream).await;
    let (before, mut count) = (Instant::now(), 0_u32);
    let mut bytes = [0; 100];
    loop {
        match stream.read(&mut bytes).await.expect("no reset") {
            0 => break,
            size => assert_eq!(size, 1, "one byte at a time"),
        }
        count += 1;
    }
    assert!(count > 100);
    assert!(before.elapsed() >= interval * (count - 1));
    assert!(peer.executed_despite(&Fault::SlowDrip { interval }, "k"));
    peer.settle("k", true).await;
}

#[tokio::test]
async fn a_stall_does_not_keep_the_sandbox_from_stopping() {
    let peer = Peer::meeting(Fault::StallBeforeBody(LONG)).await;
    let mut stream = start(&peer).await;
    head(&mut stream).await;
    let stopped = tokio::time::timeout(Duration::from_secs(10), peer.sandbox.stop());
    stopped.await.expect("at once");
    assert_eq!(Seen::read(&mut stream).await.bytes.len(), 0);
}

/// The response is valid HTTP: the connection would stay open.
async fn carried(fault: Fault) -> Seen {
    let peer = Peer::meeting(fault.clone()).await;
    let seen = peer.last_append("k").await;
    assert_eq!(seen.end, End::Fin);
    assert_eq!(seen.length(), Some(seen.body().len()));
    assert!(peer.executed_despite(&fault, "k"));
    assert_eq!(peer.control().requests()[0].status, seen.status());
    peer.settle("k", true).await;
    seen
}

#[tokio::test]
async fn a_wrong_content_type_over_the_right_body() {
    let seen = carried(Fault::WrongContentType).await;
    assert_eq!(seen.status(), 200);
    assert_eq!(seen.header("content-type"), Some("text/html"));
    assert!(seen.json()["data"]["added"].is_array());
}

#[tokio::test]
async fn a_201_that_cannot_be_decoded() {
    let seen = carried(Fault::Undecodable201).await;
    assert_eq!(seen.status(), 201);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(serde_json::from_str::<serde_json::Value>(seen.body()).is_err());
}

#[tokio::test]
async fn an_error_is_never_turned_into_a_201() {
    let peer = Peer::meeting(Fault::Undecodable201).await;
    let request = peer.request(
        "POST",
        crate::peer::NUMBERS,
        "connection: close\r\n",
        "{\"numbers\":[]}",
    );
    let seen = peer.send(&request).await;
    assert_eq!(seen.status(), 400);
    assert_eq!(seen.json()["error"]["code"], "INVALID_REQUEST_BODY");
    assert!(!peer.control().faults()[0].executed);
    assert!(peer.control().executed().is_empty());
}

/// Decodes chunks and counts bytes, keeping only the first ones.
async fn count_chunks(stream: &mut TcpStream) -> (u64, Vec<u8>) {
    let mut reader = tokio::io::BufReader::new(stream);
    let (mut total, mut first) = (0, Vec::new());
    loop {
        let mut line = String::new();
        tokio::io::AsyncBufReadExt::read_line(&mut reader, &mut line)
            .await
            .expect("a size");
        let size = u64::from_str_radix(line.trim(), 16).expect("a size");
        let mut chunk = vec![0; usize::try_from(size).expect("a small chunk") + 2];
        reader.read_exact(&mut chunk).await.expect("a chunk");
        if size == 0 {
            return (total, first);
        }
        if total == 0 {
            first = chunk;
        }
        total += size;
    }
}

#[tokio::test]
async fn a_hundred_megabytes_in_chunks() {
    let fault = Fault::HugeBody(Fault::HUGE);
    let peer = Peer::meeting(fault.clone()).await;
    let mut stream = start(&peer).await;
    let head = head(&mut stream).await;
    assert!(head.contains("transfer-encoding: chunked\r\n"));
    assert!(!head.contains("content-length"));
    let (total, first) = count_chunks(&mut stream).await;
    assert_eq!(total, 100_000_000);
    let answer: serde_json::Value = serde_json::from_slice(&first).expect("the answer");
    assert!(answer["data"]["added"].is_array());
    assert!(peer.executed_despite(&fault, "k"));
    peer.settle("k", true).await;
}

#[tokio::test]
async fn a_huge_body_is_sent_until_the_client_disconnects() {
    let peer = Peer::meeting(Fault::HugeBody(u64::MAX)).await;
    let mut stream = start(&peer).await;
    head(&mut stream).await;
    let mut some = vec![0; 1_000_000];
    stream.read_exact(&mut some).await.expect("a part");
    drop(stream);
    peer.settle("k", true).await;
    let stopped = tokio::time::timeout(Duration::from_secs(10), peer.sandbox.stop());
    stopped.await.expect("nothing goes on");
}

#[tokio::test]
async fn a_replay_can_be_lost_as_well() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .attempt(2)
        .inject(Fault::ResetAfterExecution);
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    assert_eq!(peer.last_append("k").await.status(), 200);
    let seen = peer.append("k").await;
    assert_eq!((seen.bytes.len(), seen.end), (0, End::Reset));
    let log = peer.control().requests();
    assert_eq!((log[1].replayed, log[1].executed), (true, false));
    assert!(!peer.control().faults()[0].executed);
    peer.settle("k", true).await;
}
