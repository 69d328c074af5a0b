//! Makes the shapes of the document uniform without changing the wire, so that progenitor meets no construct
//! it mistranslates. What is refused is decided in `check`; what is true of an operation is read in `meta`,
//! both before this stage.

mod all_of;
mod fields;
mod hoist;
mod media_types;
mod prune;
mod received;
mod references;
mod relax;
mod responses;
mod shapes;

pub(crate) use fields::{FieldFacts, Fields};
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::Document;
use crate::names::{self, Names};
use crate::problem::Problem;

/// The document in the form that progenitor takes, and what that form cannot say.
#[derive(Debug)]
pub(crate) struct Normalized {
    pub(crate) value: Value,
    pub(crate) fields: Fields,
    /// The schemas behind each type, as `TypeNames` has them.
    pub(crate) schemas: BTreeMap<String, Vec<String>>,
}

/// Normalises a document. Reports inline schemas whose names collide.
pub(crate) fn normalize(document: &Document, pinned: &Names) -> Result<Normalized, Vec<Problem>> {
    let mut root = document.value.clone();
    references::inline_parameters_and_responses(&mut root);
    media_types::keep_json(&mut root);
    responses::keep_success_payload(&mut root, pinned);
    // First, because `check` has not looked at what no operation reaches.
    prune::drop_unreachable(&mut root);
    references::inline_aliases(&mut root);
    references::lift_nullability(&mut root);
    all_of::flatten(&mut root);
    received::drop_minimums(&mut root);
    relax::relax(&mut root);
    // Again, before names are given, so that what is written out elsewhere takes none.
    prune::drop_unreachable(&mut root);
    let schemas = hoist::hoist(&mut root, document, pinned)?;
    let fields = fields::collect(&mut root);
    sort_paths(&mut root);
    Ok(Normalized {
        value: root,
        fields,
        schemas,
    })
}

/// A vendor who reorders paths must not change the generated code.
fn sort_paths(root: &mut Value) {
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        paths.sort_keys();
    }
    if let Some(schemas) = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.sort_keys();
    }
}

/// Calls `visit` on every operation of the document.
fn for_each_operation(root: &mut Value, mut visit: impl FnMut(&mut Map<String, Value>)) {
    for_each_operation_with_key(root, |_, operation| visit(operation));
}

/// As `for_each_operation`, with the key that names have for the operation.
fn for_each_operation_with_key(
    root: &mut Value,
    mut visit: impl FnMut(&str, &mut Map<String, Value>),
) {
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if crate::openapi::is_method(method)
                && let Some(operation) = operation.as_object_mut()
            {
                visit(&names::key(method, path), operation);
            }
        }
    }
}

/// Calls `visit` on every node that stands where a schema stands, children first.
fn for_each_schema(root: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    if let Some(schemas) = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        for schema in schemas.values_mut() {
            visit_schema(schema, visit);
        }
    }
    for_each_operation(root, |operation| {
        for schema in crate::openapi::schemas_of_operation_mut(operation) {
            visit_schema(schema, visit);
        }
    });
}

fn visit_schema(schema: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    for child in crate::openapi::child_schemas_mut(schema) {
        visit_schema(child, visit);
    }
    visit(schema);
}
