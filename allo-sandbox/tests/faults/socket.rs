//! Faults without a response.

use std::time::Duration;

use allo_sandbox::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{APPEND, End, Peer, Seen, StillTime};

/// A fault without a response, seen from outside.
async fn silence(fault: Fault, end: End, executed: bool) -> Peer {
    let peer = Peer::meeting(fault.clone()).await;
    let seen = peer.append("k").await;
    assert_eq!((seen.bytes.len(), seen.end), (0, end));
    assert_eq!(peer.executed_despite(&fault, "k"), executed);
    let log = peer.control().requests();
    assert_eq!((log[0].operation, log[0].status), (Some(APPEND), 0));
    assert_eq!(log[0].header("idempotency-key"), Some("k"));
    peer
}

#[tokio::test]
async fn accept_and_close_ends_in_order() {
    let peer = silence(Fault::AcceptAndClose, End::Fin, false).await;
    assert_eq!(peer.control().requests()[0].body, None);
    peer.settle("k", false).await;
}

#[tokio::test]
async fn a_reset_before_execution_leaves_the_key_unused() {
    let peer = silence(Fault::ResetBeforeExecution, End::Reset, false).await;
    assert!(peer.control().requests()[0].body.is_some());
    peer.settle("k", false).await;
}

#[tokio::test]
async fn a_reset_after_execution_is_replayed() {
    let peer = silence(Fault::ResetAfterExecution, End::Reset, true).await;
    let executed = peer.control().executed();
    let body = executed[0].body.as_ref().expect("a body");
    assert_eq!(body["numbers"][0]["number"], "+12125550100");
    peer.settle("k", true).await;
}

#[tokio::test]
async fn a_reset_after_the_headers_does_not_wait_for_the_body() {
    let peer = Peer::meeting(Fault::ResetAfterHeaders).await;
    let request = peer.append_request("k");
    let (head, _) = request.split_once("\r\n\r\n").expect("a head");
    let seen = peer.send(&format!("{head}\r\n\r\n")).await;
    assert_eq!((seen.bytes.len(), seen.end), (0, End::Reset));
    assert!(!peer.executed_despite(&Fault::ResetAfterHeaders, "k"));
    peer.settle("k", false).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_resets_and_keeps_the_port_closed_for_a_while() {
    let peer = Peer::meeting(Fault::Refuse).await;
    let _still = StillTime::begin();
    let mut idle = peer.connect().await;
    idle.write_all(peer.request("GET", "/v2/api/me", "", "").as_bytes())
        .await
        .expect("it is taken");
    let mut some = [0; 16];
    idle.read_exact(&mut some).await.expect("an answer");
    let seen = peer.append("k").await;
    assert_eq!((seen.bytes.len(), seen.end), (0, End::Reset));
    let refused = TcpStream::connect(peer.address()).await;
    let refused = refused.expect_err("nothing listens");
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    // The idle connection is closed, too.
    assert_eq!(Seen::read(&mut idle).await.end, End::Fin);
    tokio::time::advance(Fault::REFUSAL - Duration::from_millis(1)).await;
    assert!(TcpStream::connect(peer.address()).await.is_err());
    tokio::time::advance(Duration::from_millis(2)).await;
    peer.reopened().await;
    let log = peer.control().requests();
    assert_eq!((log.len(), log[1].status, log[1].executed), (2, 0, false));
    assert_eq!(peer.control().faults()[0].fault, Fault::Refuse);
    peer.settle("k", false).await;
}

#[tokio::test]
async fn a_pooled_connection_that_closes_while_idle() {
    let fault = Fault::DropsConnectionAfterResponse;
    let peer = Peer::meeting(fault.clone()).await;
    let seen = peer.append("k").await;
    assert_eq!((seen.status(), seen.end), (200, End::Fin));
    assert_eq!(seen.header("connection"), None);
    assert_eq!(seen.length(), Some(seen.body().len()));
    assert_eq!(seen.json()["data"]["added"][0]["number_to"], "+12125550100");
    assert!(peer.executed_despite(&fault, "k"));
    peer.settle("k", true).await;
}

#[tokio::test]
async fn what_follows_on_a_dropped_connection_is_never_seen() {
    let peer = Peer::meeting(Fault::DropsConnectionAfterResponse).await;
    let two = format!("{}{}", peer.append_request("k"), peer.append_request("l"));
    let seen = peer.send(&two).await;
    assert_eq!((seen.status(), seen.end), (200, End::Fin));
    assert_eq!(seen.length(), Some(seen.body().len()));
    assert_eq!(peer.control().requests().len(), 1);
}
