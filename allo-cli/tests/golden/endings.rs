//! Pushes that do not finish in one run: `--first`, `--reset` with journals, and batches
//! whose outcome is unknown.

use allo_sandbox::{Fault, FaultPlan, KeySpec};

use super::harness::{CAMILLE, Harness, KEY, MARIE};
use super::push::{many, push, queued};

const THREE: &str = "phone\n+12125550151\n+12125550152\n+12125550153\nnone\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_ones() {
    let harness = Harness::start().await;
    harness.file("three.csv", THREE);
    let first = push(&["three.csv", "--first", "2"]);
    let dry = [&first[..], &["--dry-run"]].concat();
    harness.check("push/first/dry_run", &dry).await;
    harness.check("push/first/table", &first).await;
    let keep = push(&[
        "three.csv",
        "--first",
        "2",
        "--duplicates",
        "keep",
        "-o",
        "csv",
    ]);
    harness.check("push/first/csv", &keep).await;
    assert!(!harness.path("three.rejects.csv").exists());
    let none = push(&["three.csv", "--first", "0"]);
    harness.check("push/first/none", &none).await;
    let batch = push(&["three.csv", "--batch-size", "1001"]);
    harness.check("push/first/batch_size", &batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_room_at_all() {
    let harness = Harness::unlimited().await;
    harness.file("many.csv", &many(1_000));
    let fill = push(&["many.csv", "--duplicates", "keep", "--batch-size", "1000"]);
    assert!(harness.run(&fill).await.status.success());
    harness.file("one.csv", "phone\n+12125550151\n");
    let fits = push(&["one.csv", "--what-fits", "--duplicates", "keep"]);
    harness.check("push/full/no_room", &fits).await;
    let dry = [&fits[..], &["--dry-run"]].concat();
    harness.check("push/full/no_room_dry_run", &dry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_journal_is_reported() {
    let harness = Harness::start().await;
    harness.file("three.csv", THREE);
    let arguments = push(&["three.csv", "--journal", "mine.jsonl"]);
    harness.run(&arguments).await;
    harness.check("push/journal/done", &arguments).await;
    let json = [&arguments[..], &["-o", "json", "-q"]].concat();
    harness.check("push/journal/done_json", &json).await;
    let reset = [&arguments[..], &["--reset", "--yes"]].concat();
    harness.check("push/journal/reset", &reset).await;
    assert_eq!(queued(&harness).len(), 3);
    assert_eq!(harness.control().queues_created(), 2);
}

/// A killed push and the same list with `--reset` are different pushes.
#[tokio::test(flavor = "multi_thread")]
async fn a_push_with_reset_does_not_resume_one_without() {
    let harness = Harness::start().await;
    harness.file("three.csv", THREE);
    let arguments = push(&["three.csv", "--duplicates", "keep"]);
    killed(&harness, &arguments).await;
    let reset = [&arguments[..], &["--reset", "--yes"]].concat();
    assert_eq!(harness.run(&reset).await.status.code(), Some(12));
    assert_eq!(
        (queued(&harness).len(), harness.control().queues_created()),
        (3, 2)
    );
}

/// Starts a push and kills it while its batch is executed.
async fn killed(harness: &Harness, arguments: &[&str]) {
    let hold = harness.control().hold_next("appendDialingQueueNumbers");
    let hold = hold.expect("an operation");
    let mut child = harness.command(arguments).spawn().expect("the program");
    hold.arrived().await;
    child.kill().expect("a process");
    child.wait().expect("an end");
    hold.release();
    // When another command has finished, the service has finished the batch as well.
    harness.run(&["me"]).await;
}

/// A push that cannot be resumed writes the unsent leads to the rejects file.
#[tokio::test(flavor = "multi_thread")]
async fn unsent_leads_of_a_push_without_a_journal() {
    let harness = Harness::start().await;
    harness.file("three.csv", THREE);
    let hold = harness.control().hold_next("appendDialingQueueNumbers");
    let hold = hold.expect("an operation");
    let arguments = push(&["three.csv", "--batch-size", "2", "--no-journal"]);
    let child = harness.command(&arguments).spawn().expect("the program");
    hold.arrived().await;
    harness.control().revoke(KEY);
    hold.release();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = output.await.expect("no panic").expect("an end");
    assert_eq!(output.status.code(), Some(12));
    let left = harness.read("three.rejects.csv");
    assert!(
        left.contains("+12125550153,the push stopped first"),
        "{left}"
    );
}

/// Two keys whose owners push the same list.
#[tokio::test(flavor = "multi_thread")]
async fn another_key_has_another_journal() {
    let mut harness = Harness::start().await;
    harness.file("three.csv", THREE);
    let arguments = ["queue", "push", "three.csv", "-q"];
    killed(&harness, &arguments).await;
    let spec = KeySpec::new(MARIE).value("ak_live_second");
    let key = harness.control().add_key(spec);
    harness.key(Some(&key));
    harness.run(&arguments).await;
    let length = |user| {
        harness
            .control()
            .queue_of(user)
            .map(|queue| queue.entries.len())
    };
    assert_eq!((length(CAMILLE), length(MARIE)), (Some(3), Some(3)));
    let journals = harness.path("home/.local/state/allo/journals");
    let left = std::fs::read_dir(journals).expect("a directory").count();
    assert_eq!(left, 1, "that of the first key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_unknown_outcome() {
    let harness = Harness::start().await;
    harness.file("three.csv", THREE);
    harness.run(&push(&["three.csv"])).await;
    let plan = FaultPlan::new(1).on("appendDialingQueueNumbers");
    let plan = plan.probability(1.0).inject(Fault::ResetAfterExecution);
    harness.control().set_faults(plan).expect("a plan");
    let options = [
        "--duplicates",
        "keep",
        "--batch-size",
        "2",
        "--batch-deadline",
        "1",
    ];
    let known = push(&[&["three.csv"], &options[..]].concat());
    let (said, left) = (
        lost(&harness, &known).await,
        harness.read("three.rejects.csv"),
    );
    assert!(said.contains("run the same command again before"), "{said}");
    assert!(said.contains("allo/journals/"), "{said}");
    assert_eq!(left, "phone,reason\nnone,not a telephone number\n");
    let (said, left) = {
        let forgotten = [&known[..], &["--no-journal"]].concat();
        (
            lost(&harness, &forgotten).await,
            harness.read("three.rejects.2.csv"),
        )
    };
    assert!(
        said.contains("`allo queue show`; unsent leads are in three.rejects.2.csv"),
        "{said}"
    );
    assert!(
        left.contains("+12125550153,the push stopped first"),
        "{left}"
    );
    assert!(!left.contains("+12125550151"), "{left}");
    harness.control().clear_faults();
    let again = push(&["three.csv", "--duplicates", "keep", "--batch-size", "2"]);
    assert_eq!(harness.run(&again).await.status.code(), Some(12));
    let numbers = queued(&harness);
    let twice = ["+12125550151", "+12125550152"];
    let once = ["+12125550151", "+12125550152", "+12125550153"];
    // A push without a journal cannot be resumed; its batch was executed.
    assert_eq!(numbers.len(), once.len() * 2 + twice.len(), "{numbers:?}");
}

/// Runs a push whose outcome is unknown and returns its stderr.
async fn lost(harness: &Harness, arguments: &[&str]) -> String {
    let output = harness.run(arguments).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(11), "{said}");
    assert!(
        said.contains("unknown whether 2 leads reached the queue"),
        "{said}"
    );
    for text in [&said, &shown] {
        assert!(
            !text.contains("idempotency") && !text.contains("outcome()"),
            "{text}"
        );
    }
    said
}

/// A service that is down for long: the outcome of every lead in the batch is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stays_down() {
    let harness = Harness::start().await;
    harness.file("many.csv", &many(100));
    for _ in 0..20 {
        let control = harness.control();
        let headers: [(&str, &str); 0] = [];
        let append = "appendDialingQueueNumbers";
        control
            .respond_once(append, 503, &headers, "")
            .expect("an answer");
    }
    // `--patience` is the former name of `--batch-deadline` and still accepted.
    let options = ["--duplicates", "keep", "--patience", "1"];
    let arguments = push(&[&["many.csv"], &options[..]].concat());
    let output = harness.run(&arguments).await;
    assert_eq!(output.status.code(), Some(11));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows = shown
        .lines()
        .filter(|line| line.ends_with("unknown  may be in the queue"));
    assert_eq!(rows.count(), 100, "{shown}");
    assert!(
        shown.contains("unknown   100; can be resolved until 2"),
        "{shown}"
    );
    let why = "the service answered 503";
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(shown.contains(why) && said.contains(why), "{shown}{said}");
    // Leads that may be in the queue are in no file that could be pushed.
    let files = std::fs::read_dir(harness.path("")).expect("a directory");
    assert_eq!(
        files.count(),
        2,
        "the list and the directory of the journal"
    );
}
