//! Documentation of generated code through the eyes of rustdoc: prose of the document stays prose.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::inputs::every_construct;

#[test]
fn prose_becomes_no_doctest_no_link_and_no_markup() {
    let mut seen = 0;
    for (name, text) in &every_construct().files {
        for doc in doc_comments(text) {
            seen += 1;
            let faults = faults(&doc);
            assert_eq!(faults, [""; 0], "{name}:\n{doc}");
        }
    }
    assert!(seen > 100, "only {seen} comments were found");
}

/// The description of `searchBooks` holds everything that could go wrong; all its words survive.
#[test]
fn prose_is_not_lost() {
    let client = &every_construct().files["client.rs"];
    let doc = doc_comments(client)
        .find(|doc| doc.contains("Search the catalogue"))
        .unwrap();
    for words in [
        "titles\\[1\\] and in `notes[]`; Vec\\<Book\\> is not the answer. See <https://example.com/search>.",
        "```text\nlet hits = catalogue.search(\"sea\")?;",
        "fn neither_is_this() { compile_error!() }",
        "\\[1\\]: first edition; \\[broken link\\], \\<b\\>no markup\\</b\\>",
    ] {
        assert!(doc.contains(words), "{words}\n{doc}");
    }
}

/// Blocks of consecutive `///` or `//!` lines without the marks.
fn doc_comments(text: &str) -> impl Iterator<Item = String> {
    let mut blocks = vec![String::new()];
    for line in text.lines().map(str::trim_start) {
        match line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"))
        {
            Some(doc) => {
                let block = blocks.last_mut().unwrap();
                block.push_str(doc.strip_prefix(' ').unwrap_or(doc));
                block.push('\n');
            }
            None => blocks.push(String::new()),
        }
    }
    blocks.into_iter().filter(|block| !block.is_empty())
}

/// What rustdoc would make of a comment that it should not.
fn faults(doc: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut links = Vec::new();
    let mut in_code_or_link = false;
    let on_broken_link = |link: pulldown_cmark::BrokenLink<'_>| {
        links.push(format!("a link to `{}`", link.reference));
        None
    };
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_with_broken_link_callback(doc, options, Some(on_broken_link)) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code_or_link = true;
                faults.extend(doctest(&kind));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => {
                in_code_or_link = true;
                // The generator's own links lead into the crate, and rustdoc checks them.
                let is_own = link_type == LinkType::Inline && dest_url.starts_with("crate::");
                if link_type != LinkType::Autolink && !is_own {
                    faults.push(format!("a link to `{dest_url}`"));
                }
            }
            Event::End(TagEnd::CodeBlock | TagEnd::Link) => in_code_or_link = false,
            Event::Html(text) | Event::InlineHtml(text) => faults.push(format!("markup `{text}`")),
            Event::Text(text) if !in_code_or_link && text.contains("://") => {
                faults.push(format!("a bare address in `{text}`"));
            }
            _ => {}
        }
    }
    faults.extend(links);
    faults
}

/// Only the examples that the generator writes itself are compiled.
fn doctest(kind: &CodeBlockKind<'_>) -> Option<String> {
    match kind {
        CodeBlockKind::Fenced(info) if ["text", "no_run"].contains(&info.as_ref()) => None,
        CodeBlockKind::Fenced(info) => Some(format!("a doctest `{info}`")),
        CodeBlockKind::Indented => Some("a doctest by its indent".to_owned()),
    }
}
