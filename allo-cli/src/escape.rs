//! Escapes untrusted text from the service, a list or a file name for its destination: a
//! terminal, JSON, or a spreadsheet. Formatting of values is in
//! `format`.

/// Replaces a character that is not shown.
const REPLACEMENT: char = '\u{fffd}';

/// Whether a character controls the terminal or the surrounding text, or is invisible:
/// control characters, bidirectional marks and overrides, line separators, and all
/// default-ignorable characters of Unicode except variation selectors.
#[rustfmt::skip]
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// For tables and messages: one line, with a replacement for each unsafe character.
pub(crate) fn line(text: &str) -> String {
    cleaned(text, |c| match c {
        '\n' | '\r' | '\t' => ' ',
        _ => REPLACEMENT,
    })
}

/// For a CSV cell: like `line`, but keeps line breaks and tabs, which are quoted; and guards
/// against formulas.
pub(crate) fn csv(text: &str) -> String {
    // A lone carriage return would overwrite the line.
    let text = text.replace("\r\n", "\n");
    guarded(cleaned(&text, |c| match c {
        '\n' | '\t' => c,
        _ => REPLACEMENT,
    }))
}

/// For a JSON document or line: the same document, with unsafe characters in strings
/// escaped.
pub(crate) fn json(document: &str) -> String {
    let mut text = String::with_capacity(document.len());
    let mut units = [0; 2];
    for c in document.chars() {
        // Outside strings the only such character is a line break,
        // which JSON never has inside a string.
        if c == '\n' || !is_unsafe(c) {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}

fn cleaned(text: &str, replaced: impl Fn(char) -> char) -> String {
    let mut before = None;
    let mut rest = text.chars().peekable();
    let mut cleaned = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        let shown = if is_unsafe(c) && !is_joining(before, c, rest.peek().copied()) {
            replaced(c)
        } else {
            c
        };
        cleaned.push(shown);
        before = Some(c);
    }
    cleaned
}

/// Whether a joiner is valid here: in emoji, and in scripts that need it.
fn is_joining(before: Option<char>, c: char, after: Option<char>) -> bool {
    let beside = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !is_unsafe(c));
    matches!(c, '\u{200c}' | '\u{200d}') && beside(before) && beside(after)
}

/// Prefixes a quote to formulas, and to texts that already look
/// guarded.
fn guarded(text: String) -> String {
    match is_formula(text.trim_start_matches('\'')) {
        true => format!("'{text}"),
        false => text,
    }
}

/// Removes the quote that guards a cell.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet would treat a text as a formula. Numbers are not formulas, nor are
/// telephone numbers of digits and spaces.
fn is_formula(text: &str) -> bool {
    let blanks = text.trim_start_matches(' ');
    let begins_a_line = blanks.starts_with(['\t', '\r', '\n']);
    let inside = text.trim_start();
    let sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    begins_a_line || inside.starts_with(sign) && !is_number(inside)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
    let plain = |c: char| c.is_ascii_digit() || c == ' ';
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    whole.starts_with(|c: char| c.is_ascii_digit())
        && whole.chars().all(plain)
        && !part.is_empty()
        && part.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json as value};

    #[test]
    fn unsafe_characters_are_replaced() {
        let table = [
            ("a\u{1b}[2Jb\nc", "a\u{fffd}[2Jb c"),
            ("\u{1b}]0;x\u{7}", "\u{fffd}]0;x\u{fffd}"),
            ("a\u{9b}2Jb", "a\u{fffd}2Jb"),
            ("moc.elpmaxe\u{202e}", "moc.elpmaxe\u{fffd}"),
            ("a\u{200b}b\u{200d}c\u{feff}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
            ("👩\u{200d}🍳", "👩\u{200d}🍳"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("Zoë ✔\u{fe0f}", "Zoë ✔\u{fe0f}"),
            ("a\u{e0041}", "a\u{fffd}"),
        ];
        for (text, expected) in table {
            assert_eq!(line(text), expected);
        }
    }

    #[test]
    fn formulas_are_guarded() {
        let table = [
            (
                "=HYPERLINK(\"http://example.com\")",
                "'=HYPERLINK(\"http://example.com\")",
            ),
            ("  =1", "'  =1"),
            ("\t=1", "'\t=1"),
            (" \t", "' \t"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("+1-212-555-0124", "'+1-212-555-0124"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("+12125550101", "+12125550101"),
            ("+1 212 555 0101", "+1 212 555 0101"),
            ("-12.5", "-12.5"),
            ("it's", "it's"),
            ("'tis", "'tis"),
            ("a\r\nb\rc", "a\nb\u{fffd}c"),
            ("-", "'-"),
            ("+", "'+"),
        ];
        for (text, expected) in table {
            assert_eq!(csv(text), expected, "{text}");
        }
    }

    #[test]
    fn guarding_is_reversible() {
        let pieces = [
            "", "'", "=", "+", "-", "@", "＝", " ", "\n", "1", "a", "+1", "'+", "=1",
        ];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let text = format!("{one}{two}{three}");
                    let written = csv(&text);
                    assert_eq!(unguarded(&written), text);
                    assert!(!is_formula(&written), "{written:?}");
                }
            }
        }
    }

    #[test]
    fn json_keeps_the_data() {
        let data = value!({"na\u{202e}me": "\u{9b}2J\u{1b}\u{7f}\u{e0041}é👩\u{200d}🍳\n"});
        let text = json(&format!("{data:#}\n"));
        assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(data));
    }
}
