//! Checks the documentation against the program: exit codes, and the output shown in the README.

use std::path::{Path, PathBuf};

use allo_cli::Exit;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    let text = std::fs::read_to_string(path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .replace("\r\n", "\n")
}

#[test]
fn every_exit_code_is_listed() {
    let text = read(&root().join("docs/cli.md"));
    let listed: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let rows = Exit::ALL.iter().map(|exit| {
        format!(
            "| `{}` | `{}` | {} |",
            exit.code(),
            exit.word(),
            exit.meaning()
        )
    });
    for row in rows {
        assert!(
            listed.contains(&row.as_str()),
            "docs/cli.md does not have the line\n{row}"
        );
    }
    let codes = listed
        .iter()
        .filter(|line| line.as_bytes().get(3).is_some_and(u8::is_ascii_digit));
    assert_eq!(codes.count(), Exit::ALL.len());
}

/// All golden files in a directory.
fn golden(directory: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => golden(&path, texts),
            false => texts.push(read(&path)),
        }
    }
}

#[test]
fn the_tour_shows_what_the_program_prints() {
    let readme = read(&root().join("README.md"));
    let blocks = readme.split("```").skip(1).step_by(2);
    let tour: Vec<_> = blocks
        .filter_map(|block| block.strip_prefix("text\n$ allo "))
        .collect();
    assert!(tour.len() >= 3);
    let mut texts = Vec::new();
    golden(&root().join("allo-cli/tests/golden/expected"), &mut texts);
    for block in tour {
        let (command, output) = block.split_once('\n').expect("a command and its output");
        let printed = texts.iter().any(|text| text.contains(output));
        assert!(printed, "no golden file has the output of\nallo {command}");
    }
}
