//! Date ranges in request bodies. Days are in UTC, and both ends are included.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::errors::{ApiError, Code};
use crate::fields::Fields;

/// A range from one day to the same or a later day.
#[derive(Debug, Clone, Copy)]
pub(super) struct DateRange {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl DateRange {
    /// An optional range; errors in its days are added to `fields`.
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

    /// Returns an error if the range ends before it begins.
    pub(super) fn in_order(self, name: &str) -> Result<Self, ApiError> {
        if self.from <= self.to {
            return Ok(self);
        }
        let message = format!("{name}.from is after {name}.to.");
        Err(ApiError::new(Code::InvalidDateRange, message).param(name))
    }

    /// Returns an error if the range has more days.
    pub(super) fn at_most(self, days: i32, name: &str) -> Result<Self, ApiError> {
        let last = self.from.checked_add(days.days());
        if last.is_ok_and(|last| self.to < last) {
            return Ok(self);
        }
        let message = format!("{name} spans more than {days} days.");
        Err(ApiError::new(Code::DateRangeTooWide, message)
            .param(name)
            .suggestion("Request a shorter range."))
    }

    pub(super) fn contains(&self, time: Timestamp) -> bool {
        (self.from..=self.to).contains(&date_of(time))
    }

    pub(super) fn json(&self) -> Value {
        json!({ "from": self.from.to_string(), "to": self.to.to_string() })
    }
}

/// The day of a time.
pub(super) fn date_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// `2026-03-02` and no other form.
fn day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}
