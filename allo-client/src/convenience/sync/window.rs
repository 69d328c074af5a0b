//! Reads all calls and text messages of a period, in order, although its list may change while it is read.

use std::collections::{BTreeMap, HashSet, VecDeque};

use futures_core::stream::FusedStream;
use jiff::ToSpan;
use jiff::tz::Offset;
use tokio::time::Instant;

use super::change;
use crate::codec::list::Malformed;
use crate::error::{Error, ErrorKind, Outcome};
use crate::generated::builder::conversations::SearchAllConversations;
use crate::generated::operations;
use crate::generated::types::{ConversationItem, DateRange};
use crate::model::timestamp::{Date, Timestamp};
use crate::pagination::{Pages, Paginated};

/// The maximum number of times a window is read while its list changes.
const MOST_PASSES: usize = 3;

/// The items of a window in order, and then what is wrong with others. If the window is incomplete, this comes first.
pub(super) type Found = VecDeque<FoundItem>;

/// An item and its date, or a problem.
pub(super) enum FoundItem {
    Item(jiff::Timestamp, Box<ConversationItem>),
    Problem(Error),
}

/// A time range, and the days to request. The time zone in which the service counts days is not
/// documented, so one more day is requested at either end.
pub(super) struct Window {
    start: jiff::Timestamp,
    end: jiff::Timestamp,
    first_day: Date,
    last_day: Date,
}

impl Window {
    /// The window of this many days, the first of which is that of `start`.
    pub(super) fn at(start: jiff::Timestamp, length: i64) -> Result<Self, Error> {
        let day = Offset::UTC.to_datetime(start).date();
        let days = |number: i64| day.checked_add(number.days());
        let window = || {
            let end = days(length)?.at(0, 0, 0, 0);
            Ok::<_, jiff::Error>(Self {
                start,
                end: Offset::UTC.to_timestamp(end)?,
                first_day: days(-1)?,
                last_day: days(length + 1)?,
            })
        };
        window().map_err(|_| {
            let message = "the start time is out of range";
            Error::invalid_request(message).with_param("start")
        })
    }

    /// The days to request.
    pub(super) fn days(&self) -> DateRange {
        DateRange::new(self.first_day, self.last_day)
    }

    fn holds(&self, date: jiff::Timestamp) -> bool {
        (self.start..self.end).contains(&date)
    }
}

/// A window that is being read. After an error it goes on with the page that failed.
pub(super) struct WindowReader {
    window: Window,
    request: SearchAllConversations,
    ends: Option<Instant>,
    /// The pages of the pass in progress.
    pass: Option<Pass>,
    passes: usize,
    /// What was found by all passes, by date and id.
    found: BTreeMap<(jiff::Timestamp, String), ConversationItem>,
    /// The ids of all passes, also those outside the window.
    ids: HashSet<String>,
    /// The number of pages read so far.
    pub(super) pages: usize,
}

/// One reading of the list from its first page to its last.
struct Pass {
    pages: Pages<SearchAllConversations>,
    ids: HashSet<String>,
    /// The number of entries, and of those that cannot be decoded.
    slots: u64,
    malformed: u64,
    total: Option<u64>,
    /// Whether the list became shorter.
    shrank: bool,
    problems: Vec<Error>,
}

impl WindowReader {
    pub(super) fn new(
        window: Window,
        request: SearchAllConversations,
        ends: Option<Instant>,
    ) -> Self {
        Self {
            window,
            request,
            ends,
            pass: None,
            passes: 0,
            found: BTreeMap::new(),
            ids: HashSet::new(),
            pages: 0,
        }
    }

    /// The end of the window.
    pub(super) const fn end(&self) -> jiff::Timestamp {
        self.window.end
    }

