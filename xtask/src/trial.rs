//! `cargo xtask trial`: adds the operations of `tests/trial.yaml` to a copy of the repository and checks that exactly
//! the tests fail that report what a new operation lacks. The messages are tested where the tests are.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::{codegen, workspace};

const SPEC: &str = "openapi/allo.yaml";
const NEW: &str = "tests/trial.yaml";

/// The tests that must fail, by file.
const EXPECTED: [(&str, &str); 4] = [
    (
        "fixtures",
        "every_operation_and_declared_status_has_a_fixture",
    ),
    (
        "operations",
        "every_operation_does_its_work_and_is_refused_as_declared",
    ),
    (
        "routes",
        "the_sandbox_answers_exactly_the_operations_of_the_client",
    ),
    (
        "snapshots",
        "what_is_derived_from_the_operations_is_up_to_date",
    ),
];

pub(crate) fn run() -> ExitCode {
    match trial(&workspace::root()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("trial: {error}");
            ExitCode::FAILURE
        }
    }
}

fn trial(root: &Path) -> io::Result<ExitCode> {
    let target = workspace::target(root);
    let copy = target.join("trial");
    copy_tracked(root, &copy)?;
    let spec = with_new(&read(&copy, SPEC)?, &read(&copy, NEW)?)?;
    std::fs::write(copy.join(SPEC), spec)?;
    if codegen::codegen(codegen::Mode::Write, &copy)? != ExitCode::SUCCESS {
        return Ok(ExitCode::FAILURE);
    }
    eprintln!("trial: testing in {}", copy.display());
    let mut tests = Command::new(workspace::cargo());
    tests.args(["test", "--workspace", "--no-fail-fast", "--color", "never"]);
    // Without it, cargo would search the parent directories if the copy was incomplete.
    tests.arg("--manifest-path").arg(copy.join("Cargo.toml"));
    // With a shared target directory, cargo would mix up the artifacts of the copy and of the repository.
    tests
        .current_dir(&copy)
        .env("CARGO_TARGET_DIR", target.join("trial-target"));
    // Skips the search for a published document.
    tests
        .env_remove("CARGO_MANIFEST_DIR")
        .env("INSTA_UPDATE", "no");
    tests
        .env("ALLO_SKELETON", copy.join("none"))
        .env("RUST_BACKTRACE", "0");
    let output = tests.output()?;
    let [told, progress] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(judge(&told, &progress))
}

/// Compares the failures with the expected ones.
fn judge(told: &str, progress: &str) -> ExitCode {
    let (files, tests) = (failed_files(progress), failed_tests(told));
    let wanted_files: BTreeSet<_> = EXPECTED.map(|(file, _)| file).into();
    let wanted_tests: BTreeSet<_> = EXPECTED.map(|(_, test)| test).into();
    if files == wanted_files && tests == wanted_tests {
        println!("trial: exactly these tests fail for a new operation:");
        for (file, test) in EXPECTED {
            println!("\n{file}: {test}\n{}", message(told, test).join("\n"));
        }
        return ExitCode::SUCCESS;
    }
    eprintln!("{progress}\n{told}");
    eprintln!("trial: {tests:?} of {files:?} failed, not {wanted_tests:?} of {wanted_files:?}");
    ExitCode::FAILURE
}

/// The test binaries of `error: … failed:` and the following lines, each as `` `-p package --test
/// file` ``.
fn failed_files(progress: &str) -> BTreeSet<&str> {
    let lines = progress.lines().map(str::trim);
    let named = lines.filter_map(|line| line.strip_prefix("`-p ")?.strip_suffix('`'));
    named
        .map(|named| named.rsplit(' ').next().unwrap_or(named))
        .collect()
}

/// The names in the lines `test name ... FAILED`.
fn failed_tests(told: &str) -> BTreeSet<&str> {
    let names = told
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    names.collect()
}

/// The last message of a failed test.
fn message<'a>(told: &'a str, test: &str) -> Vec<&'a str> {
    let panicked = format!("thread '{test}' ");
    let last = told.rsplit_once(&panicked).map_or("", |(_, rest)| rest);
    let lines = last.lines().skip(1);
    lines
        .take_while(|line| !line.is_empty() && !line.starts_with("note: "))
        .collect()
}

