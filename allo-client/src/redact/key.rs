//! Finds API keys: the key of the client, whole or in part, and texts that look like another key.

use std::collections::HashSet;
use std::ops::Range;

/// This many consecutive characters of the key count as a leak.
const GIVEAWAY: usize = 8;

/// Finds the key of the client in any letter case, and any part of it of eight characters, as a
/// truncated text may contain only a part.
pub(super) fn in_use(text: &[char], key: &[char]) -> Vec<Range<usize>> {
    let width = key.len().min(GIVEAWAY);
    if width == 0 {
        return Vec::new();
    }
    let lower =
        |chars: &[char]| -> Vec<char> { chars.iter().map(char::to_ascii_lowercase).collect() };
    let (text, key) = (lower(text), lower(key));
    let parts: HashSet<&[char]> = key.windows(width).collect();
    let found = text.windows(width).enumerate();
    found
        .filter(|(_, window)| parts.contains(window))
        .map(|(at, _)| at..at + width)
        .collect()
}

/// Finds texts with the prefix of the service's keys, and texts after the name of an authentication
/// scheme that do not look like a word.
pub(super) fn foreign(text: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let tail = text.get(at..).unwrap_or_default();
        let begins = at == 0 || text.get(at - 1).is_some_and(|c| !is_word(*c));
        let length = prefixed(tail, begins).or_else(|| announced(tail, begins));
        if let Some((skipped, length)) = length {
            found.push(at + skipped..at + skipped + length);
        }
        at += length.map_or(1, |(skipped, length)| skipped + length);
    }
    found
}

/// `ak_` at the start of a word; `ak_live_` and `ak_test_` anywhere.
fn prefixed(tail: &[char], begins: bool) -> Option<(usize, usize)> {
    let anywhere = starts_with(tail, "ak_live_") || starts_with(tail, "ak_test_");
    if !(anywhere || begins && starts_with(tail, "ak_")) {
        return None;
    }
    let length = tail.iter().take_while(|c| is_word(**c)).count();
    (length > 8).then_some((0, length))
}

/// `Api-Key 6f1c…`, `Bearer eyJ…`: the length of the scheme and the length of the key.
fn announced(tail: &[char], begins: bool) -> Option<(usize, usize)> {
    let schemes = ["api-key", "bearer", "basic"];
    let scheme = schemes.iter().find(|scheme| starts_with(tail, scheme))?;
    let after = tail.get(scheme.len()..)?;
    let gap = after.iter().take_while(|c| " :=".contains(**c)).count();
    let token = after.get(gap..)?;
    let is_token = |c: &&char| is_word(**c) || "./+=~".contains(**c);
    let length = token.iter().take_while(is_token).count();
    let is_odd = token.iter().take(length).any(char::is_ascii_digit);
    let fits = begins && (1..4).contains(&gap) && length >= 16 && is_odd;
    fits.then_some((scheme.len() + gap, length))
}

fn starts_with(text: &[char], prefix: &str) -> bool {
    let start = text.iter().take(prefix.len());
    start.map(char::to_ascii_lowercase).eq(prefix.chars())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}
