//! Commands that only read, as a table and as JSON, and those that need no service.

use allo_sandbox::{Fault, FaultPlan};

use super::scene::Scene;

const LINE: &str = "+12125550100";

/// Runs the command in both formats.
async fn both(scene: &Scene, name: &str, arguments: &[&str]) {
    scene.check(&format!("{name}/table"), arguments).await;
    let json = [arguments, &["--output", "json"]].concat();
    scene.check(&format!("{name}/json"), &json).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team() {
    let scene = Scene::start().await;
    both(&scene, "users", &["users"]).await;
    both(&scene, "me", &["me"]).await;
    both(&scene, "numbers", &["numbers"]).await;
    both(&scene, "tags", &["tags"]).await;
    scene.check("users/csv", &["users", "-o", "csv"]).await;
    scene.check("users/jsonl", &["users", "-o", "jsonl"]).await;
    scene.check("tags/csv", &["tags", "-o", "csv"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_and_conversations() {
    let scene = Scene::start().await;
    both(&scene, "calls", &["calls", "--limit", "3"]).await;
    both(
        &scene,
        "calls/filtered",
        &["calls", "--tag", "interested", "--oldest-first"],
    )
    .await;
    both(
        &scene,
        "conversations/list",
        &["conversations", "list", LINE, "--limit", "3"],
    )
    .await;
    both(
        &scene,
        "conversations/search",
        &["conversations", "search", "posters"],
    )
    .await;
    both(
        &scene,
        "conversations/since",
        &["conversations", "since", LINE, "2026-05-01"],
    )
    .await;
    let id = "cll-C8085612F0B1AD9A604D07E04F7A1AC63D99A4D6";
    both(&scene, "conversations/show", &["conversations", "show", id]).await;
    let none = ["conversations", "search", "zeppelin"];
    scene.check("conversations/search/nothing", &none).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_gone_on_with() {
    let scene = Scene::start().await;
    let since = [
        "conversations",
        "since",
        LINE,
        "2026-05-01",
        "--cursor",
        "cursor.json",
    ];
    let first = scene.run(&[&since[..], &["-o", "jsonl"]].concat()).await;
    assert!(first.stdout.split(|byte| *byte == b'\n').count() > 3);
    scene.check("conversations/since/again", &since).await;
    // A service that fails on the way leaves the file as it was, and no other one.
    let before = scene.read("cursor.json");
    let fault = FaultPlan::new(1)
        .on("searchAllConversations")
        .probability(1.0);
    let fault = fault.inject(Fault::DailyQuota);
    scene.control().set_faults(fault).expect("a plan");
    assert_eq!(scene.run(&since).await.status.code(), Some(8));
    scene.control().clear_faults();
    assert_eq!(scene.read("cursor.json"), before);
    let files = std::fs::read_dir(scene.path("")).expect("a directory");
    assert_eq!(files.count(), 1);
    scene.file("cursor.json", "{");
    scene.check("conversations/since/damaged", &since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service() {
    let mut scene = Scene::start().await;
    scene.key(None);
    both(
        &scene,
        "explain/one",
        &["explain", "dialing-queue-append-conflict"],
    )
    .await;
    both(&scene, "explain/all", &["explain"]).await;
    scene
        .check("explain/unknown", &["explain", "QUEUE_MISSING"])
        .await;
    scene
        .check("man/queue_push", &["man", "queue", "push"])
        .await;
    scene.check("man/unknown", &["man", "queue", "fly"]).await;
    scene.check("help/short", &["-h"]).await;
    scene
        .check("help/queue_push", &["queue", "push", "-h"])
        .await;
    assert_eq!(scene.control().requests().len(), 0);
}

/// Scripts name every operation, so a golden file would change with each new one.
#[tokio::test(flavor = "multi_thread")]
async fn completions_for_every_shell() {
    let scene = Scene::start().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = scene.run(&["completions", shell]).await;
        let script = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{shell}");
        for word in ["getCurrentDialingQueue", "--batch-size", "conversations"] {
            assert!(
                script.contains(word.trim_start_matches('-')),
                "{shell}: {word}"
            );
        }
        let directory = scene.path(shell);
        std::fs::create_dir(&directory).expect("a directory");
        let written = scene
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
    let scene = Scene::start().await;
    std::fs::create_dir(scene.path("man")).expect("a directory");
    let written = scene.run(&["man", "--directory", "man"]).await;
    assert!(written.status.success());
    let whole = scene.run(&["man"]).await;
    assert_eq!(
        scene.read("man/allo.1"),
        String::from_utf8_lossy(&whole.stdout)
    );
    for page in [
        "allo-queue-push.1",
        "allo-conversations-since.1",
        "allo-login.1",
    ] {
        assert!(
            scene.read(&format!("man/{page}")).contains("SYNOPSIS"),
            "{page}"
        );
    }
}
