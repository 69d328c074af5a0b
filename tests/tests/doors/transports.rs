//! Transports of a caller below the retry loop: what they return goes the way of every response.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use allo_client::http_transport::{
    RecordingTransport, RequestLog, TowerTransport, Transport, TransportBody, TransportFailure,
    transport_fn,
};
use allo_client::{BoxFuture, Client, ClientBuilder, Outcome, Pacing};
use bytes::Bytes;
use futures_util::stream;
use tests::harness::Harness;

const KEY: &str = "ak_live_n33dle0f0hay";
const RESET: &str = r#"{"data":{"id":"dq-1","name":null,"numbers":[]}}"#;

type Answer = Result<http::Response<TransportBody>, TransportFailure>;

fn answer(status: u16, body: impl Into<TransportBody>) -> Answer {
    let mut response = http::Response::new(body.into());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    Ok(response)
}

/// Answers one after another, and writes down what was sent.
fn scripted(answers: impl IntoIterator<Item = Answer>) -> (impl Transport, RequestLog) {
    let answers: VecDeque<_> = answers.into_iter().collect();
    let answers = Arc::new(Mutex::new(answers));
    let transport = transport_fn(move |_| {
        let next = answers.lock().unwrap().pop_front();
        async move { next.unwrap_or_else(|| Err(TransportFailure::refused("the script is over"))) }
    });
    let log = RequestLog::default();
    (RecordingTransport::new(transport, log.clone()), log)
}

fn builder() -> ClientBuilder {
    let builder = Client::builder().api_key(KEY).pacing(Pacing::off());
    builder.base_url("https://api.example.com/gateway")
}

