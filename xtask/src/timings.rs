//! `cargo xtask timings`: measures the compile time of `allo-client`, with all operations and with a part of them, for
//! the cost of an operation. The figures of `docs/dependencies.md` come from here.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use allo_codegen::{Generated, Problem};

use crate::codegen;
use crate::workspace::{self, Tree};

const CRATE: &str = "allo-client";

/// The tags of the smaller client.
const BEGINNING: [&str; 2] = ["Power Dialer", "Users"];

/// Where the hand-written modules lie that need operations of other tags, and their names.
const CONVENIENCE: &str = "convenience";
const BEYOND: [&str; 3] = ["batch", "sync", "tags"];

/// An optional dependency that lies in the repository, outside the smaller workspace.
const BESIDE: &str = "allo-profiles";

/// The minimum of this many runs is taken, because other load only adds time.
const ROUNDS: usize = 5;

/// A client in its own workspace.
struct Subject {
    directory: PathBuf,
    operations: usize,
    lines: usize,
    /// The minimum so far, in seconds of CPU time.
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
    let directory = workspace::target(root).join("timings");
    let mut subjects = [
        subject(root, &directory.join("beginning"), Some(&BEGINNING))?,
        subject(root, &directory.join("all"), None)?,
    ];
    // The clients alternate, so that other load of the machine affects both.
    for round in 0..=ROUNDS {
        for subject in &mut subjects {
            let seconds = build(&subject.directory)?;
            // The first build compiles the dependencies.
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

/// Writes the client with the operations of these tags, or all, without the modules that need
/// others.
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
    let library = read(&manifest)?;
    let library: Vec<&str> = library
        .lines()
        .filter(|line| !line.contains(BESIDE))
        .collect();
    let library = without(&library.join("\n"), "[dev-dependencies]");
    write(&manifest, without(&library, "[[example]]"))?;
    Ok(Subject {
        directory: directory.to_owned(),
        operations: generated.operations,
        lines,
        best: f64::INFINITY,
    })
}

fn generate(root: &Path, tags: Option<&[&str]>) -> io::Result<Generated> {
    let texts = codegen::Texts::read(root)?;
    let generated = match tags {
        Some(tags) => allo_codegen::generate_tags(texts.inputs(), tags),
        None => allo_codegen::generate(texts.inputs()),
    };
    generated.map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
        io::Error::other(lines.join("\n"))
    })
}

/// Removes modules of [`CONVENIENCE`], the lines that declare them there, and those of `lib.rs` that export from them.
fn leave_out(sources: &mut Tree, modules: &[&str]) {
    let (parent, front) = (format!("{CONVENIENCE}/mod.rs"), "lib.rs".to_owned());
    for module in modules {
        let place = format!("{CONVENIENCE}/{module}");
        sources.retain(|name, _| {
            *name != format!("{place}.rs") && !name.starts_with(&format!("{place}/"))
        });
        let declared = format!("mod {module};");
        drop_lines(sources, &parent, |line| line.ends_with(&declared));
        let exported = format!("pub use {CONVENIENCE}::{module}::");
        drop_lines(sources, &front, |line| line.starts_with(&exported));
    }
}

fn drop_lines(sources: &mut Tree, file: &str, dropped: impl Fn(&str) -> bool) {
    if let Some(text) = sources.get_mut(file) {
        let kept: Vec<&str> = text.lines().filter(|line| !dropped(line)).collect();
        *text = kept.join("\n");
    }
}

/// The manifest of a workspace that contains only the client.
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

/// Builds the crate from clean and returns the user CPU time.
fn build(directory: &Path) -> io::Result<f64> {
    let cargo = workspace::cargo();
    // `times` prints a line for the shell itself and one for its child processes.
    let script = format!(
        r#""$0" clean --quiet --package {CRATE} && times && "$0" build --quiet --package {CRATE} && times"#
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(cargo)
        // Separate target directories: Cargo cannot distinguish these crates from each other or
        // from the repository's.
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

/// Parses `0m7.25s` at the beginning of a line of `times`.
fn user_seconds(line: &str) -> Option<f64> {
    let (minutes, seconds) = line.split_whitespace().next()?.split_once('m')?;
    let minutes: f64 = minutes.parse().ok()?;
    let seconds: f64 = seconds.strip_suffix('s')?.parse().ok()?;
    Some(minutes * 60.0 + seconds)
}
