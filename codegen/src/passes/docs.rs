//! Descriptions of the document as rustdoc: nothing in them may become markup, a link or a doctest by accident.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::meta::Operation;
use crate::surface::Surface;

/// Doc attributes for a text, one a line; nothing for an empty text.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = sanitise(text);
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// The attribute of what the document deprecates, for a kind of thing.
pub(crate) fn deprecated(is_deprecated: bool, kind: &str) -> TokenStream {
    let note = format!("the API has deprecated this {kind}");
    let attribute = is_deprecated.then(|| quote!(#[deprecated(note = #note)]));
    quote!(#attribute)
}

/// Gives every type, field and operation a documentation line, be it only its name on the wire. A field without
/// words of its own is described by its type, since OpenAPI 3.0 allows no text beside a reference.
pub(crate) fn fill(surface: &mut Surface, operations: &mut [Operation]) {
    let by_type: BTreeMap<String, String> = surface
        .structs
        .values()
        .map(|item| (item.name.clone(), item.docs.clone()))
        .chain(
            surface
                .enums
                .values()
                .map(|item| (item.name.clone(), item.docs.clone())),
        )
        .collect();
    for item in surface.enums.values_mut() {
        or_name(&mut item.docs, &item.name);
    }
    for item in surface.structs.values_mut() {
        or_name(&mut item.docs, &item.name);
        for field in &mut item.fields {
            if field.docs.is_empty()
                && let Some(docs) = field.ty.named().and_then(|name| by_type.get(name))
            {
                field.docs.clone_from(docs);
            }
            or_name(&mut field.docs, &field.wire);
        }
    }
    for operation in operations {
        or_name(&mut operation.summary, &operation.id);
        for (name, docs) in &mut operation.parameter_docs {
            or_name(docs, name);
        }
    }
}

fn or_name(docs: &mut String, name: &str) {
    if docs.is_empty() {
        *docs = format!("`{name}`");
    }
}

/// Makes prose safe: blocks of code are plain text, brackets and angles are escaped outside code, bare addresses
/// become links.
pub(crate) fn sanitise(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        if is_fence(line) {
            fenced = !fenced;
            lines.push(if fenced { "```text" } else { "```" }.to_owned());
        } else if fenced {
            lines.push(line.trim_end().to_owned());
        } else {
            lines.push(prose(line));
        }
    }
    if fenced {
        lines.push("```".into());
    }
    lines
}

/// Whether the line begins or ends a block of code, be it in a list or a quotation.
fn is_fence(line: &str) -> bool {
    let line = line.trim_start_matches(|letter: char| {
        letter.is_whitespace() || letter.is_ascii_digit() || "-*+.)>".contains(letter)
    });
    let info = line.trim_start_matches('`');
    line.starts_with("~~~") || line.starts_with("```") && !info.contains('`')
}

/// A line without the wide gaps that would make a block of code, and so a doctest, of it.
fn prose(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.is_empty() {
        return String::new();
    }
    format!("{}{}", " ".repeat(indent.min(3)), escape(&words.join(" ")))
}

fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        escape_text(before, &mut out);
        let ticks = from.len() - from.trim_start_matches('`').len();
        match code_length(from, ticks) {
            Some(length) => {
                out.push_str(&from[..length]);
                rest = &from[length..];
            }
            None => {
                out.push_str(&"\\`".repeat(ticks));
                rest = &from[ticks..];
            }
        }
    }
    escape_text(rest, &mut out);
    out
}

/// Length of the code that the text begins with, its marks included; `None` when nothing ends it.
fn code_length(text: &str, ticks: usize) -> Option<usize> {
    let mut at = ticks;
    loop {
        at += text[at..].find('`')?;
        let run = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += run;
        if run == ticks {
            return Some(at);
        }
    }
}

fn escape_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(start) = ["http://", "https://"]
        .iter()
        .filter_map(|s| rest.find(s))
        .min()
    {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter: char| letter.is_whitespace() || "<>()[]|\"'".contains(letter));
        let address =
            from[..end.unwrap_or(from.len())].trim_end_matches(['.', ',', ';', ':', '!', '?']);
        escape_letters(before, out);
        out.push_str(&format!("<{address}>"));
        rest = &from[address.len()..];
    }
    escape_letters(rest, out);
}

fn escape_letters(text: &str, out: &mut String) {
    for letter in text.chars() {
        if matches!(letter, '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::sanitise;

    #[test]
    fn nothing_becomes_markup_by_accident() {
        for (given, wanted) in [
            ("a [b] <c> `[d] <e>`", vec!["a \\[b\\] \\<c\\> `[d] <e>`"]),
            (
                "see https://example.com/x.",
                vec!["see <https://example.com/x>."],
            ),
            (
                "```\nlet x = [1];\n```",
                vec!["```text", "let x = [1];", "```"],
            ),
            ("```json\n{}", vec!["```text", "{}", "```"]),
            ("~~~\nlet x;\n~~~", vec!["```text", "let x;", "```"]),
            ("- ```\n  let x;\n  ```", vec!["```text", "  let x;", "```"]),
            ("a\n        indented", vec!["a", "   indented"]),
            ("-      far", vec!["- far"]),
            ("```a``` is [b]", vec!["```a``` is \\[b\\]"]),
            ("a ` tick [b]", vec!["a \\` tick \\[b\\]"]),
            ("`` a`[b] `` [c]", vec!["`` a`[b] `` \\[c\\]"]),
            (
                "[b](https://example.com/x), <http://example.com>!",
                vec!["\\[b\\](<https://example.com/x>), \\<<http://example.com>\\>!"],
            ),
            ("", vec![]),
        ] {
            assert_eq!(sanitise(given), wanted, "{given}");
        }
    }
}