/// The document with the paths and schemas of another one, inserted as text.
fn with_new(spec: &str, new: &str) -> io::Result<String> {
    let lacks = |what: &str| io::Error::other(format!("no line {:?}", what.trim()));
    let cut = |text: &str, mark: &str| -> io::Result<(String, String)> {
        let (before, after) = text.split_once(mark).ok_or_else(|| lacks(mark))?;
        Ok((before.to_owned(), after.to_owned()))
    };
    const COMPONENTS: &str = "\ncomponents:\n";
    const SCHEMAS: &str = "\n  schemas:\n";
    let (_, new) = cut(new, "\npaths:\n")?;
    let (paths, new) = cut(&new, COMPONENTS)?;
    let (_, schemas) = cut(&format!("\n{new}"), SCHEMAS)?;
    let (before, after) = cut(spec, COMPONENTS)?;
    let (between, after) = cut(&format!("\n{after}"), SCHEMAS)?;
    Ok([
        &before,
        "\n",
        &paths,
        COMPONENTS,
        between.trim_start_matches('\n'),
        SCHEMAS,
        &schemas,
        &after,
    ]
    .concat())
}

fn read(root: &Path, name: &str) -> io::Result<String> {
    let text = std::fs::read_to_string(root.join(name));
    text.map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
}

/// Makes a directory contain the tracked files of the repository as they are in the working tree.
fn copy_tracked(root: &Path, copy: &Path) -> io::Result<()> {
    let wanted = workspace::tracked(root)?;
    if copy.exists() {
        std::fs::remove_dir_all(copy)?;
    }
    for name in &wanted {
        let from = root.join(name);
        // A tracked file may be deleted in the working tree; a link to a directory counts as one file to git.
        if from.is_dir() {
            workspace::write_tree(&copy.join(name), &workspace::read_tree(&from)?)?;
        } else if from.is_file() {
            copy_file(&from, &copy.join(name))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::copy(from, to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_linked_directory_is_copied() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let (root, copy) = (place.path().join("root"), place.path().join("copy"));
        std::fs::create_dir_all(root.join("docs"))?;
        std::fs::create_dir_all(root.join("crate"))?;
        std::fs::write(root.join("docs/page.md"), "text")?;
        std::os::unix::fs::symlink("../docs", root.join("crate/docs"))?;
        let git = |arguments: &[&str]| {
            workspace::output(Command::new("git").args(arguments).current_dir(&root))
        };
        git(&["init", "--quiet"])?;
        git(&["add", "."])?;
        copy_tracked(&root, &copy)?;
        assert_eq!(
            std::fs::read_to_string(copy.join("crate/docs/page.md"))?,
            "text"
        );
        Ok(())
    }

    #[test]
    fn what_failed_is_read_off_what_cargo_says() {
        let progress =
            "error: 2 targets failed:\n    `-p tests --test routes`\n    `-p allo-client --lib`\n";
        assert_eq!(failed_files(progress), ["--lib", "routes"].into());
        let told = "test one ... ok\ntest two::three ... FAILED\n";
        assert_eq!(failed_tests(told), ["two::three"].into());
        let told =
            "thread 'one' (3) panicked at a.rs:1:2:\nadd this\nand that\nnote: run with\n\nend\n";
        assert_eq!(message(told, "one"), ["add this", "and that"]);
    }

    #[test]
    fn a_new_path_and_a_new_schema_are_put_in() {
        let spec = "paths:\n  /a: 1\ncomponents:\n  responses:\n    R: 1\n  schemas:\n    S: 1\n";
        let new = "# Why\npaths:\n  /b: 2\ncomponents:\n  schemas:\n    T: 2\n";
        assert_eq!(
            with_new(spec, new).unwrap(),
            "paths:\n  /a: 1\n  /b: 2\ncomponents:\n  responses:\n    R: 1\n  schemas:\n    T: 2\n    S: 1\n"
        );
    }
}
