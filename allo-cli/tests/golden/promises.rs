//! Regression tests: options are not ignored, lists lose nothing, and terms are used
//! consistently.

use serde_json::Value;

use super::harness::{Harness, MARIE};
use super::push::{many, push, queued};
use super::queue::at_work;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_teammate_option_is_not_ignored() {
    let harness = Harness::start().await;
    let marie = ["-t", "marie@example.com"];
    let commands: [&[&str]; 9] = [
        &["users"],
        &["me"],
        &["numbers"],
        &["tags"],
        &["conversations", "list", "+12125550100"],
        &["explain"],
        &["logout"],
        &["api"],
        &["api", "listUsers"],
    ];
    for command in commands {
        let output = harness.run(&[command, &marie[..]].concat()).await;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?} {said}");
        assert!(
            said.contains("--teammate does not apply to this command"),
            "{said}"
        );
    }
    let calls = [&["calls"], &marie[..]].concat();
    harness.check("errors/teammate/elsewhere", &calls).await;
    assert_eq!(harness.control().requests().len(), 0);
    // The teammate of a profile applies to the commands that take one.
    harness.file(
        "c.toml",
        "[profiles.default]\nteammate = \"marie@example.com\"\n",
    );
    let users = ["users", "--config", "c.toml"];
    assert!(harness.run(&users).await.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_teammate() {
    let harness = at_work().await;
    let by_id = harness.run(&["calls", "--user", MARIE, "-o", "csv"]).await;
    let calls = text(&by_id.stdout);
    assert!(calls.lines().count() > 3, "{calls}");
    for who in ["marie@example.com", "MARIE@example.com", "marie dupont"] {
        let output = harness.run(&["calls", "--user", who, "-o", "csv"]).await;
        assert_eq!(text(&output.stdout), calls, "{who}");
    }
    let search = [
        "conversations",
        "search",
        "posters",
        "--user",
        "marie@example.com",
    ];
    assert!(harness.run(&search).await.status.success());
    let cases = [
        ("address", "nobody@example.com"),
        ("name", "Alex Martin"),
        ("me", "me"),
    ];
    for (name, who) in cases {
        let calls = ["calls", "--user", who];
        harness.check(&format!("errors/user/{name}"), &calls).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_seen_at_80_columns() {
    let mut harness = Harness::start().await;
    harness.columns(80);
    harness.check("widths/users_80", &["users"]).await;
    let table = text(&harness.run(&["users"]).await.stdout);
    let ids = harness.control().users();
    let ids = ids.iter().filter(|user| user.name != "Ana Silva");
    assert!(ids.clone().count() > 3);
    for user in ids {
        assert!(table.contains(&user.id), "{table}");
    }
}

/// A table breaks no word; long values are in a line of their own.
#[tokio::test(flavor = "multi_thread")]
async fn no_word_is_broken_at_40_columns() {
    let mut harness = at_work().await;
    harness.columns(40);
    let calls = ["calls", "--limit", "2"];
    harness.check("widths/calls_40", &calls).await;
    let table = text(&harness.run(&calls).await.stdout);
    for word in ["OUTBOUND", "+12125550142", "VOICEMAIL", "SECONDS"] {
        assert!(table.contains(word), "{word}:\n{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_a_header() {
    let harness = Harness::start().await;
    harness.file("bare.csv", "+12125550151,Ann\n+12125550152,Bo\nnone,Cy\n");
    let bare = push(&["bare.csv", "--map", "1=number"]);
    harness.check("push/bare/table", &bare).await;
    assert_eq!(queued(&harness), ["+12125550151", "+12125550152"]);
    assert_eq!(
        harness.read("bare.rejects.csv"),
        "number,column 2,reason\nnone,Cy,not a telephone number\n"
    );
    harness
        .check("push/bare/unmapped", &push(&["bare.csv"]))
        .await;
    let beyond = push(&["bare.csv", "--map", "3=number"]);
    harness.check("push/bare/beyond", &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_column() {
    let harness = Harness::start().await;
    harness.file("phones.csv", "Phone,Mobile\n+12125550151,+12125550152\n");
    let misspelt = push(&["phones.csv", "--map", "Phon=number"]);
    harness.check("errors/list/misspelt", &misspelt).await;
    let line = "{\"Phone\": \"+12125550151\", \"Mobile\": \"+12125550152\"}\n";
    harness.file("phones.jsonl", line);
    let misspelt = push(&["phones.jsonl", "--map", "Phon=number"]);
    let said = text(&harness.run(&misspelt).await.stderr);
    assert!(said.contains("unknown column: Phon"), "{said}");
    assert_eq!(harness.control().requests().len(), 0);
}

/// With --json-errors, stderr has a JSON line whenever the exit code is not 0.
#[tokio::test(flavor = "multi_thread")]
async fn every_failure_prints_a_line_of_json() {
    let harness = Harness::start().await;
    harness.file("bad.csv", "phone\nnone\n");
    harness.file("some.csv", "phone\n+12125550151\nnone\n");
    let cases: [(&[&str], i32); 5] = [
        (&["bad.csv", "--dry-run"], 5),
        (&["bad.csv"], 5),
        (&["some.csv", "--dry-run"], 12),
        (&["some.csv"], 12),
        (&["some.csv", "--dry-run", "--quiet"], 5),
    ];
    for (arguments, code) in cases {
        let output = harness
            .run(&[&push(arguments)[..], &["--json-errors"]].concat())
            .await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let said: Value = serde_json::from_slice(&output.stderr).expect("a line of JSON");
        assert_eq!(said["error"]["exit_code"], code, "{said}");
    }
    let json = push(&["some.csv", "--duplicates", "keep", "--json-errors"]);
    harness.check("push/partial/json", &json).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_allo_can_be_pushed() {
    let harness = at_work().await;
    let show = ["queue", "show", "-t", "marie@example.com", "-q", "-o"];
    let numbers = queued(&harness);
    for (format, file) in [("csv", "queue.csv"), ("jsonl", "queue.jsonl")] {
        let output = harness.run(&[&show[..], &[format]].concat()).await;
        harness.file(file, &text(&output.stdout));
        let to_camille = ["queue", "push", file, "--reset", "--yes"];
        let output = harness.run(&to_camille).await;
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "", "{file}");
        let queue = harness
            .control()
            .queue_of(super::harness::CAMILLE)
            .expect("a queue");
        let copied: Vec<_> = queue.entries.iter().map(|entry| &entry.number_to).collect();
        assert_eq!(copied, numbers.iter().collect::<Vec<_>>(), "{file}");
        let contacts = queue.entries.iter().all(|entry| entry.contact.is_empty());
        assert!(contacts, "a position is no job title");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_a_push_can_be_pushed() {
    let harness = Harness::start().await;
    let list = "phone,name,title,email 1,email 2,address,company\n\
                +1-212-555-0151,=1+1,Owner,a@example.com,b@example.com,1 Main St,'t Hof\n\
                none,,,,,,\n";
    harness.file("list.csv", list);
    for format in ["csv", "jsonl"] {
        let file = format!("out.{format}");
        let keep = [
            "--duplicates",
            "keep",
            "--rejects",
            "bad.csv",
            "--yes",
            "-q",
        ];
        let first = push(&[&["list.csv", "-o", format], &keep[..]].concat());
        harness.file(&file, &text(&harness.run(&first).await.stdout));
        let again = [&["queue", "push", &file, "--reset"], &keep[..]].concat();
        assert_eq!(
            harness.run(&again).await.status.code(),
            Some(12),
            "{format}"
        );
        let entry = |user| {
            let queue = harness.control().queue_of(user).expect("a queue");
            let entry = queue.entries.last().expect("an entry");
            (
                queue.entries.len(),
                entry.number_to.clone(),
                entry.contact.clone(),
            )
        };
        let (marie, camille) = (entry(MARIE), entry(super::harness::CAMILLE));
        assert_eq!((&marie.1, &marie.2), (&camille.1, &camille.2), "{format}");
        assert_eq!(camille.0, 1);
        assert!(marie.2.len() >= 5, "{:?}", marie.2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ignored_silently() {
    let harness = Harness::start().await;
    harness.file("long.csv", "phone,name\n+12125550151,Dupont, Marie\n");
    harness
        .check("push/remarks/surplus", &push(&["long.csv"]))
        .await;
    let lines = "{\"phone\": \"+12125550152\", \"colour\": \"red\"}\n";
    harness.file("keys.jsonl", lines);
    harness
        .check("push/remarks/keys", &push(&["keys.jsonl"]))
        .await;
    harness.file("head.csv", "phone,name\n");
    harness
        .check("push/remarks/header_only", &push(&["head.csv"]))
        .await;
    let dry = push(&["head.csv", "--dry-run"]);
    let said = text(&harness.run(&dry).await.stderr);
    assert_eq!(said, "The list has no leads.\n");
}

/// The first command of the README runs in a checkout and does not change it.
#[tokio::test(flavor = "multi_thread")]
async fn a_push_to_the_sandbox_writes_no_file() {
    let harness = Harness::start().await;
    harness.file("some.csv", "phone\n+12125550151\nnone\n");
    let sandbox = ["queue", "push", "some.csv", "--sandbox"];
    assert_eq!(
        harness.run_in_sandbox(&sandbox).await.status.code(),
        Some(12)
    );
    let files = std::fs::read_dir(harness.path("")).expect("a directory");
    assert_eq!(files.count(), 1);
    let asked = [&sandbox[..], &["--rejects", "bad.csv"]].concat();
    assert_eq!(harness.run_in_sandbox(&asked).await.status.code(), Some(12));
    assert!(harness.read("bad.csv").contains("none,not a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_country_code_is_corrected() {
    let harness = Harness::start().await;
    harness.file("one.csv", "phone\n+12125550151\n");
    let uk = push(&["one.csv", "--region", "UK"]);
    harness.check("errors/list/region_uk", &uk).await;
}

/// The dry run predicts what the push does.
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_that_exceeds_the_capacity() {
    let harness = Harness::start().await;
    harness.file("many.csv", &many(5_000));
    let whole = push(&["many.csv", "--duplicates", "keep", "-o", "json"]);
    let plan = harness.run(&[&whole[..], &["--dry-run"]].concat()).await;
    assert_eq!(plan.status.code(), Some(0));
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("JSON");
    assert_eq!(
        (&plan["to_send"], &plan["batches"]),
        (&5_000.into(), &50.into())
    );
    let named = [&whole[..], &["--capacity", "1000"]].concat();
    for (more, sent, code) in [(&[][..], 0, 8), (&["--what-fits"], 1_000, 12)] {
        let named = [&named[..], more].concat();
        let dry = harness.run(&[&named[..], &["--dry-run"]].concat()).await;
        assert_eq!(dry.status.code(), Some(code), "{more:?}");
        let dry: Value = serde_json::from_slice(&dry.stdout).expect("JSON");
        assert_eq!(dry["to_send"], sent, "{more:?}");
        assert_eq!(
            harness.run(&named).await.status.code(),
            Some(code),
            "{more:?}"
        );
        assert_eq!(queued(&harness).len(), sent, "{more:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_a_reset() {
    let harness = at_work().await;
    let queues = harness.control().queues_created();
    let dry = push(&["five.csv", "--reset", "--dry-run"]);
    harness.check("push/dry_run/reset", &dry).await;
    assert_eq!(harness.control().queues_created(), queues);
    assert_eq!(queued(&harness).len(), 5);
}
