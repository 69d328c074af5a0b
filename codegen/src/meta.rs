//! What is true of an operation: read from the document once, for the operation table and for the passes.
//! Nothing here is listed by hand; an operation that only half looks paginated or aimed at a teammate is a problem.

mod pagination;
mod retries;
mod rules;
mod setters;
mod teammate;

use heck::ToSnakeCase;
use serde_json::{Map, Value};

use crate::document::{Document, child};
use crate::names::{self, Names, OperationNames};
use crate::openapi::{self, METHODS, Payload, deref, text};
use crate::problem::Problem;
pub(crate) use pagination::Pagination;
pub(crate) use retries::RetrySafety;
pub(crate) use rules::{Kind, Rule};
pub(crate) use teammate::Teammate;

/// Where a field of a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Body,
}

/// One thing that can be sent with an operation. Fields inside a body have dotted names.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Optional,
    Required,
}

/// One operation of the API.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// Method and path as the document has them, which no other operation shares.
    pub(crate) key: String,
    /// Where the document has it.
    pub(crate) pointer: String,
    /// Empty until they are settled.
    pub(crate) names: OperationNames,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) tag: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) body: Body,
    pub(crate) payload: Payload,
    pub(crate) fields: Vec<Field>,
    pub(crate) pagination: Option<Pagination>,
    pub(crate) teammate: Option<Teammate>,
    pub(crate) scopes: Vec<String>,
    pub(crate) retry_safety: RetrySafety,
    pub(crate) settling_codes: Vec<String>,
    /// Top-level members of every successful answer; none if no body is declared.
    pub(crate) success: Option<Vec<String>>,
    pub(crate) is_deprecated: bool,
    /// Names of parameters.
    pub(crate) deprecated: Vec<String>,
    pub(crate) parameter_docs: Vec<(String, String)>,
    /// Names of optional parameters without which the example would be refused (`x-in-example`).
    pub(crate) in_example: Vec<String>,
}

impl Operation {
    /// Name of the method that progenitor writes.
    pub(crate) fn written_name(&self) -> String {
        self.id.to_snake_case()
    }

    /// Whether the field is filled by `for_teammate` alone.
    pub(crate) fn is_teammate_field(&self, place: Place, name: &str) -> bool {
        self.teammate
            .as_ref()
            .is_some_and(|target| target.place == place && target.has(name))
    }
}

/// Reads all operations, by path and then by method.
pub(crate) fn read(document: &Document, pinned: &Names) -> Result<Vec<Operation>, Vec<Problem>> {
    let root = &document.value;
    let mut operations = Vec::new();
    let mut problems = Vec::new();
    let paths = root.get("paths").and_then(Value::as_object);
    let mut sorted: Vec<_> = paths.into_iter().flatten().collect();
    sorted.sort_by_key(|(path, _)| path.as_str());
    for (path, item) in sorted {
        for method in METHODS {
            let Some(operation) = item.get(method).and_then(Value::as_object) else {
                continue;
            };
            let pointer = child(&child("/paths", path), method);
            let place = OperationPlace {
                method,
                path,
                pointer,
            };
            match read_one(document, pinned, item, operation, place) {
                Ok(operation) => operations.push(operation),
                Err(problem) => problems.push(problem),
            }
        }
    }
    if problems.is_empty() {
        Ok(operations)
    } else {
        Err(problems)
    }
}

struct OperationPlace<'a> {
    method: &'static str,
    path: &'a str,
    pointer: String,
}

