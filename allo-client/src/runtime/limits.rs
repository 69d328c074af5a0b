//! The one validator: checks what is about to be sent against the table of
//! operations, so that a mistake costs no request. Its messages name the field
//! and the limit, and never repeat a text.

use email_address::{EmailAddress, Options};
use serde_json::Value;

use super::operation::{FieldSpec, Operation, Place, Rule};
use crate::error::FieldError;

/// What is about to be sent: an object for each place.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) path: &'a Value,
    pub(crate) query: &'a Value,
    pub(crate) body: &'a Value,
}

/// Every limit that is broken, in the order of the table.
pub(crate) fn check(operation: &Operation, sent: Sent<'_>) -> Vec<FieldError> {
    let mut problems = Vec::new();
    for spec in operation.fields {
        let root = match spec.place {
            Place::Path => sent.path,
            Place::Query => sent.query,
            Place::Body => sent.body,
        };
        check_field(spec, root, &mut problems);
    }
    problems
}

/// Whether `text` is an e-mail address, by the same measure as [`Rule::Email`].
pub(crate) fn is_email(text: &str) -> bool {
    // An address alone: `Marie <marie@example.com>` is for letters, not for looking somebody up.
    let options = Options::default()
        .without_display_text()
        .without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

fn check_field(spec: &FieldSpec, root: &Value, problems: &mut Vec<FieldError>) {
    visit(root, spec.name, String::new(), &mut |name, value| {
        match value {
            None if spec.required => {
                problems.push(problem(name, "REQUIRED", format!("{name} is required")));
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                let broken = spec
                    .rules
                    .iter()
                    .filter_map(|rule| broken(rule, name, value));
                problems.extend(broken);
            }
        };
    });
}

/// Calls `each` for every place that the dotted `name` stands for below `value`.
/// Nothing is called below a parent that is not there.
fn visit(
    value: &Value,
    name: &str,
    mut shown: String,
    each: &mut impl FnMut(&str, Option<&Value>),
) {
    let (step, rest) = name
        .split_once('.')
        .map_or((name, None), |(a, b)| (a, Some(b)));
    let (key, in_items) = step
        .strip_suffix("[]")
        .map_or((step, false), |key| (key, true));
    let Value::Object(object) = value else { return };
    if !shown.is_empty() {
        shown.push('.');
    }
    shown.push_str(key);
    let found = object.get(key);
    match (found, in_items, rest) {
        (found, false, None) => each(&shown, found),
        (Some(found), false, Some(rest)) => visit(found, rest, shown, each),
        (Some(Value::Array(items)), true, rest) => {
            for (index, item) in items.iter().enumerate() {
                let shown = format!("{shown}[{index}]");
                match rest {
                    Some(rest) => visit(item, rest, shown, each),
                    None => each(&shown, Some(item)),
                }
            }
        }
        _ => {}
    }
}

fn broken(rule: &Rule, name: &str, value: &Value) -> Option<FieldError> {
    match (rule, value) {
        (Rule::Range { min, max }, Value::Number(number)) => {
            out_of_range(number, *min, *max).then(|| {
                let limit = bounds("be", *min, *max, "");
                problem(
                    name,
                    "OUT_OF_RANGE",
                    format!("{name} must {limit}, got {number}"),
                )
            })
        }
        (Rule::Length { min, max }, Value::String(text)) => {
            let count = text.chars().count() as u64;
            outside(count, *min, *max).then(|| {
                let limit = bounds("be", *min, *max, "character");
                problem(
                    name,
                    "BAD_LENGTH",
                    format!("{name} must {limit}, got {count}"),
                )
            })
        }
        (Rule::Items { min, max }, Value::Array(items)) => {
            let count = items.len() as u64;
            outside(count, *min, *max).then(|| {
                let limit = bounds("hold", *min, *max, "item");
                problem(
                    name,
                    "BAD_COUNT",
                    format!("{name} must {limit}, got {count}"),
                )
            })
        }
        (Rule::Email, Value::String(text)) => (!is_email(text)).then(|| {
            problem(
                name,
                "BAD_EMAIL",
                format!("{name} is not a valid e-mail address"),
            )
        }),
        // A value of another type than its rule cannot come from a typed builder.
        _ => None,
    }
}

fn problem(field: &str, code: &str, message: String) -> FieldError {
    FieldError::new(Some(field.to_owned()), Some(code.to_owned()), Some(message))
}

fn outside(count: u64, min: Option<u64>, max: Option<u64>) -> bool {
    min.is_some_and(|min| count < min) || max.is_some_and(|max| count > max)
}

fn out_of_range(number: &serde_json::Number, min: Option<i64>, max: Option<i64>) -> bool {
    if let Some(whole) = number.as_i64() {
        min.is_some_and(|min| whole < min) || max.is_some_and(|max| whole > max)
    } else if number.is_u64() {
        max.is_some()
    } else {
        let real = number.as_f64().unwrap_or(f64::NAN);
        min.is_some_and(|min| real < min as f64) || max.is_some_and(|max| real > max as f64)
    }
}

/// A limit in words: `be between 1 and 100`, `hold at least 1 item`.
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
    use crate::runtime::{Body, Kind, Method, RetrySafety, SuccessBody};
    use serde_json::json;

    const fn field(
        name: &'static str,
        place: Place,
        required: bool,
        rules: &'static [Rule],
    ) -> FieldSpec {
        let kind = Kind::String;
        FieldSpec {
            name,
            place,
            kind,
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
        ],
        pagination: None,
        teammate: None,
        scopes: &[],
    };

    fn messages(query: Value, body: Value) -> Vec<String> {
        let path = json!({});
        let problems = check(
            &OPERATION,
            Sent {
                path: &path,
                query: &query,
                body: &body,
            },
        );
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
                "items must hold at least 1 item, got 0",
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
