//! Clients of many keys over the connections of one: they share nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use allo_client::{Client, Outcome, Pacing, RetryBudget};
use allo_sandbox::{KeySpec, Quotas};
use futures_util::{StreamExt, stream};
use tests::harness::Harness;
use tests::virtual_time::{StillTime, ticking};
use tokio::net::{TcpListener, TcpStream};

const KEYS: usize = 500;
/// As many reads a second as a key has.
const READS: usize = 2;
/// So many requests are under way at once.
const CONCURRENT: usize = 16;

/// Passes connections on to a server, and counts them.
async fn counting(server: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let server = server.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            let mut far = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    (url, count)
}

/// So many keys of the owner.
fn keys(harness: &Harness, count: usize) -> Vec<String> {
    let owner = harness.id_of(tests::harness::OWNER);
    let key = |_| harness.control.add_key(KeySpec::new(owner.as_str()));
    (0..count).map(key).collect()
}

/// In a second that does not end: as many reads as a key has are sent, and no more.
#[tokio::test(start_paused = true)]
async fn five_hundred_keys_share_connections_and_nothing_else() {
    let quotas = Quotas::per_second(READS as u64, 1);
    let harness = Harness::with(|builder| builder.quotas(quotas)).await;
    let _still = StillTime::begin();
    let first = harness.client_with(|builder| {
        let pacing = Pacing::limits(READS as u32, 1);
        builder.pacing(pacing).max_waiting_calls(0).max_attempts(1)
    });
    let clients: Vec<Client> = keys(&harness, KEYS)
        .into_iter()
        .map(|key| first.with_api_key(key).unwrap())
        .collect();
    let read = |index: usize| {
        let index = index % KEYS;
        let call = clients[index].get_me();
        let call = call.options(|o| o.with_request_id(&format!("client-{index}")));
        call.send()
    };
    // The quota of every key, in turn.
    let reads = stream::iter((0..KEYS * READS).map(read)).buffer_unordered(CONCURRENT);
    let statuses: Vec<_> = reads.map(|answer| answer.unwrap().status()).collect().await;
    assert_eq!(statuses, [200; KEYS * READS]);
    for index in 0..KEYS {
        let error = read(index).await.unwrap_err();
        assert_eq!(error.outcome(), &Outcome::NotSent, "{error}");
        assert!(error.retry_after().is_some(), "{error}");
    }
    let mut sent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for request in harness.take_requests() {
        let of_client = sent.entry(request.request_id.clone()).or_default();
        of_client.insert(request.api_key_id.unwrap());
    }
    assert_eq!(sent.len(), KEYS);
    assert!(
        sent.values().all(|keys| keys.len() == 1),
        "a client sent two keys"
    );
    let all: BTreeSet<_> = sent.into_values().flatten().collect();
    assert_eq!(all.len(), KEYS, "two clients sent one key");
}

#[tokio::test]
async fn keys_use_the_same_connections() {
    let harness = Harness::start().await;
    let (url, connections) = counting(harness.base_url()).await;
    let first = harness.client_with(|builder| builder.base_url(url));
    for key in keys(&harness, 20) {
        let client = first.with_api_key(key).unwrap();
        client.get_me().send().await.unwrap();
    }
    assert_eq!(harness.take_requests().len(), 20);
    // A connection is made anew if the last one is not back in the pool yet.
    assert!(connections.load(Ordering::Relaxed) < 10);
}

#[tokio::test(start_paused = true)]
async fn what_happens_to_one_key_does_not_reach_another() {
    let harness = Harness::start().await;
    let owner = harness.id_of(tests::harness::OWNER);
    let weak = KeySpec::new(owner.as_str()).scopes(["USERS_READ"]);
    let first = harness.client_with(|builder| builder.retry_budget(RetryBudget::new(1)));
    let weak = first.with_api_key(harness.control.add_key(weak)).unwrap();
    let other = first.with_api_key(keys(&harness, 1).remove(0)).unwrap();
    // Known scopes.
    let still = StillTime::begin();
    weak.learn_limits().await.unwrap();
    let error = weak.list_tags().send().await.unwrap_err();
    assert!(error.is_missing_scope(), "{error}");
    drop(still);
    // The budget of retries.
    for _ in 0..4 {
        harness.control.respond_once("getMe", 503, &[], "").unwrap();
    }
    let (weak, other) = ticking(async move {
        let error = weak.get_me().send().await.unwrap_err();
        assert!(
            error.to_string().contains("retry budget exhausted"),
            "{error}"
        );
        let error = other.get_me().send().await.unwrap_err();
        assert_eq!(error.attempts(), 2, "{error}");
        (weak, other)
    })
    .await;
    let _still = StillTime::begin();
    // A pause that the server asks for. No time passes, so its end does not come.
    let pause = [("retry-after", "30")];
    harness
        .control
        .respond_once("getMe", 429, &pause, "{}")
        .unwrap();
    let once = weak.get_me().options(|o| o.with_max_attempts(1));
    assert_eq!(once.send().await.unwrap_err().status(), Some(429));
    let hasty = |client: &Client| {
        let call = client.get_me();
        let call = call.options(|o| o.with_deadline(Duration::from_secs(1)));
        call.send()
    };
    let error = hasty(&weak).await.unwrap_err();
    assert_eq!(error.outcome(), &Outcome::NotSent, "{error}");
    for client in [first, other] {
        hasty(&client).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_one_and_a_pacer_of_one_key_are_refused() {
    let harness = Harness::start().await;
    let error = harness.client.with_api_key("s3cret key").unwrap_err();
    assert!(error.is_configuration() && error.param() == Some("api_key"));
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    let paced =
        harness.client_with(|builder| builder.pacer(tests::virtual_time::StillWhileSending));
    let error = paced.with_api_key("ak_test_2").unwrap_err();
    assert_eq!(error.param(), Some("pacer"), "{error}");
    let client = harness.client.with_api_key("ak_test_s3cret").unwrap();
    assert!(!format!("{client:?}").contains("s3cret"));
    assert_eq!(client.base_url(), harness.base_url());
}
