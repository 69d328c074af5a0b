//! Resumed pushes: notes, confirmations, and the final content of the queue. Errors about
//! journals name their path and the next step.

use std::process::Output;

use serde_json::Value;

use super::harness::{Harness, KEY};
use super::push::{push, queued};

const LIST: &str = "phone\n+12125550151\n+12125550152\n+12125550153\n";
const MINE: [&str; 3] = ["list.csv", "--journal", "m.jsonl"];

async fn with_list() -> Harness {
    let harness = Harness::start().await;
    harness.file("list.csv", LIST);
    harness
}

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    push(&[arguments, more].concat())
}

async fn reset(harness: &Harness) {
    let reset = ["queue", "reset", "--yes", "-t", "marie@example.com"];
    assert!(harness.run(&reset).await.status.success());
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// 300 different numbers reserved for fiction.
fn many() -> String {
    let area = |area| (0..100).map(move |last| format!("+1{area}55501{last:02}\n"));
    let numbers = [206, 212, 213].into_iter().flat_map(area);
    std::iter::once("phone\n".to_owned())
        .chain(numbers)
        .collect()
}

/// Interrupts a push of 300 leads when 200 are in the queue, with a journal chosen by the program.
async fn interrupted(harness: &Harness, arguments: &[&str]) {
    harness.file("many.csv", &many());
    let hold = || {
        let hold = harness.control().hold_next("appendDialingQueueNumbers");
        hold.expect("an operation")
    };
    let (first, second, third) = (hold(), hold(), hold());
    let mut child = harness.command(arguments).spawn().expect("the program");
    for done in [first, second] {
        done.arrived().await;
        done.release();
    }
    third.arrived().await;
    harness.control().revoke(KEY);
    child.kill().expect("a process");
    child.wait().expect("an end");
    third.release();
}

const MANY: [&str; 3] = ["many.csv", "--duplicates", "keep"];

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_journal_does_not_suppress_a_push() {
    let harness = with_list().await;
    let mine = with(&MINE, &[]);
    assert!(harness.run(&mine).await.status.success());
    reset(&harness).await;
    harness.check("push/gone/finished", &mine).await;
    assert!(queued(&harness).is_empty());
    let leave = with(&MINE, &["--gone", "leave"]);
    harness.check("push/gone/leave", &leave).await;
    assert!(queued(&harness).is_empty());
    let again = with(&MINE, &["--gone", "push"]);
    harness.check("push/gone/push", &again).await;
    assert_eq!(queued(&harness).len(), 3);
    // That push is finished as well, and all leads are in the queue.
    let output = harness.run(&with(&MINE, &["-o", "json", "-q"])).await;
    assert!(output.status.success());
    assert_eq!(json(&output)["finished_before"], true);
    assert_eq!(queued(&harness).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_leads_of_a_finished_push_are_reported() {
    let harness = with_list().await;
    let mine = with(&MINE, &[]);
    assert!(harness.run(&mine).await.status.success());
    let clear = [
        "queue",
        "clear",
        "--position",
        "1",
        "--yes",
        "-t",
        "marie@example.com",
    ];
    assert!(harness.run(&clear).await.status.success());
    let output = harness.run(&with(&MINE, &["--json-errors"])).await;
    assert_eq!(output.status.code(), Some(7));
    assert!(output.stdout.is_empty());
    let again = harness.run(&with(&MINE, &["--yes", "-o", "json"])).await;
    assert!(again.status.success());
    assert_eq!(json(&again)["counts"]["added"], 3);
    let numbers = queued(&harness);
    assert_eq!(numbers, ["+12125550151", "+12125550153", "+12125550152"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_leads_are_not_counted_as_added() {
    let mut harness = Harness::start().await;
    let many = push(&MANY);
    interrupted(&harness, &many).await;
    key(&mut harness);
    let clear = [
        "queue",
        "clear",
        "--unassigned",
        "--yes",
        "-t",
        "marie@example.com",
    ];
    // By then the service has finished or refused the batch in progress.
    assert!(harness.run(&clear).await.status.success());
    let begun = harness.control().requests().len();
    let asked = harness.run(&many).await;
    assert_ne!(asked.status.code(), Some(0));
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(said.contains("was started"), "{said}");
    let appends = harness.control().requests();
    let appends = appends.iter().skip(begun);
    let appends = appends.filter(|request| request.operation == Some("appendDialingQueueNumbers"));
    assert_eq!(appends.count(), 0, "nothing is sent unasked");
    let again = harness
        .run(&[&many[..], &["--gone", "push", "-o", "json", "-q"]].concat())
        .await;
    assert_eq!(
        json(&again)["counts"]["added"],
        300,
        "{}",
        String::from_utf8_lossy(&again.stderr)
    );
    assert_eq!(queued(&harness).len(), 300);
}

/// Another key of the same owner: the previous one was revoked.
fn key(harness: &mut Harness) {
    let spec = allo_sandbox::KeySpec::new(super::harness::CAMILLE).value("ak_live_second");
    let key = harness.control().add_key(spec);
    harness.key(Some(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_between_runs_can_be_resolved() {
    let mut harness = Harness::start().await;
    let many_leads = push(&MANY);
    interrupted(&harness, &many_leads).await;
    key(&mut harness);
    reset(&harness).await;
    let output = harness.run(&many_leads).await;
    assert_eq!(output.status.code(), Some(7));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in ["allo/journals/", "--gone push", "--gone leave", "--reset"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(queued(&harness).is_empty());
    let cured = harness
        .run(&[&many_leads[..], &["--reset", "--yes"]].concat())
        .await;
    assert!(cured.status.success());
    assert_eq!(queued(&harness).len(), 300);
    let journals = harness.path("home/.local/state/allo/journals");
    let left = std::fs::read_dir(journals).expect("a directory").count();
    assert_eq!(left, 0, "nothing is left of the first push");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_goes_to_the_new_queue() {
    let mut harness = Harness::start().await;
    let mine = with(&MANY, &["--journal", "m.jsonl"]);
    interrupted(&harness, &mine).await;
    key(&mut harness);
    reset(&harness).await;
    let leave = [&mine[..], &["--gone", "leave", "-o", "json", "-q"]].concat();
    let report = json(&harness.run(&leave).await);
    assert_eq!(report["counts"]["gone"], 200, "{report}");
    assert_eq!(report["counts"]["added"], 100);
    assert_eq!(queued(&harness).len(), 100);
}

/// The same list pushed twice concurrently: the second is told to wait.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_pushes_is_told_to_wait() {
    let harness = with_list().await;
    for more in [&[][..], &["--journal", "m.jsonl"]] {
        let keep = [&["--duplicates", "keep"], more].concat();
        let arguments = with(&["list.csv"], &keep);
        let hold = harness.control().hold_next("appendDialingQueueNumbers");
        let hold = hold.expect("an operation");
        let child = harness.command(&arguments).spawn().expect("the program");
        hold.arrived().await;
        let output = harness.run(&arguments).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(7), "{said}");
        assert!(
            said.contains("wait until the other push has finished"),
            "{said}"
        );
        assert!(said.contains(".jsonl"), "{said}");
        assert!(!said.contains("another journal"), "{said}");
        hold.release();
        let first = tokio::task::spawn_blocking(move || child.wait_with_output());
        assert!(
            first
                .await
                .expect("no panic")
                .expect("an end")
                .status
                .success()
        );
    }
    assert_eq!(queued(&harness).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_cannot_be_written_names_path_and_cause() {
    let harness = with_list().await;
    let nowhere = with(&["list.csv"], &["--journal", "none/m.jsonl"]);
    harness.check("push/journal/nowhere", &nowhere).await;
    // A state directory below a regular file.
    std::fs::create_dir_all(harness.path("home/.local")).expect("a directory");
    harness.file("home/.local/state", "");
    harness
        .check("push/journal/no_directory", &push(&["list.csv"]))
        .await;
    harness.file("m.jsonl", "mine\n");
    harness
        .check("push/journal/another_file", &with(&MINE, &[]))
        .await;
    assert_eq!(harness.read("m.jsonl"), "mine\n");
    assert!(queued(&harness).is_empty());
}
