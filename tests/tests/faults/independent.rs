//! Attacks by an independent server, as many as fit into a test; the binaries `fault_scripts` and `damaged_answers` run
//! many more.

use tests::attacks::{damaged_answers, fault_scripts};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_scripts_of_failures_hear_no_false_word() {
    let counts = fault_scripts::run(0..100).await;
    let counts = counts.unwrap_or_else(|problem| panic!("{problem}"));
    println!("{counts}");
    assert_eq!(counts.of("scripts"), 100);
    for told in [
        "keyed writes: unknown",
        "keyed writes: not executed",
        "keyed writes: executed",
    ] {
        assert!(counts.of(told) > 20, "{told}: {counts}");
    }
    assert!(counts.of("unproven writes: unknown") > 20, "{counts}");
    assert!(counts.of("unknowns settled by their key") > 20, "{counts}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_damaged_answers_deny_no_write() {
    let counts = damaged_answers::run(0, 2_000).await;
    let counts = counts.unwrap_or_else(|problem| panic!("{problem}"));
    println!("{counts}");
    assert_eq!(counts.of("answers damaged"), 2_000);
    for told in [
        "outcome: executed",
        "outcome: unknown",
        "outcome: not executed",
    ] {
        assert!(counts.of(told) > 50, "{told}: {counts}");
    }
}
