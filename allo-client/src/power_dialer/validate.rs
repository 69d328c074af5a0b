//! Validates leads: phone numbers, limits of other fields, duplicates. Without I/O and one lead at a time, so that lists of
//! any length can be validated. Phone numbers are parsed in `number`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::Serialize;

use super::{Region, Rejection, number};
use crate::call::request::broken_limits;
use crate::generated::operations::APPEND_DIALING_QUEUE_NUMBERS;
use crate::generated::types::{NewQueueNumber, QueueNumber};

/// What to do with duplicate numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Duplicates {
    /// Send it; the API keeps equal numbers as entries of their own.
    #[default]
    Keep,
    /// Send it only the first time it stands in the list.
    DropInList,
    /// The same, and not at all if it is in the queue, dialled or not.
    DropInListAndQueue,
}

/// Options for validating a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ScreenOptions {
    pub(super) region: Option<Region>,
    pub(super) duplicates: Duplicates,
}

impl ScreenOptions {
    /// No default region, duplicates kept.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where numbers without a country code are.
    pub const fn default_region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// What to do with duplicates.
    pub const fn duplicates(mut self, duplicates: Duplicates) -> Self {
        self.duplicates = duplicates;
        self
    }
}

/// Validates a list of leads, in order, as [`push`](super::TeammateDialer::push) does
/// before it sends anything.
///
/// Of each lead no more than the number is kept, packed, and only if duplicates
/// are to be found.
///
/// ```
/// use allo_client::power_dialer::{Duplicates, Rejection, Region, Screen, ScreenOptions};
///
/// let options = ScreenOptions::new()
///     .default_region(Region::new("FR")?)
///     .duplicates(Duplicates::DropInList);
/// let mut screen = Screen::new(options);
/// let accepted = screen.check(&"01 99 00 12 34".into()).expect("a number");
/// assert_eq!(accepted.number, "+33199001234");
/// let again = screen.check(&"+33 1 99 00 12 34".into());
/// assert_eq!(again, Err(Rejection::DuplicateInList { first: 0 }));
/// # Ok::<(), allo_client::Error>(())
/// ```
pub struct Screen {
    options: ScreenOptions,
    /// The number of leads validated so far.
    checked: usize,
    /// Where in the list a number stood first. Grows evenly, unlike a hash map.
    listed: BTreeMap<u64, u32>,
    /// Where in the queue a number is.
    queued: BTreeMap<u64, i64>,
}

/// A valid lead.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// Its number in E.164.
    pub number: String,
}

impl Screen {
    /// At the beginning of a list.
    #[must_use]
    pub const fn new(options: ScreenOptions) -> Self {
        Self {
            options,
            checked: 0,
            listed: BTreeMap::new(),
            queued: BTreeMap::new(),
        }
    }

    /// Tells of an entry of the queue, against which duplicates are dropped.
    pub fn queued(&mut self, entry: &QueueNumber) {
        self.queued_at(&entry.number_to, entry.position);
    }

    /// The same by what matters of the entry.
    pub(super) fn queued_at(&mut self, number: &str, position: i64) {
        if let Some(packed) = packed(number) {
            self.queued.entry(packed).or_insert(position);
        }
    }

    /// Validates the next lead of the list.
    ///
    /// # Errors
    ///
    /// With the reason if the lead is not valid.
    pub fn check(&mut self, lead: &NewQueueNumber) -> Result<Accepted, Rejection> {
        let input = self.checked;
        self.checked += 1;
        let number = number::read(&lead.number, self.options.region)?;
        check_fields(lead)?;
        self.check_duplicate(&number, input)?;
        Ok(Accepted { number })
    }

    fn check_duplicate(&mut self, number: &str, input: usize) -> Result<(), Rejection> {
        let Some(packed) = packed(number) else {
            return Ok(());
        };
        if self.options.duplicates == Duplicates::Keep {
            return Ok(());
        }
        if let Some(&position) = self.queued.get(&packed) {
            return Err(Rejection::AlreadyQueued { position });
        }
        match self.listed.entry(packed) {
            Entry::Vacant(place) => {
                place.insert(u32::try_from(input).unwrap_or(u32::MAX));
                Ok(())
            }
            Entry::Occupied(first) => Err(Rejection::DuplicateInList {
                first: usize::try_from(*first.get()).unwrap_or(usize::MAX),
            }),
        }
    }
}

/// The digits of a number in E.164, of which there are at most 15.
fn packed(number: &str) -> Option<u64> {
    number.strip_prefix('+')?.parse().ok()
}

/// Validates all fields but the number against the limits of the operation.
fn check_fields(lead: &NewQueueNumber) -> Result<(), Rejection> {
    /// A request with one lead.
    #[derive(Serialize)]
    struct Alone<'a> {
        numbers: &'a [&'a NewQueueNumber],
    }
    let numbers = &[lead];
    let problems = broken_limits(&APPEND_DIALING_QUEUE_NUMBERS, &Alone { numbers });
    let Some(problem) = problems.first() else {
        return Ok(());
    };
    let field = problem.field().unwrap_or_default();
    let field = field.strip_prefix("numbers[0].").unwrap_or(field);
    Err(Rejection::InvalidField {
        field: field.to_owned(),
        why: problem.message().unwrap_or_default().to_owned(),
    })
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("options", &self.options)
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").finish_non_exhaustive()
    }
}