    /// Reads to the end of the window, and returns itself, so that it can go on after an error.
    pub(super) async fn read(mut self) -> (Self, Result<Found, Error>) {
        loop {
            let mut pass = self.pass.take().unwrap_or_else(|| self.new_pass());
            if let Err(error) = self.read_pass(&mut pass).await {
                // Pages that have ended return nothing more, as after the last page.
                self.pass = Some(pass).filter(|pass| !pass.pages.is_terminated());
                return (self, Err(error));
            }
            self.passes += 1;
            let is_whole = pass.is_whole();
            if is_whole || self.passes >= MOST_PASSES {
                let found = self.take_found(pass, is_whole);
                return (self, Ok(found));
            }
        }
    }

    fn new_pass(&self) -> Pass {
        let mut pages = self.request.clone().pages();
        if let Some(ends) = self.ends {
            pages = pages.deadline(ends.saturating_duration_since(Instant::now()));
        }
        Pass {
            pages,
            ids: HashSet::new(),
            slots: 0,
            malformed: 0,
            total: None,
            shrank: false,
            problems: Vec::new(),
        }
    }

    async fn read_pass(&mut self, pass: &mut Pass) -> Result<(), Error> {
        while let Some(page) = pass.pages.try_next().await? {
            self.pages += 1;
            let page = page.into_inner();
            pass.note_total(SearchAllConversations::info(&page).total_count);
            let list = SearchAllConversations::into_items(page);
            let slots = list.slots();
            let (items, malformed) = list.into_parts();
            pass.slots += count(slots);
            pass.malformed += count(slots.saturating_sub(items.len()));
            pass.problems.extend(malformed.iter().map(unreadable));
            for item in items {
                self.take(pass, item);
            }
        }
        Ok(())
    }

    fn take(&mut self, pass: &mut Pass, item: ConversationItem) {
        let id = change::id(&item).to_owned();
        pass.ids.insert(id.clone());
        self.ids.insert(id.clone());
        match item.date.as_ref().map(Timestamp::instant) {
            Some(date) if !self.window.holds(date) => {}
            Some(date) => drop(self.found.insert((date, id), item)),
            None => pass.problems.push(problem("the item has no date")),
        }
    }

    fn take_found(&mut self, pass: Pass, is_whole: bool) -> Found {
        let ids = count(self.ids.len()).saturating_add(pass.malformed);
        let gap = (!is_whole && pass.total.is_none_or(|total| ids < total))
            .then(|| FoundItem::Problem(incomplete(ids, pass.total)));
        let items = std::mem::take(&mut self.found);
        let items = items
            .into_iter()
            .map(|((date, _), item)| FoundItem::Item(date, Box::new(item)));
        let problems = pass.problems.into_iter().map(FoundItem::Problem);
        gap.into_iter().chain(items).chain(problems).collect()
    }
}

impl Pass {
    fn note_total(&mut self, total: Option<u64>) {
        self.shrank |= matches!((self.total, total), (Some(before), Some(now)) if now < before);
        self.total = total.or(self.total);
    }

    /// Whether no entry can have been missed. Entries that are appended while the list is read do no harm. An entry
    /// that is removed shifts others to pages that were read already; one that is inserted shifts an entry to the
    /// next page, where it is repeated.
    fn is_whole(&self) -> bool {
        let different = count(self.ids.len()).saturating_add(self.malformed);
        let grew = !self.shrank && self.slots == different && self.total == Some(self.slots);
        !self.pages.moved() || grew
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn unreadable(bad: &Malformed) -> Error {
    problem(bad.problem())
}

fn problem(what: &str) -> Error {
    decode(format!("could not decode an item: {what}"))
}

fn incomplete(found: u64, total: Option<u64>) -> Error {
    let of = total.map_or_else(String::new, |total| format!(" of {total}"));
    decode(format!(
        "the list kept changing while it was read: {found}{of} items were found"
    ))
    .with_suggestion(
        "resume from the cursor of this error to read the period again, or read on without it",
    )
}

fn decode(message: String) -> Error {
    Error::new(ErrorKind::Decode, message)
        .with_operation(&operations::SEARCH_ALL_CONVERSATIONS)
        .with_outcome(Outcome::Executed)
        .with_attempts(1)
}
