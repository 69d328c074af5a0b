//! Which operations can be aimed at a teammate, found by their shape: they take an optional `user_id` and an
//! optional `email` in one place.

use serde_json::{Map, Value};

use super::{Field, Kind, Place};

/// Names under which a teammate's id may travel; the second is an older spelling.
const ID_FIELDS: [&str; 2] = ["user_id", "user_pid"];
const EMAIL_FIELD: &str = "email";

/// How an operation takes its teammate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Teammate {
    pub(crate) place: Place,
    pub(crate) id: Vec<String>,
    pub(crate) email: String,
}

impl Teammate {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.email == name || self.id.iter().any(|id| id == name)
    }
}

pub(super) fn detect(
    operation: &Map<String, Value>,
    fields: &[Field],
) -> Result<Option<Teammate>, String> {
    if operation.get("x-teammate") == Some(&Value::Bool(false)) {
        return Ok(None);
    }
    let optional = |name: &str| {
        fields
            .iter()
            .find(|field| field.name == name && !field.required && field.kind == Kind::String)
    };
    let ids: Vec<&Field> = ID_FIELDS.iter().filter_map(|name| optional(name)).collect();
    match (ids.as_slice(), optional(EMAIL_FIELD)) {
        ([], None) => Ok(None),
        ([first, rest @ ..], Some(email))
            if first.place == email.place && rest.iter().all(|id| id.place == first.place) =>
        {
            Ok(Some(Teammate {
                place: first.place,
                id: ids.iter().map(|field| field.name.clone()).collect(),
                email: email.name.clone(),
            }))
        }
        (ids, email) => Err(format!(
            "looks aimed at a teammate but is not wholly so: {}, {}; if it is not, say `x-teammate: false` in the overlay",
            if ids.is_empty() {
                "there is no optional `user_id`"
            } else {
                "there is an optional `user_id`"
            },
            if email.is_some() {
                "an optional `email`"
            } else {
                "no optional `email` beside it"
            },
        )),
    }
}
