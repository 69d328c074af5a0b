//! `Names` as the text of `names.yaml`, whose reader is a person who looks at a diff.

use std::fmt::Write;

use super::{Direction, Envelope, Names, OperationNames, TypeNames};
use crate::meta::Operation;

const HEAD: &str = "\
# The public names of the client. `cargo xtask codegen` adds what is new and never changes what is here, so that a
# newer document cannot move a name. To change or remove an entry is a breaking change of the crate: edit it here, run
# `cargo xtask codegen`, and give the reason in CHANGELOG.md. See README.md beside this file.
";

/// The text, operations in their order.
pub(crate) fn write(names: &Names, operations: &[Operation]) -> String {
    let mut text = HEAD.to_owned();
    heading(&mut text, "operations", operations.is_empty());
    for operation in operations {
        if let Some(item) = names.operations.get(&operation.key) {
            write_operation(&mut text, &operation.key, item);
        }
    }
    heading(&mut text, "resources", names.resources.is_empty());
    for (path, name) in &names.resources {
        line(&mut text, 1, &format!("{}: {}", scalar(path), scalar(name)));
    }
    heading(&mut text, "types", names.types.is_empty());
    for (name, item) in &names.types {
        write_type(&mut text, name, item);
    }
    text
}

fn heading(text: &mut String, name: &str, is_empty: bool) {
    let empty = if is_empty { " {}" } else { "" };
    line(text, 0, &format!("{name}:{empty}"));
}

fn write_operation(text: &mut String, key: &str, item: &OperationNames) {
    line(text, 1, &format!("{}:", scalar(key)));
    line(text, 2, &format!("method: {}", scalar(&item.method)));
    let resources: Vec<String> = item
        .resources
        .iter()
        .map(|(path, name)| format!("{}: {}", flow(path), flow(name)))
        .collect();
    line(text, 2, &format!("resources: {{{}}}", resources.join(", ")));
    line(text, 2, &format!("builder: {}", scalar(&item.builder)));
    line(text, 2, &format!("constant: {}", scalar(&item.constant)));
    if !item.arguments.is_empty() {
        line(text, 2, &format!("arguments: {}", list(&item.arguments)));
    }
    if item.by_name {
        line(text, 2, "by_name: true");
    }
    line(text, 2, &format!("answer: {}", scalar(&item.answer)));
    match item.envelope {
        Some(Envelope::Opened) => line(text, 2, "envelope: opened"),
        Some(Envelope::Whole) => line(text, 2, "envelope: whole"),
        None => {}
    }
    if let Some(pages) = &item.pages {
        line(text, 2, &format!("pages: {}", scalar(pages)));
    }
}

fn write_type(text: &mut String, name: &str, item: &TypeNames) {
    line(text, 1, &format!("{}:", scalar(name)));
    line(text, 2, "from:");
    for schema in &item.from {
        line(text, 3, &format!("- {}", scalar(schema)));
    }
    match item.made_for {
        Some(Direction::Request) => line(text, 2, "made_for: request"),
        Some(Direction::Answer) => line(text, 2, "made_for: answer"),
        None => {}
    }
    if !item.required.is_empty() {
        line(text, 2, &format!("required: {}", list(&item.required)));
    }
    if item.floats {
        line(text, 2, "floats: true");
    }
}

fn line(text: &mut String, depth: usize, content: &str) {
    let indent = "  ".repeat(depth);
    // Writing to a text does not fail.
    let _ = writeln!(text, "{indent}{content}");
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| flow(item)).collect();
    format!("[{}]", items.join(", "))
}

/// A scalar in a block, where brackets may stand inside.
fn scalar(text: &str) -> String {
    quoted_unless(text, |letter| {
        letter.is_ascii_alphanumeric() || "_-./{}[]<>():# ".contains(letter)
    })
}

/// A scalar between brackets.
fn flow(text: &str) -> String {
    quoted_unless(text, |letter| {
        letter.is_ascii_alphanumeric() || "_-./".contains(letter)
    })
}

fn quoted_unless(text: &str, is_plain: impl Fn(char) -> bool) -> String {
    let begins_plain =
        text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '(');
    let means_something = [": ", " #"].iter().any(|mark| text.contains(mark));
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if begins_plain
        && !means_something
        && !is_word
        && !text.ends_with([':', ' '])
        && text.chars().all(is_plain)
    {
        text.to_owned()
    } else {
        // What JSON quotes, YAML reads.
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Source;

    #[test]
    fn what_is_written_is_read_again() {
        let mut names = Names::default();
        for odd in ["no", "a: b", "a #b", "[]", "it's", "3", "a,b", "~", "a:"] {
            let item = TypeNames {
                from: vec![odd.to_owned(), format!("GET /a/{{b}}#c answer.{odd}[]{{}}")],
                made_for: Some(Direction::Request),
                required: vec![odd.to_owned()],
                floats: true,
            };
            names.types.insert(format!("A{}", names.types.len()), item);
        }
        let text = write(&names, &[]);
        let source = Source {
            name: "n",
            text: &text,
        };
        let read = super::super::read(source);
        assert_eq!(read.map(|pinned| pinned.names).unwrap(), names, "{text}");
    }
}
