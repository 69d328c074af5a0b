//! Tables in a terminal of 60 columns and in one of 200.

use super::queue::at_work;
use super::scene::Scene;

async fn check(scene: &mut Scene, name: &str, arguments: &[&str]) {
    for columns in [60, 200] {
        scene.columns(columns);
        scene
            .check(&format!("widths/{name}_{columns}"), arguments)
            .await;
    }
    fits(scene, name, arguments).await;
}

async fn fits(scene: &mut Scene, name: &str, arguments: &[&str]) {
    for columns in [40, 60, 80, 200] {
        scene.columns(columns);
        let output = scene.run(arguments).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(
            widest.unwrap_or_default() <= columns,
            "{name} at {columns}:\n{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_wider_than_the_terminal() {
    let mut scene = at_work().await;
    check(&mut scene, "users", &["users"]).await;
    check(&mut scene, "calls", &["calls", "--limit", "4"]).await;
    check(&mut scene, "explain", &["explain"]).await;
    check(
        &mut scene,
        "show",
        &[
            "conversations",
            "show",
            "cll-C8085612F0B1AD9A604D07E04F7A1AC63D99A4D6",
        ],
    )
    .await;
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/leads.csv");
    std::fs::copy(example, scene.path("leads.csv")).expect("the example");
    let push = [
        "queue",
        "push",
        "leads.csv",
        "-t",
        "camille@example.com",
        "--dry-run",
    ];
    check(&mut scene, "dry_run", &push).await;
    let others: [&[&str]; 9] = [
        &["api"],
        &["me"],
        &["numbers"],
        &["tags"],
        &["explain", "DIALING_QUEUE_NOT_FOUND"],
        &["conversations", "list", "+12125550100"],
        &["conversations", "search", "posters"],
        &["queue", "show", "-t", "marie@example.com"],
        &["queue", "watch", "-t", "marie@example.com", "--count", "1"],
    ];
    for arguments in others {
        fits(&mut scene, arguments[0], arguments).await;
    }
}
