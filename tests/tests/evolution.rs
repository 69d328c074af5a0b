//! Responses of a newer service, or of one that omits what it may, derived from the schema of every response and from
//! every fixture: unknown enum values, unknown fields, every optional field absent, every nullable field null, each
//! alone, all at once, and in random combinations.
//!
//! All of them are decoded and serialised without loss. Unknown fields are ignored and by design not preserved; they
//! are the only exception.

use std::collections::BTreeMap;

use allo_client::operation::Operation;
use serde_json::{Value, json};
use tests::conformance::{Conformance, operations_of, overlaid, resolved};
use tests::fixtures::Fixtures;
use tests::harness::Harness;
use tests::json::with_whole_numbers;
use tests::{calls, schema_instances, source};

const UNHEARD_OF: &str = "UNHEARD_OF_IN_2031";
const NOVELTY: &str = "novelty_of_2031";
/// The number of random combinations for each response.
const MIXTURES: usize = 8;

/// A position in a response and the change to make there.
#[derive(Clone, Debug)]
struct Site {
    pointer: String,
    change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Replaces an enum value with an unknown one.
    UnknownValue,
    /// Adds a field to an object.
    UnknownField,
    /// Removes a field from an object.
    Absent,
    /// Sets null.
    Null,
}

impl Site {
    fn apply(&self, answer: &mut Value) {
        let Some(place) = answer.pointer_mut(&self.pointer) else {
            return;
        };
        match self.change {
            Change::UnknownValue => *place = json!(UNHEARD_OF),
            Change::Null => *place = Value::Null,
            Change::UnknownField => {
                // Another change may have set it to null.
                let Some(object) = place.as_object_mut() else {
                    return;
                };
                object.insert(NOVELTY.to_owned(), json!({"of": ["the", "day"]}));
            }
            Change::Absent => {
                let (parent, name) = self.pointer.rsplit_once('/').expect("a field");
                let parent = answer.pointer_mut(parent).and_then(Value::as_object_mut);
                parent.expect("an object").shift_remove(name);
            }
        }
    }
}

/// Finds the sites of a value of this schema, innermost fields last.
fn sites(schema: &Value, value: &Value, pointer: &str, document: &Value, found: &mut Vec<Site>) {
    let schema = resolved(schema, document);
    let mut note = |pointer: &str, change| {
        let pointer = pointer.to_owned();
        let known = found
            .iter()
            .any(|site: &Site| site.pointer == pointer && site.change == change);
        if !known {
            found.push(Site { pointer, change });
        }
    };
    if value.is_string() && schema.get("enum").is_some() {
        note(pointer, Change::UnknownValue);
    }
    if value.is_object() && schema.get("properties").is_some() {
        note(pointer, Change::UnknownField);
    }
    if schema["nullable"] == json!(true) {
        note(pointer, Change::Null);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        sites(part, value, pointer, document, found);
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        sites(
            &schema["items"],
            item,
            &format!("{pointer}/{index}"),
            document,
            found,
        );
    }
    let required = schema["required"].as_array();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let Some(field) = value.get(name) else {
            continue;
        };
        let pointer = format!("{pointer}/{name}");
        if !required.is_some_and(|required| required.contains(&json!(name))) {
            found.push(Site {
                pointer: pointer.clone(),
                change: Change::Absent,
            });
        }
        sites(property, field, &pointer, document, found);
    }
}

/// The variants of a response: each site alone, and all of a kind at once.
fn variants(answer: &Value, sites: &[Site]) -> Vec<(String, Value)> {
    let mut variants = Vec::new();
    for site in sites {
        let mut changed = answer.clone();
        site.apply(&mut changed);
        variants.push((format!("{:?} at {}", site.change, site.pointer), changed));
    }
    for change in [
        Change::UnknownValue,
        Change::UnknownField,
        Change::Absent,
        Change::Null,
    ] {
        let mut changed = answer.clone();
        // Innermost first, so that the positions of the others still exist.
        for site in sites.iter().rev().filter(|site| site.change == change) {
            site.apply(&mut changed);
        }
        variants.push((format!("{change:?} everywhere"), changed));
    }
    variants
}

/// Variants with a random choice of sites. Innermost first; a site whose parent was removed is skipped.
fn mixed(answer: &Value, sites: &[Site], random: &mut fastrand::Rng) -> Vec<(String, Value)> {
    let mut mix = || {
        let mut changed = answer.clone();
        for site in sites.iter().rev().filter(|_| random.u8(..4) == 0) {
            site.apply(&mut changed);
        }
        (format!("Mixed into {changed}"), changed)
    };
    (0..MIXTURES).map(|_| mix()).collect()
}

