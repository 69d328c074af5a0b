//! Drops component schemas that no request and no successful answer reaches, the error shapes among them.

use std::collections::BTreeSet;

use serde_json::Value;

const SCHEMAS: &str = "#/components/schemas/";

pub(super) fn drop_unreachable(root: &mut Value) {
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    if let Some(paths) = root.get("paths") {
        collect(paths, &mut open);
    }
    while let Some(name) = open.pop() {
        if let Some(schema) = root.pointer(&format!("/components/schemas/{name}"))
            && reached.insert(name)
        {
            collect(schema, &mut open);
        }
    }
    if let Some(schemas) = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.retain(|name, _| reached.contains(name));
    }
}

fn collect(node: &Value, into: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            if let Some(name) =
                crate::openapi::reference(node).and_then(|t| t.strip_prefix(SCHEMAS))
            {
                into.push(name.to_owned());
            }
            map.values().for_each(|value| collect(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, into)),
        _ => {}
    }
}
