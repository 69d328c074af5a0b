//! A port at which nothing listens, and its return.

use std::io::ErrorKind;
use std::time::Duration;

use allo_sandbox::{Quotas, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{End, ME, Peer, Seen};

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
async fn nobody_else_gets_a_closed_port() {
    let peer = Peer::with(|builder| builder).await;
    peer.control().refuse_connections(true).await;
    let port = peer.address().rsplit(':').next().map(str::parse);
    let port = port.expect("a port").expect("a number");
    let taken = std::net::TcpListener::bind(("127.0.0.1", port));
    // Unix lets a listener that asks for it share an address nobody listens at.
    if let Ok(other) = taken {
        drop(other);
    }
    peer.control().refuse_connections(false).await;
    let second = Sandbox::builder().port(port).start().await;
    assert_eq!(
        second.err().map(|error| error.kind()),
        Some(ErrorKind::AddrInUse)
    );
    assert_eq!(peer.get(ME).await.status(), 200);
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
    // Nothing sleeps but the doors, so each wait below is theirs.
    let times = [Duration::from_secs(60), Duration::from_secs(20)];
    let before = tokio::time::Instant::now();
    for time in times {
        control.refuse_connections_for(time).await;
    }
    while refused(&peer).await {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let elapsed = before.elapsed();
    assert!((60..63).contains(&elapsed.as_secs()), "{elapsed:?}");
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
