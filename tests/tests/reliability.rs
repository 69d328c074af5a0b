//! docs/reliability.md and docs/api-conflicts.md are up to date: each test they name exists. `snapshots` checks the
//! table of operations; the documentation tests of this package compile the example.

use std::fs;
use std::path::Path;

const PAGES: [&str; 2] = [
    include_str!("../../docs/reliability.md"),
    include_str!("../../docs/api-conflicts.md"),
];

/// Everything of the form `path.rs::function`.
fn named() -> Vec<(&'static str, &'static str)> {
    let texts = PAGES.iter().flat_map(|page| page.split('`'));
    let quoted = texts.filter(|text| text.contains(".rs::"));
    quoted.filter_map(|text| text.rsplit_once("::")).collect()
}

#[test]
fn every_test_they_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = named();
    assert!(named.len() > 20, "{named:?}");
    for (path, function) in named {
        let source = fs::read_to_string(root.join(path));
        let source = source.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (before, _) = source
            .split_once(&format!("fn {function}("))
            .unwrap_or_else(|| panic!("{path} has no {function}"));
        let is_test = before.trim_end().trim_end_matches("async").trim_end();
        assert!(is_test.ends_with(']'), "{path}::{function} is no test");
    }
}
