//! What keeps a document from becoming a client, found before progenitor meets it, since progenitor and typify
//! panic or write wrong code. All problems are reported at once, each with its pointer and line.

mod operations;
mod references;
pub(crate) mod reserved;
mod schemas;
mod structure;
mod tags;
mod text_types;
mod used;

use serde_json::Value;

use crate::document::Document;
use crate::openapi;
use crate::problem::Problem;

pub(crate) fn check(document: &Document) -> Vec<Problem> {
    let mut problems = version(document);
    problems.extend(references::check(document));
    problems.extend(operations::check(document));
    problems.extend(tags::check(document));
    problems.extend(text_types::check(document));
    let (schemas, misled) = used::schemas(document);
    problems.extend(misled);
    problems.extend(schemas::check(document, &schemas));
    let faults = structure::check(document, &schemas);
    let is_new = |fault: &Problem| !problems.iter().any(|known| says_it(known, fault));
    let faults: Vec<Problem> = faults.into_iter().filter(is_new).collect();
    problems.extend(faults);
    problems
}

/// Whether a rule has said better what is wrong with the node: at it, in it, or at what it is part of.
fn says_it(known: &Problem, fault: &Problem) -> bool {
    known.pointer.starts_with(&fault.pointer) || known.pointer == openapi::parent(&fault.pointer)
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
