//! Errors of every kind, caused as in production, with a secret in every possible place.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use allo_client::pacing::{AcquireTimeout, PaceRequest, Pacer, Permit};
use allo_client::types::CreatePersonRequest;
use allo_client::{BoxFuture, Client, Cursor, Error, IdempotencyKey, Teammate};
use allo_sandbox::KeySpec;
use serde_json::json;
use tests::harness::{Harness, OWNER, client_of, one_attempt};
use tests::{declared_types, raw_server};

use crate::{EMAIL, KEY, LOOSE_PHONE, NAME, PHONE, assert_hidden};

/// Everything that can be printed of an error without asking for the body.
fn printed(error: &Error) -> String {
    let mut shown = format!("{error} {error:#} {error:?} {error:#?}");
    shown.push_str(error.message());
    shown.extend(error.suggestion());
    shown.extend(error.param());
    shown.extend(error.code().map(|code| format!("{code} {code:?}")));
    shown.push_str(&format!("{:?} {:?}", error.field_errors(), error.outcome()));
    let mut cause = error.source();
    while let Some(error) = cause {
        shown.push_str(&format!(" {error} {error:?} {error:#?}"));
        cause = error.source();
    }
    shown
}

/// All errors.
async fn errors() -> Vec<Error> {
    let harness =
        Harness::with(|builder| builder.quotas(allo_sandbox::Quotas::off()).api_key(KEY)).await;
    let mut errors = Vec::new();
    errors.extend(of_settings());
    errors.extend(of_requests(&harness).await);
    errors.extend(of_refusals(&harness).await);
    errors.extend(of_unreadable_answers(&harness).await);
    errors.extend(of_connections().await);
    errors.push(of_a_missing_scope(&harness).await);
    errors.push(of_an_output(&harness).await);
    errors.push(of_a_journal_in_use(&harness).await);
    errors.push(of_several_people(&harness).await);
    errors.push(of_the_pacer(&harness).await);
    errors.push(of_time(&harness).await);
    errors
}

/// The client cannot be built.
fn of_settings() -> Vec<Error> {
    let keys = ["\n", "\u{0}", " x", "é"].map(|end| Client::new(format!("{KEY}{end}")));
    let urls = [
        format!("http://{KEY}.example.com"),
        format!("https://{KEY}:{KEY}@localhost"),
        format!("https://localhost/?key={KEY}"),
        format!("{KEY}://localhost"),
        format!("https://[{KEY}]"),
    ];
    let urls = urls.map(|url| Client::builder().api_key(KEY).base_url(url).build());
    let settings = Client::builder().api_key(KEY);
    let agent = settings.user_agent(format!("{KEY}\n")).build();
    keys.into_iter()
        .chain(urls)
        .chain([agent])
        .map(|built| built.unwrap_err())
        .collect()
}

/// Several people have a number.
async fn of_several_people(harness: &Harness) -> Error {
    for _ in 0..2 {
        let person = harness.client.create_person([PHONE]).name(NAME);
        person.allow_duplicate_number(true).send().await.unwrap();
    }
    let person = CreatePersonRequest::new([LOOSE_PHONE]).name(NAME);
    let ensured = harness.client.crm().people().ensure(person);
    ensured.await.unwrap_err()
}

/// The journal is in use by another push.
async fn of_a_journal_in_use(harness: &Harness) -> Error {
    let journal = tempfile::NamedTempFile::new().unwrap();
    journal.as_file().lock().unwrap();
    let dialer = harness.client.power_dialer().for_teammate(Teammate::Me);
    let push = dialer.push([PHONE]).journal(journal.path());
    push.await.unwrap_err()
}

