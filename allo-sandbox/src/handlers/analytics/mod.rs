//! Metrics of the team's calls, computed for each request. This file has the parameters that both
//! operations share, and metrics with their previous values.

pub(crate) mod outbound;
pub(crate) mod overview;
mod series;

use serde_json::{Map, Value, json};

use super::dates::DateRange;
use crate::errors::ApiError;
use crate::fields::Fields;
use crate::state::calls::CallRecord;

/// The maximum length of a date range.
const MAX_DAYS: i32 = 366;

/// The calls that a request selects.
struct Scope {
    date: DateRange,
    compare: Option<DateRange>,
    user_ids: Option<Vec<String>>,
    allo_numbers: Option<Vec<String>>,
}

/// The calls in a date range and, if requested, in the range to compare with.
struct Periods<'a> {
    now: Vec<&'a CallRecord>,
    before: Option<Vec<&'a CallRecord>>,
}

impl Scope {
    /// Reads the fields; `checked` validates the ranges after the whole body was read.
    fn read(fields: &mut Fields) -> Option<Self> {
        let date = DateRange::read(fields, "date");
        let date = fields.require("date", date);
        let compare = DateRange::read(fields, "compare_date");
        let user_ids = fields.strings("user_ids");
        let allo_numbers = fields.strings("allo_numbers");
        if user_ids.is_some() && allo_numbers.is_some() {
            fields.reject("user_ids", "cannot be combined with allo_numbers");
        }
        Some(Self {
            date: date?,
            compare,
            user_ids,
            allo_numbers,
        })
    }

    fn checked(self) -> Result<Self, ApiError> {
        let ranges = [("date", Some(self.date)), ("compare_date", self.compare)];
        for (name, range) in ranges {
            if let Some(range) = range {
                range.in_order(name)?.at_most(MAX_DAYS, name)?;
            }
        }
        Ok(self)
    }

    fn includes(&self, call: &CallRecord) -> bool {
        let listed = |list: &Option<Vec<String>>, value: Option<&String>| {
            let list = list.as_ref();
            list.is_none_or(|list| value.is_some_and(|value| list.contains(value)))
        };
        listed(&self.user_ids, call.user_id.as_ref())
            && listed(&self.allo_numbers, Some(&call.allo_number))
    }

    fn periods<'a>(&self, calls: impl Iterator<Item = &'a CallRecord>) -> Periods<'a> {
        let calls: Vec<_> = calls.filter(|call| self.includes(call)).collect();
        let within = |range: &DateRange| {
            let calls = calls.iter().copied();
            calls
                .filter(|call| range.contains(call.started_at))
                .collect()
        };
        Periods {
            now: within(&self.date),
            before: self.compare.as_ref().map(within),
        }
    }

    /// The ranges, as responses repeat them.
    fn json(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("date".into(), self.date.json());
        if let Some(compare) = &self.compare {
            fields.insert("compare_date".into(), compare.json());
        }
        fields
    }
}

impl<'a> Periods<'a> {
    /// A metric and, if there is a range to compare with, its previous value and relative change.
    fn metric(&self, figure: impl Fn(&[&CallRecord]) -> f64) -> Value {
        let value = figure(&self.now);
        let mut metric = json!({ "value": number(value) });
        if let (Some(before), Some(fields)) = (&self.before, metric.as_object_mut()) {
            let previous = figure(before);
            fields.insert("previous".into(), number(previous));
            fields.insert("change".into(), change(value, previous));
        }
        metric
    }

    /// The same periods, restricted to some of the calls.
    fn only(&self, wanted: impl Fn(&CallRecord) -> bool) -> Self {
        let pick = |calls: &Vec<&'a CallRecord>| {
            let calls = calls.iter().copied();
            calls.filter(|call| wanted(call)).collect()
        };
        Self {
            now: pick(&self.now),
            before: self.before.as_ref().map(pick),
        }
    }
}

/// The relative change; null if the previous value was zero.
fn change(value: f64, previous: f64) -> Value {
    if previous == 0.0 {
        return Value::Null;
    }
    number((value - previous) / previous)
}

/// Integers without a fraction, as counts are.
fn number(value: f64) -> Value {
    // Counts and seconds are far below the precision limit of a float.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and small by the condition"
    )]
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return json!(value as i64);
    }
    json!((value * 10_000.0).round() / 10_000.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the sandbox holds far fewer calls"
)]
fn count(calls: &[&CallRecord]) -> f64 {
    calls.len() as f64
}

/// A ratio; zero if the whole is zero.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// Whether a call was answered and carries one of these tags.
fn is_conversion(call: &CallRecord, tags: &[String]) -> bool {
    call.is_answered() && call.has_any_tag(tags)
}

/// Seconds of conversation.
fn talk_seconds(calls: &[&CallRecord]) -> f64 {
    let answered = calls.iter().filter(|call| call.is_answered());
    answered.map(|call| call.talked.as_secs_f64()).sum()
}

fn count_if(calls: &[&CallRecord], wanted: impl Fn(&CallRecord) -> bool) -> f64 {
    let wanted: Vec<_> = calls.iter().copied().filter(|call| wanted(call)).collect();
    count(&wanted)
}
