//! Decodes a text as its readers do: percent encoding, JSON escapes and HTML character references
//! are decoded, and each character is mapped to its position in the original. Secrets are
//! recognized in the sibling modules.

use std::ops::Range;

/// Characters, and the position of each in the original text.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) chars: Vec<char>,
    places: Vec<Range<usize>>,
}

/// The maximum number of layers of encoding that are decoded: an echo of an echo of a URL.
const MOST_LAYERS: usize = 3;

impl View {
    /// The text itself.
    pub(super) fn of(text: &[char]) -> Self {
        Self {
            chars: text.to_vec(),
            places: (0..text.len()).map(|at| at..at + 1).collect(),
        }
    }

    /// Only the visible ASCII characters of the text, as they are kept of an id.
    pub(super) fn visible(text: &[char]) -> Self {
        let mut view = Self::of(text);
        view.places
            .retain(|place| text.get(place.start).is_some_and(char::is_ascii_graphic));
        view.chars.retain(char::is_ascii_graphic);
        view
    }

    /// The view itself, then with one more layer of encoding decoded each time.
    pub(super) fn layers(self) -> Vec<Self> {
        let mut layers = vec![self];
        while layers.len() <= MOST_LAYERS
            && let Some(next) = layers.last().and_then(Self::decoded)
        {
            layers.push(next);
        }
        layers
    }

    /// The position of a part of this view in the original text.
    pub(super) fn place(&self, part: Range<usize>) -> Option<Range<usize>> {
        let places = self.places.get(part)?;
        Some(places.first()?.start..places.last()?.end)
    }

    /// The view with one layer of encoding decoded; `None` if it has none.
    fn decoded(&self) -> Option<Self> {
        let mut out = Self {
            chars: Vec::with_capacity(self.chars.len()),
            places: Vec::with_capacity(self.chars.len()),
        };
        let mut at = 0;
        while let Some(&c) = self.chars.get(at) {
            let tail = self.chars.get(at..).unwrap_or_default();
            let read = match c {
                '%' => percent(tail),
                '\\' => escape(tail).map(|one| vec![one]),
                '&' => reference(tail).map(|one| vec![one]),
                _ => None,
            };
            for (c, length) in read.unwrap_or_else(|| vec![(c, 1)]) {
                out.push(c, self.place(at..at + length));
                at += length;
            }
        }
        (out.chars.len() < self.chars.len()).then_some(out)
    }

    fn push(&mut self, c: char, place: Option<Range<usize>>) {
        if let Some(place) = place {
            self.chars.push(c);
            self.places.push(place);
        }
    }
}

/// A character and the number of characters it was decoded from.
type Read = (char, usize);

/// `%C3%A9`: the bytes of UTF-8 characters.
fn percent(tail: &[char]) -> Option<Vec<Read>> {
    let triples = tail.chunks_exact(3).map_while(|triple| match triple {
        ['%', digits @ ..] => u8::try_from(hex(digits)?).ok(),
        _ => None,
    });
    let bytes: Vec<u8> = triples.collect();
    let mut read = Vec::new();
    for chunk in bytes.utf8_chunks() {
        read.extend(chunk.valid().chars().map(|c| (c, c.len_utf8() * 3)));
        read.extend(chunk.invalid().iter().map(|_| ('\u{fffd}', 3)));
    }
    (!read.is_empty()).then_some(read)
}

/// `\u002B`, `\u{2b}`, `\x2B`, `\"` and similar escapes.
fn escape(tail: &[char]) -> Option<Read> {
    let at = |from: usize, count: usize| hex(tail.get(from..from + count)?).and_then(character);
    match tail.get(1)? {
        'u' if tail.get(2) == Some(&'{') => {
            let most = tail.get(3..)?.iter().take(7);
            let count = most.take_while(|c| **c != '}').count();
            Some((at(3, count)?, count + 4))
        }
        'u' | 'U' => Some((at(2, 4)?, 6)),
        'x' | 'X' => Some((at(2, 2)?, 4)),
        'n' | 'r' | 't' => Some((' ', 2)),
        c if c.is_ascii_punctuation() => Some((*c, 2)),
        _ => None,
    }
}

/// `&#43;`, `&#x2B;` and the names of characters that matter here.
fn reference(tail: &[char]) -> Option<Read> {
    let length = tail.iter().take(10).position(|c| *c == ';')?;
    let name: String = tail.get(1..length)?.iter().collect();
    let c = match name.as_str() {
        "plus" => '+',
        "commat" => '@',
        "quot" => '"',
        "amp" => '&',
        "lpar" => '(',
        "rpar" => ')',
        "nbsp" => ' ',
        "hyphen" | "dash" => '-',
        "period" => '.',
        "sol" => '/',
        "lowbar" => '_',
        _ => match name.strip_prefix('#')?.strip_prefix(['x', 'X']) {
            Some(digits) => character(hex(&digits.chars().collect::<Vec<_>>())?)?,
            None => character(name.get(1..)?.parse().ok()?)?,
        },
    };
    Some((c, length + 1))
}

fn hex(digits: &[char]) -> Option<u32> {
    let mut value = 0_u32;
    for digit in digits {
        value = value.checked_mul(16)?.checked_add(digit.to_digit(16)?)?;
    }
    (!digits.is_empty()).then_some(value)
}

/// Half of a surrogate pair is not part of a secret.
fn character(code: u32) -> Option<char> {
    Some(char::from_u32(code).unwrap_or('\u{fffd}'))
}
