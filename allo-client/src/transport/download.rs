//! Downloads a file whose URL is in a response, chunk by chunk, to the caller's writer. The request goes through the
//! same retry loop as every call; the difference is that the body is copied instead of decoded. The public builder is
//! in `convenience::recording`.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Request, Url};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tracing::Instrument;

use super::call_options::CallOptions;
use super::client_handle::Shared;
use super::context::Server;
use super::http_transport::{
    Attempt, HttpTransport, ReceivedResponse, TransportError, TransportErrorKind,
};
use super::response::Meta;
use super::sender::OpenBody;
use super::{Decoded, PreparedRequest, observe, response_body, retry_loop};
use crate::error::{Error, ErrorKind, Outcome};
use crate::model::operation::{self, Body, Operation, RetrySafety, SuccessBody};
use crate::redact::Redactor;

/// The operation for errors and the pacer. The document has no such operation.
static RECORDING: Operation = Operation {
    id: "recording",
    method: operation::Method::Get,
    path: "",
    tag: "Conversations",
    summary: "Fetch a recording",
    body: Body::None,
    fields: &[],
    pagination: None,
    teammate: None,
    scopes: &[],
    retry_safety: RetrySafety::Read,
    settling_codes: &[],
    success: SuccessBody::None,
};

/// The maximum number of bytes of an error body that are read.
const MOST_REFUSAL: usize = 64 * 1024;

/// A file to download.
pub(crate) struct Download {
    pub(crate) url: String,
    pub(crate) most_bytes: u64,
    pub(crate) timeout: Option<Duration>,
}

/// A completed download.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// The size in bytes.
    pub bytes: u64,
    /// The media type, such as `audio/mpeg`, if the server names one.
    pub content_type: Option<String>,
}

impl Download {
    pub(crate) async fn run(
        &self,
        shared: &Shared,
        out: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Downloaded, Error> {
        let checked = shared.endpoint.base_url.check_download(&self.url);
        let (url, is_ours) = checked.map_err(|error| error.with_operation(&RECORDING))?;
        let time = self.timeout.unwrap_or(shared.context.policy.timeout);
        let prepared = prepared(time, (!is_ours).then(|| other_server(shared, &url)));
        let transport = DownloadTransport {
            shared,
            url,
            is_ours,
            time,
        };
        let span = observe::span(&shared.context, &prepared);
        let fetched = self.fetch(&transport, &prepared, out);
        let fetched = fetched.instrument(span.clone()).await;
        let fetched = fetched.map_err(|error| error.with_operation(&RECORDING));
        observe::close(&span, fetched.as_ref().map(|(meta, _)| meta));
        fetched.map(|(_, downloaded)| downloaded)
    }

    /// Sends the request through the retry loop, which ends with the head of the response; then the body is copied.
    async fn fetch(
        &self,
        transport: &DownloadTransport<'_>,
        prepared: &PreparedRequest,
        out: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(Meta, Downloaded), Error> {
        let success = retry_loop::run(&transport.shared.context, transport, prepared).await?;
        let body = success.value.ok().and_then(|value| value.downcast().ok());
        let body =
            body.ok_or_else(|| arrived(ErrorKind::Decode, "the response is not a recording"))?;
        let bytes = self.copy(transport, *body, out).await?;
        let content_type = content_type(&success.meta.headers);
        let downloaded = Downloaded {
            bytes,
            content_type,
        };
        Ok((success.meta, downloaded))
    }

    async fn copy(
        &self,
        transport: &DownloadTransport<'_>,
        mut body: OpenBody,
        out: &mut (impl AsyncWrite + Unpin),
    ) -> Result<u64, Error> {
        if body.length() > Some(self.most_bytes) {
            return Err(self.too_long());
        }
        let mut bytes = 0;
        loop {
            let piece = match timeout(transport.time, body.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(transport.broken(error, bytes)),
                Err(_) => return Err(transport.silent(bytes)),
            };
            bytes += piece.len() as u64;
            if bytes > self.most_bytes {
                return Err(self.too_long());
            }
            out.write_all(&piece).await.map_err(unwritten)?;
        }
        out.flush().await.map_err(unwritten)?;
        Ok(bytes)
    }

    fn too_long(&self) -> Error {
        let most = self.most_bytes;
        let message = format!("the recording exceeds the limit of {most} bytes");
        arrived(ErrorKind::Decode, message).with_suggestion("raise `max_bytes`")
    }
}

/// The source of the file.
struct DownloadTransport<'a> {
    shared: &'a Shared,
    url: Url,
    is_ours: bool,
    /// The idle timeout.
    time: Duration,
}

/// The attempt of a download. Its success is the open response, so that the file is not held in memory.
impl HttpTransport for DownloadTransport<'_> {
    type Request = Request;

