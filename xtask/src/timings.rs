//! `cargo xtask timings`: how long the compiler works on `allo-client`, with all operations and with those that stood
//! at the beginning, so that what an operation costs is known. The figures of `docs/dependencies.md` come from here.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use allo_codegen::{Generated, Problem, Source};

use crate::codegen::{self, OVERLAY, SPEC};
use crate::workspace::{self, Tree};

const CRATE: &str = "allo-client";

/// Tags of the smaller client.
const BEGINNING: [&str; 2] = ["Power Dialer", "Users"];

/// Modules by hand that need operations of other tags.
const BEYOND: [&str; 3] = ["batch", "sync", "tags"];

/// The best of so many is taken: other work on the machine only ever adds.
const ROUNDS: usize = 5;

/// A client in a workspace of its own.
struct Subject {
    directory: PathBuf,
    operations: usize,
    lines: usize,
    /// The least so far, in seconds of processor time.
    best: f64,
}

pub(crate) fn run() -> ExitCode {
    match timings(&workspace::root()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("timings: {error}");
            ExitCode::FAILURE
        }
    }
}

fn timings(root: &Path) -> io::Result<()> {
    let directory = target(root).join("timings");
    let mut subjects = [
        subject(root, &directory.join("beginning"), Some(&BEGINNING))?,
        subject(root, &directory.join("all"), None)?,
    ];
    // In turns, so that whatever else the machine does hits both.
    for round in 0..=ROUNDS {
        for subject in &mut subjects {
            let seconds = build(&subject.directory)?;
            // The first builds what the crate depends on.
            if round > 0 {
                subject.best = subject.best.min(seconds);
            }
        }
    }
    println!("| operations | lines of generated code | seconds |\n| --- | --- | --- |");
    for subject in &subjects {
        let Subject {
            operations,
            lines,
            best,
            ..
        } = subject;
        println!("| {operations} | {lines} | {best:.1} |");
    }
    Ok(())
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Writes the client with the operations of these tags, or all, and nothing that needs others.
fn subject(root: &Path, directory: &Path, tags: Option<&[&str]>) -> io::Result<Subject> {
    let generated = generate(root, tags)?;
    let lines = generated
        .files
        .values()
        .map(|text| text.lines().count())
        .sum();
    let mut sources = workspace::read_tree(&root.join(CRATE).join("src"))?;
    sources.retain(|name, _| !name.starts_with("generated/"));
    if tags.is_some() {
        leave_out(&mut sources, &BEYOND);
    }
    for (name, text) in generated.files {
        sources.insert(format!("generated/{name}"), text);
    }
    workspace::write_tree(&directory.join(CRATE).join("src"), &sources)?;
    let read = |name: &str| std::fs::read_to_string(root.join(name));
    let manifest = format!("{CRATE}/Cargo.toml");
    let write = |name: &str, text: String| std::fs::write(directory.join(name), text);
    write("Cargo.lock", read("Cargo.lock")?)?;
    write("Cargo.toml", alone(&read("Cargo.toml")?))?;
    let library = without(&read(&manifest)?, "[dev-dependencies]");
    write(&manifest, without(&library, "[[example]]"))?;
    Ok(Subject {
        directory: directory.to_owned(),
        operations: generated.operations,
        lines,
        best: f64::INFINITY,
    })
}

fn generate(root: &Path, tags: Option<&[&str]>) -> io::Result<Generated> {
    let [spec, overlay] = [codegen::read(root, SPEC)?, codegen::read(root, OVERLAY)?];
    let [spec, overlay] =
        [(SPEC, &spec), (OVERLAY, &overlay)].map(|(name, text)| Source { name, text });
    let generated = match tags {
        Some(tags) => allo_codegen::generate_tags(spec, overlay, tags),
        None => allo_codegen::generate(spec, overlay),
    };
    generated.map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
        io::Error::other(lines.join("\n"))
    })
}

/// Drops modules, and the lines of the front that name them.
fn leave_out(sources: &mut Tree, modules: &[&str]) {
    for module in modules {
        sources.retain(|name, _| {
            *name != format!("{module}.rs") && !name.starts_with(&format!("{module}/"))
        });
    }
    let names = |line: &str| {
        let used = modules
            .iter()
            .map(|module| (format!("mod {module};"), format!("pub use {module}::")));
        used.into_iter()
            .any(|(declared, exported)| line == declared || line.starts_with(&exported))
    };
    if let Some(front) = sources.get_mut("lib.rs") {
        let kept: Vec<&str> = front.lines().filter(|line| !names(line)).collect();
        *front = kept.join("\n");
    }
}

/// The manifest of a workspace that has only the client.
fn alone(manifest: &str) -> String {
    let others = without(manifest, "[workspace]");
    format!("[workspace]\nresolver = \"3\"\nmembers = [\"{CRATE}\"]\n\n{others}")
}

/// A manifest without one of its tables.
fn without(manifest: &str, head: &str) -> String {
    let mut keep = true;
    let kept = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            keep = *line != head;
        }
        keep
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// Builds the crate from clean and tells the processor time of that in user mode.
fn build(directory: &Path) -> io::Result<f64> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    // `times` tells a line of the shell itself, and one of what it has run.
    let script = format!(
        r#""$0" clean --quiet --package {CRATE} && times && "$0" build --quiet --package {CRATE} && times"#
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(cargo)
        // A place of their own: to Cargo they are the same crate, and the same as the repository's.
        .env("CARGO_TARGET_DIR", directory.with_file_name("target"))
        .current_dir(directory)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let told: Vec<f64> = text.lines().filter_map(user_seconds).collect();
    match told.as_slice() {
        [_, before, _, after] if output.status.success() => Ok(after - before),
        _ => Err(io::Error::other(String::from_utf8_lossy(&output.stderr))),
    }
}

/// Reads `0m7.25s` at the beginning of a line of `times`.
fn user_seconds(line: &str) -> Option<f64> {
    let (minutes, seconds) = line.split_whitespace().next()?.split_once('m')?;
    let minutes: f64 = minutes.parse().ok()?;
    let seconds: f64 = seconds.strip_suffix('s')?.parse().ok()?;
    Some(minutes * 60.0 + seconds)
}
