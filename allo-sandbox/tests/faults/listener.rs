//! A closed port, and reopening it.

use std::io::ErrorKind;
use std::time::Duration;

use allo_sandbox::{Quotas, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{End, ME, Peer, Seen, StillTime};

async fn refused(peer: &Peer) -> bool {
    match TcpStream::connect(peer.address()).await {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
            true
        }
    }
}

#[tokio::test]
async fn a_closed_port_refuses_until_it_is_opened() {
    let peer = Peer::with(|builder| builder).await;
    for _ in 0..3 {
        assert_eq!(peer.get(ME).await.status(), 200);
        peer.control().refuse_connections(true).await;
        assert!(refused(&peer).await);
        peer.control().refuse_connections(true).await;
        assert!(refused(&peer).await);
        peer.control().refuse_connections(false).await;
    }
    peer.control().refuse_connections(false).await;
    assert_eq!(peer.get(ME).await.status(), 200);
    assert_eq!(peer.control().requests().len(), 4);
    assert!(peer.control().faults().is_empty());
}

#[tokio::test]
async fn a_closed_port_stays_reserved() {
    let peer = Peer::with(|builder| builder).await;
    peer.control().refuse_connections(true).await;
    peer.control().refuse_connections(false).await;
    let port = peer.address().rsplit(':').next().map(str::parse);
    let port = port.expect("a port").expect("a number");
    let second = Sandbox::builder().port(port).start().await;
    assert_eq!(
        second.err().map(|error| error.kind()),
        Some(ErrorKind::AddrInUse)
    );
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_answered() {
    let peer = Peer::with(|builder| builder).await;
    let request = peer.request("GET", ME, "", "");
    let mut idle = peer.connect().await;
    idle.write_all(request.as_bytes()).await.expect("taken");
    idle.read_exact(&mut [0; 8]).await.expect("an answer");
    let hold = peer.control().hold_next("getMe").expect("an operation");
    let mut busy = peer.connect().await;
    busy.write_all(request.as_bytes()).await.expect("taken");
    hold.arrived().await;
    peer.control().refuse_connections(true).await;
    assert_eq!(Seen::read(&mut idle).await.end, End::Fin);
    hold.release();
    let seen = Seen::read(&mut busy).await;
    assert_eq!((seen.status(), seen.end), (200, End::Fin));
    assert_eq!(seen.header("connection"), Some("close"));
}

#[tokio::test(start_paused = true)]
async fn a_port_opens_by_itself_at_the_later_moment() {
    let peer = Peer::with(|builder| builder.quotas(Quotas::off())).await;
    let control = peer.control();
    let _still = StillTime::begin();
    for seconds in [60, 20] {
        let time = Duration::from_secs(seconds);
        control.refuse_connections_for(time).await;
    }
    tokio::time::advance(Duration::from_secs(59)).await;
    assert!(refused(&peer).await);
    tokio::time::advance(Duration::from_secs(2)).await;
    peer.reopened().await;
    assert_eq!(peer.get(ME).await.status(), 200);
}

#[tokio::test]
async fn a_sandbox_stops_behind_a_closed_port() {
    let peer = Peer::with(|builder| builder).await;
    let control = peer.control();
    control.refuse_connections(true).await;
    peer.sandbox.stop().await;
    control.refuse_connections(false).await;
}
