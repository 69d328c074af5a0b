//! Nodes of a kind that OpenAPI does not have at their place: a text where a flag belongs, a list where a mapping
//! does. `openapiv3` would refuse them without a place; here it is asked node by node.

use openapiv3::{
    Info, Parameter, PathItem, ReferenceOr, RequestBody, Response, Schema, Server, Tag,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::document::{Document, child};
use crate::openapi::{METHODS, names_component, reference, resolve};
use crate::problem::Problem;

pub(super) fn check(document: &Document, used: &[(String, Value)]) -> Vec<Problem> {
    let mut checker = Checker {
        document,
        problems: Vec::new(),
    };
    checker.head();
    let paths = document.value.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        checker.path(item, &child("/paths", path));
    }
    for (pointer, schema) in used {
        checker.node::<Schema>(&shallow(schema), pointer);
    }
    checker.problems
}

struct Checker<'a> {
    document: &'a Document,
    problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    fn head(&mut self) {
        let root = &self.document.value;
        self.node::<Info>(root.get("info").unwrap_or(&Value::Null), "/info");
        if root.get("paths").is_none() {
            self.problems
                .push(self.document.problem("", "there are no `paths`"));
        }
        for (key, is_known) in [
            ("servers", is::<Vec<Server>> as fn(&Value) -> Option<String>),
            ("tags", is::<Vec<Tag>>),
            ("paths", is::<Map<String, Value>>),
            ("components", is::<Map<String, Value>>),
        ] {
            if let Some(fault) = root.get(key).and_then(is_known) {
                self.say(&child("", key), &fault);
            }
        }
    }

    fn path(&mut self, item: &'a Value, pointer: &str) {
        if reference(item).is_some() {
            let message = "a path that is a reference is not supported; write it out";
            return self.problems.push(self.document.problem(pointer, message));
        }
        self.node::<PathItem>(&without(item, &METHODS), pointer);
        self.parameters(item, pointer);
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                self.operation(operation, &child(pointer, method));
            }
        }
    }

    fn operation(&mut self, operation: &'a Value, pointer: &str) {
        let mut bare = without(operation, &["parameters", "requestBody"]);
        if let Some(responses) = bare.get_mut("responses").filter(|node| node.is_object()) {
            *responses = json!({});
        }
        self.node::<openapiv3::Operation>(&bare, pointer);
        self.parameters(operation, pointer);
        if let Some(body) = operation.get("requestBody") {
            self.part::<RequestBody>(body, "requestBodies", &child(pointer, "requestBody"));
        }
        let responses = operation.get("responses").and_then(Value::as_object);
        for (status, response) in responses.into_iter().flatten() {
            self.part::<Response>(
                response,
                "responses",
                &child(&child(pointer, "responses"), status),
            );
        }
    }

    fn parameters(&mut self, owner: &'a Value, pointer: &str) {
        let at = child(pointer, "parameters");
        match owner.get("parameters") {
            Some(Value::Array(parameters)) => {
                for (index, parameter) in parameters.iter().enumerate() {
                    self.part::<Parameter>(parameter, "parameters", &format!("{at}/{index}"));
                }
            }
            Some(_) => self.say(&at, "expected a list"),
            None => {}
        }
    }

    /// A parameter, body or response, which may itself be a reference, without the schemas in it.
    fn part<T: for<'de> Deserialize<'de>>(
        &mut self,
        node: &'a Value,
        section: &str,
        pointer: &str,
    ) {
        let (node, pointer) = match reference(node) {
            Some(target) if !names_component(target, section) => {
                let at = child(pointer, "$ref");
                return self.say(
                    &at,
                    &format!("expected a reference to `#/components/{section}`"),
                );
            }
            Some(target) => match resolve(&self.document.value, target) {
                Some(found) => (found, target.trim_start_matches('#')),
                None => return,
            },
            None => (node, pointer),
        };
        let mut node = without(node, &["example", "examples", "headers"]);
        if let Some(part) = node.as_object_mut() {
            // Often forgotten, and of no use here.
            part.entry("description").or_insert_with(|| "".into());
            part.entry("schema").and_modify(empty);
            let content = part.get_mut("content").and_then(Value::as_object_mut);
            for media in content.into_iter().flat_map(Map::values_mut) {
                if let Some(media) = media.as_object_mut() {
                    media.retain(|key, _| key == "schema");
                    media.entry("schema").and_modify(empty);
                }
            }
        }
        self.node::<ReferenceOr<T>>(&node, pointer);
    }

    fn node<T: for<'de> Deserialize<'de>>(&mut self, node: &Value, pointer: &str) {
        let Some(fault) = is::<T>(node) else { return };
        let at = match culprit::<T>(node) {
            Some(key) => child(pointer, key),
            None => pointer.to_owned(),
        };
        self.say(&at, &fault);
    }

    fn say(&mut self, pointer: &str, fault: &str) {
        let message = format!("this is not what OpenAPI has here: {fault}");
        self.problems.push(self.document.problem(pointer, message));
    }
}

/// Why the node is not one of this kind.
fn is<T: for<'de> Deserialize<'de>>(node: &Value) -> Option<String> {
    T::deserialize(node).err().map(|error| error.to_string())
}

/// The one entry without which the node would be well.
fn culprit<T: for<'de> Deserialize<'de>>(node: &Value) -> Option<&str> {
    let mut keys = node.as_object()?.keys().map(String::as_str);
    keys.find(|key| is::<T>(&without(node, &[key])).is_none())
}

fn without(node: &Value, keys: &[&str]) -> Value {
    match node {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
            kept.map(|(key, value)| (key.clone(), value.clone()))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other.clone(),
    }
}

/// A schema without those inside it, which are asked for on their own.
fn shallow(schema: &Value) -> Value {
    let mut schema = without(schema, &["example"]);
    crate::openapi::child_schemas_mut(&mut schema)
        .into_iter()
        .for_each(empty);
    schema
}

fn empty(schema: &mut Value) {
    if schema.is_object() {
        *schema = json!({});
    }
}
