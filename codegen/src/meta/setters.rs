//! Names of the setters of an operation's builder: each field of the query and of the body has one, and none may
//! take that of another or of a method that every builder has.

use heck::ToSnakeCase;
use serde_json::Value;

use super::{Field, Place, Teammate};
use crate::openapi;

/// Names that every builder has for itself.
const RESERVED: [&str; 13] = [
    "arguments",
    "body",
    "call",
    "client",
    "count",
    "fetch",
    "for_teammate",
    "items",
    "new",
    "options",
    "pages",
    "send",
    "start_at",
];

pub(super) fn check(
    root: &Value,
    fields: &[Field],
    body: Option<&Value>,
    teammate: Option<&Teammate>,
) -> Result<(), String> {
    let is_teammate = |field: &Field| {
        teammate.is_some_and(|target| target.place == field.place && target.has(&field.name))
    };
    let own = fields
        .iter()
        .filter(|field| field.place != Place::Body && !is_teammate(field))
        .map(|field| field.name.to_snake_case());
    let of_body = body
        .into_iter()
        .flat_map(|schema| openapi::properties(root, schema))
        .map(|(name, property)| field_name(name, property));
    let mut seen: Vec<String> = Vec::new();
    for name in own.chain(of_body) {
        if RESERVED.contains(&name.as_str()) {
            return Err(format!(
                "the builder has a method `{name}` of its own; a field of the body can be renamed by `x-field` in the overlay"
            ));
        }
        if name.starts_with("maybe_") {
            return Err(format!(
                "`{name}` is the name of a setter that takes an `Option`; a field of the body can be renamed by `x-field` in the overlay"
            ));
        }
        if seen.contains(&name) {
            return Err(format!(
                "two fields want the setter `{name}`; rename that of the body by `x-field` in the overlay"
            ));
        }
        seen.push(name);
    }
    Ok(())
}

fn field_name(name: &str, property: &Value) -> String {
    let given = property.get("x-field").and_then(Value::as_str);
    given.map_or_else(|| name.to_snake_case(), str::to_owned)
}