/// The response without unknown fields.
fn without_novelties(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| *name != NOVELTY);
            kept.map(|(name, value)| (name.clone(), without_novelties(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(without_novelties).collect(),
        other => other.clone(),
    }
}

/// The parts of a response that a type can know, in normal form.
fn known(answer: &Value) -> Value {
    with_whole_numbers(&without_novelties(answer))
}

/// A response to start from.
struct Start {
    /// The fixture, or a note that it was built from the schema.
    name: String,
    status: u16,
    body: Value,
}

/// The successes of an operation that have a body: one with everything its schema allows, and the fixtures.
fn successes(operation: &Operation, declared: &Value, document: &Value) -> Vec<Start> {
    let mut found = fixtures(operation);
    for (status, response) in declared["responses"].as_object().expect("responses") {
        let status = status.parse().expect("a status");
        if let (200..=299, Some(schema)) = (status, schema_of(response, document)) {
            found.push(Start {
                name: format!("{} {status} by its schema", operation.id),
                status,
                body: schema_instances::full(schema, document),
            });
        }
    }
    found
}

fn schema_of<'a>(response: &'a Value, document: &'a Value) -> Option<&'a Value> {
    resolved(response, document).pointer("/content/application~1json/schema")
}

fn fixtures(operation: &Operation) -> Vec<Start> {
    let directory = source::workspace().join("tests/fixtures");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("tests/fixtures") {
        let path = entry.expect("a file").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut parts = name.split('.');
        let is_own = parts.next() == Some(operation.id);
        let status = parts.next().and_then(|status| status.parse().ok());
        if let (true, Some(status @ 200..=299)) = (is_own, status) {
            let text = std::fs::read_to_string(&path).expect("a fixture");
            let body = serde_json::from_str(&text).expect("JSON");
            found.push(Start { name, status, body });
        }
    }
    found
}

/// Decodes a response with the client and serialises it, or returns the error.
async fn again(
    harness: &Harness,
    operation: &Operation,
    status: u16,
    body: &Value,
) -> Result<Value, String> {
    let headers = [("content-type", "application/json")];
    let scripted = harness
        .control
        .respond_once(operation.id, status, &headers, body.to_string());
    scripted.expect("an answer");
    let answer = calls::bare(&harness.client, operation, &Fixtures::nothing()).await;
    let answer = answer.map_err(|error| error.to_string())?.into_inner();
    if answer.malformed {
        return Err("an item of a list could not be read".to_owned());
    }
    Ok(calls::enveloped(operation, answer.json))
}

#[tokio::test]
async fn every_answer_may_change_within_its_schema() {
    let document = overlaid();
    let harness = Harness::start().await;
    let mut random = fastrand::Rng::with_seed(2031);
    let (mut tried, mut problems) = (BTreeMap::<String, usize>::new(), Vec::new());
    for operation in calls::covered() {
        let mut documented = operations_of(&document);
        let declared = documented.find(|declared| declared["operationId"] == operation.id);
        let declared = declared.expect("the operation");
        for start in successes(operation, declared, &document) {
            let response = &declared["responses"][start.status.to_string()];
            let schema = schema_of(response, &document);
            let schema = schema.unwrap_or_else(|| panic!("{}: no such body", start.name));
            let mut found = Vec::new();
            sites(schema, &start.body, "", &document, &mut found);
            let unchanged = [("nothing changed".to_owned(), start.body.clone())];
            let mixed = mixed(&start.body, &found, &mut random);
            let changes = unchanged.into_iter().chain(variants(&start.body, &found));
            for (what, changed) in changes.chain(mixed) {
                let kind = what.split(' ').next().unwrap_or_default();
                *tried.entry(kind.to_owned()).or_default() += 1;
                match again(&harness, operation, start.status, &changed).await {
                    Err(error) => problems.push(format!("{}, {what}: {error}", start.name)),
                    Ok(written) if known(&written) != known(&changed) => {
                        problems.push(format!("{}, {what}: written as {written}", start.name));
                    }
                    Ok(_) => {}
                }
            }
        }
    }
    println!("answers read, by what was changed: {tried:?}");
    assert!(
        problems.is_empty(),
        "{} of {tried:?}:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

/// An instance built from a schema is complete, so that the test above covers every part of a
/// schema.
#[test]
fn what_is_made_from_a_schema_is_valid_and_complete() {
    let document = overlaid();
    let conformance = Conformance::of(&document);
    let mut made = 0;
    for declared in operations_of(&document) {
        let id = declared["operationId"].as_str().expect("an id");
        for (status, response) in declared["responses"].as_object().expect("responses") {
            let Some(schema) = schema_of(response, &document) else {
                continue;
            };
            let status = status.parse().expect("a status");
            let body = schema_instances::full(schema, &document);
            let problems = conformance.problems_of_answer(id, status, Some(&body));
            assert!(problems.is_empty(), "{id} {status}: {problems:?}\n{body}");
            made += 1;
        }
    }
    assert!(made > 57, "{made}");
    let schema = &document["components"]["schemas"]["QueueNumber"];
    let body = schema_instances::full(schema, &document);
    let declared: Vec<_> = schema["properties"]
        .as_object()
        .expect("properties")
        .keys()
        .collect();
    assert_eq!(
        body.as_object()
            .expect("an object")
            .keys()
            .collect::<Vec<_>>(),
        declared
    );
}

#[test]
fn sites_are_found_and_changed() {
    let document = json!({"components": {"schemas": {"Pet": {
        "type": "object", "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "kind": {"type": "string", "enum": ["CAT"]},
            "owner": {"type": "string", "nullable": true},
        },
    }}}});
    let schema = json!({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}});
    let answer = json!([{"name": "Mo", "kind": "CAT", "owner": "Ada"}]);
    let mut found = Vec::new();
    sites(&schema, &answer, "", &document, &mut found);
    let told: Vec<_> = found
        .iter()
        .map(|site| (site.change, site.pointer.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Change::UnknownField, "/0"),
            (Change::Absent, "/0/kind"),
            (Change::UnknownValue, "/0/kind"),
            (Change::Absent, "/0/owner"),
            (Change::Null, "/0/owner"),
        ]
    );
    let all = variants(&answer, &found);
    let absent = all.iter().find(|(what, _)| what == "Absent everywhere");
    assert_eq!(absent.expect("a variant").1, json!([{"name": "Mo"}]));
}
