//! Rejects files: never over a list, nor silently over another file; and the summary is
//! printed even if writing them fails.

use super::harness::Harness;

const LIST: &str = "phone\n+12125550151\nnone\n";

fn push<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let rest = ["-t", "marie@example.com", "--duplicates", "keep"];
    [&["queue", "push", "list.csv"], arguments, &rest[..]].concat()
}

async fn with_list() -> Harness {
    let harness = Harness::start().await;
    harness.file("list.csv", LIST);
    harness
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_never_overwritten() {
    let harness = with_list().await;
    std::fs::hard_link(harness.path("list.csv"), harness.path("other.csv")).expect("a link");
    for (name, path) in [("same", "list.csv"), ("linked", "other.csv")] {
        let arguments = push(&["--rejects", path, "--yes"]);
        harness
            .check(&format!("push/rejects/{name}"), &arguments)
            .await;
    }
    let dry = push(&["--rejects", "./list.csv", "--dry-run", "--yes"]);
    harness.check("push/rejects/same_dry_run", &dry).await;
    assert_eq!(harness.read("list.csv"), LIST);
    assert_eq!(harness.control().requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_files_are_not_overwritten() {
    let harness = with_list().await;
    harness.file("list.rejects.csv", "mine");
    harness.check("push/rejects/numbered", &push(&[])).await;
    assert_eq!(harness.read("list.rejects.csv"), "mine");
    let rejects = "phone,reason\nnone,not a telephone number\n";
    assert_eq!(harness.read("list.rejects.2.csv"), rejects);
    harness.run(&push(&[])).await;
    assert!(
        !harness.path("list.rejects.3.csv").exists(),
        "the text is the same"
    );
    let asked = push(&["--rejects", "list.rejects.csv"]);
    harness.check("push/rejects/taken", &asked).await;
    let agreed = [&asked[..], &["--yes"]].concat();
    assert_eq!(harness.run(&agreed).await.status.code(), Some(12));
    assert_eq!(harness.read("list.rejects.csv"), rejects);
    let files = std::fs::read_dir(harness.path("")).expect("a directory");
    let names = files.map(|file| file.expect("a file").file_name());
    let drafts = names.filter(|name| name.to_string_lossy().starts_with(".allo"));
    assert_eq!(drafts.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_at_the_beginning_is_kept() {
    let harness = with_list().await;
    harness.file("list.csv", &format!("\u{feff}{LIST}"));
    harness.run(&push(&[])).await;
    assert!(
        harness
            .read("list.rejects.csv")
            .starts_with("\u{feff}phone,reason\n")
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_written_into() {
    let harness = with_list().await;
    let output = harness.run(&push(&["--rejects", "/dev/null"])).await;
    assert_eq!(output.status.code(), Some(12));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unwritable_rejects_file_is_reported_before_the_push() {
    let harness = with_list().await;
    let nowhere = push(&["--rejects", "none/rejects.csv"]);
    harness.check("push/rejects/nowhere", &nowhere).await;
    assert_eq!(harness.control().requests().len(), 0);
}

/// The directory is removed during the push.
#[tokio::test(flavor = "multi_thread")]
async fn the_summary_is_shown_without_the_rejects_file() {
    let harness = with_list().await;
    std::fs::create_dir(harness.path("out")).expect("a directory");
    let hold = harness.control().hold_next("appendDialingQueueNumbers");
    let hold = hold.expect("an operation");
    let arguments = push(&["--rejects", "out/rejects.csv"]);
    let child = harness.command(&arguments).spawn().expect("the program");
    hold.arrived().await;
    std::fs::remove_dir(harness.path("out")).expect("an empty directory");
    hold.release();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = output.await.expect("no panic").expect("an end");
    harness.compare("push/rejects/lost", &arguments.join(" "), &output);
    std::fs::create_dir(harness.path("out")).expect("a directory");
    harness.check("push/rejects/lost_again", &arguments).await;
    assert!(harness.path("out/rejects.csv").exists());
}
