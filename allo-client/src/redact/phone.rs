//! Finds phone numbers in free text. These count as one:
//!
//! 1. `+` and at least seven digits, with the usual separators between them, whatever precedes or
//!    follows;
//! 2. nine digits or more in groups, as in national notation: with spaces, hyphens, dots, slashes
//!    or parentheses;
//! 3. nine to fifteen consecutive digits, unless they are a Unix time, a date, a measure
//!    (`1073741824 bytes`) or part of an id;
//! 4. seven digits or more after a word such as `tel:` or `phone_`.
//!
//! Digits that only look like a number are recognized in `figures`. If the two cannot be
//! distinguished, the text is masked: two adjacent counts (`404 1048576`) may be, a count of nine
//! digits or more without a unit always is.

use std::ops::Range;

use super::figures;

/// Whether the text may contain ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Digits inside a word (`req_123456789012`) are an id.
    Prose,
    /// The same for a text of which only visible ASCII is kept.
    Id,
    /// A code or field name: no word in it has that many digits.
    Name,
}

/// The minimum number of digits of a marked number (rules 1 and 4).
const FEWEST: usize = 7;
/// The minimum number of digits of an unmarked number.
const FEWEST_UNMARKED: usize = 9;
/// The maximum number of digits of a number (E.164).
const MOST: usize = 15;
/// The maximum number of characters between two groups of digits: ` - `, `) (`.
const WIDEST_GAP: usize = 4;

/// The numbers in a text.
pub(super) fn find(text: &[char], style: Style) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let step = step(text, at, style);
        if let Some(number) = step.number {
            found.push(number);
        }
        at = step.next.max(at + 1);
    }
    found
}

/// Examines a position and returns where to continue.
struct Step {
    number: Option<Range<usize>>,
    next: usize,
}

impl Step {
    const fn plain(next: usize) -> Self {
        Self { number: None, next }
    }

    const fn hidden(start: usize, end: usize) -> Self {
        Self {
            number: Some(start..end),
            next: end,
        }
    }
}

fn step(text: &[char], at: usize, style: Style) -> Step {
    let c = text.get(at).copied().unwrap_or(' ');
    if is_plus(c) {
        return match international(text, at) {
            Some(end) => Step::hidden(at, end),
            None => Step::plain(at + 1),
        };
    }
    if c.is_numeric() {
        return national(text, at);
    }
    if c.is_alphabetic() || c == '_' {
        return word(text, at, style);
    }
    Step::plain(at + 1)
}

const fn is_plus(c: char) -> bool {
    matches!(c, '+' | '＋' | '﹢' | '⁺')
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || "-.()/·‐‑‒–—−_".contains(c)
}

/// A group of digits, and the separator before it.
#[derive(Clone, Debug)]
struct Group {
    gap: Range<usize>,
    digits: Range<usize>,
}

/// The next group at a position, if there is one.
fn group(text: &[char], at: usize, is_gap: impl Fn(char) -> bool) -> Option<Group> {
    let start = at + run(text, at, is_gap);
    let end = start + run(text, start, char::is_numeric);
    (end > start && start - at <= WIDEST_GAP).then_some(Group {
        gap: at..start,
        digits: start..end,
    })
}

/// Rule 1: the end of the number whose `+` is at this position.
fn international(text: &[char], at: usize) -> Option<usize> {
    let spaced = text.get(at + 1).is_some_and(|c| c.is_whitespace());
    let mut end = at + 1;
    let mut count = 0;
    let mut last = 0;
    loop {
        // In a form-encoded text, a `+` is a space.
        let gap = |c| is_gap(c) || (is_plus(c) && count < FEWEST);
        let Some(next) = group(text, end, gap) else {
            break;
        };
        let starts_anew = !next.gap.is_empty()
            && count > 0
            && (is_whole(text, at, count, last) || is_apart(text, &next, count));
        if starts_anew || (spaced && count == 0 && figures::is_time(text, &next.digits)) {
            break;
        }
        last = next.digits.len();
        count += last;
        end = next.digits.end;
    }
    let fewest = if spaced { FEWEST_UNMARKED } else { FEWEST };
    (count >= fewest).then_some(end)
}

/// Whether the number is complete: it has no separators, or the length of its country's numbers.
fn is_whole(text: &[char], plus: usize, count: usize, last: usize) -> bool {
    let start: Vec<char> = text.iter().skip(plus + 1).take(2).copied().collect();
    let exact = matches!(start.as_slice(), ['1' | '7', ..] | ['3', '3']);
    last > 9 || (exact && count >= 11)
}