    /// Only the server of the base URL receives the credentials.
    fn sign(&self) -> Result<Request, Error> {
        let mut request = Request::new(Method::GET, self.url.clone());
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, self.shared.endpoint.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if self.is_ours {
            headers.insert(AUTHORIZATION, self.shared.authorization.clone());
        }
        Ok(request)
    }

    async fn send(&self, request: Request, time: Duration) -> Attempt {
        let sending = self.shared.endpoint.sender.send(request, None);
        let (head, body) = match timeout(time, sending).await {
            Ok(Ok(response)) => response.into_parts(),
            Ok(Err(failure)) => return Attempt::Failed(failure),
            Err(_) => {
                return Attempt::Failed(TransportError::new(
                    TransportErrorKind::Timeout,
                    "no response in time",
                ));
            }
        };
        let (status, headers) = (head.status.as_u16(), head.headers);
        if head.status.is_success() {
            return Attempt::Answered(ReceivedResponse {
                status,
                headers,
                body: Vec::new(),
                problem: None,
                decoded: Some(Decoded {
                    value: Ok(Box::new(body)),
                    is_certain: true,
                }),
            });
        }
        let reading = response_body::read(body, MOST_REFUSAL);
        let body = timeout(time, reading).await.unwrap_or_default();
        Attempt::Answered(body.into_response(status, headers))
    }
}

impl DownloadTransport<'_> {
    fn broken(&self, failure: TransportError, bytes: u64) -> Error {
        let redactor = Redactor::new(&self.shared.context.key);
        let (peer, cause) = (
            redactor.clean(&failure.peer()),
            redactor.clean(&failure.cause),
        );
        let message = format!("the connection to {peer} closed after {bytes} bytes: {cause}");
        let error = arrived(ErrorKind::Transport, message);
        match failure.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }

    fn silent(&self, bytes: u64) -> Error {
        let seconds = self.time.as_secs_f64();
        let message = format!("no data received for {seconds} s, after {bytes} bytes");
        arrived(ErrorKind::Timeout, message)
    }
}

/// A failure after a 2xx.
fn arrived(kind: ErrorKind, message: impl Into<String>) -> Error {
    Error::new(kind, message)
        .with_attempts(1)
        .with_outcome(Outcome::Executed)
}

fn unwritten(error: std::io::Error) -> Error {
    let message = format!("could not write the recording: {}", error.kind());
    arrived(ErrorKind::Output, message).with_source(error)
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.to_owned())
}

/// The server of a URL from the API, redacted for logs.
fn other_server(shared: &Shared, url: &Url) -> Server {
    let Server { address, port } = Server::of(url);
    let address = Redactor::new(&shared.context.key).clean(&address);
    Server { address, port }
}

/// There is one attempt only: bytes that were written cannot be taken back.
fn prepared(time: Duration, other_server: Option<Server>) -> PreparedRequest {
    PreparedRequest {
        operation: &RECORDING,
        path: String::new(),
        query: String::new(),
        body: None,
        key: None,
        options: CallOptions::default()
            .with_timeout(time)
            .with_max_attempts(1),
        read: Decoded::unit,
        other_server,
    }
}
