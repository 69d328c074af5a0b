//! Ranges of days in request bodies. Days are UTC ones and both ends belong to the range.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::errors::{ApiError, Code};
use crate::fields::Fields;

/// From a day to the same or a later one.
#[derive(Debug, Clone, Copy)]
pub(super) struct DateRange {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl DateRange {
    /// A range that may be missing; what is wrong with its days is noted in `fields`.
    pub(super) fn read(fields: &mut Fields, name: &str) -> Option<Self> {
        let range = fields.object(name, |inner| {
            let from = inner.parsed("from", day, "must be a date such as 2026-03-02");
            let to = inner.parsed("to", day, "must be a date such as 2026-03-02");
            let (from, to) = (inner.require("from", from), inner.require("to", to));
            Some(Self {
                from: from?,
                to: to?,
            })
        });
        range.flatten()
    }

    /// Refuses a range that ends before it begins. One of a single day begins and ends with that day.
    pub(super) fn in_order(self, name: &str) -> Result<Self, ApiError> {
        if self.from <= self.to {
            return Ok(self);
        }
        let message = format!("{name}.from is after {name}.to.");
        Err(ApiError::new(Code::InvalidDateRange, message).param(name))
    }

    /// Refuses a range of more days.
    pub(super) fn at_most(self, days: i32, name: &str) -> Result<Self, ApiError> {
        let last = self.from.checked_add(days.days());
        if last.is_ok_and(|last| self.to < last) {
            return Ok(self);
        }
        let message = format!("{name} spans more than {days} days.");
        Err(ApiError::new(Code::DateRangeTooWide, message)
            .param(name)
            .suggestion("Ask for a shorter range."))
    }

    pub(super) fn contains(&self, time: Timestamp) -> bool {
        (self.from..=self.to).contains(&date_of(time))
    }

    pub(super) fn json(&self) -> Value {
        json!({ "from": self.from.to_string(), "to": self.to.to_string() })
    }
}

/// The day of a moment.
pub(super) fn date_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// `2026-03-02` and no other form.
fn day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}
