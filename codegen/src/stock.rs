//! The client as progenitor alone writes it, from the document as the overlay leaves it. Nothing of `allo-client` is
//! made here; it is what benchmarks compare that with.

use progenitor::GenerationSettings;
use serde_json::Value;

use crate::generator;
use crate::openapi;

pub(crate) fn write(document: &mut Value) -> Result<String, String> {
    keep_successes(document);
    drop_formats(document);
    let file = generator::run_with(&GenerationSettings::new(), document)?;
    Ok(prettyplease::unparse(&file))
}

fn keep_successes(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut());
    for item in items.filter_map(Value::as_object_mut) {
        let operations = item.iter_mut().filter(|(name, _)| openapi::is_method(name));
        for (_, operation) in operations {
            let responses = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut);
            if let Some(responses) = responses {
                responses.retain(|status, _| openapi::is_success(status));
            }
        }
    }
}

/// Of a schema, not of a property that is called so: that one is an object.
fn drop_formats(node: &mut Value) {
    match node {
        Value::Object(object) => {
            if object.get("format").is_some_and(Value::is_string) {
                object.remove("format");
            }
            object.values_mut().for_each(drop_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_formats),
        _ => {}
    }
}
