//! `allo queue push`: lists in every format, warnings, and rejects files.

use super::harness::{CAMILLE, Harness, MARIE};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/leads.csv");
const TO_MARIE: [&str; 2] = ["-t", "marie@example.com"];

pub(crate) fn push<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["queue", "push"], arguments, &TO_MARIE[..]].concat()
}

pub(crate) fn queued(harness: &Harness) -> Vec<String> {
    let queue = harness.control().queue_of(MARIE);
    let entries = queue.map(|queue| queue.entries).unwrap_or_default();
    entries.into_iter().map(|entry| entry.number_to).collect()
}

/// A harness with the example list in its directory, so that no path is shown.
async fn with_example() -> Harness {
    example_in(Harness::start().await)
}

fn example_in(harness: Harness) -> Harness {
    std::fs::copy(EXAMPLE, harness.path("leads.csv")).expect("the example");
    harness
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example() {
    let harness = with_example().await;
    harness
        .check("push/example/table", &push(&["leads.csv"]))
        .await;
    harness
        .check("push/example/again", &push(&["leads.csv"]))
        .await;
    let harness = with_example().await;
    harness
        .check("push/example/json", &push(&["leads.csv", "-o", "json"]))
        .await;
    let harness = with_example().await;
    harness
        .check(
            "push/example/csv",
            &push(&["leads.csv", "-o", "csv", "--quiet"]),
        )
        .await;
    let mut harness = with_example().await;
    harness.key(None);
    harness
        .check("push/example/sandbox", &push(&["leads.csv", "--sandbox"]))
        .await;
    assert_eq!(harness.control().requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_are_fixed_and_pushed() {
    let harness = with_example().await;
    harness.run(&push(&["leads.csv", "--region", "US"])).await;
    let rejects = harness.read("leads.rejects.csv");
    assert_eq!(rejects.lines().count(), 6, "{rejects}");
    assert!(rejects.contains("call the office,lena@example.com,Voss Labs,,,,"));
    assert!(rejects.contains("not a telephone number"));
    let mended = rejects.replace("call the office", "+1 212 555 0150");
    harness.file("leads.rejects.csv", &mended);
    let before = queued(&harness).len();
    harness
        .check("push/mended", &push(&["leads.rejects.csv"]))
        .await;
    assert_eq!(queued(&harness).len(), before + 1);
    let again = harness.read("leads.rejects.rejects.csv");
    let header = again.lines().next().expect("a header");
    assert_eq!(header.matches("reason").count(), 1, "{header}");
    assert_eq!(again.lines().count(), 5, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_list() {
    let harness = Harness::start().await;
    let french = "\u{feff}Prénom;Nom;N° de téléphone;Société\r\nLuc;Moreau;01 99 00 01 20;\"Cycles; vélos\"\r\n";
    harness.file("export.csv", french);
    harness
        .check(
            "push/forms/french",
            &push(&["export.csv", "--region", "fr"]),
        )
        .await;
    harness.file("list.tsv", "Phone\tName\n+12125550151\tAnn\n");
    harness.check("push/forms/tsv", &push(&["list.tsv"])).await;
    let lines = "{\"phone\": \"+12125550152\", \"name\": \"Bo\"}\n{\"phone\": \"none\"}\n";
    harness.file("list.jsonl", lines);
    harness
        .check("push/forms/jsonl", &push(&["list.jsonl"]))
        .await;
    assert_eq!(
        harness.read("list.rejects.jsonl"),
        "{\"phone\":\"none\",\"reason\":\"not a telephone number\"}\n"
    );
    let stdin = "Telefon,Who\n+12125550153,Cy\n";
    let mapped = push(&["-", "--map", "telefon=number", "--map", "Who=-"]);
    harness.check_with("push/forms/stdin", &mapped, stdin).await;
    assert_eq!(
        queued(&harness),
        [
            "+33199000120",
            "+12125550151",
            "+12125550152",
            "+12125550153"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_rejects_file() {
    let harness = Harness::start().await;
    harness.file("one.csv", "phone\n+12125550151\n");
    harness.file(
        "two.csv",
        "phone\n+1 212 555 0151\n+12125550152\n+12125550152\n",
    );
    assert!(harness.run(&push(&["one.csv"])).await.status.success());
    harness
        .check("push/duplicates/drop", &push(&["two.csv"]))
        .await;
    harness
        .run(&push(&["two.csv", "--duplicates", "drop-in-list"]))
        .await;
    harness
        .run(&push(&["two.csv", "--duplicates", "keep"]))
        .await;
    assert_eq!(queued(&harness).len(), 2 + 2 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run() {
    let harness = with_example().await;
    let arguments = push(&["leads.csv", "--dry-run", "--rejects", "bad.csv"]);
    harness.check("push/dry_run/table", &arguments).await;
    assert_eq!(harness.read("bad.csv").lines().count(), 8);
    let arguments = push(&["leads.csv", "--dry-run", "--region", "US", "-o", "json"]);
    harness.check("push/dry_run/json", &arguments).await;
    assert!(!harness.path("leads.rejects.csv").exists());
    harness.file("many.csv", &many(1_002));
    let arguments = push(&["many.csv", "--dry-run", "--duplicates", "keep"]);
    harness.check("push/dry_run/many", &arguments).await;
    let arguments = [&arguments[..], &["--capacity", "1000"]].concat();
    harness.check("push/dry_run/too_many", &arguments).await;
    let fits = [&arguments[..], &["--what-fits"]].concat();
    harness.check("push/dry_run/what_fits", &fits).await;
    assert_eq!(harness.control().queues_created(), 0);
}

/// A list of that many leads with a hundred different numbers.
pub(crate) fn many(count: usize) -> String {
    let lines = (0..count).map(|lead| format!("+121255501{:02}\n", lead % 100));
    std::iter::once("phone\n".to_owned()).chain(lines).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue() {
    let harness = example_in(Harness::unlimited().await);
    harness.file("many.csv", &many(995));
    let fill = push(&["many.csv", "--duplicates", "keep", "--batch-size", "1000"]);
    assert!(harness.run(&fill).await.status.success());
    let keep = push(&["leads.csv", "--duplicates", "keep"]);
    let named = [&keep[..], &["--capacity", "1000"]].concat();
    harness.check("push/full/refused", &named).await;
    let dry = [&named[..], &["--dry-run"]].concat();
    harness.check("push/full/refused_dry_run", &dry).await;
    let errors = [&named[..], &["--json-errors"]].concat();
    harness.check("push/full/json_errors", &errors).await;
    assert_eq!(queued(&harness).len(), 995);
    let fits = [&named[..], &["--what-fits"]].concat();
    harness.check("push/full/what_fits", &fits).await;
    assert_eq!(queued(&harness).len(), 1_000);
    harness
        .check(
            "push/full/full",
            &push(&["leads.csv", "--duplicates", "keep"]),
        )
        .await;
}

/// The service knows the capacity: leads are sent until the queue is full, and the same
/// command resumes once there is room.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_becomes_full() {
    let harness = example_in(Harness::unlimited().await);
    harness.file("many.csv", &many(995));
    let fill = push(&["many.csv", "--duplicates", "keep", "--batch-size", "1000"]);
    assert!(harness.run(&fill).await.status.success());
    let keep = push(&["leads.csv", "--duplicates", "keep"]);
    harness.check("push/full/becomes_full", &keep).await;
    assert_eq!(queued(&harness).len(), 1_000);
    let clear = ["queue", "clear", "--position", "0", "--yes"];
    let clear = [&clear[..], &["-t", "marie@example.com"]].concat();
    assert!(harness.run(&clear).await.status.success());
    let output = harness.run(&keep).await;
    assert_eq!(output.status.code(), Some(12));
    let numbers = queued(&harness);
    assert_eq!(numbers.len(), 1_000);
    assert_eq!(numbers.last().map(String::as_str), Some("+33199000131"));
}

/// Starts a push of 300 leads in three batches and returns when the second is in progress.
async fn second_batch(harness: &Harness) -> (std::process::Child, allo_sandbox::Hold) {
    harness.file("many.csv", &many(300));
    let hold = || {
        harness
            .control()
            .hold_next("appendDialingQueueNumbers")
            .expect("an operation")
    };
    let (first, second) = (hold(), hold());
    let child = harness
        .command(&push(&PUSH_300))
        .spawn()
        .expect("the program");
    first.arrived().await;
    first.release();
    second.arrived().await;
    (child, second)
}

const PUSH_300: [&str; 3] = ["many.csv", "--duplicates", "keep"];

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_push_is_resumed() {
    let harness = Harness::start().await;
    let (mut child, hold) = second_batch(&harness).await;
    child.kill().expect("a process");
    child.wait().expect("an end");
    hold.release();
    harness.check("push/killed/again", &push(&PUSH_300)).await;
    let expected: Vec<_> = many(300).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(queued(&harness), expected);
    let journals = harness.path("home/.local/state/allo/journals");
    let left = std::fs::read_dir(journals).expect("a directory").count();
    assert_eq!(left, 0, "a finished push leaves no journal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_push_says_how_to_resume() {
    let mut harness = Harness::start().await;
    let (child, hold) = second_batch(&harness).await;
    harness.control().revoke(super::harness::KEY);
    hold.release();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = output.await.expect("no panic").expect("an end");
    harness.compare("push/stopped/table", "queue push many.csv", &output);
    assert_eq!(queued(&harness).len(), 200);
    let spec = allo_sandbox::KeySpec::new(CAMILLE).value("ak_live_second");
    let key = harness.control().add_key(spec);
    harness.key(Some(&key));
    harness.check("push/stopped/again", &push(&PUSH_300)).await;
    assert_eq!(queued(&harness).len(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_with_reset() {
    let harness = with_example().await;
    harness.run(&push(&["leads.csv"])).await;
    harness
        .check("push/reset/unasked", &push(&["leads.csv", "--reset"]))
        .await;
    assert_eq!(harness.control().queues_created(), 1);
    harness
        .check(
            "push/reset/table",
            &push(&["leads.csv", "--reset", "--yes"]),
        )
        .await;
    assert_eq!(harness.control().queues_created(), 2);
}
