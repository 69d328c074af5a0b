//! `cargo xtask codegen [--check]`: reads `openapi/`, generates, and writes or compares files. The crate `allo-codegen`
//! generates them.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use allo_codegen::{Generated, Inputs, Problem, Source};
use similar::TextDiff;

use crate::workspace::{self, Tree};

pub(crate) const SPEC: &str = "openapi/allo.yaml";
pub(crate) const OVERLAY: &str = "openapi/overlay.yaml";
const NAMES: &str = "openapi/names.yaml";
const CLIENT: &str = "allo-client/src/generated";
const TESTS: &str = "tests/tests/operations/generated";

/// Whether to write files or only to report stale ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

pub(crate) fn run(mode: Mode) -> ExitCode {
    match codegen(mode, &workspace::root()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("codegen: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Generates for the repository at `root`.
pub(crate) fn codegen(mode: Mode, root: &Path) -> io::Result<ExitCode> {
    let texts = Texts::read(root)?;
    let generated = match generate(texts.inputs()) {
        Ok(generated) => generated,
        Err(problems) => {
            report(&problems);
            return Ok(ExitCode::FAILURE);
        }
    };
    let targets = [(CLIENT, &generated.files), (TESTS, &generated.tests)];
    let (mut present, mut wanted) = (Tree::new(), Tree::new());
    for (directory, files) in targets {
        let below = |tree: Tree| {
            let paths = tree.into_iter();
            paths.map(move |(name, text)| (format!("{directory}/{name}"), text))
        };
        present.extend(below(workspace::read_tree(&root.join(directory))?));
        wanted.extend(below(files.clone()));
    }
    present.insert(NAMES.to_owned(), texts.names);
    wanted.insert(NAMES.to_owned(), generated.names.clone());
    let stale = stale(&present, &wanted);
    match mode {
        Mode::Write => {
            for (directory, files) in targets {
                workspace::write_tree(&root.join(directory), files)?;
            }
            if stale.iter().any(|name| name == NAMES) {
                std::fs::write(root.join(NAMES), &generated.names)?;
            }
            println!(
                "codegen: {} operations in {} files, {} changed",
                generated.operations,
                wanted.len(),
                stale.len()
            );
            Ok(ExitCode::SUCCESS)
        }
        Mode::Check if stale.is_empty() => {
            println!("codegen: {} files are up to date", wanted.len());
            Ok(ExitCode::SUCCESS)
        }
        Mode::Check => {
            show(&stale, &present, &wanted);
            Ok(ExitCode::FAILURE)
        }
    }
}

pub(crate) fn read(root: &Path, name: &str) -> io::Result<String> {
    std::fs::read_to_string(root.join(name))
        .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
}

/// The texts of `openapi/`.
pub(crate) struct Texts {
    spec: String,
    overlay: String,
    names: String,
}

impl Texts {
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        Ok(Self {
            spec: read(root, SPEC)?,
            overlay: read(root, OVERLAY)?,
            // A checkout with CRLF line ends is not stale.
            names: read(root, NAMES)?.replace("\r\n", "\n"),
        })
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        let source = |name, text| Source { name, text };
        Inputs {
            spec: source(SPEC, &self.spec),
            overlay: source(OVERLAY, &self.overlay),
            names: source(NAMES, &self.names),
        }
    }
}

/// Generates, with one line of progress per stage.
fn generate(inputs: Inputs<'_>) -> Result<Generated, Vec<Problem>> {
    let start = Instant::now();
    let mut running: Option<(&'static str, Instant)> = None;
    let mut announce = |next: &'static str| {
        if let Some((name, since)) = running.replace((next, Instant::now())) {
            progress(name, since);
        }
    };
    let result = allo_codegen::generate_observed(inputs, &mut announce);
    if let Some((name, since)) = running {
        progress(name, since);
    }
    progress("total", start);
    result
}

fn progress(stage: &str, since: Instant) {
    eprintln!(
        "  {stage:<10} {:>6.1} ms",
        since.elapsed().as_secs_f64() * 1e3
    );
}

fn report(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{problem}");
    }
    let count = problems.len();
    let noun = if count == 1 { "problem" } else { "problems" };
    eprintln!("codegen: {count} {noun}; nothing was written");
}

/// The files that differ, are missing or should not exist.
fn stale(present: &Tree, wanted: &Tree) -> Vec<String> {
    let mut names: Vec<String> = present
        .keys()
        .chain(wanted.keys())
        .filter(|name| present.get(*name) != wanted.get(*name))
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

fn show(stale: &[String], present: &Tree, wanted: &Tree) {
    let text = |tree: &Tree, name: &str| tree.get(name).cloned().unwrap_or_default();
    for name in stale {
        let (old, new) = (text(present, name), text(wanted, name));
        let diff = TextDiff::from_lines(&old, &new);
        let (from, to) = (format!("a/{name}"), format!("b/{name}"));
        print!(
            "{}",
            diff.unified_diff().context_radius(3).header(&from, &to)
        );
    }
    let noun = if stale.len() == 1 { "file" } else { "files" };
    eprintln!("\ncodegen: {} stale {noun}:", stale.len());
    for name in stale {
        let state = match (present.contains_key(name), wanted.contains_key(name)) {
            (true, true) => "differs",
            (false, _) => "is missing",
            (true, false) => "is not generated any more",
        };
        eprintln!("  {name} {state}");
    }
    eprintln!("run `cargo xtask codegen` and commit what it writes");
}
