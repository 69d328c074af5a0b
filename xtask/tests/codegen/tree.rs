//! A temporary copy of the inputs and outputs of `cargo xtask codegen`, and a way to run it there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) const SPEC: &str = "openapi/allo.yaml";
pub(crate) const OVERLAY: &str = "openapi/overlay.yaml";
pub(crate) const NAMES: &str = "openapi/names.yaml";
pub(crate) const GENERATED: &str = "allo-client/src/generated";
pub(crate) const GENERATED_TESTS: &str = "tests/tests/operations/generated";

/// A directory with the layout of the repository, deleted on drop.
pub(crate) struct Tree {
    root: TempDir,
}

/// The output of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Tree {
    /// The inputs and outputs of the repository itself.
    pub(crate) fn of_repository() -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let tree = Self {
            root: TempDir::new().unwrap(),
        };
        for name in [SPEC, OVERLAY, NAMES] {
            tree.write(name, &fs::read(repository.join(name)).unwrap());
        }
        for directory in [GENERATED, GENERATED_TESTS] {
            for (name, bytes) in read_all(&repository.join(directory)) {
                tree.write(&format!("{directory}/{name}"), &bytes);
            }
        }
        tree
    }

    /// Other inputs, with one generated file that a failed run must not change.
    pub(crate) fn of_inputs(spec: &str, overlay: &str) -> Self {
        let tree = Self {
            root: TempDir::new().unwrap(),
        };
        tree.write(SPEC, spec.as_bytes());
        tree.write(OVERLAY, overlay.as_bytes());
        tree.write(NAMES, b"");
        tree.write(&format!("{GENERATED}/mod.rs"), b"// from an earlier run\n");
        tree
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Edits one file; panics if that changes nothing.
    pub(crate) fn edit(&self, name: &str, change: impl FnOnce(&str) -> String) {
        let before = self.read(name);
        let after = change(&before);
        assert_ne!(before, after, "the edit of {name} changes nothing");
        self.write(name, after.as_bytes());
    }

    /// All files with their bytes, for comparison.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        read_all(self.root.path())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            // Set as by `cargo run`: the root of the repository is its parent.
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .output()
            .unwrap();
        Run {
            code: status.code(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Run {
    /// The stages in the order of their progress lines.
    pub(crate) fn stages(&self) -> Vec<&str> {
        let lines = self.stderr.lines().filter(|line| is_progress(line));
        lines
            .filter_map(|line| line.split_whitespace().next())
            .collect()
    }

    /// The stderr output without progress lines.
    pub(crate) fn complaints(&self) -> Vec<&str> {
        self.stderr
            .lines()
            .filter(|line| !is_progress(line))
            .collect()
    }
}

fn is_progress(line: &str) -> bool {
    line.starts_with("  ") && line.ends_with(" ms")
}

fn read_all(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().display().to_string();
                files.insert(name.replace('\\', "/"), fs::read(&path).unwrap());
            }
        }
    }
    files
}
