//! The validator: checks values against the limits of the operation table. Messages name the field and the limit, and
//! never contain the value.

use email_address::{EmailAddress, Options};

use crate::error::FieldError;
use crate::model::operation::Rule;

/// A value as the limits see it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<'a> {
    Text(&'a str),
    Whole(i64),
    /// A non-negative integer.
    Count(u64),
    Real(f64),
    /// An array with this many items.
    Items(u64),
}

/// Checks a value against the rules of a row of the table; `name` is called only if a rule is broken.
#[inline]
pub(super) fn check(
    row: usize,
    rules: &[Rule],
    given: &Given<'_>,
    name: impl Fn() -> String,
    problems: &mut Vec<(usize, FieldError)>,
) {
    for rule in rules.iter().filter(|rule| breaks(rule, given)) {
        problems.extend(broken(rule, &name(), given).map(|problem| (row, problem)));
    }
}

/// A required field that is missing.
pub(super) fn missing(name: &str) -> FieldError {
    problem(name, "REQUIRED", format!("{name} is required"))
}

/// Whether `text` is an e-mail address, by the same check as [`Rule::Email`].
pub(crate) fn is_email(text: &str) -> bool {
    // Only a bare address: `Marie <marie@example.com>` is a mailbox, which a lookup does not
    // accept.
    let options = Options::default()
        .without_display_text()
        .without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

fn breaks(rule: &Rule, given: &Given<'_>) -> bool {
    match (rule, given) {
        (Rule::Length { min, max }, Given::Text(text)) => {
            // A text has no more characters than bytes.
            let is_surely_within = min.is_none_or(|min| min <= u64::from(!text.is_empty()))
                && max.is_none_or(|max| text.len() as u64 <= max);
            !is_surely_within && outside(characters(text), *min, *max)
        }
        (Rule::Email, Given::Text(text)) => !is_email(text),
        (Rule::Items { min, max }, Given::Items(count)) => outside(*count, *min, *max),
        (Rule::Range { min, max }, given) => out_of_range(given, *min, *max),
        // A typed builder cannot produce a value of another type than its rule.
        _ => false,
    }
}

fn characters(text: &str) -> u64 {
    text.chars().count() as u64
}

/// The code and the message for a broken rule.
fn broken(rule: &Rule, name: &str, given: &Given<'_>) -> Option<FieldError> {
    let (code, limit, got) = match (rule, given) {
        (Rule::Range { min, max }, given) => {
            let got = match given {
                Given::Whole(number) => number.to_string(),
                Given::Count(number) => number.to_string(),
                Given::Real(number) => serde_json::Number::from_f64(*number)?.to_string(),
                Given::Text(_) | Given::Items(_) => return None,
            };
            ("OUT_OF_RANGE", bounds("be", *min, *max, ""), got)
        }
        (Rule::Length { min, max }, Given::Text(text)) => {
            let limit = bounds("be", *min, *max, "character");
            ("BAD_LENGTH", limit, characters(text).to_string())
        }
        (Rule::Items { min, max }, Given::Items(count)) => (
            "BAD_COUNT",
            bounds("have", *min, *max, "item"),
            count.to_string(),
        ),
        (Rule::Email, _) => {
            let message = format!("{name} is not a valid e-mail address");
            return Some(problem(name, "BAD_EMAIL", message));
        }
        _ => return None,
    };
    Some(problem(
        name,
        code,
        format!("{name} must {limit}, got {got}"),
    ))
}

fn problem(field: &str, code: &str, message: String) -> FieldError {
    FieldError::new(Some(field.to_owned()), Some(code.to_owned()), Some(message))
}

fn outside(count: u64, min: Option<u64>, max: Option<u64>) -> bool {
    min.is_some_and(|min| count < min) || max.is_some_and(|max| count > max)
}

fn out_of_range(given: &Given<'_>, min: Option<i64>, max: Option<i64>) -> bool {
    match *given {
        Given::Whole(whole) => {
            min.is_some_and(|min| whole < min) || max.is_some_and(|max| whole > max)
        }
        Given::Count(count) => {
            let below = |min| u64::try_from(min).is_ok_and(|min| count < min);
            let above = |max| u64::try_from(max).map_or(true, |max| count > max);
            min.is_some_and(below) || max.is_some_and(above)
        }
        Given::Real(real) => {
            min.is_some_and(|min| real < min as f64) || max.is_some_and(|max| real > max as f64)
        }
        Given::Text(_) | Given::Items(_) => false,
    }
}

/// A limit in words: `be between 1 and 100`, `have at least 1 item`.
fn bounds<N>(verb: &str, min: Option<N>, max: Option<N>, unit: &str) -> String
where
    N: std::fmt::Display + PartialEq + From<u8>,
{
    let one = N::from(1);
    let (text, single) = match (min, max) {
        (Some(min), Some(max)) if min == max => (format!("exactly {min}"), max == one),
        (Some(min), Some(max)) => (format!("between {min} and {max}"), false),
        (Some(min), None) => (format!("at least {min}"), min == one),
        (None, Some(max)) => (format!("at most {max}"), max == one),
        (None, None) => ("present".to_owned(), false),
    };
    match unit {
        "" => format!("{verb} {text}"),
        unit => format!("{verb} {text} {unit}{}", if single { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::request::Request;
    use crate::model::operation::{
        Body, FieldSpec, JsonType, Method, Operation, Place, RetrySafety, SuccessBody,
    };
    use serde_json::{Value, json};

    const fn field(
        name: &'static str,
        place: Place,
        required: bool,
        rules: &'static [Rule],
    ) -> FieldSpec {
        let json_type = JsonType::String;
        FieldSpec {
            name,
            place,
            json_type,
            required,
            rules,
        }
    }

    const OPERATION: Operation = Operation {
        retry_safety: RetrySafety::Keyed,
        settling_codes: &[],
        success: SuccessBody::None,
        id: "addThings",
        method: Method::Post,
        path: "/things",
        tag: "Things",
        summary: "Adds things",
        body: Body::Required,
        fields: &[
            field(
                "size",
                Place::Query,
                false,
                &[Rule::Range {
                    min: Some(1),
                    max: Some(100),
                }],
            ),
            field(
                "from",
                Place::Query,
                false,
                &[Rule::Range {
                    min: Some(0),
                    max: None,
                }],
            ),
            field(
                "items",
                Place::Body,
                true,
                &[Rule::Items {
                    min: Some(1),
                    max: None,
                }],
            ),
            field(
                "items[].to",
                Place::Body,
                true,
                &[Rule::Length {
                    min: Some(1),
                    max: Some(3),
                }],
            ),
            field("items[].mails[]", Place::Body, false, &[Rule::Email]),
            field(
                "name",
                Place::Body,
                false,
                &[Rule::Length {
                    min: None,
                    max: Some(5),
                }],
            ),
            field("filter.tag", Place::Body, true, &[]),
            field(
                "filter.name",
                Place::Body,
                false,
                &[Rule::Length {
                    min: None,
                    max: Some(9),
                }],
            ),
        ],
        pagination: None,
        teammate: None,
        scopes: &[],
    };

    fn messages(query: Value, body: Value) -> Vec<String> {
        let mut request = Request::default();
        for name in ["size", "from"] {
            request.query(&OPERATION, name, &query[name]);
        }
        request.body(&OPERATION, &body);
        let problems = match request.finish(&OPERATION) {
            Ok(_) => Vec::new(),
            Err(error) => error.field_errors().to_vec(),
        };
        problems
            .iter()
            .filter_map(|problem| problem.message().map(str::to_owned))
            .collect()
    }

    #[test]
    fn what_keeps_the_limits_passes() {
        let body = json!({"items": [{"to": "abc", "mails": ["a@example.com"]}], "name": "ééééé"});
        assert!(messages(json!({"size": 100, "from": u64::MAX}), body).is_empty());
        let body = json!({"items": [{"to": "a", "mails": []}], "name": null});
        assert!(messages(json!({"size": 1}), body).is_empty());
    }

    #[test]
    fn each_broken_limit_is_named_with_its_field() {
        let ok = || json!({"items": [{"to": "a"}]});
        let table = [
            (
                json!({"size": 101}),
                ok(),
                "size must be between 1 and 100, got 101",
            ),
            (
                json!({"size": 0}),
                ok(),
                "size must be between 1 and 100, got 0",
            ),
            (
                json!({"size": u64::MAX}),
                ok(),
                "size must be between 1 and 100, got 18446744073709551615",
            ),
            (
                json!({"size": 0.5}),
                ok(),
                "size must be between 1 and 100, got 0.5",
            ),
            (json!({"from": -1}), ok(), "from must be at least 0, got -1"),
            (
                json!({}),
                json!({"items": []}),
                "items must have at least 1 item, got 0",
            ),
            (json!({}), json!({}), "items is required"),
            (
                json!({}),
                json!({"items": [{"to": "a"}, {}]}),
                "items[1].to is required",
            ),
            (
                json!({}),
                json!({"items": [{"to": ""}]}),
                "items[0].to must be between 1 and 3 characters, got 0",
            ),
            (
                json!({}),
                json!({"items": [{"to": "a", "mails": ["b@example.com", "nobody at"]}]}),
                "items[0].mails[1] is not a valid e-mail address",
            ),
            (
                json!({}),
                json!({"items": [{"to": "a"}], "name": "éééééé"}),
                "name must be at most 5 characters, got 6",
            ),
            (
                json!({}),
                json!({"filter": {"name": "123456789", "tag": "a"}, "items": [{"to": "a"}], "name": "123456789"}),
                "name must be at most 5 characters, got 9",
            ),
            (
                json!({}),
                json!({"items": [{"to": "a"}], "filter": {}}),
                "filter.tag is required",
            ),
        ];
        for (query, body, expected) in table {
            assert_eq!(messages(query, body), [expected]);
        }
    }

    #[test]
    fn an_address_is_nothing_but_an_address() {
        for good in ["a@example.com", "a.b+c@mail.example.com", "é@example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@example.com",
            "a b@example.com",
            " a@example.com",
            "A <a@example.com>",
            "a@example.com,b@example.com",
            "a@[127.0.0.1]",
            "a@example.com\n",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn every_broken_limit_is_reported_at_once() {
        let found = messages(json!({"size": 0}), json!({"items": [], "name": "too long"}));
        assert_eq!(found.len(), 3);
    }
}
