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

/// Makes prose safe: fences are plain text, brackets and angles are escaped outside code, bare addresses become links.
pub(crate) fn sanitise(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            fenced = !fenced;
            lines.push(if fenced {
                "```text".into()
            } else {
                "```".into()
            });
        } else if fenced {
            lines.push(line.trim_end().to_owned());
        } else {
            // Four spaces of indent would be a code block, and so a doctest.
            let indent = (line.len() - trimmed.len()).min(3);
            lines.push(format!(
                "{}{}",
                " ".repeat(indent),
                escape(trimmed.trim_end())
            ));
        }
    }
    if fenced {
        lines.push("```".into());
    }
    lines
}

fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (index, part) in line.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        if index % 2 == 1 {
            out.push_str(part);
        } else {
            escape_prose(part, &mut out);
        }
    }
    out
}

fn escape_prose(text: &str, out: &mut String) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if word.starts_with("http://") || word.starts_with("https://") {
            let address = word.trim_end_matches(['.', ',', ';', ')']);
            out.push_str(&format!("<{address}>{}", &word[address.len()..]));
            continue;
        }
        for letter in word.chars() {
            if matches!(letter, '[' | ']' | '<' | '>') {
                out.push('\\');
            }
            out.push(letter);
        }
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
            ("a\n        indented", vec!["a", "   indented"]),
            ("", vec![]),
        ] {
            assert_eq!(sanitise(given), wanted, "{given}");
        }
    }
}
