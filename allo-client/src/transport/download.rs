//! Fetches a file that an answer points to, piece by piece, into wherever the
//! caller wants it. It is sent once: what has been written cannot be taken back.
//! What callers set is in `recording`.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Request, Response, Url};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::exchange::{Answer, Attempt, Loss, LossSort};
use super::judge::Judge;
use super::run::not_acquired;
use super::{Decoded, Prepared, response_body};
use crate::error::{Error, Outcome};
use crate::error::{GaveUp, Kind};
use crate::model::operation::{self, Body, Operation, RateClass, RetrySafety, SuccessBody};
use crate::rate_limit::{PaceRequest, Permit, PermitOutcome, Priority, RateLimitInfo};
use crate::redact::Redactor;
use crate::transport::call_options::CallOptions;
use crate::transport::client_handle::Shared;

/// What errors and the pacer know it by. The document has no such operation.
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

/// The most bytes of a refusal that are read.
const MOST_REFUSAL: usize = 64 * 1024;

/// A file to fetch.
pub(crate) struct Download {
    pub(crate) url: String,
    pub(crate) most_bytes: u64,
    pub(crate) timeout: Option<Duration>,
}

/// A recording that has been written out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// How many bytes it has.
    pub bytes: u64,
    /// Its media type, such as `audio/mpeg`, if the server says.
    pub content_type: Option<String>,
}

impl Download {
    pub(crate) async fn run(
        &self,
        shared: &Shared,
        out: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Downloaded, Error> {
        let source = Source {
            shared,
            prepared: prepared(),
            time: self.timeout.unwrap_or(shared.engine.policy.timeout),
        };
        let done = match shared.base_url.check_download(&self.url) {
            Ok((url, is_ours)) => match source.open(url, is_ours).await {
                Ok(response) => self.copy(&source, response, out).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        done.map_err(|error| error.with_operation(&RECORDING))
    }

    async fn copy(
        &self,
        source: &Source<'_>,
        mut response: Response,
        out: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Downloaded, Error> {
        let content_type = content_type(response.headers());
        if response.content_length() > Some(self.most_bytes) {
            return Err(self.too_long());
        }
        let mut bytes = 0;
        loop {
            let piece = match timeout(source.time, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(source.broken(error, bytes)),
                Err(_) => return Err(source.silent(bytes)),
            };
            bytes += piece.len() as u64;
            if bytes > self.most_bytes {
                return Err(self.too_long());
            }
            out.write_all(&piece).await.map_err(unwritten)?;
        }
        out.flush().await.map_err(unwritten)?;
        Ok(Downloaded {
            bytes,
            content_type,
        })
    }

    fn too_long(&self) -> Error {
        let most = self.most_bytes;
        let message = format!("the recording is longer than the limit of {most} bytes");
        arrived(Kind::Decode, message).with_suggestion("raise `max_bytes`")
    }
}

/// Where the file comes from.
struct Source<'a> {
    shared: &'a Shared,
    prepared: Prepared,
    /// How long to wait for the next sign of life.
    time: Duration,
}

impl Source<'_> {
    /// Asks for the file, and goes as far as a 2xx. Only the server that the
    /// credentials are for gets to see them, and only there the limits count.
    async fn open(&self, url: Url, is_ours: bool) -> Result<Response, Error> {
        let permit = if is_ours {
            self.limit().await?
        } else {
            Permit::free()
        };
        let sent = self.send(self.request(url, is_ours), permit).await;
        let response = sent.map_err(|loss| self.refusal(Attempt::Lost(loss)))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        if is_ours {
            let info = RateLimitInfo::of(&headers, status);
            let info = if info.refused {
                info.throttled(None)
            } else {
                info
            };
            self.shared.engine.pacer.observe(RateClass::Read, &info);
        }
        if response.status().is_success() {
            return Ok(response);
        }
        let reading = timeout(
            self.time,
            response_body::read(response, MOST_REFUSAL, &self.shared.proxies),
        );
        let body = reading.await.unwrap_or_default();
        Err(self.refusal(Attempt::Answered(Answer {
            status,
            headers,
            body: body.bytes,
            problem: body.problem,
            decoded: None,
        })))
    }

    async fn limit(&self) -> Result<Permit, Error> {
        let engine = &self.shared.engine;
        let request = PaceRequest {
            operation: &RECORDING,
            priority: Priority::default(),
            is_retry: false,
            patience: engine.policy.deadline,
        };
        engine.pacer.acquire(request).await.map_err(|timeout| {
            let why = match timeout.queue_full {
                true => GaveUp::QueueFull,
                false => GaveUp::Deadline,
            };
            Error::new(Kind::Deadline, not_acquired(why)).with_retry_after(timeout.wait)
        })
    }

    fn request(&self, url: Url, is_ours: bool) -> Request {
        let mut request = Request::new(Method::GET, url);
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, self.shared.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if is_ours {
            headers.insert(AUTHORIZATION, self.shared.authorization.clone());
        }
        request
    }

    async fn send(&self, request: Request, mut permit: Permit) -> Result<Response, Loss> {
        let asked = request.url().clone();
        permit.sent();
        let http = self.shared.connections.http();
        let http = http.map_err(|error| Loss::new(LossSort::Unsendable, error.message()))?;
        let response = match timeout(self.time, http.execute(request)).await {
            Ok(response) => response.map_err(|error| Loss::of(error, &self.shared.proxies))?,
            Err(_) => return Err(Loss::new(LossSort::Timeout, "no answer in time")),
        };
        let info = RateLimitInfo::of(response.headers(), response.status().as_u16());
        permit.end(PermitOutcome::Answered(info));
        if *response.url() != asked {
            // Only a caller's own HTTP client does that.
            let cause = "the HTTP client in use follows redirects";
            return Err(Loss::new(LossSort::Redirected, cause));
        }
        Ok(response)
    }

    fn broken(&self, error: reqwest::Error, bytes: u64) -> Error {
        let loss = Loss::of(error, &self.shared.proxies);
        let redactor = Redactor::new(&self.shared.engine.key);
        let (peer, cause) = (redactor.clean(&loss.peer()), redactor.clean(&loss.cause));
        let message = format!("the connection to {peer} broke after {bytes} bytes: {cause}");
        let error = arrived(Kind::Transport, message);
        match loss.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }

    fn silent(&self, bytes: u64) -> Error {
        let seconds = self.time.as_secs_f64();
        let message = format!("nothing came for {seconds} s after {bytes} bytes");
        arrived(Kind::Timeout, message)
    }

    /// What an attempt that is no success means.
    fn refusal(&self, attempt: Attempt) -> Error {
        let judge = Judge {
            engine: &self.shared.engine,
            prepared: &self.prepared,
            attempts: 1,
            time: self.time,
            answered: self.shared.engine.clock.now(),
        };
        match judge.judge(attempt) {
            Err(failure) => failure.error,
            Ok(_) => arrived(Kind::Decode, "the answer is no recording"),
        }
    }
}

/// A failure after a 2xx.
fn arrived(kind: Kind, message: impl Into<String>) -> Error {
    Error::new(kind, message)
        .with_attempts(1)
        .with_outcome(Outcome::Executed)
}

fn unwritten(error: std::io::Error) -> Error {
    let message = format!("what arrived cannot be written: {}", error.kind());
    arrived(Kind::Output, message).with_source(error)
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.to_owned())
}

fn prepared() -> Prepared {
    Prepared {
        operation: &RECORDING,
        path: String::new(),
        query: String::new(),
        body: None,
        key: None,
        options: CallOptions::default(),
        read: Decoded::unit,
    }
}
