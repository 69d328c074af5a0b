//! `docs/sandbox.md`: its table of routes is that of the server, and its commands print what it shows. The commands
//! need curl; where it is not at hand, the test says so on stderr, and fails if `REQUIRE_INTERPRETERS` is set.

use std::io::{self, Write};
use std::process::Command;

use allo_sandbox::{Sandbox, SandboxBuilder};
use serde_json::Value;

fn manual() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sandbox.md");
    std::fs::read_to_string(path).expect("the manual")
}

/// The program as it starts without options.
fn standalone() -> SandboxBuilder {
    Sandbox::builder().demo_team().admin_api()
}

#[tokio::test]
async fn the_manual_has_the_routes_of_the_server() {
    let sandbox = standalone().start().await.expect("a sandbox");
    // An error means that a provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("{}/__sandbox", sandbox.base_url());
    let index = reqwest::get(url).await.expect("an answer").text().await;
    let index: Value = serde_json::from_str(&index.expect("a text")).expect("JSON");
    let routes = index["data"]["routes"].as_array().expect("routes");
    let text = |route: &Value, name: &str| route[name].as_str().unwrap_or_default().to_owned();
    let row = |route: &Value| {
        let (method, path) = (text(route, "method"), text(route, "path"));
        format!("| `{method} {path}` | {} |", text(route, "summary"))
    };
    let expected: Vec<String> = routes.iter().map(row).collect();
    let manual = manual();
    let is_route = |line: &&str| line.contains("/__sandbox") && line.starts_with("| `");
    let shown: Vec<&str> = manual.lines().filter(is_route).collect();
    assert_eq!(shown, expected);
}

/// A command of the manual, and the JSON that it shows as its output.
struct Example {
    command: String,
    output: Value,
}

/// Every `sh` block is followed by a `json` block.
fn examples(manual: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut blocks = manual.split("\n```").skip(1).step_by(2);
    while let Some(block) = blocks.next() {
        let Some(command) = block.strip_prefix("sh\n") else {
            assert!(block.starts_with("text\n"), "unexpected block: {block}");
            continue;
        };
        let shown = blocks.next().and_then(|block| block.strip_prefix("json\n"));
        let shown = shown.unwrap_or_else(|| panic!("no output is shown for {command}"));
        examples.push(Example {
            command: command.to_owned(),
            output: serde_json::from_str(shown).unwrap_or_else(|error| panic!("{error}: {shown}")),
        });
    }
    examples
}

/// Whether `actual` has everything that is shown.
fn shows(shown: &Value, actual: &Value) -> bool {
    match (shown, actual) {
        (Value::Object(shown), Value::Object(actual)) => shown
            .iter()
            .all(|(name, value)| actual.get(name).is_some_and(|actual| shows(value, actual))),
        (Value::Array(shown), Value::Array(actual)) => {
            shown.len() == actual.len() && shown.iter().zip(actual).all(|(a, b)| shows(a, b))
        }
        (Value::String(shown), Value::String(actual)) => match shown.split_once('…') {
            Some((before, after)) => actual.starts_with(before) && actual.ends_with(after),
            None => shown == actual,
        },
        (shown, actual) => shown == actual,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_manual_print_what_it_shows() {
    // `--json` came with 7.82.
    let probe = Command::new("curl")
        .args(["--json", "{}", "--version"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("REQUIRE_INTERPRETERS").is_none(),
            "no curl, or older than 7.82"
        );
        // Not by `eprintln`, which the test harness captures.
        let text = "SKIPPED: the commands of docs/sandbox.md: no curl here, or older than 7.82\n";
        io::stderr().write_all(text.as_bytes()).expect("stderr");
        return;
    }
    let sandbox = standalone().start().await.expect("a sandbox");
    let examples = examples(&manual());
    assert!(examples.len() > 10, "the manual has examples");
    for example in examples {
        let run = Command::new("sh")
            .args(["-euc", &example.command])
            .env("SANDBOX", sandbox.base_url())
            .env("NO_PROXY", "*")
            .output();
        let run = run.expect("a shell");
        let printed: Value =
            serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        assert!(
            shows(&example.output, &printed),
            "{}\nprints {printed}\nthe manual shows {}",
            example.command,
            example.output
        );
    }
}