#[tokio::test(start_paused = true)]
async fn failures_and_responses_go_through_the_loop_of_every_call() {
    let (transport, log) = scripted([
        Err(TransportFailure::not_sent("no route")),
        Err(TransportFailure::broken("reset")),
        Err(TransportFailure::broken("slow")),
        answer(503, "<html>"),
        answer(201, RESET),
    ]);
    let client = builder().transport(transport).build().unwrap();
    let call = client.reset_current_dialing_queue().name("Monday");
    let done = call
        .options(|o| o.with_header("x-gateway", "s3cret"))
        .send()
        .await;
    let done = done.unwrap();
    assert_eq!((done.attempts(), done.outcome()), (5, Outcome::Executed));
    let requests = log.take();
    assert_eq!(requests.len(), 5);
    let statuses: Vec<_> = requests.iter().map(|request| request.status()).collect();
    assert_eq!(statuses, [None, None, None, Some(503), Some(201)]);
    let key = requests[0].header("idempotency-key").unwrap();
    for request in &requests {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.path(), "/gateway/v2/api/dialing-queues/current");
        assert_eq!(request.json()["name"], "Monday");
        assert_eq!(request.header("idempotency-key"), Some(key));
        assert_eq!(request.header("authorization"), Some("<redacted>"));
        assert_eq!(request.header("x-gateway"), Some("<redacted>"));
        assert_eq!(request.header("content-type"), Some("application/json"));
    }
    let shown = format!("{requests:?} {log:?} {client:?}");
    for secret in ["n33dle", "s3cret", "Monday"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_can_have_received_decides_the_outcome() {
    async fn text(answers: impl IntoIterator<Item = Answer>) -> allo_client::Error {
        let (transport, _) = scripted(answers);
        let client = builder().transport(transport).build().unwrap();
        let call = client.send_sms().from("+12125550100").to("+12125550101");
        call.text("hello").send().await.unwrap_err()
    }
    let broken = text([Err(TransportFailure::broken("reset"))]).await;
    assert!(broken.is_transport() && broken.attempts() == 1, "{broken}");
    assert!(matches!(broken.outcome(), Outcome::Unknown { .. }));
    let refused = text([
        Err(TransportFailure::not_sent("no route")),
        Err(TransportFailure::refused("no certificate")),
    ]);
    let refused = refused.await;
    assert!(refused.is_connect() && refused.attempts() == 2, "{refused}");
    assert_eq!(refused.outcome(), &Outcome::NotExecuted);
    let moved = text([answer(302, "")]).await;
    assert_eq!((moved.status(), moved.attempts()), (Some(302), 1));
    // What a transport says is masked, and so is what lies beneath.
    let said = std::io::Error::other(format!("{KEY} called +1 212 555 0142"));
    let told = text([Err(TransportFailure::refused(said))]).await;
    let mut shown = format!("{told} {told:?}");
    let mut cause = std::error::Error::source(&told);
    while let Some(error) = cause {
        shown += &format!("{error} {error:?}");
        cause = error.source();
    }
    assert!(
        !shown.contains("n33dle") && !shown.contains("0142"),
        "{shown}"
    );
    assert!(shown.contains("called"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn timeouts_and_size_limits_hold_for_any_transport() {
    let hangs = transport_fn(|_| std::future::pending::<Answer>());
    let client = builder().transport(hangs).max_attempts(1).build().unwrap();
    let error = client.get_me().send().await.unwrap_err();
    assert!(
        error.to_string().contains("no response within 30 s"),
        "{error}"
    );
    // A body that never ends, and one that is too long.
    let piece = || Ok::<_, TransportFailure>(Bytes::from_static(b"{\"data\":"));
    let stuck = stream::once(async move { piece() });
    let stuck = futures_util::StreamExt::chain(stuck, stream::pending());
    let endless = stream::repeat_with(piece);
    let cut = stream::iter([piece(), Err(TransportFailure::broken("reset"))]);
    let (transport, _) = scripted([
        answer(200, TransportBody::from_stream(stuck)),
        answer(200, TransportBody::from_stream(endless)),
        answer(200, TransportBody::from_stream(cut)),
    ]);
    let client = builder().transport(transport).max_attempts(1);
    let client = client.max_response_bytes(1000).build().unwrap();
    let expected = [
        "incomplete after 30 s (8 bytes received)",
        "exceeds the limit of 1000 bytes",
        "while the response was being read, after 8 bytes: reset",
    ];
    for expected in expected {
        let error = client.get_me().send().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn recordings_are_streamed_over_any_transport() {
    let url = "https://api.example.com/recordings/1.mp3";
    let piece = |byte| Ok::<_, TransportFailure>(Bytes::from(vec![byte; 600]));
    let whole = stream::iter([piece(1), piece(2)]);
    let cut = stream::iter([piece(1), Err(TransportFailure::broken("reset"))]);
    let stuck = futures_util::StreamExt::chain(stream::iter([piece(1)]), stream::pending());
    let (transport, log) = scripted([
        answer(200, TransportBody::from_stream(whole)),
        answer(
            200,
            TransportBody::from_stream(stream::iter([piece(1), piece(2)])),
        ),
        answer(200, vec![7; 2000]),
        answer(200, TransportBody::from_stream(cut)),
        answer(200, TransportBody::from_stream(stuck)),
        answer(404, r#"{"error":{"code":"X","message":"gone"}}"#),
    ]);
    let client = builder().transport(transport).build().unwrap();
    let mut audio = Vec::new();
    let done = client.recording(url).write_to(&mut audio).await.unwrap();
    assert_eq!((done.bytes, audio.len()), (1200, 1200));
    assert_eq!(log.take()[0].header("authorization"), Some("<redacted>"));
    let expected = [
        "exceeds the limit of 1000 bytes",
        "exceeds the limit of 1000 bytes",
        "closed after 600 bytes: reset",
        "no data received for 30 s, after 600 bytes",
        "404",
    ];
    for expected in expected {
        let fetch = client.recording(url).max_bytes(1000);
        let error = fetch.write_to(&mut Vec::new()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_wrapped_transport_sends_by_the_http_client_of_this_crate() {
    let harness = Harness::start().await;
    let log = RequestLog::default();
    let seen = log.clone();
    let client = harness.client_with(|builder| {
        builder.wrap_transport(move |http| RecordingTransport::new(http, seen.clone()))
    });
    client.get_me().send().await.unwrap();
    client
        .create_company("Fern Street Books")
        .send()
        .await
        .unwrap();
    client.reset_current_dialing_queue().send().await.unwrap();
    let path = harness.control.add_recording([7; 1000]);
    let url = format!("{}{path}", harness.base_url());
    let done = client
        .recording(url)
        .write_to(&mut Vec::new())
        .await
        .unwrap();
    assert_eq!(done.bytes, 1000);
    let recorded = log.take();
    let arrived = harness.take_requests();
    assert_eq!(recorded.len(), 4);
    for (recorded, arrived) in recorded.iter().zip(&arrived) {
        assert_eq!(recorded.path(), arrived.path);
        assert_eq!(recorded.status(), Some(arrived.status));
        let names = [
            "accept",
            "user-agent",
            "content-type",
            "idempotency-key",
            "content-length",
        ];
        for name in names
            .into_iter()
            .filter(|name| recorded.header(name).is_some())
        {
            assert_eq!(recorded.header(name), arrived.header(name), "{name}");
        }
    }
    // The error of a connection is the same as without it.
    let nobody = tests::raw_server::nobody().await;
    let connect = |builder: ClientBuilder| async {
        let client = builder.base_url(&nobody).max_attempts(1).build().unwrap();
        client.get_me().send().await.unwrap_err().to_string()
    };
    let plain = connect(builder()).await;
    let wrapped = connect(builder().wrap_transport(|http| http)).await;
    assert!(plain.contains("could not connect to 127.0.0.1:"), "{plain}");
    assert_eq!(plain, wrapped);
}

/// A service that is ready once, and answers with what it was asked for.
#[derive(Clone)]
struct Echo {
    is_ready: bool,
}

impl tower_service::Service<http::Request<Bytes>> for Echo {
    type Response = http::Response<String>;
    type Error = std::io::Error;
    type Future = BoxFuture<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if std::mem::replace(&mut self.is_ready, true) {
            return Poll::Ready(Ok(()));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        assert!(self.is_ready, "it was not asked whether it is ready");
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            match request.uri().path() {
                "/gateway/v2/api/broken" => Err(std::io::Error::other("reset")),
                path => Ok(http::Response::new(
                    serde_json::json!({"data": path}).to_string(),
                )),
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_tower_service_is_a_transport() {
    use allo_client::operation::Method;

    let service = TowerTransport::new(Echo { is_ready: false });
    let client = builder().transport(service).build().unwrap();
    let answer = client.request(Method::Get, "/v2/api/echo").await.unwrap();
    assert_eq!(answer.body()["data"], "/gateway/v2/api/echo");
    let error = client
        .request(Method::Post, "/v2/api/broken")
        .await
        .unwrap_err();
    assert!(
        error.is_transport() && error.to_string().contains("reset"),
        "{error}"
    );
    assert!(matches!(error.outcome(), Outcome::Unknown { .. }));
}
