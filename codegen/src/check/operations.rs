//! Operations: ids, paths and their parameters, bodies, answers. What schemas may hold is in `schemas`.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::{Map, Value};

use super::reserved;
use crate::document::{Document, child};
use crate::meta;
use crate::openapi::{self, deref, is_method, is_success, text};
use crate::problem::Problem;

/// Pointer, path item and operation of each operation.
pub(super) fn all(document: &Document) -> Vec<(String, &Value, &Map<String, Value>)> {
    let mut found = Vec::new();
    let paths = document.value.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let (true, Some(operation)) = (is_method(method), operation.as_object()) {
                found.push((child(&child("/paths", path), method), item, operation));
            }
        }
    }
    found
}

pub(super) fn check(document: &Document) -> Vec<Problem> {
    let mut checker = Checker {
        document,
        ids: BTreeMap::new(),
        problems: Vec::new(),
    };
    for (pointer, item, operation) in all(document) {
        checker.id(operation, &pointer);
        checker.path(item, operation, &pointer);
        checker.parameters(item, operation, &pointer);
        checker.body(operation, &pointer);
        checker.answers(operation, &pointer);
    }
    checker.problems
}

struct Checker<'a> {
    document: &'a Document,
    ids: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn say(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(self.document.problem(pointer, message));
    }

    fn id(&mut self, operation: &Map<String, Value>, pointer: &str) {
        let id = text(operation, "operationId");
        let name = id.to_snake_case();
        let at = child(pointer, "operationId");
        if name.is_empty() {
            return self.say(pointer, "the operation has no `operationId`");
        }
        if reserved::is_no_name(&name) || reserved::CLIENT_METHODS.contains(&name.as_str()) {
            self.say(
                &at,
                format!("`{id}` cannot be a method of the client, which has or reserves `{name}`"),
            );
        }
        let first = self.ids.entry(name).or_insert_with(|| pointer.to_owned());
        if first != pointer {
            let line = self.document.location(first).line;
            self.say(
                &at,
                format!("the operationId `{id}` is taken by the operation in line {line}"),
            );
        }
    }

    fn path(&mut self, item: &Value, operation: &Map<String, Value>, pointer: &str) {
        let path = crate::document::last_token(openapi::parent(pointer));
        if path.contains('?') {
            self.say(pointer, format!("the path `{path}` holds a query"));
        }
        let Some(named) = template_names(&path) else {
            return self.say(
                pointer,
                format!("the braces of the path `{path}` do not match"),
            );
        };
        let declared: Vec<&Value> = meta::parameters(&self.document.value, item, operation)
            .into_iter()
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("path"))
            .collect();
        for name in &named {
            let found = declared
                .iter()
                .find(|p| p.get("name").and_then(Value::as_str) == Some(name));
            match found {
                None => self.say(
                    pointer,
                    format!("the path names `{{{name}}}`, but no path parameter declares it"),
                ),
                Some(parameter) if parameter.get("required") != Some(&Value::Bool(true)) => {
                    self.say(
                        pointer,
                        format!("the path parameter `{name}` must be `required: true`"),
                    );
                }
                Some(_) => {}
            }
        }
        for parameter in declared {
            let name = parameter
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if !named.iter().any(|named| named == name) {
                self.say(
                    pointer,
                    format!("the path parameter `{name}` is not in the path"),
                );
            }
        }
    }

    fn parameters(&mut self, item: &Value, operation: &Map<String, Value>, pointer: &str) {
        let mut names: Vec<String> = Vec::new();
        for parameter in meta::parameters(&self.document.value, item, operation) {
            let Some(object) = parameter.as_object() else {
                continue;
            };
            let name = text(object, "name");
            let snake = name.to_snake_case();
            if snake.is_empty() || reserved::is_no_name(&snake) {
                self.say(
                    pointer,
                    format!("the parameter `{name}` cannot be a Rust name"),
                );
            }
            if names.contains(&snake) {
                self.say(pointer, format!("two parameters become `{snake}`"));
            }
            names.push(snake);
            if let Some(message) = self.parameter_form(object, name) {
                self.say(pointer, message);
            }
        }
    }

    fn parameter_form(&self, object: &Map<String, Value>, name: &str) -> Option<String> {
        if !matches!(text(object, "in"), "path" | "query") {
            return Some(format!(
                "the parameter `{name}` is neither in the path nor in the query"
            ));
        }
        if !matches!(text(object, "style"), "" | "form" | "simple") {
            return Some(format!(
                "the parameter `{name}` has a style that is not supported"
            ));
        }
        let Some(schema) = object.get("schema") else {
            return Some(format!("the parameter `{name}` has no `schema`"));
        };
        let root = &self.document.value;
        let schema = deref(root, schema)?;
        let is_object = schema.get("type").and_then(Value::as_str) == Some("object")
            || !openapi::properties(root, schema).is_empty();
        is_object.then(|| format!("the parameter `{name}` is an object, which is not supported"))
    }

    fn body(&mut self, operation: &Map<String, Value>, pointer: &str) {
        let Some(body) = operation.get("requestBody") else {
            return;
        };
        let at = child(pointer, "requestBody");
        let root = &self.document.value;
        let Some(body) = deref(root, body) else {
            return;
        };
        let types = media_types(body);
        if !types.contains(&"application/json") {
            return self.say(
                &at,
                format!("a body must be `application/json`, this is {types:?}"),
            );
        }
        match openapi::json_schema_of(body).and_then(|schema| deref(root, schema)) {
            None => self.say(&at, "the body has no schema"),
            Some(schema) if openapi::properties(root, schema).is_empty() => {
                self.say(&at, "the body must be an object with properties");
            }
            Some(_) => {}
        }
    }

    fn answers(&mut self, operation: &Map<String, Value>, pointer: &str) {
        let at = child(pointer, "responses");
        let responses = operation.get("responses").and_then(Value::as_object);
        let root = &self.document.value;
        let successes: Vec<(&String, &Value)> = responses
            .into_iter()
            .flatten()
            .filter(|(status, _)| is_success(status))
            .filter_map(|(status, response)| Some((status, deref(root, response)?)))
            .collect();
        match successes.as_slice() {
            [] => self.say(&at, "no success is documented"),
            [(status, response)] => {
                let types = media_types(response);
                let json = types.contains(&"application/json")
                    && openapi::json_schema_of(response).is_some();
                if !types.is_empty() && !json {
                    let at = child(&at, status);
                    self.say(
                        &at,
                        "a success must be `application/json` with a schema, or have no body",
                    );
                }
            }
            several => {
                let statuses: Vec<&str> =
                    several.iter().map(|(status, _)| status.as_str()).collect();
                self.say(
                    &at,
                    format!(
                        "there are two success schemas, for {}; keep one by an overlay action",
                        statuses.join(" and ")
                    ),
                );
            }
        }
    }
}

fn media_types(node: &Value) -> Vec<&str> {
    let content = node.get("content").and_then(Value::as_object);
    content
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect()
}

/// Names between braces; `None` when the braces do not match.
fn template_names(path: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for (index, part) in path.split('{').enumerate() {
        match (index, part.split_once('}')) {
            (0, None) => {}
            (0, Some(_)) => return None,
            (_, Some((name, rest))) if !name.is_empty() && !rest.contains('}') => {
                names.push(name.to_owned());
            }
            _ => return None,
        }
    }
    Some(names)
}
