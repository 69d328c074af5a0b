//! What keeps a document from becoming a client, found before progenitor meets it, since progenitor and typify
//! panic or write wrong code. All problems are reported at once, each with its pointer and line.

mod operations;
mod references;
mod reserved;
mod schemas;
mod used;

use serde_json::Value;

use crate::document::Document;
use crate::problem::Problem;

pub(crate) fn check(document: &Document) -> Vec<Problem> {
    let mut problems = version(document);
    problems.extend(references::check(document));
    problems.extend(operations::check(document));
    let (schemas, cycles) = used::schemas(document);
    problems.extend(cycles);
    problems.extend(schemas::check(document, &schemas));
    problems
}

fn version(document: &Document) -> Vec<Problem> {
    match document.value.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Vec::new(),
        Some(version) => vec![document.problem(
            "/openapi",
            format!("OpenAPI {version} is not supported, only 3.0.x is"),
        )],
        None => vec![document.problem(
            "",
            "there is no `openapi: 3.0.x`, so this is no OpenAPI document",
        )],
    }
}