/// The request is not sent, or cannot be built.
async fn of_requests(harness: &Harness) -> Vec<Error> {
    let client = &harness.client;
    let long = NAME.repeat(20);
    let reset = || client.reset_current_dialing_queue();
    let misspelt = Teammate::email(format!("{NAME} <{EMAIL}>"));
    let keyed = format!("{KEY} {PHONE}");
    let foreign = json!({"operation": EMAIL, "page": 1});
    let foreign: Cursor = serde_json::from_value(foreign).unwrap();
    let mut foreign = client.get_current_dialing_queue().start_at(foreign).items();
    vec![
        reset().name(&long).send().await.unwrap_err(),
        reset().for_teammate(misspelt).send().await.unwrap_err(),
        reset()
            .options(|o| {
                o.with_idempotency_key(keyed.as_str())
                    .with_request_id(&keyed)
            })
            .send()
            .await
            .unwrap_err(),
        foreign.try_next().await.unwrap_err(),
        Teammate::find(client, NAME).await.unwrap_err(),
        Teammate::find(client, EMAIL).await.unwrap_err(),
        IdempotencyKey::new(format!("{PHONE} {EMAIL}")).unwrap_err(),
    ]
}

/// The server refuses the request, and echoes it.
async fn of_refusals(harness: &Harness) -> Vec<Error> {
    let number = format!("{LOOSE_PHONE} ext");
    let clear = harness.client.clear_dialing_queue_numbers().number(number);
    let of_nobody = harness.client.get_current_dialing_queue();
    let mut errors = vec![
        clear.send().await.unwrap_err(),
        of_nobody
            .for_teammate(Teammate::email(EMAIL))
            .send()
            .await
            .unwrap_err(),
        harness.client.get_user(EMAIL).send().await.unwrap_err(),
        client_of(&harness.base_url(), &format!("{KEY}2"))
            .get_me()
            .send()
            .await
            .unwrap_err(),
    ];
    let echo = format!("{KEY}, {PHONE}, {LOOSE_PHONE}, tel:%2B12125550142; <{EMAIL}>");
    let v2 = json!({"error": {
        "type": echo, "code": echo, "message": echo, "request_id": KEY, "param": echo,
        "suggestion": echo, "errors": [{"field": echo, "code": echo, "message": echo}],
    }});
    let v1 = json!({"code": echo, "details": [{"message": echo, "field": echo}]});
    let title = json!({"error": echo, "message": echo});
    let html = format!("<html>{echo}</html>");
    let bodies = [
        v2.to_string(),
        v1.to_string(),
        title.to_string(),
        html,
        echo.clone(),
    ];
    for body in bodies {
        for status in [302, 400, 404, 429, 500, 502] {
            let headers = [
                ("x-request-id", KEY),
                ("location", echo.as_str()),
                ("x-echo", KEY),
            ];
            let scripted = harness
                .control
                .respond_once("getMe", status, &headers, body.clone());
            scripted.unwrap();
            let once = harness.client.get_me().options(|o| o.with_max_attempts(1));
            errors.push(once.send().await.unwrap_err());
        }
    }
    errors
}

/// The server succeeds, but its response cannot be decoded.
async fn of_unreadable_answers(harness: &Harness) -> Vec<Error> {
    let json = [("content-type", "application/json"), ("x-echo", KEY)];
    let bodies = [
        json!({"data": {"removed": PHONE}}).to_string(),
        json!({"data": {"removed": format!("\"`{NAME}`\\\" {EMAIL}")}}).to_string(),
        json!({"data": [NAME, KEY]}).to_string(),
        json!({NAME: PHONE, "data": EMAIL}).to_string(),
        format!("{{\"data\": {{\"removed\": \"{NAME}"),
        format!("{NAME} {PHONE} {EMAIL} {KEY}"),
        String::new(),
    ];
    let small = one_attempt(&harness.base_url(), KEY);
    let small = small.max_response_bytes(40).build().unwrap();
    let mut errors = Vec::new();
    for body in bodies {
        for client in [&harness.client, &small] {
            let id = "clearDialingQueueNumbers";
            harness
                .control
                .respond_once(id, 200, &json, body.clone())
                .unwrap();
            let clear = client.clear_dialing_queue_numbers().number(PHONE);
            let clear = clear.options(|o| o.with_idempotency_key(PHONE));
            errors.push(clear.send().await.unwrap_err());
        }
    }
    let strange = json!({"data": [{"number_to": {"is": PHONE}, "position": NAME}]});
    let strange = strange.to_string();
    let read = "getCurrentDialingQueue";
    harness
        .control
        .respond_once(read, 200, &json, strange)
        .unwrap();
    let mut items = harness.client.get_current_dialing_queue().items();
    errors.push(items.try_next().await.unwrap_err());
    errors
}

