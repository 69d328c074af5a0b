//! The schemas that become Rust types: those of parameters, request bodies and successful answers, and all they
//! refer to. Shapes of errors are not among them, since the client reads every error shape itself.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::document::{Document, child};
use crate::openapi::{self, is_success, reference, resolve};
use crate::problem::Problem;

/// Used schemas by pointer, and a problem for each reference that is a circle or leads elsewhere.
pub(super) fn schemas(document: &Document) -> (Vec<(String, Value)>, Vec<Problem>) {
    let mut walker = Walker {
        document,
        seen: BTreeSet::new(),
        stack: Vec::new(),
        found: Vec::new(),
        problems: Vec::new(),
    };
    for (pointer, item, operation) in super::operations::all(document) {
        walker.operation(item, operation, &pointer);
    }
    (walker.found, walker.problems)
}

struct Walker<'a> {
    document: &'a Document,
    seen: BTreeSet<String>,
    stack: Vec<String>,
    found: Vec<(String, Value)>,
    problems: Vec<Problem>,
}

impl<'a> Walker<'a> {
    fn operation(&mut self, item: &'a Value, operation: &'a Map<String, Value>, pointer: &str) {
        for (at, list) in [
            (openapi::parent(pointer), item.get("parameters")),
            (pointer, operation.get("parameters")),
        ] {
            for (index, parameter) in list
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .enumerate()
            {
                let at = format!("{at}/parameters/{index}");
                self.part(parameter, &at, &|node| node.get("schema"), "/schema");
            }
        }
        const JSON: &str = "/content/application~1json/schema";
        if let Some(body) = operation.get("requestBody") {
            self.part(
                body,
                &child(pointer, "requestBody"),
                &openapi::json_schema_of,
                JSON,
            );
        }
        let responses = operation.get("responses").and_then(Value::as_object);
        for (status, response) in responses
            .into_iter()
            .flatten()
            .filter(|(s, _)| is_success(s))
        {
            let at = child(&child(pointer, "responses"), status);
            self.part(response, &at, &openapi::json_schema_of, JSON);
        }
    }

    /// A parameter, body or response, which may itself be a reference.
    fn part(
        &mut self,
        node: &'a Value,
        pointer: &str,
        schema_of: &dyn Fn(&'a Value) -> Option<&'a Value>,
        suffix: &str,
    ) {
        let (node, pointer) = match reference(node) {
            Some(target) => match resolve(&self.document.value, target) {
                Some(found) => (found, target.trim_start_matches('#').to_owned()),
                None => return,
            },
            None => (node, pointer.to_owned()),
        };
        if let Some(schema) = schema_of(node) {
            self.schema(schema, &format!("{pointer}{suffix}"));
        }
    }

    fn schema(&mut self, schema: &'a Value, pointer: &str) {
        if let Some(target) = reference(schema) {
            self.follow(target, pointer);
            return;
        }
        if !self.seen.insert(pointer.to_owned()) {
            return;
        }
        self.found.push((pointer.to_owned(), schema.clone()));
        for (key, node) in schema.as_object().into_iter().flatten() {
            let at = child(pointer, key);
            match key.as_str() {
                "properties" => {
                    for (name, inner) in node.as_object().into_iter().flatten() {
                        self.schema(inner, &child(&at, name));
                    }
                }
                "allOf" => {
                    for (index, member) in node.as_array().into_iter().flatten().enumerate() {
                        self.schema(member, &format!("{at}/{index}"));
                    }
                }
                "items" => self.schema(node, &at),
                "additionalProperties" if node.is_object() => self.schema(node, &at),
                _ => {}
            }
        }
    }

    fn follow(&mut self, target: &str, from: &str) {
        if !target.starts_with("#/components/") {
            // Told by `references`.
            return;
        }
        if !openapi::names_component(target, "schemas") {
            let message = "a schema must refer to a whole schema of `#/components/schemas`";
            let problem = self.document.problem(&child(from, "$ref"), message);
            return self.problems.push(problem);
        }
        let at = target.trim_start_matches('#').to_owned();
        if self.stack.contains(&at) {
            self.problems.push(self.document.problem(
                &child(from, "$ref"),
                format!(
                    "the schema `{target}` contains itself; break the circle by an overlay action"
                ),
            ));
            return;
        }
        if let Some(found) = self.document.value.pointer(&at) {
            self.stack.push(at.clone());
            self.schema(found, &at);
            self.stack.pop();
        }
    }
}
