//! Outbound calls over time: by day, week or month, and by hour of the week.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{count, count_if, is_conversion, number, ratio};
use crate::errors::{ApiError, Code};
use crate::handlers::dates::{DateRange, date_of};
use crate::state::calls::CallRecord;

/// The length of a time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granularity {
    Day,
    Week,
    Month,
}

pub(super) fn parse(text: &str) -> Result<Granularity, ApiError> {
    match text {
        "DAY" => Ok(Granularity::Day),
        "WEEK" => Ok(Granularity::Week),
        "MONTH" => Ok(Granularity::Month),
        _ => Err(ApiError::new(
            Code::InvalidGranularity,
            "granularity is DAY, WEEK or MONTH.",
        )
        .param("granularity")),
    }
}

impl Granularity {
    /// The first day of the span of a day; weeks begin on Monday.
    fn begin(self, day: Date) -> Date {
        let back = match self {
            Self::Day => 0,
            Self::Week => day.weekday().to_monday_zero_offset(),
            Self::Month => day.day() - 1,
        };
        day.checked_sub(back.days()).unwrap_or(day)
    }
}

type Figure<'a> = &'a dyn Fn(&[&CallRecord]) -> f64;

/// One point per span in the range, including spans without calls. The first point is at the
/// beginning of its span, even if the range begins later.
pub(super) fn time_series(
    calls: &[&CallRecord],
    range: DateRange,
    granularity: Granularity,
    tags: &[String],
) -> Value {
    let mut spans: BTreeMap<Date, Vec<&CallRecord>> = BTreeMap::new();
    let days = range
        .from
        .series(1.day())
        .take_while(|day| *day <= range.to);
    for day in days {
        spans.entry(granularity.begin(day)).or_default();
    }
    for call in calls {
        let span = granularity.begin(date_of(call.started_at));
        spans.entry(span).or_default().push(call);
    }
    let points = |figure: Figure<'_>| -> Value {
        let points = spans.iter().map(|(day, calls)| {
            let value = number(figure(calls));
            json!({ "date": day.to_string(), "value": value })
        });
        points.collect()
    };
    json!({
        "dials": points(&count),
        "connected": points(&connected),
        "connection_rate": points(&connection_rate),
        "conversions": points(&|calls| count_if(calls, |call| is_conversion(call, tags))),
    })
}

/// One cell per hour of the week with outbound calls.
pub(super) fn heatmap(calls: &[&CallRecord]) -> Value {
    let mut hours: BTreeMap<(i8, i8), Vec<&CallRecord>> = BTreeMap::new();
    for call in calls {
        hours.entry(hour(call.started_at)).or_default().push(call);
    }
    let cells = |figure: Figure<'_>| -> Value {
        let cells = hours.iter().map(|((day, hour), calls)| {
            let value = number(figure(calls));
            json!({ "day": day_name(*day), "hour": hour, "value": value })
        });
        cells.collect()
    };
    json!({
        "dials": cells(&count),
        "connected": cells(&connected),
        "connection_rate": cells(&connection_rate),
    })
}

fn connected(calls: &[&CallRecord]) -> f64 {
    count_if(calls, CallRecord::is_answered)
}

fn connection_rate(calls: &[&CallRecord]) -> f64 {
    ratio(connected(calls), count(calls))
}

/// Day of the week, from Monday, and hour of the day.
fn hour(time: Timestamp) -> (i8, i8) {
    let time = time.to_zoned(TimeZone::UTC);
    (time.weekday().to_monday_zero_offset(), time.hour())
}

fn day_name(day: i8) -> &'static str {
    match Weekday::from_monday_zero_offset(day) {
        Ok(Weekday::Monday) | Err(_) => "MONDAY",
        Ok(Weekday::Tuesday) => "TUESDAY",
        Ok(Weekday::Wednesday) => "WEDNESDAY",
        Ok(Weekday::Thursday) => "THURSDAY",
        Ok(Weekday::Friday) => "FRIDAY",
        Ok(Weekday::Saturday) => "SATURDAY",
        Ok(Weekday::Sunday) => "SUNDAY",
    }
}
