//! Recognizes digits that are not phone numbers: dates, times, measures and ids. Phone numbers are
//! recognized in `phone`.

use std::ops::Range;

/// The length of a date at a position: `2026-05-20`, `2026/05/20`, `20.05.2026`.
pub(super) fn date(text: &[char], at: usize) -> Option<usize> {
    const LENGTH: usize = 10;
    let tail = text.get(at..at + LENGTH)?;
    let after = text.get(at + LENGTH);
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    if [after, before]
        .into_iter()
        .flatten()
        .any(|c| c.is_numeric())
    {
        return None;
    }
    let shown: String = tail.iter().collect();
    let mark = |c| matches!(c, '-' | '/' | '.');
    let parts: Vec<&str> = shown.split(mark).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    let fits = |text: &str, low: u32, high: u32| {
        text.parse()
            .is_ok_and(|value: u32| (low..=high).contains(&value))
    };
    let is_month_first = fits(month, 13, 31) && fits(day, 1, 12);
    let is_day = (fits(month, 1, 12) && fits(day, 1, 31)) || is_month_first;
    (fits(year, 1900, 2099) && month.len() == 2 && is_day).then_some(LENGTH)
}

/// Whether digits are a Unix time of the years 2017 to 2033 in seconds, milliseconds, microseconds
/// or nanoseconds, or `20260520130000`. No national number has ten digits, no leading zero and such
/// a prefix, except those of a few networks without their zero; these are not masked.
pub(super) fn is_time(text: &[char], digits: &Range<usize>) -> bool {
    let Some(shown) = text.get(digits.clone()) else {
        return false;
    };
    match shown {
        ['1', '5'..='9', ..] => matches!(shown.len(), 10 | 13 | 16 | 19),
        ['2', '0', ..] if shown.len() == 14 => {
            let two = |from: usize, most: u32| {
                let pair: String = shown.iter().skip(from).take(2).collect();
                pair.parse().is_ok_and(|value: u32| value <= most)
            };
            two(4, 12) && two(6, 31) && two(8, 23) && two(10, 59) && two(12, 60)
        }
        _ => false,
    }
}

/// Whether digits are the hours of a time of day: `13:00`.
pub(super) fn is_clock(text: &[char], digits: &Range<usize>) -> bool {
    let rest = text.get(digits.end..).unwrap_or_default();
    let minutes = rest.iter().skip(1).take_while(|c| c.is_numeric()).count();
    let hours = text.get(digits.clone()).unwrap_or_default();
    let is_hour = matches!(hours, [c] | ['0' | '1', c] | ['2', c @ '0'..='3'] if c.is_numeric());
    is_hour && rest.first() == Some(&':') && minutes == 2
}

/// Whether a unit is at a position, with or without a space before it.
pub(super) fn is_measure(text: &[char], at: usize) -> bool {
    const UNITS: [&str; 24] = [
        "b",
        "byte",
        "bytes",
        "octets",
        "kb",
        "kib",
        "mb",
        "mib",
        "gb",
        "gib",
        "ns",
        "us",
        "µs",
        "ms",
        "s",
        "sec",
        "secs",
        "second",
        "seconds",
        "milliseconds",
        "microseconds",
        "nanoseconds",
        "characters",
        "chars",
    ];
    let at = at + usize::from(text.get(at) == Some(&' '));
    let tail = text.get(at..).unwrap_or_default();
    let letters = tail.iter().take(14).take_while(|c| c.is_alphanumeric());
    let unit: String = letters.flat_map(|c| c.to_lowercase()).collect();
    UNITS.contains(&unit.as_str())
}

/// The length of the word at a position, hyphens included.
pub(super) fn token(text: &[char], at: usize) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    let is_part = |c: &&char| c.is_alphanumeric() || matches!(c, '_' | '-');
    tail.iter().take_while(is_part).count()
}

/// Whether a word that begins with a digit is a UUID or a long hexadecimal text.
pub(super) fn is_id(text: &[char], token: &Range<usize>) -> bool {
    let Some(word) = text.get(token.clone()) else {
        return false;
    };
    let parts: Vec<usize> = word.split(|c| *c == '-').map(<[char]>::len).collect();
    let is_hex = word.iter().all(|c| c.is_ascii_hexdigit() || *c == '-');
    let has_letter = word.iter().any(char::is_ascii_alphabetic);
    let is_uuid = parts == [8, 4, 4, 4, 12];
    is_hex && (is_uuid || (has_letter && word.len() >= 16))
}

/// Whether digits at a position belong to a long hexadecimal part of a word.
pub(super) fn is_hex_part(word: &[char], at: usize) -> bool {
    let is_hex = |c: &&char| c.is_ascii_hexdigit();
    let (before, after) = word.split_at_checked(at).unwrap_or((word, &[]));
    let before = before.iter().rev().take_while(is_hex);
    let after = after.iter().take_while(is_hex);
    let part: Vec<&char> = before.chain(after).collect();
    part.len() >= 16 && part.iter().any(|c| c.is_ascii_alphabetic())
}
