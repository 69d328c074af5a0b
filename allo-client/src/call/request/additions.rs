//! Writes what the caller adds to a request behind what the operation sends. What the operation has, or sends already, is
//! refused, so that nothing is sent twice and no limit is passed by.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use super::json::add_member;
use super::{Request, url};
use crate::error::Error;
use crate::model::operation::{Body, Operation, Place};
use crate::redact::shown_name;
use crate::transport::additions::Additions;

impl Request {
    /// Adds query parameters and body fields that the operation does not have.
    pub(in crate::call) fn add_additions(
        &mut self,
        operation: &Operation,
        additions: &Additions,
    ) -> Result<(), Error> {
        self.add_queries(operation, additions)?;
        self.add_body_fields(operation, additions)
    }

    fn add_queries(&mut self, operation: &Operation, additions: &Additions) -> Result<(), Error> {
        let sent: Vec<_> = query_names(&self.query).collect();
        for (name, value) in &additions.query {
            if has(operation, Place::Query, name) || sent.contains(name) {
                return Err(taken("query parameter", name, operation));
            }
            url::pair(&mut self.query, name, value);
        }
        Ok(())
    }

    fn add_body_fields(
        &mut self,
        operation: &Operation,
        additions: &Additions,
    ) -> Result<(), Error> {
        let Some(first) = additions.body.keys().next() else {
            return Ok(());
        };
        if operation.body == Body::None {
            let name = shown_name(first);
            let message = format!(
                "the body field `{name}` was added, but {} has no body",
                operation.id
            );
            return Err(Error::invalid_request(message).with_param(&name));
        }
        let body = self.body.get_or_insert_with(|| b"{}".to_vec());
        let Ok(sent) = serde_json::from_slice::<BTreeMap<String, &RawValue>>(body) else {
            let message = "body fields can be added only to a JSON object";
            return Err(Error::invalid_request(message).with_param("body"));
        };
        for name in additions.body.keys() {
            if has(operation, Place::Body, name) || sent.contains_key(name) {
                return Err(taken("body field", name, operation));
            }
        }
        for (name, value) in &additions.body {
            add_member(body, name, value);
        }
        Ok(())
    }
}

/// The names in an encoded query.
fn query_names(query: &str) -> impl Iterator<Item = String> {
    query.split('&').map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        percent_decode_str(name).decode_utf8_lossy().into_owned()
    })
}

/// Whether an operation has a field of this name, at the top of its place.
fn has(operation: &Operation, place: Place, name: &str) -> bool {
    let mut fields = operation.fields.iter().filter(|field| field.place == place);
    fields.any(|field| match place {
        Place::Body => field.name.split(['.', '[']).next() == Some(name),
        Place::Query | Place::Path => field.name == name,
    })
}

fn taken(what: &str, name: &str, operation: &Operation) -> Error {
    let name = shown_name(name);
    let message = format!("{} has the {what} `{name}` already", operation.id);
    Error::invalid_request(message)
        .with_param(&name)
        .with_suggestion("use its setter, or `for_teammate` if it names a teammate")
}