fn read_one(
    document: &Document,
    pinned: &Names,
    item: &Value,
    raw: &Map<String, Value>,
    place: OperationPlace<'_>,
) -> Result<Operation, Problem> {
    let OperationPlace {
        method,
        path,
        pointer,
    } = place;
    let root = &document.value;
    let key = names::key(method, path);
    let envelope = pinned.envelope(&key);
    let parameters = parameters(root, item, raw);
    let body_schema = raw
        .get("requestBody")
        .and_then(|body| deref(root, body))
        .and_then(openapi::json_schema_of);
    let mut fields: Vec<Field> = parameters
        .iter()
        .filter_map(|p| parameter(root, p))
        .collect();
    if let Some(schema) = body_schema {
        rules::body_fields(root, schema, "", 0, &mut fields);
    }
    let say = |message: String| document.problem(&pointer, message);
    let teammate = teammate::detect(raw, &fields).map_err(say)?;
    setters::check(root, &fields, body_schema, teammate.as_ref()).map_err(say)?;
    let retry_safety = retries::safety(raw, method).map_err(say)?;
    Ok(Operation {
        id: text(raw, "operationId").to_owned(),
        names: OperationNames::default(),
        method,
        // What follows `#` never reaches a server.
        path: path.split('#').next().unwrap_or(path).to_owned(),
        tag: first_tag(raw),
        summary: text(raw, "summary").trim().to_owned(),
        description: text(raw, "description").trim().to_owned(),
        body: body(root, raw),
        payload: openapi::payload(root, raw, envelope),
        pagination: pagination::detect(root, raw, &fields, (envelope, pinned.pages(&key)))
            .map_err(say)?,
        teammate,
        scopes: scopes(raw),
        retry_safety,
        settling_codes: retries::settling_codes(raw, retry_safety).map_err(say)?,
        success: openapi::success_schema(root, raw).map(|schema| openapi::required(root, schema)),
        parameter_docs: parameters
            .iter()
            .filter_map(|p| p.as_object())
            .map(|p| {
                (
                    text(p, "name").to_owned(),
                    text(p, "description").trim().to_owned(),
                )
            })
            .collect(),
        key,
        is_deprecated: raw.get("deprecated") == Some(&Value::Bool(true)),
        deprecated: marked(&parameters, "deprecated"),
        in_example: marked(&parameters, "x-in-example"),
        fields,
        pointer,
    })
}

/// Names of the parameters that have a mark.
fn marked(parameters: &[&Value], mark: &str) -> Vec<String> {
    let objects = parameters
        .iter()
        .filter_map(|parameter| parameter.as_object());
    objects
        .filter(|parameter| parameter.get(mark) == Some(&Value::Bool(true)))
        .map(|parameter| text(parameter, "name").to_owned())
        .collect()
}

fn first_tag(raw: &Map<String, Value>) -> String {
    raw.get("tags")
        .and_then(|tags| tags.get(0))
        .and_then(Value::as_str)
        .unwrap_or("Other")
        .to_owned()
}

fn scopes(raw: &Map<String, Value>) -> Vec<String> {
    let scopes = raw.get("x-scopes").and_then(Value::as_array);
    scopes
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn body(root: &Value, raw: &Map<String, Value>) -> Body {
    match raw.get("requestBody").and_then(|body| deref(root, body)) {
        None => Body::None,
        Some(body) if body.get("required") == Some(&Value::Bool(true)) => Body::Required,
        Some(_) => Body::Optional,
    }
}

/// The parameters of a path and of one operation of it, references followed; the operation's own win.
pub(crate) fn parameters<'a>(
    root: &'a Value,
    item: &'a Value,
    operation: &'a Map<String, Value>,
) -> Vec<&'a Value> {
    let list = |node: Option<&'a Value>| {
        node.and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|parameter| deref(root, parameter))
    };
    let own: Vec<&Value> = list(operation.get("parameters")).collect();
    let key = |parameter: &Value| (parameter.get("name").cloned(), parameter.get("in").cloned());
    let mut all: Vec<&Value> = list(item.get("parameters"))
        .filter(|shared| own.iter().all(|mine| key(mine) != key(shared)))
        .collect();
    all.extend(own);
    all
}

fn parameter(root: &Value, parameter: &Value) -> Option<Field> {
    let object = parameter.as_object()?;
    let place = match text(object, "in") {
        "path" => Place::Path,
        "query" => Place::Query,
        _ => return None,
    };
    let schema = deref(root, object.get("schema")?)?;
    Some(Field {
        name: text(object, "name").to_owned(),
        place,
        kind: rules::kind(root, schema),
        required: object.get("required") == Some(&Value::Bool(true)),
        rules: rules::rules(schema),
    })
}
