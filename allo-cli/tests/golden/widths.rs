//! Tables in a terminal of 60 columns and in one of 200.

use super::harness::Harness;
use super::queue::at_work;

async fn check(harness: &mut Harness, name: &str, arguments: &[&str]) {
    for columns in [60, 200] {
        harness.columns(columns);
        harness
            .check(&format!("widths/{name}_{columns}"), arguments)
            .await;
    }
    fits(harness, name, arguments).await;
}

async fn fits(harness: &mut Harness, name: &str, arguments: &[&str]) {
    for columns in [40, 60, 80, 200] {
        harness.columns(columns);
        let output = harness.run(arguments).await;
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
    let mut harness = at_work().await;
    check(&mut harness, "users", &["users"]).await;
    check(&mut harness, "calls", &["calls", "--limit", "4"]).await;
    check(&mut harness, "explain", &["explain"]).await;
    check(
        &mut harness,
        "show",
        &[
            "conversations",
            "show",
            "cll-C8085612F0B1AD9A604D07E04F7A1AC63D99A4D6",
        ],
    )
    .await;
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/leads.csv");
    std::fs::copy(example, harness.path("leads.csv")).expect("the example");
    let push = [
        "queue",
        "push",
        "leads.csv",
        "-t",
        "camille@example.com",
        "--dry-run",
    ];
    check(&mut harness, "dry_run", &push).await;
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
        fits(&mut harness, arguments[0], arguments).await;
    }
}
