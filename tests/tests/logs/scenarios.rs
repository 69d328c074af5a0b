//! The scenarios of a client: every operation, every fault, every kind of refusal, with a secret in every possible
//! place.

use std::sync::OnceLock;
use std::time::Duration;

use allo_client::types::NewQueueNumber;
use allo_client::{Backoff, Client, ClientBuilder, Teammate};
use allo_sandbox::{Fault, FaultPlan, Quotas, UserSpec};
use serde_json::json;
use tests::harness::Harness;
use tests::tls::trusting;
use tests::virtual_time::SmallSteps;
use tests::{calls, raw_server};

use crate::capture::{Capture, Entry};

pub(crate) const KEY: &str = "ak_live_n33dle0f0hay";
pub(crate) const PHONE: &str = "+12125550142";
pub(crate) const EMAIL: &str = "zenobia@example.com";
pub(crate) const NAME: &str = "Zenobia Quillfeather";
pub(crate) const COMPANY: &str = "Orchards of Quillfeather";
pub(crate) const IDEMPOTENCY_KEY: &str = "job-h1dden-key";

fn lead() -> NewQueueNumber {
    let lead = json!({"number": PHONE, "name": NAME, "company": COMPANY, "email": EMAIL});
    serde_json::from_value(lead).expect("a lead")
}

/// A team with a member whose data is secret.
async fn harness(
    change: impl FnOnce(allo_sandbox::SandboxBuilder) -> allo_sandbox::SandboxBuilder,
) -> Harness {
    let harness = Harness::with(|builder| change(builder.quotas(Quotas::off()).api_key(KEY))).await;
    harness.control.add_user(UserSpec::new(NAME, EMAIL));
    harness
}

fn repeating(builder: ClientBuilder) -> ClientBuilder {
    let backoff = Backoff::new().base(Duration::from_millis(20)).seed(5);
    builder
        .max_attempts(3)
        .backoff(backoff)
        .timeout(Duration::from_secs(2))
        .max_response_bytes(100_000)
}

/// A write and a read with all secrets; other tests check their results.
async fn write_and_read(client: &Client) {
    let append = client.append_dialing_queue_numbers([lead()]);
    let append = append.for_teammate(Teammate::email(EMAIL));
    let _ = append
        .options(|o| o.with_idempotency_key(IDEMPOTENCY_KEY))
        .send()
        .await;
    let read = client
        .get_current_dialing_queue()
        .for_teammate(Teammate::email(EMAIL));
    let _ = read.send().await;
}

/// The log of all scenarios, which run once.
pub(crate) fn logged() -> &'static [Entry] {
    static LOGGED: OnceLock<Vec<Entry>> = OnceLock::new();
    LOGGED.get_or_init(|| {
        let capture = Capture::of_process();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build();
        runtime.expect("a runtime").block_on(all());
        capture.entries()
    })
}

async fn all() {
    let _steps = SmallSteps::begin();
    operations().await;
    faults().await;
    refusals().await;
    without_connection().await;
    over_tls().await;
}

async fn operations() {
    let harness = harness(|builder| builder).await;
    let client =
        harness.client_with(|builder| repeating(builder).pacing(allo_client::Pacing::default()));
    write_and_read(&client).await;
    let about = harness.fixtures().await;
    let append = client.append_dialing_queue_numbers([lead()]);
    let append = append.for_teammate(Teammate::id(&about.user));
    append.send().await.expect("an append");
    for operation in calls::covered() {
        calls::bare(&client, operation, &about)
            .await
            .expect("a good call");
    }
    client
        .reset_current_dialing_queue()
        .name(NAME)
        .for_teammate(Teammate::email(EMAIL))
        .send()
        .await
        .expect("reset");
    write_and_read(&client).await;
    let mut items = client
        .get_current_dialing_queue()
        .for_teammate(Teammate::email(EMAIL))
        .items();
    while items.try_next().await.expect("an item").is_some() {}
    client
        .clear_dialing_queue_numbers()
        .number(PHONE)
        .for_teammate(Teammate::email(EMAIL))
        .send()
        .await
        .expect("cleared");
    Teammate::find(&client, NAME).await.expect("a teammate");
    client.learn_limits().await.expect("limits");
    client.get_user(EMAIL).send().await.expect_err("no id");
}

async fn faults() {
    for fault in Fault::examples() {
        let fault = match fault {
            Fault::HugeBody(_) => Fault::HugeBody(200_000),
            Fault::Redirect { status, .. } => Fault::Redirect {
                status,
                to: format!("http://{KEY}@127.0.0.1:1/{PHONE}?email={EMAIL}"),
            },
            other => other,
        };
        for times in [1, 100] {
            let plan = FaultPlan::new(1).times(times).inject(fault.clone());
            let harness = harness(|builder| builder.faults(plan)).await;
            write_and_read(&harness.client_with(repeating)).await;
            assert!(!harness.control.faults().is_empty());
        }
    }
}

async fn refusals() {
    let harness = harness(|builder| builder).await;
    let client = harness.client_with(repeating);
    let echo = format!("{KEY}, {PHONE}, {NAME} of {COMPANY} <{EMAIL}>");
    let v2 = json!({"error": {
        "type": "x", "code": format!("SEEN_{PHONE}"), "message": echo, "request_id": KEY, "param": echo,
        "suggestion": echo, "errors": [{"field": echo, "code": echo, "message": echo}],
    }});
    let v1 = json!({"code": EMAIL, "details": [{"message": echo, "field": echo}]});
    for status in [200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
        for body in [
            v2.to_string(),
            v1.to_string(),
            format!("<html>{echo}</html>"),
            echo.clone(),
        ] {
            for operation in ["appendDialingQueueNumbers", "getCurrentDialingQueue"] {
                let headers = [
                    ("x-request-id", KEY),
                    ("location", echo.as_str()),
                    ("x-echo", PHONE),
                ];
                let scripted =
                    harness
                        .control
                        .respond_once(operation, status, &headers, body.clone());
                scripted.expect("an operation");
            }
            write_and_read(&client).await;
        }
    }
    let stranger = tests::harness::one_attempt(&harness.base_url(), "ak_live_n33dle0f0hay2");
    write_and_read(&stranger.build().expect("a client")).await;
}

async fn without_connection() {
    let answers = [
        b"" as &[u8],
        b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"data\"",
        b"SSH-2.0-Zenobia Quillfeather\r\n",
    ];
    for answer in answers {
        let url = raw_server::answer_with(answer).await;
        write_and_read(&client_of(&url)).await;
    }
    write_and_read(&client_of(&raw_server::nobody().await)).await;
}

fn client_of(url: &str) -> Client {
    let builder = Client::builder().api_key(KEY).base_url(url);
    repeating(builder).build().expect("a client")
}

/// Trusted, not trusted, and aborted.
async fn over_tls() {
    let plan = FaultPlan::new(1)
        .times(1)
        .inject(Fault::TlsCloseWithoutNotify);
    let harness = harness(|builder| builder.tls().faults(plan)).await;
    let http = trusting(harness.ca_pem().expect("TLS"));
    write_and_read(&harness.client_with(|builder| repeating(builder).http_client(http))).await;
    assert_eq!(harness.control.executed().len(), 1);
    write_and_read(&harness.client_with(repeating)).await;
}
