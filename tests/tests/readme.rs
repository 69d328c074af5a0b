//! The table of operations in the README is written from the table of operations, here.

use std::fmt::Write;

use allo_client::operation::{Operation, RateClass};
use allo_client::operations;
use tests::source::workspace;

const BEGIN: &str =
    "<!-- operations: written by `UPDATE_README=1 cargo test -p tests --test readme` -->\n";
const END: &str = "<!-- end of operations -->\n";

fn table() -> String {
    let mut text = String::from(
        "\n| operation | request | tag | scope | quota |\n| --- | --- | --- | --- | --- |\n",
    );
    for operation in operations::ALL {
        writeln!(text, "{}", row(operation)).expect("a String takes all text");
    }
    let count = operations::ALL.len();
    writeln!(text, "\n{count} operations.\n").expect("a String takes all text");
    text
}

fn row(operation: &Operation) -> String {
    let scopes: Vec<_> = operation
        .scopes
        .iter()
        .map(|scope| format!("`{scope}`"))
        .collect();
    let scopes = if scopes.is_empty() {
        "any key".to_owned()
    } else {
        scopes.join(", ")
    };
    let quota = match operation.rate_class() {
        RateClass::Read => "read",
        RateClass::Write => "write",
    };
    let (id, method, path, tag) = (
        operation.id,
        operation.method.as_str(),
        operation.path,
        operation.tag,
    );
    format!("| `{id}` | `{method} {path}` | {tag} | {scopes} | {quota} |")
}

/// What stands before the table, the table, and what stands after it.
fn parts(readme: &str) -> (&str, &str, &str) {
    let (before, rest) = readme
        .split_once(BEGIN)
        .expect("README.md has the mark before the table");
    let (table, after) = rest
        .split_once(END)
        .expect("README.md has the mark after the table");
    (before, table, after)
}

#[test]
fn the_readme_has_every_operation() {
    let path = workspace().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md");
    let (before, written, after) = parts(&readme);
    let table = table();
    if written == table {
        return;
    }
    if std::env::var_os("UPDATE_README").is_some() {
        let readme = [before, BEGIN, &table, END, after].concat();
        std::fs::write(&path, readme).expect("README.md is written");
        return;
    }
    panic!(
        "the table of operations in README.md is not the present one: write it with\nUPDATE_README=1 cargo test -p tests --test readme"
    );
}
