//! Finds the paths that a Rust file names, from its tokens: in `use` and elsewhere, including macros. Code under
//! `#[cfg(test)]` is skipped. Resolving the paths is not done here.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that begins with `crate`, `self`, `super` or a name; its segments up to a `*`, a group or the end.
pub(crate) type Segments = Vec<String>;

/// Every path of at least two segments in a file.
pub(crate) fn paths(text: &str) -> Result<Vec<Segments>, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    let mut found = Vec::new();
    scan(&tokens.into_iter().collect::<Vec<_>>(), &mut found);
    Ok(found)
}

fn scan(tokens: &[TokenTree], found: &mut Vec<Segments>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' && is_test(tokens.get(at + 1)) => {
                at = end_of_item(tokens, at + 2);
                continue;
            }
            TokenTree::Ident(name) if name == "pub" && is_scope(tokens.get(at + 1)) => {
                at += 2;
                continue;
            }
            TokenTree::Group(group) => scan(&group.stream().into_iter().collect::<Vec<_>>(), found),
            TokenTree::Ident(_) if !is_continued(tokens, at) => {
                at = path(tokens, at, &[], found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Reads the path that begins at an index, and the group at its end; returns the index after it.
fn path(tokens: &[TokenTree], at: usize, prefix: &[String], found: &mut Vec<Segments>) -> usize {
    let mut segments = prefix.to_vec();
    let mut at = at;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        segments.push(name.to_string());
        at += 1;
        if !is_separator(tokens, at) {
            break;
        }
        at += 2;
        if let Some(TokenTree::Group(group)) = tokens.get(at)
            && group.delimiter() == Delimiter::Brace
        {
            let inner: Vec<_> = group.stream().into_iter().collect();
            for part in inner.split(|token| is_mark(token, ',')) {
                path(part, 0, &segments, found);
            }
            return at + 1;
        }
    }
    if segments.len() > 1 {
        found.push(segments);
    }
    at
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |at: usize| tokens.get(at).is_some_and(|token| is_mark(token, ':'));
    is_colon(at) && is_colon(at + 1)
}

/// Whether the path at an index has no name as its beginning, as in `<T as X>::y` or `::std`.
fn is_continued(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_separator(tokens, at - 2) && !is_macro_crate(tokens, at)
}

/// `$crate` consists of a punctuation mark and a name.
fn is_macro_crate(tokens: &[TokenTree], at: usize) -> bool {
    at >= 1 && tokens.get(at - 1).is_some_and(|token| is_mark(token, '$'))
}

/// `[cfg(test)]`, also as one of several conditions.
fn is_test(attribute: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = attribute else {
        return false;
    };
    let text = group.stream().to_string().replace(' ', "");
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// The `(in a::path)` of a visibility, which is not an import.
fn is_scope(token: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = token else {
        return false;
    };
    let mut tokens = group.stream().into_iter();
    matches!(tokens.next(), Some(TokenTree::Ident(name)) if name == "in")
}

/// The index after the item that begins at an index.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        other => is_mark(other, ';'),
    };
    let rest = tokens.get(at..).unwrap_or_default();
    rest.iter()
        .position(ends)
        .map_or(tokens.len(), |length| at + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let paths = paths(text).unwrap();
        paths.iter().map(|segments| segments.join("::")).collect()
    }

    #[test]
    fn imports_groups_and_paths_in_code_are_found() {
        let text = "use crate::a::{b::C, d::{self, E as F}, *}; use super::super::g::H;
            fn x() -> crate::i::J { <K as crate::l::M>::n(); o![crate::p::Q; $crate::r!()] }";
        let expected = [
            "crate::a::b::C",
            "crate::a::d::self",
            "crate::a::d::E",
            "crate::a",
            "super::super::g::H",
            "crate::i::J",
            "crate::l::M",
            "crate::p::Q",
            "crate::r",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn a_visibility_is_no_import() {
        let text = "pub(in crate::a::b) struct C { pub(in super::super) d: crate::e::F }
            pub(crate) struct G(pub crate::h::I);";
        assert_eq!(shown(text), ["crate::e::F", "crate::h::I"]);
    }

    #[test]
    fn what_only_tests_name_does_not_count() {
        let text = "#[cfg(test)] mod tests { use crate::a::B; } #[cfg(test)] use crate::c::D;
            #[cfg(all(test, unix))] fn e() { crate::f::g() } use crate::h::I;";
        assert_eq!(shown(text), ["crate::h::I"]);
    }
}
