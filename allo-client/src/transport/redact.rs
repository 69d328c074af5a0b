//! Makes texts from outside fit to be shown: no control characters, no endless
//! lines, no keys, phone numbers or e-mail addresses. It errs on the side of
//! masking. Typed values hide themselves (`runtime::debug`).

use crate::ApiKey;

/// The most characters of a text from outside that are shown.
const MOST_CHARS: usize = 300;
/// The most characters of an id from outside that are kept.
const MOST_ID_CHARS: usize = 128;

/// Cleans texts; knows the key in use, so that an echo of it is found too.
#[derive(Clone, Copy)]
pub(crate) struct Redactor<'a> {
    key: Option<&'a ApiKey>,
}

impl<'a> Redactor<'a> {
    pub(crate) const fn new(key: &'a ApiKey) -> Self {
        Self { key: Some(key) }
    }

    /// For texts that cannot hold the key.
    pub(crate) const fn without_key() -> Self {
        Self { key: None }
    }

    /// A text for people: one bounded line, masked.
    pub(crate) fn clean(&self, text: &str) -> String {
        // Bounded first, generously: masking only shortens or lengthens a little.
        let head: String = text.chars().take(MOST_CHARS * 4).collect();
        bounded(&mask(&self.without_secret(&one_line(&head))))
    }

    /// An id: visible characters only, bounded, never masked in part.
    pub(crate) fn clean_id(&self, text: &str) -> Option<String> {
        let id: String = text
            .chars()
            .filter(char::is_ascii_graphic)
            .take(MOST_ID_CHARS)
            .collect();
        let id = self.without_secret(&id);
        (!id.is_empty()).then_some(id)
    }

    fn without_secret(&self, text: &str) -> String {
        match self.key {
            Some(key) if !key.is_empty() => text.replace(key.expose(), "<api-key>"),
            _ => text.to_owned(),
        }
    }
}

/// What is wrong with a JSON text, without the values that serde quotes.
pub(crate) fn decode_problem(error: &serde_json::Error) -> String {
    Redactor::without_key().clean(&without_values(&error.to_string()))
}

/// Empties every `"…"`, and every `` `…` `` that is a value and not a name.
fn without_values(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, quote, inside)) = next_quote(rest) {
        let (value, after) = inside.split_at(closing(inside, quote));
        let names = ["field ", "variant ", "struct "];
        let is_name = quote == '`' && names.iter().any(|word| before.ends_with(word));
        let shown = if is_name { value } else { "…" };
        out.push_str(before);
        out.push(quote);
        out.push_str(shown);
        out.push(quote);
        rest = after.strip_prefix(quote).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What is before the next quote, the quote, and what is after it.
fn next_quote(text: &str) -> Option<(&str, char, &str)> {
    let (before, quoted) = text.split_at_checked(text.find(['"', '`'])?)?;
    let mut after = quoted.chars();
    let quote = after.next()?;
    Some((before, quote, after.as_str()))
}

/// Where a quoted text ends; its end if the quote is never closed.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return index,
            _ => {}
        }
    }
    text.len()
}

