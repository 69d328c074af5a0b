//! Untrusted text from the service, a list or a file name neither controls the terminal,
//! nor hides in it, nor becomes a formula in a spreadsheet. The texts are generated from a
//! seed; `ALLO_HOSTILE_RUNS` sets the number of responses made of them (default 3). Each is
//! shown in every format, and `--nocapture` prints how many there were.

use std::process::Output;

use serde_json::{Map, Value, json};

use super::harness::Harness;
use super::push::push;

/// Pieces that have an effect when printed unescaped, and ordinary pieces to mix with.
#[rustfmt::skip]
const PIECES: [&str; 38] = [
    "\u{1b}[2J", "\u{1b}]0;x\u{7}", "\u{1b}]8;;http://example.com\u{1b}\\", "\u{9b}31m", "\u{9d}0;x\u{9c}", "\u{85}",
    "\u{202e}", "\u{2066}", "\u{200f}", "\u{61c}", "\u{200b}", "\u{200d}", "\u{feff}", "\u{e0041}", "\u{2028}",
    "\u{ad}", "\u{2060}", "\u{3164}", "\r", "\n", "\t", "\u{8}", "\0", "\u{7f}", "\"", "'", ";", ",", "=1+1", "+", "-",
    "@", "＝", " ", "é", "\u{1f469}", "=HYPERLINK(\"http://example.com\")", "+12125550101",
];
/// The number of texts in one response.
const ENTRIES: usize = 25;

fn runs() -> u64 {
    let runs = std::env::var("ALLO_HOSTILE_RUNS");
    runs.map_or(3, |runs| runs.parse().expect("a number"))
}

/// A text of one to six pieces.
fn text(dice: &mut fastrand::Rng) -> String {
    let pieces = 1 + dice.usize(..6);
    (0..pieces).filter_map(|_| dice.choice(PIECES)).collect()
}

/// Whether a character must not reach a terminal.
fn acts(c: char) -> bool {
    let ranges = [
        ('\0', '\u{1f}'),
        ('\u{7f}', '\u{9f}'),
        ('\u{ad}', '\u{ad}'),
        ('\u{61c}', '\u{61c}'),
        ('\u{200b}', '\u{200b}'),
        ('\u{200e}', '\u{200f}'),
        ('\u{2028}', '\u{202e}'),
        ('\u{2060}', '\u{2069}'),
        ('\u{3164}', '\u{3164}'),
        ('\u{feff}', '\u{feff}'),
        ('\u{e0000}', '\u{e007f}'),
    ];
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&c))
}

/// A joiner is valid between non-ASCII characters.
fn hides(text: &str) -> bool {
    let beside = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && c != '\u{200d}');
    let places = text.char_indices().filter(|(_, c)| *c == '\u{200d}');
    places.into_iter().any(|(at, c)| {
        let after = text[at + c.len_utf8()..].chars().next();
        !(beside(text[..at].chars().next_back()) && beside(after))
    })
}

fn assert_safe(what: &str, bytes: &[u8], also: &[char]) {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let bad = text
        .chars()
        .find(|c| acts(*c) && *c != '\n' && !also.contains(c));
    assert_eq!(bad, None, "{what}: {text:?}");
    assert!(!hides(&text), "{what}: {text:?}");
}

/// Whether a spreadsheet evaluates a cell: it begins like a formula and is not the number it
/// looks like.
fn is_calculated(cell: &str) -> bool {
    let begin = cell.trim_start_matches([' ', '\n']);
    let number = begin.strip_prefix(['+', '-']).unwrap_or("-");
    let is_number = number.chars().all(|c| c.is_ascii_digit() || c == ' ')
        && number.starts_with(|c: char| c.is_ascii_digit());
    begin.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']) && !is_number
}

