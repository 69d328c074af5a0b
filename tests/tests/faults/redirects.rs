//! Redirects are not followed: the second server receives no request and no connection.

use std::io::ErrorKind;
use std::net::TcpListener;

use allo_client::Outcome;
use allo_sandbox::Fault;
use insta::assert_snapshot;

use crate::harness::{FaultHarness, always};

/// A server that counts connections.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("an option");
        Self(listener)
    }

    fn url(&self) -> String {
        let address = self.0.local_addr().expect("an address");
        format!("http://{address}/v2/api/me")
    }

    /// The operating system completes connections by itself, so a started one is in the queue.
    #[track_caller]
    fn assert_nobody_came(&self) {
        let came = self.0.accept().map(|_| ()).map_err(|error| error.kind());
        assert_eq!(came, Err(ErrorKind::WouldBlock));
    }
}

#[tokio::test(start_paused = true)]
async fn redirect_of_every_status_is_an_error_at_once() {
    let elsewhere = Elsewhere::open();
    let mut lines = Vec::new();
    for status in [301, 302, 307, 308] {
        let to = elsewhere.url();
        let faulty = FaultHarness::meeting(always(Fault::Redirect { status, to })).await;
        let line = status.to_string();
        let write = faulty.write().await;
        write.went(&line);
        assert_eq!(write.error().status(), Some(status));
        lines.push(write.unknown().to_string());
        let read = faulty.read().await;
        lines.push(read.went(&line).failed(Outcome::NotExecuted).to_string());
        assert_eq!((faulty.executed(), faulty.control.requests().len()), (0, 2));
        elsewhere.assert_nobody_came();
    }
    assert_snapshot!(lines.join("\n"), @"
appendDialingQueueNumbers failed: 301 Moved Permanently: the server sent a redirect, which the client does not follow; check the base URL; the request may have been executed; retry it only with the idempotency key from `outcome()`
getMe failed: 301 Moved Permanently: the server sent a redirect, which the client does not follow; check the base URL
appendDialingQueueNumbers failed: 302 Found: the server sent a redirect, which the client does not follow; check the base URL; the request may have been executed; retry it only with the idempotency key from `outcome()`
getMe failed: 302 Found: the server sent a redirect, which the client does not follow; check the base URL
appendDialingQueueNumbers failed: 307 Temporary Redirect: the server sent a redirect, which the client does not follow; check the base URL; the request may have been executed; retry it only with the idempotency key from `outcome()`
getMe failed: 307 Temporary Redirect: the server sent a redirect, which the client does not follow; check the base URL
appendDialingQueueNumbers failed: 308 Permanent Redirect: the server sent a redirect, which the client does not follow; check the base URL; the request may have been executed; retry it only with the idempotency key from `outcome()`
getMe failed: 308 Permanent Redirect: the server sent a redirect, which the client does not follow; check the base URL
");
}

#[tokio::test(start_paused = true)]
async fn redirect_to_the_same_server_is_not_followed_either() {
    for to in ["/v2/api/me", "me", "//127.0.0.1/v2/api/me", "", "::"] {
        let fault = Fault::Redirect {
            status: 307,
            to: to.to_owned(),
        };
        let faulty = FaultHarness::meeting(always(fault)).await;
        faulty.read().await.went("307").failed(Outcome::NotExecuted);
        assert_eq!(faulty.control.requests().len(), 1);
    }
}