/// Control characters become single spaces; so does other white space.
fn one_line(text: &str) -> String {
    let visible = text.replace(is_invisible, " ");
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Controls, and the format characters that reorder or hide text in a terminal.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn bounded(text: &str) -> String {
    let mut head: String = text.chars().take(MOST_CHARS).collect();
    if head.len() < text.len() {
        head.push('…');
    }
    head
}

/// Masks keys, e-mail addresses and phone numbers.
fn mask(text: &str) -> String {
    let plain = text
        .replace("%2B", "+")
        .replace("%2b", "+")
        .replace("%40", "@");
    let chars: Vec<char> = plain.chars().collect();
    let mut out = String::with_capacity(plain.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let tail = chars.get(at..).unwrap_or_default();
        let (taken, shown) = match piece(tail) {
            Piece::Hidden(taken, label) => (taken, Some(label)),
            Piece::Plain(taken) => (taken, None),
        };
        match shown {
            Some(label) => out.push_str(label),
            None => out.extend(tail.iter().take(taken)),
        }
        debug_assert!(taken > 0, "{c:?} makes no progress");
        at += taken.max(1);
    }
    out
}

/// How many characters come next, and what is shown for them.
enum Piece {
    Plain(usize),
    Hidden(usize, &'static str),
}

fn piece(tail: &[char]) -> Piece {
    if let Some(taken) = email(tail) {
        return Piece::Hidden(taken, "<email>");
    }
    if let Some(taken) = phone(tail) {
        return Piece::Hidden(taken, "<phone>");
    }
    match word(tail) {
        0 => Piece::Plain(1),
        taken if is_key(tail.get(..taken).unwrap_or_default()) => Piece::Hidden(taken, "<api-key>"),
        taken => Piece::Plain(taken),
    }
}

/// The length of a word at the start: an id such as `usr-0123` is one word, so
/// that its digits are not taken for a number. A date is one, too.
fn word(tail: &[char]) -> usize {
    if is_date(tail) {
        return 10;
    }
    let first = run(tail, |c| c.is_alphanumeric() || c == '_');
    let has_letter = tail.iter().take(first).any(|c| c.is_alphabetic());
    if !has_letter {
        return first;
    }
    run(tail, |c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

fn is_key(word: &[char]) -> bool {
    word.len() > 8 && word.starts_with(&['a', 'k', '_'])
}

/// The length of an e-mail address at the start, if there is one; or of several
/// that are glued together.
fn email(tail: &[char]) -> Option<usize> {
    let length = run(tail, |c| {
        c.is_alphanumeric() || "@._%+-'!#$&*/=?^`{|}~".contains(c)
    });
    let glued = tail.get(..length)?;
    let at = glued.iter().position(|c| *c == '@')?;
    (at > 0 && at + 1 < length).then_some(length)
}

/// The length of a phone number at the start, if there is one.
fn phone(tail: &[char]) -> Option<usize> {
    let starts = matches!(tail.first(), Some('+' | '＋' | '(')) || digit(tail.first());
    if !starts || is_date(tail) {
        return None;
    }
    let reach = run(tail, |c| {
        c.is_numeric() || c.is_whitespace() || "+＋-.()/‐‑‒–".contains(c)
    });
    let reached = tail.get(..reach)?;
    let end = reached.iter().rposition(|c| c.is_numeric())? + 1;
    let digits = reached.iter().filter(|c| c.is_numeric()).count();
    let goes_on = tail
        .get(end)
        .is_some_and(|c| c.is_alphabetic() || *c == '_');
    ((7..=17).contains(&digits) && !goes_on).then_some(end)
}

/// Whether a date `2026-05-20` is at the start.
fn is_date(tail: &[char]) -> bool {
    let shape = tail.get(..10).unwrap_or_default();
    let fits = |(index, c): (usize, &char)| match index {
        4 | 7 => *c == '-',
        _ => c.is_ascii_digit(),
    };
    shape.len() == 10 && shape.iter().enumerate().all(fits) && !digit(tail.get(10))
}

fn digit(c: Option<&char>) -> bool {
    c.is_some_and(|c| c.is_numeric())
}

fn run(tail: &[char], accept: impl Fn(char) -> bool) -> usize {
    tail.iter().take_while(|c| accept(**c)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        let key = ApiKey::from("s3cret-key");
        Redactor::new(&key).clean(text)
    }

    #[test]
    fn personal_data_and_keys_are_masked() {
        let table = [
            ("call +12125550101 now", "call <phone> now"),
            ("call +1 (212) 555-0101, please", "call <phone>, please"),
            ("(212) 555 0101.", "<phone>."),
            ("0012125550101", "<phone>"),
            ("number=%2B12125550101&x", "number=<phone>&x"),
            ("tel:12125550101;", "tel:<phone>;"),
            (
                "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}",
                "<phone>",
            ),
            ("no marie.d+x@example.com here", "no <email> here"),
            ("email=marie%40example.com", "<email>"),
            ("<marie@example.com>", "<<email>>"),
            ("a@example.com@b@example.com,c", "<email>,c"),
            ("key ak_live_abcdef012345 bad", "key <api-key> bad"),
            ("you sent s3cret-key!", "you sent <api-key>!"),
        ];
        for (text, expected) in table {
            assert_eq!(clean(text), expected, "{text}");
        }
    }

    #[test]
    fn what_helps_is_left_alone() {
        for text in [
            "position 1000 of 1000",
            "queue pdl_9fRtYw3KcVbQ of usr-7D21C0A94E5B83F6120A9B4C77E1D05F3368BA91",
            "usr-01234567890 is gone",
            "since 2026-05-20T13:00:00Z",
            "on 2026-05-20 13:00",
            "limit=250;type=DAILY;reset_in=900",
            "size must be between 1 and 100, got 101",
            "see GET /v2/api/users",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn a_text_becomes_one_bounded_line() {
        assert_eq!(clean(" a\r\n\tb\u{1b}[31m\u{202e}c\0 "), "a b [31m c");
        let long = clean(&"x ".repeat(10_000));
        assert_eq!(long.chars().count(), MOST_CHARS + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn an_id_keeps_its_digits() {
        let redactor = Redactor::without_key();
        assert_eq!(
            redactor.clean_id("req_123456789012").as_deref(),
            Some("req_123456789012")
        );
        assert_eq!(redactor.clean_id("a\r\nb c").as_deref(), Some("abc"));
        assert_eq!(redactor.clean_id("\u{7}"), None);
    }

    #[test]
    fn no_value_survives_in_a_decode_problem() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code)]
        struct Sample {
            number: u8,
        }
        let table = [
            (r#"{"number": "say \"hi\" to Marie"}"#, "string \"…\""),
            (r#"{"number": 4242}"#, "integer `…`"),
            (r#"{"other": 1}"#, "missing field `number`"),
            (r#"{"number": "#, "EOF"),
        ];
        for (json, expected) in table {
            let error = serde_json::from_str::<Sample>(json).unwrap_err();
            let text = decode_problem(&error);
            assert!(text.contains(expected), "{text}");
            assert!(!text.contains("Marie") && !text.contains("4242"), "{text}");
        }
    }

    #[test]
    fn random_texts_neither_panic_nor_leak() {
        let mut random = fastrand::Rng::with_seed(7);
        let pieces = [
            "+12125550101",
            "marie@example.com",
            "s3cret-key",
            "@",
            "+",
            "\"",
            "`",
            "\\",
            "é",
            "%2B",
            "(",
            "\u{0}",
            "\n",
            "1",
            "usr-",
            "a",
            ".",
            "-",
            " ",
            "\u{2011}",
        ];
        for _ in 0..20_000 {
            let count = random.usize(..12);
            let picks = (0..count).map(|_| pieces[random.usize(..pieces.len())]);
            let text = picks.collect::<String>();
            let shown = clean(&text);
            assert!(!shown.contains("s3cret-key"), "{text:?} gave {shown:?}");
            assert!(!shown.contains("@example"), "{text:?} gave {shown:?}");
            assert!(!shown.contains(char::is_control), "{text:?} gave {shown:?}");
            without_values(&text);
        }
    }
}
