//! Finds e-mail addresses. A run of address characters with an `@` inside is masked completely,
//! because it may contain several adjacent addresses.

use std::ops::Range;

/// The addresses in a text.
pub(super) fn find(text: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    // The start of the last quoted text, if the quote before `at` closes it.
    let mut quoted = None;
    while let Some(&c) = text.get(at) {
        if c == '"' {
            let closes = text.get(at + 1).is_some_and(|c| is_at(*c));
            if let (true, Some(start)) = (closes, quoted) {
                let end = at + 1 + run(text, at + 1);
                found.push(start..end);
                at = end;
                quoted = None;
                continue;
            }
            quoted = Some(at);
        }
        let length = run(text, at);
        if let Some(address) = text.get(at..at + length).and_then(address) {
            found.push(at + address.start..at + address.end);
        }
        at += length.max(1);
    }
    found
}

fn run(text: &[char], at: usize) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    tail.iter().take_while(|c| may_stand_in_one(**c)).count()
}

/// The part of a run that is an address: characters on both sides of an `@`, without surrounding
/// punctuation.
fn address(run: &[char]) -> Option<Range<usize>> {
    let solid = |c: &char| !is_at(*c) && !".!?'*`[]".contains(*c);
    let start = run.iter().position(solid)?;
    let end = run.iter().rposition(solid)? + 1;
    run.get(start..end)?
        .iter()
        .any(|c| is_at(*c))
        .then_some(start..end)
}

const fn is_at(c: char) -> bool {
    matches!(c, '@' | '＠' | '﹫')
}

/// Letters of all scripts, including combining marks.
fn may_stand_in_one(c: char) -> bool {
    let is_foreign = !c.is_ascii() && !c.is_whitespace();
    c.is_ascii_alphanumeric() || is_foreign || "@._%+-'!#$&*/=?^`{|}~[]".contains(c)
}
