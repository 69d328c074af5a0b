//! Documents that nobody writes on purpose: whatever stands where something else belongs, the generator answers
//! with files or with problems, and never panics.

use serde_json::{Value, json};

use crate::inputs::generate;

/// A small document that holds most constructs once.
const SMALL: &str = "
openapi: 3.0.3
info: {title: Things, version: 1.0.0}
paths:
  /things/{thing_id}:
    post:
      operationId: editThing
      tags: [Things]
      parameters:
        - {name: thing_id, in: path, required: true, schema: {type: string}}
        - {name: state, in: query, schema: {type: string, enum: [NEW, OLD]}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses:
        '200':
          description: A thing.
          content: {application/json: {schema: {type: object, required: [data], properties: {data: {$ref: '#/components/schemas/Thing'}}}}}
components:
  schemas:
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: string, description: Id.}
        parts: {type: array, nullable: true, items: {type: object, properties: {size: {type: integer, minimum: 0}}}}
        all: {allOf: [{$ref: '#/components/schemas/Size'}, {type: object, properties: {b: {type: number}}}]}
        map: {type: object, additionalProperties: {type: string, format: date}}
    Size: {type: object, nullable: true, properties: {a: {type: boolean}}}
";

#[test]
fn anything_anywhere_is_answered() {
    let small: Value = serde_saphyr::from_str(SMALL).unwrap();
    assert_eq!(generate(&small.to_string()).err(), None);
    let intruders = [
        Value::Null,
        json!("type"),
        json!([null]),
        json!({"$ref": "#/components/schemas/Thing"}),
    ];
    let mut refused = 0;
    for pointer in pointers(&small) {
        for intruder in &intruders {
            let mut document = small.clone();
            *document.pointer_mut(&pointer).unwrap() = intruder.clone();
            refused += usize::from(refuses(&document, &pointer));
        }
    }
    assert!(refused > 150, "only {refused} documents were refused");
}

#[test]
fn nothing_anywhere_is_answered() {
    let small: Value = serde_saphyr::from_str(SMALL).unwrap();
    for pointer in pointers(&small).iter().skip(1) {
        let mut document = small.clone();
        remove(&mut document, pointer);
        refuses(&document, pointer);
    }
}

/// Whether there are problems; each must say something.
fn refuses(document: &Value, pointer: &str) -> bool {
    let problems = match generate(&document.to_string()) {
        Ok(_) => return false,
        Err(problems) => problems,
    };
    assert!(!problems.is_empty(), "{pointer}");
    for problem in problems {
        assert!(!problem.message.is_empty(), "{pointer}");
    }
    true
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(map) => {
            map.remove(&key.replace("~1", "/"));
        }
        Value::Array(items) => {
            items.remove(key.parse().unwrap());
        }
        _ => unreachable!("a scalar has no entries"),
    }
}

/// The pointers of all nodes.
fn pointers(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut below = |key: &str, value: &Value| {
        let key = key.replace('/', "~1");
        found.extend(pointers(value).iter().map(|rest| format!("/{key}{rest}")));
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                below(&index.to_string(), value);
            }
        }
        _ => {}
    }
    found
}
