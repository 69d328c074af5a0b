//! Makes external texts safe to show: without control characters, of bounded length, and without
//! keys, phone numbers or e-mail addresses. These are recognized in `key`, `phone` and `email`, in
//! every encoding that `view` decodes. The text is masked completely before it is truncated. A text
//! without secrets is not changed. Typed values redact themselves (`codec::show`).

mod decode_problem;
mod email;
mod figures;
mod key;
mod phone;
#[cfg(test)]
mod tests;
mod view;

use std::ops::Range;

use crate::model::api_key::ApiKey;
use phone::Style;
use view::View;

pub(crate) use decode_problem::decode_problem;

/// The maximum number of characters of an external text that are shown.
const MOST_CHARS: usize = 300;
/// The maximum number of characters of an external id that are kept.
const MOST_ID_CHARS: usize = 128;
/// The maximum number of characters that are searched for secrets. Characters after them are never
/// shown.
const MOST_SEARCHED: usize = 8 * 1024;
/// This many of the last characters searched are not shown either, because a secret may be cut
/// where the search ends. The longest secret fits, in every encoding.
const MARGIN: usize = 1024;

/// Masks texts. It knows the key of the client, so that an echo of the key is found, too.
#[derive(Clone, Copy)]
pub(crate) struct Redactor<'a> {
    key: Option<&'a ApiKey>,
}

/// A name that a caller chose, fit to be shown.
pub(crate) fn shown_name(name: &str) -> String {
    Redactor::without_key().clean_name(name)
}

impl<'a> Redactor<'a> {
    pub(crate) const fn new(key: &'a ApiKey) -> Self {
        Self { key: Some(key) }
    }

    /// For texts that cannot contain the key.
    pub(crate) const fn without_key() -> Self {
        Self { key: None }
    }

    /// A text for people: one line of bounded length, masked.
    pub(crate) fn clean(&self, text: &str) -> String {
        bounded(&self.masked(one_line(text), Style::Prose), MOST_CHARS)
    }

    /// A code or field name: masked like prose, but no word in it counts as an id.
    pub(crate) fn clean_name(&self, text: &str) -> String {
        bounded(&self.masked(one_line(text), Style::Name), MOST_CHARS)
    }

    /// An id: visible characters only, masked and bounded. Empty if nothing visible is left.
    pub(crate) fn clean_id(&self, text: &str) -> Option<String> {
        // A dropped character may have been part of a secret, or have separated two parts of one,
        // so the text is searched with and without these characters.
        let masked = self.masked(one_line(text), Style::Id);
        let visible = masked.chars().filter(char::is_ascii_graphic);
        let id: String = visible.take(MOST_ID_CHARS).collect();
        (!id.is_empty()).then_some(id)
    }

    /// The text with its secrets masked, up to the search limit.
    fn masked(&self, mut text: impl Iterator<Item = char>, style: Style) -> String {
        let searched: Vec<char> = text.by_ref().take(MOST_SEARCHED).collect();
        let shown = match text.next() {
            None => searched.len(),
            Some(_) => searched.len() - self.margin(),
        };
        let mut out = String::with_capacity(shown);
        let mut at = 0;
        for (place, label) in merged(self.secrets(&searched, style)) {
            if place.start >= shown {
                break;
            }
            out.extend(searched.iter().take(place.start).skip(at));
            out.push_str(label);
            at = place.end;
        }
        out.extend(searched.iter().take(shown).skip(at));
        if shown < searched.len() {
            out.push('…');
        }
        out
    }

    fn margin(&self) -> usize {
        let key = self.key.map_or(0, |key| key.expose().len());
        MARGIN.max(key * 6).min(MOST_SEARCHED)
    }

    /// The positions of secrets in every encoding, and the label that replaces each.
    fn secrets(&self, text: &[char], style: Style) -> Vec<Secret> {
        let key: Vec<char> = self.key.map_or("", ApiKey::expose).chars().collect();
        let mut secrets = Vec::new();
        // Most ids contain only visible characters, so both texts are equal.
        let is_cut = style == Style::Id && !text.iter().all(char::is_ascii_graphic);
        let visible = is_cut.then(|| View::visible(text).layers());
        let layers = View::of(text).layers();
        for view in layers.into_iter().chain(visible.into_iter().flatten()) {
            let chars = &view.chars;
            let found = [
                (key::in_use(chars, &key), "<api-key>"),
                (key::foreign(chars), "<api-key>"),
                (email::find(chars), "<email>"),
                (phone::find(chars, style), "<phone>"),
            ];
            for (places, label) in found {
                let places = places.into_iter().filter_map(|part| view.place(part));
                secrets.extend(places.map(|place| (place, label)));
            }
        }
        secrets
    }
}

/// The position of a secret in a text, and the label that replaces it.
type Secret = (Range<usize>, &'static str);

/// Sorts the positions and merges overlapping ones. Of two labels the alphabetically first one is
/// used: a number inside an address is part of the address.
fn merged(mut secrets: Vec<Secret>) -> Vec<Secret> {
    secrets.sort_by_key(|(place, label)| (place.start, *label));
    let mut merged: Vec<Secret> = Vec::new();
    for (place, label) in secrets {
        match merged.last_mut() {
            Some((last, shown)) if place.start < last.end => {
                last.end = last.end.max(place.end);
                *shown = (*shown).min(label);
            }
            _ => merged.push((place, label)),
        }
    }
    merged
}

/// Replaces control characters and white space by single spaces and trims the ends.
fn one_line(text: &str) -> impl Iterator<Item = char> {
    let words = text.split(|c: char| is_invisible(c) || c.is_whitespace());
    let words = words.filter(|word| !word.is_empty()).enumerate();
    words.flat_map(|(index, word)| (index > 0).then_some(' ').into_iter().chain(word.chars()))
}

/// Control characters, and format characters that reorder or hide text in a terminal.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn bounded(text: &str, most: usize) -> String {
    let mut head: String = text.chars().take(most).collect();
    if head.len() < text.len() {
        head.push('…');
    }
    head
}
