//! A raw client: it writes a request as bytes and sees every byte of the response and how the
//! connection ends.

use std::io::ErrorKind;

use allo_sandbox::{Control, Fault, FaultPlan, Quotas, Sandbox, SandboxBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const APPEND: &str = "appendDialingQueueNumbers";
pub(crate) const NUMBERS: &str = "/v2/api/dialing-queues/current/numbers";
pub(crate) const ME: &str = "/v2/api/me";

/// How the server closed the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Fin,
    Reset,
    /// TLS ended without close_notify.
    NoFarewell,
}

/// Everything that was received.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

impl Seen {
    /// Reads until the server closes the connection.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Self {
        let mut bytes = Vec::new();
        let end = match stream.read_to_end(&mut bytes).await {
            Ok(_) => End::Fin,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => End::NoFarewell,
            Err(error) => panic!("{error}"),
        };
        Self { bytes, end }
    }

    fn split(&self) -> (&str, &str) {
        let text = std::str::from_utf8(&self.bytes).expect("text");
        text.split_once("\r\n\r\n").expect("a complete head")
    }

    pub(crate) fn body(&self) -> &str {
        self.split().1
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.body()).expect("JSON")
    }

    pub(crate) fn status(&self) -> u16 {
        let status = self.split().0.split(' ').nth(1);
        status.and_then(|text| text.parse().ok()).expect("a status")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.split().0.lines().skip(1);
        let mut pairs = lines.filter_map(|line| line.split_once(": "));
        let found = pairs.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    pub(crate) fn length(&self) -> Option<usize> {
        self.header("content-length")?.parse().ok()
    }

    pub(crate) fn replayed(&self) -> bool {
        self.header("idempotency-replayed") == Some("true")
    }
}

/// A sandbox and its client.
pub(crate) struct Peer {
    pub(crate) sandbox: Sandbox,
}

impl Peer {
    pub(crate) async fn with(change: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let builder = Sandbox::builder().demo_team().quotas(Quotas::off());
        let sandbox = change(builder).start().await.expect("a sandbox");
        Self { sandbox }
    }

    /// The next append meets this fault, and none after it.
    pub(crate) async fn meeting(fault: Fault) -> Self {
        Self::with(|builder| builder.faults(once(fault))).await
    }

    pub(crate) fn control(&self) -> Control {
        self.sandbox.control()
    }

    pub(crate) fn address(&self) -> String {
        let url = self.sandbox.base_url();
        url.rsplit('/').next().expect("an address").to_owned()
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).await;
        stream.expect("a connection")
    }

    /// Lets the sandbox run until its port is open.
    pub(crate) async fn reopened(&self) {
        for _ in 0..10_000 {
            if TcpStream::connect(self.address()).await.is_ok() {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the port stays closed");
    }

    /// A request that keeps the connection open.
    pub(crate) fn request(&self, method: &str, path: &str, extra: &str, body: &str) -> String {
        let (key, length) = (self.sandbox.api_key(), body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: Api-Key {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n{extra}\r\n{body}"
        )
    }

    /// An append of one number with this key.
    pub(crate) fn append_request(&self, key: &str) -> String {
        self.append_as(&format!("idempotency-key: {key}\r\n"))
    }

    fn append_as(&self, extra: &str) -> String {
        let body = json!({ "numbers": [{ "number": "+12125550100" }] });
        self.request("POST", NUMBERS, extra, &body.to_string())
    }

    /// Sends this on a connection of its own.
    pub(crate) async fn send(&self, request: &str) -> Seen {
        let mut stream = self.connect().await;
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is taken");
        Seen::read(&mut stream).await
    }

    /// An append that meets a fault: the server ends the connection.
    pub(crate) async fn append(&self, key: &str) -> Seen {
        self.send(&self.append_request(key)).await
    }

    /// An append whose connection is closed after the response.
    pub(crate) async fn last_append(&self, key: &str) -> Seen {
        let extra = format!("connection: close\r\nidempotency-key: {key}\r\n");
        self.send(&self.append_as(&extra)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.send(&self.request("GET", path, "connection: close\r\n", ""))
            .await
    }

    /// Whether the request of the only fault was executed, by the journal.
    #[track_caller]
    pub(crate) fn executed_despite(&self, fault: &Fault, key: &str) -> bool {
        let events = self.control().faults();
        assert_eq!(events.len(), 1, "{events:?}");
        let event = &events[0];
        assert_eq!((event.operation, &event.fault), (APPEND, fault));
        assert_eq!(event.key.as_deref(), Some(key));
        let executed = self.control().executed();
        assert_eq!(executed.len(), usize::from(event.executed));
        assert_eq!(self.control().requests()[0].executed, event.executed);
        event.executed
    }

    /// Retries the append: it is executed if it was not before, and replayed otherwise.
    pub(crate) async fn settle(&self, key: &str, was_executed: bool) {
        let again = self.last_append(key).await;
        assert_eq!((again.status(), again.end), (200, End::Fin));
        assert_eq!(again.replayed(), was_executed);
        let added = again.json()["data"]["added"].clone();
        assert_eq!(added.as_array().map(Vec::len), Some(1));
        let executed = self.control().executed();
        assert_eq!(executed.len(), 1);
        assert_eq!(
            (executed[0].operation, executed[0].key.as_deref()),
            (APPEND, Some(key))
        );
    }
}

/// A plan for the first append only.
pub(crate) fn once(fault: Fault) -> FaultPlan {
    FaultPlan::new(1).on(APPEND).times(1).inject(fault)
}

/// Prevents paused time from advancing while sockets are awaited, until it is dropped.
pub(crate) struct StillTime {
    _end: std::sync::mpsc::Sender<()>,
}

impl StillTime {
    pub(crate) fn begin() -> Self {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        // Tokio does not advance paused time while a blocking task runs.
        tokio::task::spawn_blocking(move || ended.recv());
        Self { _end: end }
    }
}
