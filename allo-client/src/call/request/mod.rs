//! Encodes a request: path, query and body, each once, checked against the operation table during encoding. Limits and
//! their messages are in `limits`, the serializer in `encoder`, the limits by field in `rules`.

mod additions;
mod encoder;
mod json;
pub(super) mod limits;
mod rules;
mod url;

use std::sync::Arc;

use serde::Serialize;

use crate::error::Error;
use crate::error::FieldError;
use crate::model::operation::{Body, Operation, Place};
use encoder::{Encoder, Sink};
use json::add_member;
use limits::Given;
use rules::Tree;

/// The parameters and body set so far.
#[derive(Clone, Default)]
pub(super) struct Request {
    rules: Option<Arc<Tree>>,
    /// The texts of path parameters; `None` for a value without a text.
    path: Vec<(&'static str, Option<String>)>,
    query: String,
    /// The query parameters that were set.
    given: rules::Children,
    body: Option<Vec<u8>>,
    /// Broken limits, with the row of their field in the table.
    problems: Vec<(usize, FieldError)>,
    /// Whether a value could not be serialized.
    unwritable: bool,
}

/// An encoded request.
pub(super) struct Encoded {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) body: Option<Vec<u8>>,
}

/// Encodes a body outside a call and checks it against the limits of the operation.
///
/// # Errors
///
/// With the limits that the body breaks.
#[cfg(feature = "power-dialer")]
pub(crate) fn encode_checked<T: Serialize>(
    operation: &'static Operation,
    body: &T,
) -> Result<Vec<u8>, Vec<FieldError>> {
    let mut request = Request::default();
    request.body(operation, body);
    let problems: Vec<_> = request.in_order().collect();
    match problems.is_empty() {
        true => Ok(request.body.unwrap_or_default()),
        false => Err(problems),
    }
}

impl Request {
    /// Sets a path parameter.
    pub(super) fn path<T: Serialize>(
        &mut self,
        operation: &'static Operation,
        name: &'static str,
        value: &T,
    ) {
        let sink = self.encode(operation, Place::Path, Some(name), Sink::Path(None), value);
        if let Some(Sink::Path(text)) = sink {
            self.path.push((name, text));
        }
    }

    /// Sets a query parameter; null and absent values are not sent.
    pub(super) fn query<T: Serialize>(
        &mut self,
        operation: &'static Operation,
        name: &'static str,
        value: &T,
    ) {
        let out = std::mem::take(&mut self.query);
        let before = out.len();
        let sink = self.encode(
            operation,
            Place::Query,
            Some(name),
            Sink::Query(name, out),
            value,
        );
        if let Some(Sink::Query(_, out)) = sink {
            let rules = self.rules.as_ref();
            if let Some(rules) = rules.filter(|_| out.len() > before)
                && let Some((_, node)) = rules.child(rules.root(Place::Query), name)
            {
                self.given.add(node.bit);
            }
            self.query = out;
        }
    }

    /// Sets the body; null means no body.
    pub(super) fn body<T: Serialize>(&mut self, operation: &'static Operation, value: &T) {
        let out = Vec::with_capacity(256);
        let sink = self.encode(operation, Place::Body, None, Sink::Json(out), value);
        if let Some(Sink::Json(out)) = sink {
            self.body = (out != b"null").then_some(out);
        }
    }

    /// Sets a body of [`encode_checked`].
    #[cfg(feature = "power-dialer")]
    pub(super) fn encoded_body(&mut self, body: Vec<u8>) {
        self.body = Some(body);
    }

    fn encode<T: Serialize>(
        &mut self,
        operation: &'static Operation,
        place: Place,
        name: Option<&str>,
        sink: Sink,
        value: &T,
    ) -> Option<Sink> {
        let rules = self.rules.get_or_insert_with(|| Tree::of(operation));
        let root = rules.root(place);
        let node = match name {
            Some(name) => rules.child(root, name).map(|(id, _)| id),
            None => Some(root),
        };
        let mut encoder = Encoder::new(rules, node, sink, &mut self.problems);
        match value.serialize(&mut encoder) {
            Ok(()) => Some(encoder.into_sink()),
            Err(_) => {
                self.unwritable = true;
                None
            }
        }
    }

    /// The body as it would be sent.
    #[cfg(test)]
    pub(super) fn body_bytes(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// A body must be an object if there is one. It is checked in the form in which it is sent.
    pub(super) fn check_body(&mut self, operation: &'static Operation) -> Result<(), Error> {
        let refused = |why| Err(Error::invalid_request(why).with_param("body"));
        match (operation.body, &self.body) {
            (Body::Required, None) => self.empty_body(operation),
            (Body::None | Body::Optional | Body::Any, None) | (Body::Any, Some(_)) => {}
            (Body::None, Some(_)) => return refused("this operation has no body"),
            (Body::Optional | Body::Required, Some(body)) => {
                if body.first() != Some(&b'{') {
                    return refused("the body must be a JSON object");
                }
            }
        }
        Ok(())
    }

    /// Checks an empty body `{}`, in which every required field is missing.
    fn empty_body(&mut self, operation: &'static Operation) {
        struct Nothing;
        impl Serialize for Nothing {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::ser::SerializeMap::end(serializer.serialize_map(Some(0))?)
            }
        }
        self.body(operation, &Nothing);
    }

    /// Adds texts to the query, or to the end of the body; none of them is present already.
    pub(super) fn add(
        &mut self,
        operation: &'static Operation,
        place: Place,
        names: &[&'static str],
        text: &str,
    ) {
        for name in names {
            match place {
                Place::Query | Place::Path => self.query(operation, name, &text),
                Place::Body => self.add_to_body(operation, name, text),
            }
        }
    }

    fn add_to_body(&mut self, operation: &'static Operation, name: &'static str, text: &str) {
        let rules = self.rules.get_or_insert_with(|| Tree::of(operation));
        let field = rules.child(rules.root(Place::Body), name);
        let row = field.and_then(|(_, node)| Some((node.row?, node.rules)));
        if let Some((row, limits)) = row {
            let given = Given::Text(text);
            limits::check(row, limits, &given, || name.to_owned(), &mut self.problems);
        }
        let body = self.body.get_or_insert_with(|| b"{}".to_vec());
        add_member(body, name, text);
    }

    /// All problems, in the order of the table.
    fn in_order(&mut self) -> impl Iterator<Item = FieldError> + use<> {
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|(row, _)| *row);
        problems.into_iter().map(|(_, problem)| problem)
    }

    /// The encoded request, if there is no problem.
    pub(super) fn finish(mut self, operation: &'static Operation) -> Result<Encoded, Error> {
        let path = url::path(operation.path, &self.path)?;
        let missing = |field: &&crate::model::operation::FieldSpec| {
            field.place == Place::Query && field.required
        };
        if operation.fields.iter().any(|field| missing(&field)) {
            let rules = self.rules.get_or_insert_with(|| Tree::of(operation));
            rules.missing(
                rules.root(Place::Query),
                self.given,
                &[],
                &mut self.problems,
            );
        }
        if self.unwritable {
            return Err(Error::invalid_request(
                "a value cannot be serialized as JSON",
            ));
        }
        if !self.problems.is_empty() {
            return Err(Error::invalid_fields(self.in_order().collect()));
        }
        let body = match operation.body {
            Body::None => None,
            // An empty body is not sent where it is optional.
            Body::Optional => self.body.filter(|body| body != b"{}"),
            Body::Required | Body::Any => self.body,
        };
        Ok(Encoded {
            path,
            query: self.query,
            body,
        })
    }
}