/// Whether the next group of digits is separate from the number.
fn is_apart(text: &[char], next: &Group, count: usize) -> bool {
    let digits = &next.digits;
    figures::date(text, digits.start).is_some()
        || (count > 3 && figures::is_time(text, digits))
        || (count >= FEWEST && count + digits.len() > MOST && digits.len() >= FEWEST_UNMARKED)
        || (count >= FEWEST && figures::is_clock(text, digits))
        || (count > 9 && text.get(digits.end).is_some_and(|c| c.is_alphabetic()))
}

/// Rules 2 and 3: digits without a `+`.
fn national(text: &[char], at: usize) -> Step {
    if let Some(length) = figures::date(text, at) {
        return Step::plain(at + length);
    }
    let token = at..at + figures::token(text, at);
    if figures::is_id(text, &token) {
        return Step::plain(token.end);
    }
    if let Some(end) = glued(text, &token) {
        return end;
    }
    let groups = chain(text, at);
    let end = groups.last().map_or(at + 1, |group| group.digits.end);
    let first = groups
        .first()
        .map_or(at..at + 1, |group| group.digits.clone());
    if groups.len() == 1 {
        return match is_bare_number(text, &first) {
            true => Step::hidden(at, end),
            false => Step::plain(end),
        };
    }
    if is_dotted_figure(text, &groups) {
        return Step::plain(end);
    }
    if !is_grouped_number(text, &groups) {
        return match is_bare_number(text, &first) {
            true => Step::hidden(at, first.end),
            false => Step::plain(first.end),
        };
    }
    let opened = at > 0 && text.get(at - 1) == Some(&'(');
    Step {
        number: Some(if opened { at - 1..end } else { at..end }),
        next: end,
    }
}

/// A word that begins with digits: `2125550101is`, `212-555-0101-now`. With fewer than ten digits
/// it is an id; a measure counts as one, too.
fn glued(text: &[char], token: &Range<usize>) -> Option<Step> {
    let word = text.get(token.clone())?;
    let letter = word.iter().position(|c| c.is_alphabetic() || *c == '_')?;
    let head = word.get(..letter)?;
    let length = head.iter().rposition(|c| c.is_numeric())? + 1;
    let digits = head.iter().filter(|c| c.is_numeric()).count();
    let whole = token.start..token.start + length;
    let is_figure = !(10..=MOST).contains(&digits)
        || figures::is_time(text, &whole)
        || figures::is_measure(text, whole.end);
    Some(match is_figure {
        true => Step::plain(token.end),
        false => Step::hidden(whole.start, whole.end),
    })
}

/// The groups of digits from a position on that may form one number.
fn chain(text: &[char], at: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut count = 0;
    let mut end = at;
    while let Some(next) = group(text, end, is_gap) {
        let digits = next.digits.clone();
        let code = groups.first().is_some_and(|group| {
            text.get(group.digits.clone())
                .is_some_and(|first| first.starts_with(&['0', '0']))
        });
        let is_long = digits.len() > 9 && !(code || count < 3);
        let ends = figures::date(text, digits.start).is_some()
            || figures::is_clock(text, &digits)
            || (!code && figures::is_time(text, &digits))
            || figures::is_measure(text, digits.end)
            || is_word_of_its_own(text, &digits, count)
            || is_long;
        if ends && !groups.is_empty() {
            break;
        }
        count += digits.len();
        end = digits.end;
        groups.push(next);
        // A long group is complete; the next group belongs to another number.
        if digits.len() >= FEWEST_UNMARKED && groups.len() == 1 && !is_decimal(text, end) {
            break;
        }
    }
    groups
}

/// Whether the digits are the start of a word and not only adjacent to one.
fn is_word_of_its_own(text: &[char], digits: &Range<usize>, count: usize) -> bool {
    let rest = text.get(digits.end..).unwrap_or_default();
    let letters = rest
        .iter()
        .take_while(|c| c.is_alphabetic() || **c == '_')
        .count();
    let goes_on = rest.get(letters).is_some_and(|c| c.is_numeric());
    letters > 0 && (goes_on || count < 6)
}

/// Whether a fraction follows, as in `1700000000.25`.
fn is_decimal(text: &[char], end: usize) -> bool {
    text.get(end) == Some(&'.') && text.get(end + 1).is_some_and(|c| c.is_numeric())
}

/// Rule 3.
fn is_bare_number(text: &[char], digits: &Range<usize>) -> bool {
    let Some(shown) = text.get(digits.clone()) else {
        return false;
    };
    let most = if shown.starts_with(&['0', '0']) {
        MOST + 2
    } else {
        MOST
    };
    // Programs write ASCII digits.
    let fewest = match shown.iter().all(char::is_ascii) {
        true => FEWEST_UNMARKED,
        false => FEWEST,
    };
    (fewest..=most).contains(&digits.len())
        && !figures::is_time(text, digits)
        && !figures::is_measure(text, digits.end)
}