fn cells(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Prints how many texts were shown.
fn count(what: &str, each: usize) {
    let runs = usize::try_from(runs()).expect("few");
    println!("{what}: {} texts, each in 4 formats", runs * each);
}

/// Runs a command once per format, after `prepare`, and checks its output.
async fn every_format(harness: &Harness, arguments: &[&str], prepare: impl Fn()) -> Vec<Output> {
    let mut outputs = Vec::new();
    for format in ["table", "csv", "json", "jsonl"] {
        prepare();
        let arguments = [arguments, &["-o", format]].concat();
        let output = harness.run(&arguments).await;
        let tab: &[char] = if format == "csv" { &['\t'] } else { &[] };
        assert_safe(&arguments.join(" "), &output.stdout, tab);
        assert_safe(&arguments.join(" "), &output.stderr, &[]);
        if format == "csv" {
            let cells = cells(&output.stdout);
            let bad = cells.iter().find(|cell| is_calculated(cell));
            assert_eq!(bad, None, "{arguments:?}");
        }
        outputs.push(output);
    }
    outputs
}

/// Scripted responses for the next request of an operation.
fn answer(harness: &Harness, operation: &str, status: u16, body: &Value) {
    let headers = [("content-type", "application/json")];
    let control = harness.control();
    control
        .respond_once(operation, status, &headers, body.to_string())
        .expect("an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_the_service() {
    let harness = Harness::start().await;
    for seed in 0..runs() {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut user = |id: usize| {
            json!({
                "id": format!("usr-{id}"), "name": text(&mut dice), "email": text(&mut dice),
                "role": text(&mut dice), "status": text(&mut dice), "image_url": null,
            })
        };
        let users: Vec<_> = (0..ENTRIES).map(&mut user).collect();
        let prepare = || answer(&harness, "listUsers", 200, &json!({ "data": users }));
        let outputs = every_format(&harness, &["users"], prepare).await;
        let shown: Vec<Value> = serde_json::from_slice(&outputs[2].stdout).expect("JSON");
        let exact = shown
            .iter()
            .zip(&users)
            .all(|(shown, user)| shown["name"] == user["name"]);
        assert!(exact && shown.len() == users.len(), "seed {seed}");
        assert_eq!(
            cells(&outputs[1].stdout).len(),
            (1 + ENTRIES) * 5,
            "seed {seed}"
        );
    }
    count("lists of the service", ENTRIES * 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_properties() {
    let harness = Harness::start().await;
    for seed in 0..runs() {
        let mut dice = fastrand::Rng::with_seed(seed);
        let user: Map<String, Value> = (0..ENTRIES)
            .map(|_| (text(&mut dice), json!(text(&mut dice))))
            .collect();
        let prepare = || answer(&harness, "getUser", 200, &json!({ "data": user }));
        every_format(&harness, &["api", "getUser", "-f", "id=usr-1"], prepare).await;
    }
    count("names of properties", ENTRIES * 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_service() {
    let harness = Harness::start().await;
    for seed in 0..runs() {
        let mut dice = fastrand::Rng::with_seed(seed);
        let error = json!({
            "code": text(&mut dice), "message": text(&mut dice), "type": text(&mut dice),
            "details": [{ "field": text(&mut dice), "message": text(&mut dice) }],
            "suggestion": text(&mut dice), "param": text(&mut dice),
        });
        let prepare = || answer(&harness, "getUser", 404, &json!({ "error": error }));
        let user = ["api", "getUser", "-f", "id=usr-1"];
        every_format(&harness, &user, prepare).await;
        let user = [&user[..], &["--json-errors"]].concat();
        for output in every_format(&harness, &user, prepare).await {
            let said: Value = serde_json::from_slice(&output.stderr).expect("a line of JSON");
            assert_eq!(output.stderr.split(|byte| *byte == b'\n').count(), 2);
            assert_eq!(
                said["error"]["exit_code"],
                output.status.code().expect("an end")
            );
        }
    }
    count("errors of the service", 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_leads_and_their_names() {
    let harness = Harness::start().await;
    for seed in 0..runs() {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = ["phone".to_owned(), "name".to_owned(), text(&mut dice)];
        writer.write_record(&header).expect("a row");
        for _ in 0..ENTRIES {
            let row = [text(&mut dice), text(&mut dice), text(&mut dice)];
            writer.write_record(&row).expect("a row");
        }
        let list = writer.into_inner().expect("a list");
        let name = text(&mut dice).replace(['/', '\0'], "_") + ".csv";
        std::fs::write(harness.path(&name), list).expect("a file");
        let path = harness.path(&name).to_string_lossy().into_owned();
        let dry = push(&[path.as_str(), "--dry-run"]);
        every_format(&harness, &dry, || {}).await;
        let missing = format!("{path}.not.there");
        every_format(&harness, &push(&[missing.as_str()]), || {}).await;
        let words = ["users", "--profile", missing.as_str()];
        every_format(&harness, &words, || {}).await;
        every_format(&harness, &["users", missing.as_str()], || {}).await;
    }
    count("lists of leads", ENTRIES * 3 + 2);
}

/// The service's reason for a lead appears in the table and in the rejects file.
#[tokio::test(flavor = "multi_thread")]
async fn reasons_of_the_service() {
    let harness = Harness::start().await;
    harness.file("one.csv", "phone\n+12125550151\n");
    for seed in 0..runs() {
        let mut dice = fastrand::Rng::with_seed(seed);
        let skipped = json!({ "number": "+12125550151", "reason": text(&mut dice) });
        let prepare = || {
            let body = json!({ "data": { "added": [], "skipped": [skipped] } });
            answer(&harness, "appendDialingQueueNumbers", 200, &body);
        };
        let arguments = push(&[
            "one.csv",
            "--duplicates",
            "keep",
            "--rejects",
            "bad.csv",
            "--yes",
        ]);
        for output in every_format(&harness, &arguments, prepare).await {
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(shown.contains("skipped"), "{shown}");
        }
        let rejects = harness.read("bad.csv");
        assert_safe("bad.csv", rejects.as_bytes(), &['\t']);
        let bad = cells(rejects.as_bytes())
            .into_iter()
            .find(|cell| is_calculated(cell));
        assert_eq!(bad, None);
    }
    count("reasons of the service", 1);
}
