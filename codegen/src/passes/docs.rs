//! Descriptions of the document as rustdoc: nothing in them may become markup, a link or a doctest by accident.

use proc_macro2::TokenStream;
use quote::quote;

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
