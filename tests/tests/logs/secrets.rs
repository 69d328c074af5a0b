//! No log contains a key, a number, a name, an e-mail address or any part of a body.

use std::collections::BTreeSet;

use allo_client::types::NewQueueNumber;
use tests::harness::Harness;

use crate::capture::{Capture, Entry};
use crate::scenarios::{self, KEY, NAME, PHONE};

/// Parts of the secrets by which they are recognised in any format. None is short enough to occur by chance in the
/// random numbers that TLS logs.
const NEEDLES: [&str; 10] = [
    "n33dle",
    "h1dden",
    "2125550142",
    "2125550100",
    "555-01",
    "enobia",
    "uillfeather",
    "Orchards",
    "example.com",
    "number_to",
];

#[track_caller]
fn assert_hidden(entries: &[Entry]) {
    for entry in entries {
        let shown = format!("{:?}", entry.fields);
        for needle in NEEDLES {
            assert!(!shown.contains(needle), "{needle:?} in {entry:?}");
        }
    }
}

#[test]
fn no_log_of_any_library_holds_a_secret() {
    let entries = scenarios::logged();
    assert_hidden(entries);
    let crates = entries.iter().map(|entry| match entry.get("log.target") {
        Some(target) => target,
        None => entry.target.as_str(),
    });
    let crates: BTreeSet<_> = crates
        .map(|target| target.split(':').next().unwrap_or_default())
        .collect();
    for name in ["allo_client", "hyper_util", "reqwest", "rustls"] {
        assert!(
            crates.contains(name),
            "nothing of {name} was captured: {crates:?}"
        );
    }
}

#[tokio::test]
async fn bodies_and_whole_answers_are_logged() {
    let capture = Capture::of_process();
    let harness = Harness::with(|builder| builder.api_key(KEY)).await;
    let lead = NewQueueNumber::new(PHONE).name(NAME);
    let append = harness.client.append_dialing_queue_numbers([lead]);
    append.send().await.unwrap();
    let read = harness.client.get_current_dialing_queue();
    assert_eq!(read.clone().send().await.unwrap().body().data.len(), 1);
    let answer = format!("the leads of {NAME}: {PHONE}");
    let headers = [("x-request-id", "whole-answer-1")];
    let scripted = harness
        .control
        .respond_once("getCurrentDialingQueue", 500, &headers, answer);
    scripted.unwrap();
    assert!(
        read.send()
            .await
            .unwrap_err()
            .body()
            .starts_with(b"the leads")
    );
    assert_hidden(&capture.entries());
    let (_, attempts) = capture.call("whole-answer-1");
    assert_eq!(attempts.len(), 1, "what failed was logged at all");
}
