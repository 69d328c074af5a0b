//! `allo queue push`: lists of every form, what is told of them, and files of rejects.

use super::scene::{CAMILLE, MARIE, Scene};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/leads.csv");
const TO_MARIE: [&str; 2] = ["-t", "marie@example.com"];

pub(crate) fn push<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["queue", "push"], arguments, &TO_MARIE[..]].concat()
}

pub(crate) fn queued(scene: &Scene) -> Vec<String> {
    let queue = scene.control().queue_of(MARIE);
    let entries = queue.map(|queue| queue.entries).unwrap_or_default();
    entries.into_iter().map(|entry| entry.number_to).collect()
}

/// A scene with the example in its directory, so that no path is shown.
async fn with_example() -> Scene {
    let scene = Scene::start().await;
    std::fs::copy(EXAMPLE, scene.path("leads.csv")).expect("the example");
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example() {
    let scene = with_example().await;
    scene
        .check("push/example/table", &push(&["leads.csv"]))
        .await;
    scene
        .check("push/example/again", &push(&["leads.csv"]))
        .await;
    let scene = with_example().await;
    scene
        .check("push/example/json", &push(&["leads.csv", "-o", "json"]))
        .await;
    let scene = with_example().await;
    scene
        .check(
            "push/example/csv",
            &push(&["leads.csv", "-o", "csv", "--quiet"]),
        )
        .await;
    let mut scene = with_example().await;
    scene.key(None);
    scene
        .check("push/example/sandbox", &push(&["leads.csv", "--sandbox"]))
        .await;
    assert_eq!(scene.control().requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_are_mended_and_pushed() {
    let scene = with_example().await;
    scene.run(&push(&["leads.csv", "--region", "US"])).await;
    let rejects = scene.read("leads.rejects.csv");
    assert_eq!(rejects.lines().count(), 6, "{rejects}");
    assert!(rejects.contains("call the office,lena@example.com,Voss Labs,,,,"));
    assert!(rejects.contains("this is not a telephone number"));
    let mended = rejects.replace("call the office", "+1 212 555 0150");
    scene.file("leads.rejects.csv", &mended);
    let before = queued(&scene).len();
    scene
        .check("push/mended", &push(&["leads.rejects.csv"]))
        .await;
    assert_eq!(queued(&scene).len(), before + 1);
    let again = scene.read("leads.rejects.rejects.csv");
    let header = again.lines().next().expect("a header");
    assert_eq!(header.matches("reason").count(), 1, "{header}");
    assert_eq!(again.lines().count(), 5, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_list() {
    let scene = Scene::start().await;
    let french = "\u{feff}Prénom;Nom;N° de téléphone;Société\r\nLuc;Moreau;01 99 00 01 20;\"Cycles; vélos\"\r\n";
    scene.file("export.csv", french);
    scene
        .check(
            "push/forms/french",
            &push(&["export.csv", "--region", "fr"]),
        )
        .await;
    scene.file("list.tsv", "Phone\tName\n+12125550151\tAnn\n");
    scene.check("push/forms/tsv", &push(&["list.tsv"])).await;
    let lines = "{\"phone\": \"+12125550152\", \"name\": \"Bo\"}\n{\"phone\": \"none\"}\n";
    scene.file("list.jsonl", lines);
    scene
        .check("push/forms/jsonl", &push(&["list.jsonl"]))
        .await;
    assert_eq!(
        scene.read("list.rejects.jsonl"),
        "{\"phone\":\"none\",\"reason\":\"this is not a telephone number\"}\n"
    );
    let stdin = "Telefon,Who\n+12125550153,Cy\n";
    let mapped = push(&["-", "--map", "telefon=number", "--map", "Who=-"]);
    scene.check_with("push/forms/stdin", &mapped, stdin).await;
    assert_eq!(
        queued(&scene),
        [
            "+33199000120",
            "+12125550151",
            "+12125550152",
            "+12125550153"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already() {
    let scene = Scene::start().await;
    scene.file("one.csv", "phone\n+12125550151\n");
    scene.file(
        "two.csv",
        "phone\n+1 212 555 0151\n+12125550152\n+12125550152\n",
    );
    assert!(scene.run(&push(&["one.csv"])).await.status.success());
    scene
        .check("push/duplicates/drop", &push(&["two.csv"]))
        .await;
    scene
        .run(&push(&["two.csv", "--duplicates", "drop-in-list"]))
        .await;
    scene.run(&push(&["two.csv", "--duplicates", "keep"])).await;
    assert_eq!(queued(&scene).len(), 2 + 2 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run() {
    let scene = with_example().await;
    let arguments = push(&["leads.csv", "--dry-run", "--rejects", "bad.csv"]);
    scene.check("push/dry_run/table", &arguments).await;
    assert_eq!(scene.read("bad.csv").lines().count(), 8);
    let arguments = push(&["leads.csv", "--dry-run", "--region", "US", "-o", "json"]);
    scene.check("push/dry_run/json", &arguments).await;
    assert!(!scene.path("leads.rejects.csv").exists());
    scene.file("many.csv", &many(1_002));
    let arguments = push(&["many.csv", "--dry-run", "--duplicates", "keep"]);
    scene.check("push/dry_run/too_many", &arguments).await;
    let fits = [&arguments[..], &["--what-fits"]].concat();
    scene.check("push/dry_run/what_fits", &fits).await;
    assert_eq!(scene.control().queues_created(), 0);
}

/// A list of that many leads, of a hundred numbers.
pub(crate) fn many(count: usize) -> String {
    let lines = (0..count).map(|lead| format!("+121255501{:02}\n", lead % 100));
    std::iter::once("phone\n".to_owned()).chain(lines).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue() {
    let scene = Scene::without_quotas().await;
    std::fs::copy(EXAMPLE, scene.path("leads.csv")).expect("the example");
    scene.file("many.csv", &many(995));
    let fill = push(&["many.csv", "--duplicates", "keep", "--batch-size", "1000"]);
    assert!(scene.run(&fill).await.status.success());
    let keep = push(&["leads.csv", "--duplicates", "keep"]);
    scene.check("push/full/stopped", &keep).await;
    assert_eq!(queued(&scene).len(), 1_000);
    let errors = [&keep[..], &["--json-errors"]].concat();
    scene.check("push/full/json_errors", &errors).await;
    scene
        .run(&[
            "queue",
            "clear",
            "--position",
            "999",
            "--yes",
            "-t",
            "marie@example.com",
        ])
        .await;
    let fits = [&keep[..], &["--what-fits", "--no-journal"]].concat();
    scene.check("push/full/what_fits", &fits).await;
    assert_eq!(queued(&scene).len(), 1_000);
    scene
        .check(
            "push/full/full",
            &push(&["leads.csv", "--duplicates", "keep"]),
        )
        .await;
}

/// Starts a push of 300 leads in three batches and returns when the second is there.
async fn second_batch(scene: &Scene) -> (std::process::Child, allo_sandbox::Hold) {
    scene.file("many.csv", &many(300));
    let hold = || {
        scene
            .control()
            .hold_next("appendDialingQueueNumbers")
            .expect("an operation")
    };
    let (first, second) = (hold(), hold());
    let child = scene
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
async fn a_killed_push_is_gone_on_with() {
    let scene = Scene::start().await;
    let (mut child, hold) = second_batch(&scene).await;
    child.kill().expect("a process");
    child.wait().expect("an end");
    hold.release();
    scene.check("push/killed/again", &push(&PUSH_300)).await;
    let expected: Vec<_> = many(300).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(queued(&scene), expected);
    let journals = scene.path("home/.local/state/allo/journals");
    let left = std::fs::read_dir(journals).expect("a directory").count();
    assert_eq!(left, 0, "a finished push leaves no journal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_stops_says_how_to_go_on() {
    let mut scene = Scene::start().await;
    let (child, hold) = second_batch(&scene).await;
    scene.control().revoke(super::scene::KEY);
    hold.release();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = output.await.expect("no panic").expect("an end");
    scene.compare("push/stopped/table", "queue push many.csv", &output);
    assert_eq!(queued(&scene).len(), 200);
    let spec = allo_sandbox::KeySpec::new(CAMILLE).value("ak_live_second");
    let key = scene.control().add_key(spec);
    scene.key(Some(&key));
    scene.check("push/stopped/again", &push(&PUSH_300)).await;
    assert_eq!(queued(&scene).len(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_queue_first() {
    let scene = with_example().await;
    scene.run(&push(&["leads.csv"])).await;
    scene
        .check("push/reset/unasked", &push(&["leads.csv", "--reset"]))
        .await;
    assert_eq!(scene.control().queues_created(), 1);
    scene
        .check(
            "push/reset/table",
            &push(&["leads.csv", "--reset", "--yes"]),
        )
        .await;
    assert_eq!(scene.control().queues_created(), 2);
}
