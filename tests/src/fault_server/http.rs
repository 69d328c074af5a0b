//! The subset of HTTP/1.1 that the fault server needs: requests with a `Content-Length`, and responses as bytes.

use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A request as received.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path without the query.
    pub path: String,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header; pass the name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A connection of a client.
#[derive(Debug)]
pub struct Connection {
    pub(super) stream: TcpStream,
    left_over: Vec<u8>,
}

/// No request of the tests is longer.
const LONGEST: usize = 1024 * 1024;

impl Connection {
    pub(super) const fn new(stream: TcpStream) -> Self {
        let left_over = Vec::new();
        Self { stream, left_over }
    }

    /// The next request; `None` if the client closed the connection or does not send HTTP.
    pub(super) async fn read(&mut self) -> Option<Request> {
        loop {
            if let Some((request, length)) = parse(&self.left_over) {
                self.left_over.drain(..length);
                return Some(request);
            }
            let mut chunk = [0; 8 * 1024];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(_) if self.left_over.len() > LONGEST => return None,
                Ok(count) => self.left_over.extend_from_slice(&chunk[..count]),
            }
        }
    }

    /// Makes the connection end with a reset.
    pub(super) fn reset(&self) {
        let _ = self.stream.set_zero_linger();
    }
}

/// The first request in these bytes and its length, once it is complete.
fn parse(bytes: &[u8]) -> Option<(Request, usize)> {
    let head = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..head]);
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let request = Request {
        method: method.to_owned(),
        path: target.split('?').next().unwrap_or(target).to_owned(),
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length");
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let end = head + 4 + length;
    let body = bytes.get(head + 4..end)?.to_vec();
    Some((Request { body, ..request }, end))
}

/// A response.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// Whether it is marked as a replay.
    pub replayed: bool,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// A response with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            replayed: false,
            body: body.to_string().into_bytes(),
        }
    }

    /// A response that is not JSON.
    #[must_use]
    pub fn text(status: u16, content_type: &'static str, body: &str) -> Self {
        Self {
            status,
            content_type,
            replayed: false,
            body: body.as_bytes().to_vec(),
        }
    }

    /// The bytes on the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Some Reason\r\n", self.status);
        if self.status != 204 {
            let (kind, length) = (self.content_type, self.body.len());
            head.push_str(&format!(
                "content-type: {kind}\r\ncontent-length: {length}\r\n"
            ));
        }
        if self.replayed {
            head.push_str("idempotency-replayed: true\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if self.status != 204 {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}
