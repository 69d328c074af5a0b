//! A failing or unreachable service, and settings: profiles, regions,
//! colours.

use std::net::TcpListener;
use std::process::Output;

use allo_sandbox::{Fault, FaultPlan};

use super::harness::{Harness, KEY, MARIE};
use super::push::{many, push, queued};

/// The same fault for every request of an operation.
fn always(harness: &Harness, operation: &str, fault: Fault) {
    let plan = FaultPlan::new(1).on(operation).probability(1.0);
    harness
        .control()
        .set_faults(plan.inject(fault))
        .expect("a plan");
}

async fn run(mut command: std::process::Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output().expect("the program"));
    run.await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_fails() {
    let harness = Harness::start().await;
    always(&harness, "listUsers", Fault::Html(502));
    harness.check("errors/service/gateway", &["users"]).await;
    always(&harness, "listUsers", Fault::ErrorEnvelopeIn200);
    harness
        .check("errors/service/undecodable", &["users"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collision() {
    let harness = Harness::start().await;
    let operation = "appendDialingQueueNumbers";
    always(&harness, operation, Fault::AppendConflict);
    let append = ["api", operation, "-t", "marie@example.com", "--body", "-"];
    let body = r#"{"numbers": [{"number": "+12125550142"}]}"#;
    harness
        .check_with("errors/service/conflict", &append, body)
        .await;
    assert!(queued(&harness).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_service() {
    let harness = Harness::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let output = harness.run(&["users", "--base-url", &url]).await;
    assert_eq!(output.status.code(), Some(10));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("next       check the network and --base-url"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_with_unknown_outcome() {
    let harness = Harness::start().await;
    harness.file("one.csv", "phone\n+12125550151\n");
    always(
        &harness,
        "resetCurrentDialingQueue",
        Fault::ResetAfterExecution,
    );
    let reset = [
        "queue",
        "reset",
        "--yes",
        "--idempotency-key",
        "k-1",
        "--json-errors",
    ];
    let output = harness.run(&reset).await;
    assert_eq!(output.status.code(), Some(11));
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(error["error"]["idempotency_key"], "k-1");
    let next = error["error"]["next"].as_str().expect("advice");
    assert!(next.contains("--idempotency-key"), "{next}");
    // A push accepts no idempotency key: its advice is different.
    let output = harness.run(&push(&["one.csv", "--reset", "--yes"])).await;
    assert_eq!(output.status.code(), Some(11));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("run the same command again: nothing was pushed yet"),
        "{said}"
    );
    assert!(!said.contains("idempotency"), "{said}");
    assert!(queued(&harness).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_sets_everything() {
    let mut harness = Harness::start().await;
    harness.key(None);
    let profile = "default_profile = \"work\"\n[profiles.other]\n[profiles.work]\n\
                   api_key_env = \"WORK_KEY\"\nteammate = \"marie@example.com\"\n\
                   region = \"FR\"\noutput = \"csv\"\n";
    harness.file("config.toml", profile);
    harness.file("list.csv", "phone\n01 99 00 01 20\n");
    let arguments = ["queue", "push", "list.csv", "--config", "config.toml"];
    let mut command = harness.command(&arguments);
    command.env("WORK_KEY", KEY);
    let output = run(command).await;
    harness.compare("config/profile", &arguments.join(" "), &output);
    assert_eq!(queued(&harness), ["+33199000120"]);
    let other = [&arguments[..], &["--profile", "other"]].concat();
    let mut command = harness.command(&other);
    command.env("WORK_KEY", KEY);
    assert_eq!(run(command).await.status.code(), Some(3));
    assert_eq!(
        harness.control().queue_of(MARIE).map(|it| it.entries.len()),
        Some(1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn colours() {
    let harness = Harness::start().await;
    let table: [(&[&str], &str, bool); 5] = [
        (&[], "", false),
        (&["--color", "always"], "", true),
        (&["--color", "always"], "1", true),
        (&["--color", "never"], "", false),
        (&["--color", "auto"], "1", false),
    ];
    for (options, no_color, coloured) in table {
        let mut command = harness.command(&[&["queue", "show", "-t", ""], options].concat());
        command.env("NO_COLOR", no_color);
        let output = run(command).await;
        let has_escapes = output.stderr.contains(&0x1b);
        assert_eq!(has_escapes, coloured, "{options:?} NO_COLOR={no_color}");
    }
}

/// The time is computed, not measured: 30 requests, five immediately and five in each following second.
#[tokio::test(flavor = "multi_thread")]
async fn the_least_time_of_a_push() {
    let harness = Harness::start().await;
    harness.file("many.csv", &many(300));
    let arguments = push(&[
        "many.csv",
        "--duplicates",
        "keep",
        "--dry-run",
        "--batch-size",
        "10",
    ]);
    let table = harness.run(&arguments).await;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("to send     300 in 30 requests"), "{table}");
    // And one round trip, which does not depend on the quota.
    assert!(table.contains("time        at least 5."), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_continues_after_a_transient_error() {
    let harness = Harness::start().await;
    let watch = ["queue", "watch", "--interval", "1", "--count", "2"];
    let csv = [&watch[..], &["-o", "csv"]].concat();
    harness.check("queue/watch/csv", &csv).await;
    let plan = FaultPlan::new(1).on("getCurrentDialingQueue").times(1);
    let plan = plan.inject(Fault::DailyQuota);
    harness.control().set_faults(plan).expect("a plan");
    let output = harness.run(&watch).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.starts_with("Refresh failed: ") && said.lines().count() == 1,
        "{said}"
    );
    assert!(
        output.status.success() && shown.contains("none yet"),
        "{shown}"
    );
    harness.control().revoke(KEY);
    harness.check("queue/watch/revoked", &watch).await;
}
