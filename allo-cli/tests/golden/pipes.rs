//! A closed stdout, as with `| head -1`: no panic, no error message, and the work is
//! finished.

use std::io::{BufRead, BufReader, Read};

use super::harness::{Harness, MARIE};

/// Runs the program, reads some lines and closes the pipe. Returns the exit code and
/// stderr.
async fn head(harness: &Harness, arguments: &[&str], lines: usize) -> (Option<i32>, String) {
    let mut command = harness.command(arguments);
    let run = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("the program");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        for _ in 0..lines {
            stdout.read_line(&mut String::new()).expect("a line");
        }
        drop(stdout);
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        (child.wait().expect("an end").code(), said)
    });
    run.await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_is_no_error() {
    let harness = Harness::start().await;
    let quietly = (Some(0), String::new());
    for lines in [0, 1] {
        for format in ["table", "json", "jsonl", "csv"] {
            let calls = ["calls", "--all", "-o", format];
            assert_eq!(head(&harness, &calls, lines).await, quietly, "{format}");
        }
        assert_eq!(head(&harness, &["users"], lines).await, quietly);
        assert_eq!(
            head(&harness, &["completions", "bash"], lines).await,
            quietly
        );
        assert_eq!(head(&harness, &["--help"], lines).await, quietly);
        let watch = ["queue", "watch", "--interval", "1"];
        assert_eq!(head(&harness, &watch, lines).await, quietly);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_is_finished_after_the_pipe_is_closed() {
    let harness = Harness::start().await;
    harness.file("list.csv", "phone\n+12125550151\nnone\n");
    let push = ["queue", "push", "list.csv", "-t", "marie@example.com"];
    let (code, said) = head(&harness, &push, 0).await;
    assert_eq!(code, Some(12));
    assert!(said.starts_with("error: 1 of 2 leads were added"), "{said}");
    let queue = harness.control().queue_of(MARIE).expect("a queue");
    assert_eq!(queue.entries.len(), 1);
    assert!(harness.path("list.rejects.csv").exists());
}