/// Connecting fails, or the connection closes.
async fn of_connections() -> Vec<Error> {
    const HALF: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"data\": \"+12125550142";
    const NO_HTTP: &[u8] = b"ak_live_n33dle0f0hay +12125550142 zenobia@example.com\r\n\r\n";
    let addresses = [
        raw_server::nobody().await,
        raw_server::answer_with(b"").await,
        raw_server::answer_with(HALF).await,
        raw_server::answer_with(NO_HTTP).await,
    ];
    let mut errors = Vec::new();
    for address in addresses {
        let client = client_of(&address, KEY);
        let clear = client.clear_dialing_queue_numbers().number(PHONE);
        let clear = clear.for_teammate(Teammate::email(EMAIL));
        let clear = clear.options(|o| o.with_idempotency_key(PHONE));
        errors.push(clear.send().await.unwrap_err());
    }
    errors
}

/// A rate limit without any slot.
#[derive(Debug)]
struct Full;

impl Pacer for Full {
    fn acquire(&self, _: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>> {
        Box::pin(async { Err(AcquireTimeout::after(Duration::from_secs(3_000))) })
    }
}

/// No slot of the rate limit is free before the deadline.
async fn of_the_pacer(harness: &Harness) -> Error {
    let client = harness.client_with(|builder| builder.pacer(Full));
    let clear = client.clear_dialing_queue_numbers().number(PHONE);
    let clear = clear.options(|o| o.with_idempotency_key(PHONE));
    clear.send().await.unwrap_err()
}

/// The key is known to lack the scope.
async fn of_a_missing_scope(harness: &Harness) -> Error {
    let key = KeySpec::new(harness.id_of(OWNER)).scopes(["CRM_READ"]);
    let client = harness.client_of(&harness.control.add_key(key));
    client.learn_limits().await.unwrap();
    let clear = client.clear_dialing_queue_numbers().number(PHONE);
    clear.send().await.unwrap_err()
}

/// The reader of a recording's output is gone.
async fn of_an_output(harness: &Harness) -> Error {
    let url = harness.base_url() + &harness.control.add_recording([7; 1000]);
    let (mut pipe, reader) = tokio::io::duplex(10);
    drop(reader);
    let recording = harness.client.recording(&url);
    recording.write_to(&mut pipe).await.unwrap_err()
}

/// The response times out. Only the client's clock advances, so this case is the last.
async fn of_time(harness: &Harness) -> Error {
    let hold = harness
        .control
        .hold_next("clearDialingQueueNumbers")
        .unwrap();
    let clear = harness.client.clear_dialing_queue_numbers().number(PHONE);
    let clear = clear.options(|o| {
        let options = o.with_idempotency_key(PHONE);
        options.with_timeout(Duration::from_secs(3_000))
    });
    let call = tokio::spawn(clear.send());
    hold.arrived().await;
    tokio::time::pause();
    let error = call.await.unwrap().unwrap_err();
    tokio::time::resume();
    error
}

#[tokio::test]
async fn no_error_shows_what_went_to_and_fro() {
    let errors = errors().await;
    for error in &errors {
        assert_hidden("an error", &printed(error));
        let line = error.to_string();
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    // `Debug` begins with the kind; every kind must have occurred.
    let kind = |error: &Error| {
        let shown = format!("{error:?}");
        let (_, kind) = shown.split_once("kind: ").expect("a kind");
        kind.split(',').next().unwrap_or_default().to_owned()
    };
    let seen: BTreeSet<_> = errors.iter().map(kind).collect();
    let kinds = declared_types::variants("error/mod.rs", "ErrorKind");
    assert_eq!(
        seen, kinds,
        "produce an error of every kind in tests/tests/secrets/errors.rs"
    );
}
