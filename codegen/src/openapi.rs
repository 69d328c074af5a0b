//! Reading an OpenAPI document that is still a JSON value: methods, references, schemas in their places.
//! Knows the shape of OpenAPI, nothing of Rust and nothing of Allo.

use serde_json::{Map, Value};

use crate::names::Envelope;

/// Order of the methods of a path in everything that is generated.
pub(crate) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub(crate) fn is_method(key: &str) -> bool {
    METHODS.contains(&key)
}

pub(crate) fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// The target of a node that is a reference.
pub(crate) fn reference(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)
}

/// Whether the reference names a component of this section, and not something inside one.
pub(crate) fn names_component(target: &str, section: &str) -> bool {
    let name = target
        .strip_prefix("#/components/")
        .and_then(|rest| rest.strip_prefix(section)?.strip_prefix('/'));
    name.is_some_and(|name| !name.contains('/'))
}

/// Follows a local reference, and references to references.
pub(crate) fn resolve<'a>(root: &'a Value, target: &str) -> Option<&'a Value> {
    let mut pointer = target.strip_prefix('#')?;
    // A chain longer than the document's components is a circle.
    for _ in 0..64 {
        let node = root.pointer(pointer)?;
        match reference(node) {
            Some(next) => pointer = next.strip_prefix('#')?,
            None => return Some(node),
        }
    }
    None
}

/// The node itself, or what it refers to.
pub(crate) fn deref<'a>(root: &'a Value, node: &'a Value) -> Option<&'a Value> {
    match reference(node) {
        Some(target) => resolve(root, target),
        None => Some(node),
    }
}

pub(crate) fn text<'a>(object: &'a Map<String, Value>, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The JSON schema of a request body or response.
pub(crate) fn json_schema_of(node: &Value) -> Option<&Value> {
    node.get("content")?.get("application/json")?.get("schema")
}

pub(crate) fn json_schema_of_mut(node: &mut Value) -> Option<&mut Value> {
    node.get_mut("content")?
        .get_mut("application/json")?
        .get_mut("schema")
}

/// The schemas that stand directly in an operation.
pub(crate) fn schemas_of_operation_mut(operation: &mut Map<String, Value>) -> Vec<&mut Value> {
    let mut found = Vec::new();
    for (key, node) in operation.iter_mut() {
        match key.as_str() {
            "parameters" => {
                let parameters = node.as_array_mut().into_iter().flatten();
                found.extend(parameters.filter_map(|parameter| parameter.get_mut("schema")));
            }
            "requestBody" => found.extend(json_schema_of_mut(node)),
            "responses" => {
                let responses = node.as_object_mut().into_iter().flat_map(Map::values_mut);
                found.extend(responses.filter_map(json_schema_of_mut));
            }
            _ => {}
        }
    }
    found
}

/// The schemas directly inside a schema.
pub(crate) fn child_schemas_mut(schema: &mut Value) -> Vec<&mut Value> {
    let mut found = Vec::new();
    for (key, node) in schema.as_object_mut().into_iter().flatten() {
        match key.as_str() {
            "properties" => {
                found.extend(node.as_object_mut().into_iter().flat_map(Map::values_mut))
            }
            "allOf" => found.extend(node.as_array_mut().into_iter().flatten()),
            "items" => found.push(node),
            "additionalProperties" if node.is_object() => found.push(node),
            _ => {}
        }
    }
    found
}

/// All properties of an object schema with those of its `allOf` members, references followed.
pub(crate) fn properties<'a>(root: &'a Value, schema: &'a Value) -> Vec<(&'a String, &'a Value)> {
    let Some(schema) = deref(root, schema) else {
        return Vec::new();
    };
    let mut found: Vec<(&String, &Value)> = Vec::new();
    for member in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        found.extend(properties(root, member));
    }
    let own = schema.get("properties").and_then(Value::as_object);
    found.extend(own.into_iter().flatten());
    found
}

/// Names of the required properties, with those of the `allOf` members.
pub(crate) fn required(root: &Value, schema: &Value) -> Vec<String> {
    let Some(schema) = deref(root, schema) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for member in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        found.extend(required(root, member));
    }
    let own = schema.get("required").and_then(Value::as_array);
    found.extend(
        own.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    found
}

/// What a successful answer carries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Payload {
    /// No body, or one that is of no interest.
    Nothing,
    /// The body is `{data: T}` and T is of interest; this is the schema of T.
    Envelope(Value),
    /// The whole body is of interest.
    Whole,
}

/// Whether an envelope is opened is decided once: what comes beside its `data` later must not change what `send()` gives.
pub(crate) fn payload(
    root: &Value,
    operation: &Map<String, Value>,
    pinned: Option<Envelope>,
) -> Payload {
    let Some(schema) = success_schema(root, operation) else {
        return Payload::Nothing;
    };
    let properties = properties(root, schema);
    let data = properties.iter().find(|(name, _)| *name == "data");
    let is_opened = match pinned {
        Some(Envelope::Opened) => true,
        Some(Envelope::Whole) => false,
        None => properties.len() == 1 && data.is_some_and(|(_, data)| !holds_page(root, data)),
    };
    match data {
        Some((_, data)) if is_opened => Payload::Envelope((*data).clone()),
        _ => Payload::Whole,
    }
}

/// A page of the first API version nests its items and its totals under `data`; it must stay whole.
fn holds_page(root: &Value, data: &Value) -> bool {
    let names: Vec<&str> = properties(root, data)
        .into_iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.contains(&"results") && names.contains(&"metadata")
}

/// The schema of the body of the first success that has one.
pub(crate) fn success_schema<'a>(
    root: &'a Value,
    operation: &'a Map<String, Value>,
) -> Option<&'a Value> {
    operation
        .get("responses")?
        .as_object()?
        .iter()
        .filter(|(status, _)| is_success(status))
        .find_map(|(_, response)| json_schema_of(deref(root, response)?))
}

/// The pointer without its last token.
pub(crate) fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}
