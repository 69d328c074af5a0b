//! Nothing that can be printed shows a key, a phone number, an e-mail address or a name: not `Debug` of anything, not
//! `Display` of an error, not what lies beneath an error.

mod errors;
mod planted;
mod types;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use allo_client::types::NewQueueNumber;
use allo_client::{
    ApiKey, AuthScheme, CallOptions, Client, IdempotencyKey, Paginated, TargetTeammate, Teammate,
    builder,
};
use serde_json::json;
use tests::declared_types;
use tests::harness::{Harness, client_of};

pub(crate) const KEY: &str = "ak_live_n33dle0f0hay";
pub(crate) const PHONE: &str = "+12125550142";
pub(crate) const LOOSE_PHONE: &str = "+1 (212) 555-0142";
pub(crate) const EMAIL: &str = "zenobia@example.com";
pub(crate) const NAME: &str = "Zenobia Quillfeather";
pub(crate) const COMPANY: &str = "Quillfeather Orchards";
pub(crate) const ID: &str = "usr-5D1C";

/// Parts of the above by which each is recognised, however it is written.
pub(crate) const NEEDLES: [&str; 6] = [
    "n33dle",
    "555014",
    "555-014",
    "enobia",
    "uillfeather",
    "example.com",
];

#[track_caller]
pub(crate) fn assert_hidden(what: &str, shown: &str) {
    for needle in NEEDLES {
        assert!(!shown.contains(needle), "{what} shows {needle:?}: {shown}");
    }
}

#[track_caller]
pub(crate) fn assert_hides(what: &str, value: &impl Debug) {
    assert_hidden(what, &format!("{value:?} {value:#?}"));
}

#[test]
fn no_builder_shows_what_it_was_given() {
    let client = client_of("http://127.0.0.1:1", KEY);
    let teammate = Teammate::email(EMAIL);
    let secret = |o: CallOptions| o.with_idempotency_key(PHONE);
    let lead: NewQueueNumber = serde_json::from_value(types::new_number()).unwrap();
    let mut declared = declared_types::structs("builder");
    use builder::{power_dialer as dialer, users};
    macro_rules! shows_nothing {
        ($($name:ident in $module:ident: $builder:expr;)*) => {$(
            let made: $module::$name = $builder;
            let made = made.options(secret);
            assert_hides(stringify!($name), &made);
            assert!(declared.remove(stringify!($name)).is_some());
        )*};
    }
    shows_nothing! {
        GetCurrentDialingQueue in dialer: client.get_current_dialing_queue().for_teammate(&teammate);
        ResetCurrentDialingQueue in dialer:
            client.reset_current_dialing_queue().name(NAME).for_teammate(&teammate);
        UpsertCurrentDialingQueue in dialer:
            client.upsert_current_dialing_queue().name(NAME).for_teammate(&teammate);
        AppendDialingQueueNumbers in dialer:
            client.append_dialing_queue_numbers([lead]).for_teammate(&teammate);
        ClearDialingQueueNumbers in dialer:
            client.clear_dialing_queue_numbers().number(PHONE).for_teammate(&teammate);
        GetMe in users: client.get_me();
        ListUsers in users: client.list_users();
        GetUser in users: client.get_user(EMAIL);
    }
    // The others are written by the same pass: what their `Debug` shows is read off its source.
    for name in declared.keys() {
        let shown = declared_types::body("builder", name, "Debug", "fmt");
        let expected = format!("{{f.debug_struct(\"{name}\").finish_non_exhaustive()}}");
        assert_eq!(
            shown, expected,
            "`Debug` of the builder {name} shows more than its name"
        );
    }
}

#[tokio::test]
async fn nothing_of_the_client_shows_what_it_holds() {
    let settings = Client::builder()
        .api_key(KEY)
        .base_url("http://127.0.0.1:1");
    let raw = settings.clone().auth_scheme(AuthScheme::Raw);
    let client = settings.clone().build().unwrap();
    assert_hides("ClientBuilder", &settings);
    assert_hides(
        "ClientBuilder with a password",
        &raw.base_url(format!("https://u:{KEY}@localhost")),
    );
    assert_hides("Client", &client);
    assert_hides("resources", &(client.power_dialer(), client.users()));
    assert_hides("ApiKey", &(ApiKey::from(KEY), ApiKey::new(KEY).unwrap()));
    assert_hides("IdempotencyKey", &IdempotencyKey::new(PHONE).unwrap());
    for key in [PHONE, EMAIL, LOOSE_PHONE] {
        assert_hides(
            "CallOptions",
            &CallOptions::default().with_idempotency_key(key),
        );
    }
    for teammate in [
        Teammate::email(EMAIL),
        Teammate::id(EMAIL),
        Teammate::id(PHONE),
    ] {
        assert_hides("Teammate", &teammate);
    }

    let harness =
        Harness::with(|builder| builder.quotas(allo_sandbox::Quotas::off()).api_key(KEY)).await;
    let lead = NewQueueNumber::new(PHONE).name(NAME);
    let append = harness
        .client
        .append_dialing_queue_numbers([lead.clone(), lead]);
    let answer = append
        .options(|o| o.with_idempotency_key(PHONE))
        .send()
        .await
        .unwrap();
    assert_hides("Response", &answer);
    let read = harness.client.get_current_dialing_queue().size(1);
    let mut items = read.clone().items();
    items.try_next().await.unwrap();
    let cursor = items.cursor();
    assert_hides("Items", &items);
    assert_hides("Cursor", &cursor);
    assert_hidden("Cursor", &serde_json::to_string(&cursor).unwrap());
    let mut pages = read.clone().pages();
    let page = pages.try_next().await.unwrap();
    assert_hides("Pages", &(pages, page));
    assert_hides("Resumed", &read.start_at(cursor));
    let echo = [("x-echo", KEY), ("x-number", PHONE)];
    let body = json!({"data": [types::user()]}).to_string();
    harness
        .control
        .respond_once("listUsers", 200, &echo, body)
        .unwrap();
    assert_hides(
        "Response",
        &harness.client.list_users().send().await.unwrap(),
    );
}

#[tokio::test]
async fn no_report_of_an_attempt_shows_what_was_sent() {
    let harness = Harness::start().await;
    let shown = Arc::new(Mutex::new(Vec::new()));
    let reports = Arc::clone(&shown);
    let client = harness.client_with(|builder| {
        builder.on_attempt(move |event| reports.lock().unwrap().push(format!("{event:?}")))
    });
    let find = client.get_user(EMAIL).send().await;
    assert!(find.unwrap_err().is_not_found());
    let clear = client.clear_dialing_queue_numbers().number(PHONE);
    let clear = clear.for_teammate(Teammate::email(EMAIL));
    let clear = clear.options(|o| o.with_idempotency_key(PHONE));
    assert!(clear.send().await.unwrap_err().is_assignee_not_found());
    let shown = shown.lock().unwrap();
    assert_eq!(shown.len(), 2, "one report an attempt");
    for report in shown.iter() {
        assert_hidden("AttemptEvent", report);
    }
}
