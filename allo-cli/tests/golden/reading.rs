//! Commands that only read, as a table and as JSON, and those that need no service.

use allo_sandbox::{Fault, FaultPlan};

use super::harness::Harness;

const LINE: &str = "+12125550100";

/// Runs the command in both formats.
async fn both(harness: &Harness, name: &str, arguments: &[&str]) {
    harness.check(&format!("{name}/table"), arguments).await;
    let json = [arguments, &["--output", "json"]].concat();
    harness.check(&format!("{name}/json"), &json).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team() {
    let harness = Harness::start().await;
    both(&harness, "users", &["users"]).await;
    both(&harness, "me", &["me"]).await;
    both(&harness, "numbers", &["numbers"]).await;
    both(&harness, "tags", &["tags"]).await;
    harness.check("users/csv", &["users", "-o", "csv"]).await;
    harness
        .check("users/jsonl", &["users", "-o", "jsonl"])
        .await;
    harness.check("tags/csv", &["tags", "-o", "csv"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_and_conversations() {
    let harness = Harness::start().await;
    both(&harness, "calls", &["calls", "--limit", "3"]).await;
    both(
        &harness,
        "calls/filtered",
        &["calls", "--tag", "interested", "--oldest-first"],
    )
    .await;
    both(
        &harness,
        "conversations/list",
        &["conversations", "list", LINE, "--limit", "3"],
    )
    .await;
    both(
        &harness,
        "conversations/search",
        &["conversations", "search", "posters"],
    )
    .await;
    both(
        &harness,
        "conversations/since",
        &["conversations", "since", LINE, "2026-05-01"],
    )
    .await;
    let id = "cll-C8085612F0B1AD9A604D07E04F7A1AC63D99A4D6";
    both(
        &harness,
        "conversations/show",
        &["conversations", "show", id],
    )
    .await;
    let none = ["conversations", "search", "zeppelin"];
    harness.check("conversations/search/nothing", &none).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_resumed() {
    let harness = Harness::start().await;
    let since = [
        "conversations",
        "since",
        LINE,
        "2026-05-01",
        "--cursor",
        "cursor.json",
    ];
    let first = harness.run(&[&since[..], &["-o", "jsonl"]].concat()).await;
    assert!(first.stdout.split(|byte| *byte == b'\n').count() > 3);
    harness.check("conversations/since/again", &since).await;
    // If the service fails midway, the file stays as it was, and no other file is left.
    let before = harness.read("cursor.json");
    let fault = FaultPlan::new(1)
        .on("searchAllConversations")
        .probability(1.0);
    let fault = fault.inject(Fault::DailyQuota);
    harness.control().set_faults(fault).expect("a plan");
    assert_eq!(harness.run(&since).await.status.code(), Some(8));
    harness.control().clear_faults();
    assert_eq!(harness.read("cursor.json"), before);
    let files = std::fs::read_dir(harness.path("")).expect("a directory");
    assert_eq!(files.count(), 1);
    harness.file("cursor.json", "{");
    harness.check("conversations/since/damaged", &since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service() {
    let mut harness = Harness::start().await;
    harness.key(None);
    both(
        &harness,
        "explain/one",
        &["explain", "dialing-queue-append-conflict"],
    )
    .await;
    both(&harness, "explain/all", &["explain"]).await;
    harness
        .check("explain/unknown", &["explain", "QUEUE_MISSING"])
        .await;
    harness
        .check("man/queue_push", &["man", "queue", "push"])
        .await;
    harness.check("man/unknown", &["man", "queue", "fly"]).await;
    harness.check("help/short", &["-h"]).await;
    harness
        .check("help/queue_push", &["queue", "push", "-h"])
        .await;
    assert_eq!(harness.control().requests().len(), 0);
}

/// Scripts contain every operation, so a golden file would change with each new one.
#[tokio::test(flavor = "multi_thread")]
async fn completions_for_every_shell() {
    let harness = Harness::start().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = harness.run(&["completions", shell]).await;
        let script = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{shell}");
        for word in ["getCurrentDialingQueue", "--batch-size", "conversations"] {
            assert!(
                script.contains(word.trim_start_matches('-')),
                "{shell}: {word}"
            );
        }
        let directory = harness.path(shell);
        std::fs::create_dir(&directory).expect("a directory");
        let written = harness
            .run(&["completions", shell, "--directory", shell])
            .await;
        assert!(written.status.success(), "{shell}");
        let files = std::fs::read_dir(directory).expect("a directory");
        let texts = files.map(|file| std::fs::read(file.expect("a file").path()));
        let texts: Vec<_> = texts.map(|text| text.expect("a text")).collect();
        assert!(texts == [output.stdout], "{shell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn manual_pages_for_every_command() {
    let harness = Harness::start().await;
    std::fs::create_dir(harness.path("man")).expect("a directory");
    let written = harness.run(&["man", "--directory", "man"]).await;
    assert!(written.status.success());
    let whole = harness.run(&["man"]).await;
    assert_eq!(
        harness.read("man/allo.1"),
        String::from_utf8_lossy(&whole.stdout)
    );
    for page in [
        "allo-queue-push.1",
        "allo-conversations-since.1",
        "allo-login.1",
    ] {
        assert!(
            harness.read(&format!("man/{page}")).contains("SYNOPSIS"),
            "{page}"
        );
    }
}
