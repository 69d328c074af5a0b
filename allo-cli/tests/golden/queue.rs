//! `allo queue` except push: showing a queue while it is dialled, and changing
//! it.

use allo_sandbox::DialOutcome;

use super::harness::{Harness, MARIE};

const LIST: &str = "phone,name\n+12125550140,Nina\n+12125550141,Theo\n+12125550142,Rosa\n+12125550143,Mei\n+12125550144,Luc\n";

/// A harness in which Marie has called three of five leads and a fourth call is in progress.
pub(crate) async fn at_work() -> Harness {
    let harness = Harness::start().await;
    harness.file("five.csv", LIST);
    let push = ["queue", "push", "five.csv", "-t", "marie@example.com", "-q"];
    assert!(harness.run(&push).await.status.success());
    let control = harness.control();
    let outcomes = [
        DialOutcome::answered(),
        DialOutcome::voicemail(true),
        DialOutcome::not_reached("BUSY"),
    ];
    for (position, outcome) in (0_u64..).zip(outcomes) {
        control.dial(MARIE, position, outcome).expect("an entry");
    }
    control.start_call(MARIE, 3).expect("an entry");
    harness
}

#[tokio::test(flavor = "multi_thread")]
async fn show_and_watch() {
    let mut harness = at_work().await;
    for teammate in ["marie@example.com", "Marie Dupont", MARIE] {
        let output = harness
            .run(&["queue", "show", "-t", teammate, "-o", "csv"])
            .await;
        assert_eq!(
            output.stdout.split(|byte| *byte == b'\n').count(),
            7,
            "{teammate}"
        );
    }
    let show = ["queue", "show", "-t", "marie@example.com"];
    harness.check("queue/show/table", &show).await;
    harness
        .check("queue/show/json", &[&show[..], &["-o", "json"]].concat())
        .await;
    harness
        .check("queue/show/jsonl", &[&show[..], &["-o", "jsonl"]].concat())
        .await;
    harness.check("queue/show/none", &["queue", "show"]).await;
    harness
        .check("queue/show/none_json", &["queue", "show", "-o", "json"])
        .await;
    for columns in [60, 200] {
        harness.columns(columns);
        harness
            .check(&format!("queue/show/columns_{columns}"), &show)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watch() {
    let harness = at_work().await;
    let watch = ["queue", "watch", "-t", "marie@example.com", "--count", "1"];
    harness.check("queue/watch/table", &watch).await;
    harness
        .check("queue/watch/json", &[&watch[..], &["-o", "json"]].concat())
        .await;
    let twice = [
        "queue",
        "watch",
        "-t",
        "marie@example.com",
        "--count",
        "2",
        "--interval",
        "1",
    ];
    let output = harness.run(&twice).await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("teammate").count(), 2);
    assert!(!text.contains('\u{1b}'), "a pipe gets no control sequences");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes() {
    let harness = at_work().await;
    let marie = ["-t", "marie@example.com"];
    let of_marie = |arguments: &[&'static str]| [arguments, &marie[..]].concat();
    let configure = of_marie(&[
        "queue",
        "configure",
        "--name",
        "Monday",
        "--voicemail",
        "skip",
    ]);
    harness.check("queue/configure/table", &configure).await;
    let configure = of_marie(&[
        "queue",
        "configure",
        "--do-not-disturb",
        "enabled",
        "-o",
        "json",
    ]);
    harness.check("queue/configure/json", &configure).await;
    harness
        .check("queue/configure/nothing", &["queue", "configure"])
        .await;

    let clear = of_marie(&["queue", "clear", "--unassigned"]);
    harness.check("queue/clear/unasked", &clear).await;
    harness
        .check("queue/clear/table", &[&clear[..], &["--yes"]].concat())
        .await;
    let clear = of_marie(&["queue", "clear", "--position", "2", "--yes", "-o", "json"]);
    harness.check("queue/clear/json", &clear).await;
    let clear = of_marie(&["queue", "clear", "--position", "77", "--yes"]);
    harness.check("queue/clear/no_such_position", &clear).await;
    let both = of_marie(&["queue", "clear", "--unassigned", "--number", "+12125550140"]);
    harness.check("queue/clear/conflict", &both).await;

    let reset = of_marie(&["queue", "reset", "--name", "Tuesday"]);
    harness.check("queue/reset/unasked", &reset).await;
    assert_eq!(harness.control().queues_created(), 1);
    harness
        .check("queue/reset/table", &[&reset[..], &["--yes"]].concat())
        .await;
    assert_eq!(harness.control().queues_created(), 2);
    let reset = of_marie(&["queue", "reset", "--yes", "-o", "json"]);
    harness.check("queue/reset/json", &reset).await;
}
