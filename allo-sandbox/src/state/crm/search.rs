//! Searching records by words, and sorting.

use std::cmp::Ordering;

use jiff::Timestamp;

/// Whether a text contains another, case-insensitively. A missing text contains nothing.
pub(super) fn within(wanted: &str, text: Option<&str>) -> bool {
    text.is_some_and(|text| text.to_lowercase().contains(&wanted.to_lowercase()))
}

/// Words, each of which must be the beginning of a word in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search(Vec<String>);

impl Search {
    /// The words of a text; `None` if it has no letter and no digit.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let words: Vec<_> = words(text).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    pub(crate) fn matches<'a>(&self, texts: impl Iterator<Item = &'a str>) -> bool {
        let found: Vec<_> = texts.flat_map(words).collect();
        let begins = |word: &String| found.iter().any(|found| found.starts_with(word.as_str()));
        self.0.iter().all(begins)
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// The order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// By the time of the last activity.
    #[default]
    DateDesc,
    DateAsc,
    NameAsc,
    NameDesc,
    CreatedDesc,
    CreatedAsc,
}

impl Sort {
    pub(crate) const NAMES: [&str; 6] = [
        "DATE_DESC",
        "DATE_ASC",
        "NAME_ASC",
        "NAME_DESC",
        "CREATED_DESC",
        "CREATED_ASC",
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "DATE_DESC" => Self::DateDesc,
            "DATE_ASC" => Self::DateAsc,
            "NAME_ASC" => Self::NameAsc,
            "NAME_DESC" => Self::NameDesc,
            "CREATED_DESC" => Self::CreatedDesc,
            "CREATED_ASC" => Self::CreatedAsc,
            _ => return None,
        })
    }

    /// Sorts records that are ordered oldest first. Equal records keep their order.
    pub(crate) fn apply<T>(self, records: &mut Vec<T>, key: impl Fn(&T) -> SortKey) {
        let mut keyed: Vec<_> = records
            .drain(..)
            .map(|record| (key(&record), record))
            .collect();
        keyed.sort_by(|(one, _), (other, _)| self.ascending(one, other));
        if matches!(self, Self::DateDesc | Self::NameDesc | Self::CreatedDesc) {
            keyed.reverse();
        }
        records.extend(keyed.into_iter().map(|(_, record)| record));
    }

    fn ascending(self, one: &SortKey, other: &SortKey) -> Ordering {
        match self {
            Self::DateDesc | Self::DateAsc => one.date.cmp(&other.date),
            Self::NameAsc | Self::NameDesc => one.name.cmp(&other.name),
            Self::CreatedDesc | Self::CreatedAsc => one.created.cmp(&other.created),
        }
    }
}

/// The sort key. Records without a date are sorted as the oldest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    date: Option<Timestamp>,
    name: String,
    created: Timestamp,
}

impl SortKey {
    pub(crate) fn new(date: Option<Timestamp>, name: &str, created: Timestamp) -> Self {
        Self {
            date,
            name: name.to_lowercase(),
            created,
        }
    }
}
