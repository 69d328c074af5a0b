//! Which operations paginate, found by their shape: they take `page` and `size`, and their answer holds a list
//! beside totals, `data` and `pagination` in the second version, `results` and `metadata` in the first.

use serde_json::{Map, Value};

use crate::names::Envelope;

use super::{Field, Kind, Place, Rule};
use crate::openapi::{self, Payload, deref};

/// How an operation paginates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pagination {
    pub(crate) place: Place,
    pub(crate) first: u64,
    /// Dotted path of the list inside what `send()` gives.
    pub(crate) items: String,
    /// Dotted path of the object with the totals.
    pub(crate) info: String,
}

pub(super) fn detect(
    root: &Value,
    operation: &Map<String, Value>,
    fields: &[Field],
    (envelope, pages): (Option<Envelope>, Option<&str>),
) -> Result<Option<Pagination>, String> {
    let takes = |name: &str| fields.iter().find(|field| field.name == name);
    let answer = openapi::success_schema(root, operation);
    let found = match (openapi::payload(root, operation, envelope), answer) {
        (Payload::Envelope(data), _) => find_list(root, &data, pages),
        (Payload::Whole, Some(schema)) => find_list(root, schema, pages),
        _ => None,
    };
    match (takes("page"), takes("size"), found) {
        (None, None, None) => Ok(None),
        (Some(page), Some(size), Some((items, info))) if page.place == size.place => {
            if !counts_up(page) || !counts_up(size) {
                return Err(
                    "paginates, so its `page` and `size` must be optional and integers with a `minimum` of 0 or more; say so by an overlay action"
                        .to_owned(),
                );
            }
            Ok(Some(Pagination {
                place: page.place,
                first: first_page(root, operation),
                items,
                info,
            }))
        }
        // `send()` gives the list without the totals, as it did before there were pages.
        (Some(_), Some(_), None)
            if envelope == Some(Envelope::Opened)
                && answer.is_some_and(|answer| find_list(root, answer, None).is_some()) =>
        {
            Ok(None)
        }
        (page, size, found) => Err(format!(
            "looks paginated but is not wholly so: `page` is {}, `size` is {}, a list with totals is {} in the answer; mend it by an overlay action",
            presence(page.is_some()),
            presence(size.is_some()),
            presence(found.is_some()),
        )),
    }
}

/// Whether a count can be put there by the client, which counts without a sign.
fn counts_up(count: &Field) -> bool {
    let natural = |rule: &Rule| matches!(rule, Rule::Range { min: Some(0..), .. });
    count.kind == Kind::Integer && !count.required && count.rules.iter().any(natural)
}

fn presence(there: bool) -> &'static str {
    if there { "there" } else { "missing" }
}

/// The first version of the API counts pages from 0 and says so by the default.
fn first_page(root: &Value, operation: &Map<String, Value>) -> u64 {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let default = parameters
        .into_iter()
        .flatten()
        .filter_map(|parameter| deref(root, parameter))
        .find(|parameter| parameter.get("name").and_then(Value::as_str) == Some("page"))
        .and_then(|parameter| parameter.pointer("/schema/default"))
        .and_then(Value::as_u64);
    default.unwrap_or(1)
}

/// The pinned list, or the first that is found: one that comes later must not take its place.
fn find_list(root: &Value, schema: &Value, pinned: Option<&str>) -> Option<(String, String)> {
    let mut found = Vec::new();
    find_lists(root, schema, "", 0, &mut found);
    let is_pinned = |(items, _): &(String, String)| Some(items.as_str()) == pinned;
    let index = found.iter().position(is_pinned).unwrap_or(0);
    (index < found.len()).then(|| found.swap_remove(index))
}

/// Appends the paths of all lists with totals, and of the totals, the outer ones first.
fn find_lists(
    root: &Value,
    schema: &Value,
    prefix: &str,
    depth: usize,
    into: &mut Vec<(String, String)>,
) {
    const DEPTH: usize = 3;
    if depth > DEPTH {
        return;
    }
    let properties = openapi::properties(root, schema);
    let named = |name: &str| {
        properties
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, s)| *s)
    };
    for (items, info) in [("data", "pagination"), ("results", "metadata")] {
        if let (Some(list), Some(totals)) = (named(items), named(info))
            && deref(root, list).is_some_and(|list| list.get("items").is_some())
        {
            let info = totals_path(root, totals, &format!("{prefix}{info}"));
            into.push((format!("{prefix}{items}"), info));
        }
    }
    for (name, inner) in properties {
        find_lists(root, inner, &format!("{prefix}{name}."), depth + 1, into);
    }
}

/// Totals may stand one level deeper, in an object named `pagination`.
fn totals_path(root: &Value, totals: &Value, path: &str) -> String {
    let nested = openapi::properties(root, totals)
        .iter()
        .any(|(name, _)| *name == "pagination");
    if nested {
        format!("{path}.pagination")
    } else {
        path.to_owned()
    }
}
