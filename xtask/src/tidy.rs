//! `cargo xtask tidy`: rules of the repository that neither rustc nor clippy checks. Each rule is a function that
//! returns its violations.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::{layers, workspace};

/// A longer hand-written file has more than one reason to change.
const LONGEST: usize = 500;
const GENERATED: [&str; 2] = [
    "allo-client/src/generated/",
    "tests/tests/operations/generated/",
];
const ARCHITECTURE: &str = "docs/architecture.md";
const DEPENDENCIES: &str = "docs/dependencies.md";

pub(crate) fn run() -> ExitCode {
    match check(&workspace::root()) {
        Ok(faults) if faults.is_empty() => {
            println!("tidy: no problems");
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("tidy: {} problems", faults.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check(root: &Path) -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut files = BTreeMap::new();
    for name in workspace::tracked(root)? {
        // A tracked file may be deleted in the working tree.
        if name.ends_with(".rs") && root.join(&name).exists() {
            let text = std::fs::read_to_string(root.join(&name))?;
            faults.extend(opening(&name, &text));
            faults.extend(length(&name, &text));
            files.insert(name, text);
        }
    }
    faults.extend(layers::faults(&files));
    faults.extend(shown_layers(root)?);
    faults.extend(dependencies(root)?);
    Ok(faults)
}

/// Checks that `docs/architecture.md` shows the list of layers.
fn shown_layers(root: &Path) -> io::Result<Vec<String>> {
    let page = std::fs::read_to_string(root.join(ARCHITECTURE))?;
    let tables = layers::page();
    let missing = tables.iter().filter(|table| !page.contains(*table));
    Ok(missing
        .map(|table| format!("{ARCHITECTURE} does not show this list of layers:\n{table}"))
        .collect())
}

/// Checks that every file begins with a `//!` head.
fn opening(name: &str, text: &str) -> Option<String> {
    (!text.starts_with("//!")).then(|| format!("{name}:1: the file does not begin with `//!`"))
}

fn length(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let by_hand = !GENERATED
        .iter()
        .any(|directory| name.starts_with(directory));
    (lines > LONGEST && by_hand).then(|| format!("{name}: {lines} lines, the maximum is {LONGEST}"))
}

/// Checks that `docs/dependencies.md` gives a reason for each direct dependency of the client and the total number.
fn dependencies(root: &Path) -> io::Result<Vec<String>> {
    let page = std::fs::read_to_string(root.join(DEPENDENCIES))?;
    let mut faults = Vec::new();
    let all = tree(root, &[])?.len();
    if !page.contains(&format!("**{all}**")) {
        faults.push(format!(
            "{DEPENDENCIES}: `cargo tree` prints {all} lines, the page does not say **{all}**"
        ));
    }
    let direct: BTreeSet<String> = tree(root, &["--depth", "1"])?
        .iter()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| *name != "allo-client")
        .map(str::to_owned)
        .collect();
    let explained: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    for name in direct.difference(&explained) {
        faults.push(format!("{DEPENDENCIES}: no reason for `{name}`"));
    }
    for name in explained.difference(&direct) {
        faults.push(format!(
            "{DEPENDENCIES}: `{name}` is not a dependency by default"
        ));
    }
    Ok(faults)
}

/// The distinct lines of `cargo tree` for the client's normal dependencies.
fn tree(root: &Path, more: &[&str]) -> io::Result<BTreeSet<String>> {
    let cargo = workspace::cargo();
    let arguments = [
        "tree",
        "-p",
        "allo-client",
        "-e",
        "normal",
        "--prefix",
        "none",
    ];
    let printed = workspace::output(
        Command::new(cargo)
            .args(arguments)
            .args(more)
            .current_dir(root),
    )?;
    Ok(printed.lines().map(str::to_owned).collect())
}
