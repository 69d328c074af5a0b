//! Validates requests and responses against the schemas of the API's document, overlay included, with a JSON Schema
//! validator that is independent of the generator. OpenAPI keywords are converted to JSON Schema: `nullable`, and
//! formats, which only the client checks.

use std::collections::BTreeMap;

use allo_codegen::Source;
use allo_sandbox::LoggedRequest;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::source::workspace;

/// The schemas of every operation's request and responses.
#[derive(Debug)]
pub struct Conformance {
    operations: BTreeMap<String, Bodies>,
}

#[derive(Debug, Default)]
struct Bodies {
    request: Option<Validator>,
    answers: BTreeMap<u16, Option<Validator>>,
}

impl Conformance {
    /// Reads the document.
    ///
    /// # Panics
    /// If it cannot be read or contains an invalid schema.
    #[must_use]
    pub fn of_the_document() -> Self {
        Self::of(&overlaid())
    }

    /// Reads a given document.
    ///
    /// # Panics
    /// If it contains an invalid schema.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let mut operations = BTreeMap::new();
        for operation in operations_of(document) {
            let id = operation["operationId"].as_str().expect("an id");
            let request = schema_of(&operation["requestBody"], document);
            let answers = operation["responses"].as_object().expect("responses");
            let answers = answers.iter().filter_map(|(status, answer)| {
                let status = status.parse().ok()?;
                Some((status, schema_of(answer, document)))
            });
            let answers = answers.collect();
            operations.insert(id.to_owned(), Bodies { request, answers });
        }
        Self { operations }
    }

    /// The problems of a request and its response; empty if both conform to the document. For a request that was
    /// refused or not processed, only the response counts.
    #[must_use]
    pub fn problems(&self, exchange: &LoggedRequest) -> Vec<String> {
        let Some(id) = exchange.operation else {
            return vec![format!("{} is no operation", exchange.path)];
        };
        let mut problems = match exchange.executed {
            true => self.problems_of_request(id, exchange.body.as_ref()),
            false => Vec::new(),
        };
        problems.extend(self.problems_of_answer(
            id,
            exchange.status,
            exchange.response_body().as_ref(),
        ));
        problems
    }

    /// The problems of the body of a request.
    ///
    /// # Panics
    /// If the document has no such operation.
    #[must_use]
    pub fn problems_of_request(&self, id: &str, body: Option<&Value>) -> Vec<String> {
        let problems = check(self.bodies(id).request.as_ref(), body);
        let place = |problem| format!("request of {id}: {problem}");
        problems.into_iter().map(place).collect()
    }

    /// The problems of the body of a response. A status that the document does not declare has no schema.
    ///
    /// # Panics
    /// If the document has no such operation.
    #[must_use]
    pub fn problems_of_answer(&self, id: &str, status: u16, body: Option<&Value>) -> Vec<String> {
        let Some(schema) = self.bodies(id).answers.get(&status) else {
            return Vec::new();
        };
        let problems = check(schema.as_ref(), body);
        let place = |problem| format!("answer {status} of {id}: {problem}");
        problems.into_iter().map(place).collect()
    }

    /// Whether the document declares this status with a body.
    ///
    /// # Panics
    /// If the document has no such operation.
    #[must_use]
    pub fn has_body(&self, id: &str, status: u16) -> bool {
        let answer = self.bodies(id).answers.get(&status);
        answer.is_some_and(Option::is_some)
    }

    fn bodies(&self, id: &str) -> &Bodies {
        let found = self.operations.get(id);
        found.unwrap_or_else(|| panic!("openapi/allo.yaml has no operation {id}: add it there"))
    }
}

fn check(schema: Option<&Validator>, body: Option<&Value>) -> Vec<String> {
    match (schema, body) {
        (Some(schema), Some(body)) => {
            let errors = schema.iter_errors(body);
            let told = errors.map(|error| format!("{} at {}", error, error.instance_path()));
            told.collect()
        }
        (None, Some(body)) if !body.is_null() => vec!["a body where there is none".to_owned()],
        // An optional body may be absent; if a required one is absent, the server reports it.
        _ => Vec::new(),
    }
}

/// The API's document with the overlay applied.
///
/// # Panics
/// If either cannot be read.
#[must_use]
pub fn overlaid() -> Value {
    let read = |name: &str| {
        let path = workspace().join("openapi").join(name);
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (spec, overlay) = (read("allo.yaml"), read("overlay.yaml"));
    let spec = Source {
        name: "allo.yaml",
        text: &spec,
    };
    let overlay = Source {
        name: "overlay.yaml",
        text: &overlay,
    };
    allo_codegen::overlaid(spec, overlay).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Every operation of a document.
///
/// # Panics
/// If it has no paths.
pub fn operations_of(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = document["paths"].as_object().expect("paths");
    let items = paths
        .values()
        .flat_map(|path| path.as_object().expect("a path").values());
    items.filter(|operation| operation.get("operationId").is_some())
}

/// The schema of a request body or a response, as JSON Schema with the components that it may refer to.
#[must_use]
pub fn json_schema(body: &Value, document: &Value) -> Option<Value> {
    let body = resolved(body, document);
    let schema = body.pointer("/content/application~1json/schema")?;
    let mut schema = rewritten(schema);
    let components = rewritten(&document["components"]["schemas"]);
    let root = schema.as_object_mut().expect("a schema");
    root.insert("components".to_owned(), json!({ "schemas": components }));
    Some(schema)
}

fn schema_of(body: &Value, document: &Value) -> Option<Validator> {
    let schema = json_schema(body, document)?;
    let options = jsonschema::options().should_validate_formats(false);
    Some(
        options
            .build(&schema)
            .unwrap_or_else(|error| panic!("{error}")),
    )
}

/// Resolves a reference; anything else is returned unchanged.
#[must_use]
pub fn resolved<'a>(value: &'a Value, document: &'a Value) -> &'a Value {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
        return value;
    };
    let pointer = reference.strip_prefix('#').expect("a local reference");
    document.pointer(pointer).expect("what is referred to")
}

/// Converts `nullable` to JSON Schema. A reference to another schema is nullable beside it.
fn rewritten(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => rewritten_object(fields),
        Value::Array(items) => items.iter().map(rewritten).collect(),
        other => other.clone(),
    }
}

fn rewritten_object(fields: &Map<String, Value>) -> Value {
    let mut written: Map<String, Value> = fields
        .iter()
        .map(|(name, value)| (name.clone(), rewritten(value)))
        .collect();
    if fields.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(written);
    }
    written.remove("nullable");
    match written.get_mut("type") {
        Some(kind) => {
            *kind = json!([kind.clone(), "null"]);
            Value::Object(written)
        }
        None => json!({ "anyOf": [{ "type": "null" }, written] }),
    }
}