/// Whether groups separated only by dots are an IP address, a version or a decimal number.
fn is_dotted_figure(text: &[char], groups: &[Group]) -> bool {
    let between = groups.iter().skip(1);
    let mut gaps = between.clone().map(|group| text.get(group.gap.clone()));
    if !gaps.all(|gap| gap == Some(&['.'])) {
        return false;
    }
    let value = |group: &Group| -> Option<u32> {
        let digits = text.get(group.digits.clone())?;
        digits.iter().collect::<String>().parse().ok()
    };
    let is_octet =
        |group: &Group| group.digits.len() <= 3 && value(group).is_some_and(|value| value < 256);
    groups.len() == 2
        || (groups.len() == 4 && groups.iter().all(is_octet))
        || between.clone().any(|group| group.digits.len() == 1)
}

/// Rule 2.
fn is_grouped_number(text: &[char], groups: &[Group]) -> bool {
    let count: usize = groups.iter().map(|group| group.digits.len()).sum();
    let sizes: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let gaps = groups
        .iter()
        .skip(1)
        .filter_map(|group| text.get(group.gap.clone()));
    let closes = gaps.flatten().any(|c| matches!(c, '(' | ')'));
    let has_trunk = groups
        .first()
        .is_some_and(|group| text.get(group.digits.start) == Some(&'0'));
    match sizes.as_slice() {
        _ if closes => count >= FEWEST,
        // `1000/25000` and `1000-25000` are not numbers.
        [first, second] => count >= FEWEST_UNMARKED && (has_trunk || (*first <= 3 && *second >= 6)),
        // Pairs of digits, as in some countries with numbers of eight digits.
        [2, 2, 2, 2] => true,
        _ => count >= FEWEST_UNMARKED,
    }
}

/// A word with a letter: an id, or a label before digits (rule 4).
fn word(text: &[char], at: usize, style: Style) -> Step {
    let end = at + figures::token(text, at);
    let word = text.get(at..end).unwrap_or_default();
    if let Some(start) = labelled(text, at, word) {
        return number_behind_label(text, start).unwrap_or(Step::plain(start));
    }
    let inner = (style == Style::Name).then(|| inside(word)).flatten();
    Step::plain(inner.map_or(end, |offset| at + offset))
}

/// The position at which the number after a label may begin.
fn labelled(text: &[char], at: usize, word: &[char]) -> Option<usize> {
    const LABELS: [&str; 10] = [
        "tel",
        "telephone",
        "phone",
        "mobile",
        "msisdn",
        "whatsapp",
        "callto",
        "fax",
        "cell",
        "sms",
    ];
    let letters = word
        .iter()
        .take_while(|c| c.is_alphabetic() || **c == '_')
        .count();
    let name: String = word
        .iter()
        .take(letters)
        .flat_map(|c| c.to_lowercase())
        .collect();
    let is_label = name.split('_').any(|part| {
        LABELS
            .iter()
            .any(|label| part == *label || part.ends_with("phone"))
    });
    if !is_label {
        return None;
    }
    let start = at + letters;
    let gap = run(text, start, |c| " :=\"'(-[".contains(c));
    let behind = text.get(start + gap)?;
    let between = text.get(start..start + gap)?;
    let announces = gap == 0 || between.iter().any(|c| ":=(-[".contains(*c));
    let announces = announces || word.get(letters - 1) == Some(&'_');
    (behind.is_numeric() && announces && gap <= WIDEST_GAP).then_some(start + gap)
}

/// Rule 4.
fn number_behind_label(text: &[char], start: usize) -> Option<Step> {
    let mut end = start;
    let mut count = 0;
    while let Some(next) = group(text, end, is_gap) {
        let apart = count >= FEWEST && !next.gap.is_empty() && count + next.digits.len() > MOST;
        if apart || figures::date(text, next.digits.start).is_some() {
            break;
        }
        count += next.digits.len();
        end = next.digits.end;
    }
    (count >= FEWEST).then(|| Step::hidden(start, end))
}

/// The position of digits inside a word that should have none; hexadecimal parts are skipped.
fn inside(word: &[char]) -> Option<usize> {
    let mut at = 0;
    while at < word.len() {
        let digits = run(word, at, char::is_numeric);
        if digits >= FEWEST_UNMARKED && at > 0 && !figures::is_hex_part(word, at) {
            return Some(at);
        }
        at += digits.max(1);
    }
    None
}

fn run(text: &[char], at: usize, accept: impl Fn(char) -> bool) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    tail.iter().take_while(|c| accept(**c)).count()
}
