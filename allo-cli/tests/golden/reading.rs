//! Commands that only read, as a table and as JSON, and those that need no service.

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

#[tokio::test(flavor = "multi_thread")]
async fn completions_for_every_shell() {
    let scene = Scene::start().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = scene.run(&["completions", shell]).await;
        let script = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && script.contains("getCurrentDialingQueue"),
            "{shell}"
        );
    }
}
