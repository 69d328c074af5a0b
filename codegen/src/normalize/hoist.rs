//! Gives every inline enum and object a name and a place under `components.schemas`. Inline schemas that ask
//! for one name by `x-name` and have one shape become one type; two shapes under one name are a problem.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::document::{Document, child};
use crate::openapi;
use crate::problem::Problem;

pub(super) fn hoist(root: &mut Value, document: &Document) -> Result<(), Vec<Problem>> {
    let mut hoister = Hoister {
        document,
        named: BTreeMap::new(),
        taken: component_names(root),
        problems: Vec::new(),
    };
    hoister.components(root);
    hoister.operations(root);
    if !hoister.problems.is_empty() {
        return Err(hoister.problems);
    }
    add_components(root, hoister.named);
    Ok(())
}

fn component_names(root: &Value) -> Vec<String> {
    root.pointer("/components/schemas")
        .and_then(Value::as_object)
        .map(|schemas| schemas.keys().cloned().collect())
        .unwrap_or_default()
}

fn add_components(root: &mut Value, named: BTreeMap<String, Value>) {
    let Some(root) = root.as_object_mut() else {
        return;
    };
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut() {
        let schemas = components.entry("schemas").or_insert_with(|| json!({}));
        if let Some(schemas) = schemas.as_object_mut() {
            schemas.extend(named);
        }
    }
}

struct Hoister<'a> {
    document: &'a Document,
    named: BTreeMap<String, Value>,
    taken: Vec<String>,
    problems: Vec<Problem>,
}

impl Hoister<'_> {
    fn components(&mut self, root: &mut Value) {
        let schemas = root
            .pointer_mut("/components/schemas")
            .and_then(Value::as_object_mut);
        for (name, schema) in schemas.into_iter().flatten() {
            let pointer = child("/components/schemas", name);
            self.children(schema, name, &pointer);
        }
    }

    fn operations(&mut self, root: &mut Value) {
        let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
            return;
        };
        for (path, item) in paths.iter_mut() {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                if openapi::is_method(method)
                    && let Some(operation) = operation.as_object_mut()
                {
                    let pointer = child(&child("/paths", path), method);
                    self.operation(operation, &pointer);
                }
            }
        }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, pointer: &str) {
        let id = openapi::text(operation, "operationId").to_pascal_case();
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let owner = format!("{id}{}", name.to_pascal_case());
            if let Some(schema) = parameter.get_mut("schema") {
                self.schema(schema, &owner, pointer);
            }
        }
        if let Some(schema) = operation
            .get_mut("requestBody")
            .and_then(openapi::json_schema_of_mut)
        {
            self.schema(schema, &format!("{id}Body"), pointer);
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            if let Some(schema) = openapi::json_schema_of_mut(response) {
                self.schema(schema, &format!("{id}Response"), pointer);
            }
        }
    }

    /// Hoists what is inside, then the schema itself if it is an enum or an object with properties.
    fn schema(&mut self, schema: &mut Value, default_name: &str, pointer: &str) {
        let name = schema
            .get("x-name")
            .and_then(Value::as_str)
            .unwrap_or(default_name)
            .to_owned();
        self.children(schema, &name, pointer);
        let is_enum = schema.get("enum").is_some();
        let is_object = schema.get("properties").is_some();
        if is_enum || is_object {
            self.replace(schema, name, pointer);
        }
    }

    fn children(&mut self, schema: &mut Value, owner: &str, pointer: &str) {
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            for (property, inner) in properties.iter_mut() {
                let at = child(&child(pointer, "properties"), property);
                let name = format!("{owner}{}", property.to_pascal_case());
                self.schema(inner, &name, &at);
            }
        }
        if let Some(items) = object.get_mut("items") {
            let at = child(pointer, "items");
            self.schema(items, &format!("{owner}Item"), &at);
        }
        if let Some(values) = object
            .get_mut("additionalProperties")
            .filter(|v| v.is_object())
        {
            let at = child(pointer, "additionalProperties");
            self.schema(values, &format!("{owner}Value"), &at);
        }
    }

    fn replace(&mut self, schema: &mut Value, name: String, pointer: &str) {
        let mut shape = schema.clone();
        let mut wrapper = json!({"allOf": [{"$ref": format!("#/components/schemas/{name}")}]});
        if let Some(object) = shape.as_object_mut() {
            object.shift_remove("x-name");
            for key in ["nullable", "x-field"] {
                if let Some(value) = object.shift_remove(key) {
                    wrapper[key] = value;
                }
            }
            if let Some(description) = object.get("description") {
                wrapper["description"] = description.clone();
            }
        }
        self.register(&name, shape, pointer);
        *schema = wrapper;
    }

    fn register(&mut self, name: &str, shape: Value, pointer: &str) {
        if self
            .taken
            .iter()
            .any(|taken| taken.to_pascal_case() == name.to_pascal_case())
        {
            self.problems.push(self.document.problem(
                pointer,
                format!("the type name `{name}` of this inline schema is taken by a component; give it another by `x-name`"),
            ));
            return;
        }
        match self.named.get(name) {
            None => {
                self.named.insert(name.to_owned(), shape);
            }
            Some(existing) if comparable(existing) == comparable(&shape) => {}
            Some(_) => self.problems.push(self.document.problem(
                pointer,
                format!("two inline schemas of different shape are both named `{name}`; tell them apart by `x-name`"),
            )),
        }
    }
}

/// A shape without what does not change the Rust type.
fn comparable(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => map
            .iter()
            .filter(|(key, value)| !(key.as_str() == "description" && value.is_string()))
            .map(|(key, value)| {
                let mut value = comparable(value);
                if key == "enum"
                    && let Some(values) = value.as_array_mut()
                {
                    values.retain(|value| !value.is_null());
                }
                (key.clone(), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(comparable).collect(),
        other => other.clone(),
    }
}
