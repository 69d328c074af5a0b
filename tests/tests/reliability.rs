//! docs/reliability.md says nothing that is not so: each test it names exists, and each operation is as it
//! says. That its example compiles is seen by the documentation tests of this package.

use std::fs;
use std::path::Path;

use allo_client::operation::{RateClass, RetrySafety};
use allo_client::operations;

const PAGE: &str = include_str!("../../docs/reliability.md");

/// Everything of the form `path.rs::function`.
fn named() -> Vec<(&'static str, &'static str)> {
    let quoted = PAGE.split('`').filter(|text| text.contains(".rs::"));
    quoted.filter_map(|text| text.rsplit_once("::")).collect()
}

#[test]
fn every_test_it_names_exists() {
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

#[test]
fn every_operation_is_described_as_it_is() {
    for operation in operations::ALL {
        let row = format!("| `{}` |", operation.id);
        let row = PAGE.lines().find_map(|line| line.strip_prefix(&row));
        let row = row.unwrap_or_else(|| panic!("docs/reliability.md lacks {}", operation.id));
        let cells: Vec<_> = row
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        let class = match operation.rate_class() {
            RateClass::Read => "read",
            RateClass::Write => "write",
        };
        let key = if operation.takes_idempotency_key() {
            "yes"
        } else {
            "no"
        };
        let (again, end) = match operation.retry_safety() {
            RetrySafety::Safe => ("read again", "failed"),
            RetrySafety::WithIdempotencyKey => {
                ("sent again with its key", "executed, not executed, unknown")
            }
        };
        assert_eq!(cells, [class, key, again, end], "{}", operation.id);
    }
}
