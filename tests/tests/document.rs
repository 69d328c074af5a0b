//! The text of the API's document: everything is described, in words that rustdoc can render, and no description is
//! duplicated. If the vendor's document is beside the repository, the structures are compared, order included. The
//! errors of the generator are tested in `allo-codegen`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value};
use tests::source::workspace;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[test]
fn everything_is_described() {
    let document = document();
    let bare: Vec<String> = places(&document)
        .into_iter()
        .filter(|place| place.texts().iter().any(|text| text.trim().is_empty()))
        .map(|place| place.pointer)
        .collect();
    assert!(
        bare.is_empty(),
        "without a description:\n{}",
        bare.join("\n")
    );
}

/// Operations never share a text; other texts may recur on objects with the same name (`page`, `emails`).
#[test]
fn no_description_was_pasted() {
    let document = document();
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for place in places(&document) {
        let Some(user) = place.user() else { continue };
        for text in place.texts() {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            users.entry(words).or_default().insert(user.clone());
        }
    }
    users.retain(|_, users| users.len() > 1);
    assert!(users.is_empty(), "one text for several things: {users:#?}");
}

#[test]
fn descriptions_are_fit_for_rustdoc() {
    let document = document();
    let mut problems = Vec::new();
    for place in places(&document) {
        for text in place.texts() {
            problems.extend(unfit(text).map(|why| format!("{}: {why}", place.pointer)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_structure_is_the_published_one() {
    let path = skeleton_path();
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("nothing to compare with at {}", path.display());
        return;
    };
    let differences = differences(&parse(&text), &document());
    println!("{} differences to {}", differences.len(), path.display());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The vendor's texts must not be copied. This test runs if a published document with its texts is available.
#[test]
fn no_description_shares_eight_words_with_the_published_one() {
    let Ok(text) = std::fs::read_to_string(skeleton_path()) else {
        return;
    };
    let shared = shared_words(&parse(&text), &document());
    assert!(shared.is_empty(), "{}", shared.join("\n"));
}

#[test]
fn eight_words_in_a_row_are_found_whatever_is_between_them() {
    let text = |text: &str| Value::from_iter([("description", text)]);
    let published = text("Returned if the E-mail address, or the mobile number, is taken already.");
    let copied = text("So: the e-mail address or the `mobile` number is taken.");
    let own = text("The e-mail address or the mobile number belongs to somebody.");
    assert_eq!(
        shared_words(&published, &copied),
        [
            "the e mail address or the mobile number",
            "e mail address or the mobile number is",
            "mail address or the mobile number is taken"
        ]
    );
    assert_eq!(
        shared_words(&published, &own),
        ["the e mail address or the mobile number"]
    );
    assert!(shared_words(&published, &text("Somebody has that address.")).is_empty());
}

#[test]
fn the_comparison_sees_keys_order_and_values_but_no_prose() {
    let published = parse(
        "paths: {/a: {get: {x: 1}}}\nproperties: {description: {type: string}, b: {type: string}}\nenum: [A, B]\n",
    );
    let ours = parse(
        "paths: {/a: {get: {summary: Text, x: 2}}, /c: {}}\nproperties: {b: {type: string, description: Text}, description: {type: string}}\nenum: [A]\n",
    );
    assert_eq!(
        differences(&published, &ours),
        [
            "/paths/~1a/get/x: published 1, here 2",
            "/paths/~1c: only here",
            "/properties: published in the order description, b, here b, description",
            "/enum/1: only published",
        ]
    );
    assert_eq!(differences(&published, &published), [""; 0]);
}

// Reading.

fn document() -> Value {
    let path = workspace().join("openapi/allo.yaml");
    parse(&std::fs::read_to_string(&path).expect("openapi/allo.yaml can be read"))
}

fn parse(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("a YAML document")
}

fn skeleton_path() -> PathBuf {
    let given = std::env::var_os("ALLO_SKELETON").map(PathBuf::from);
    given.unwrap_or_else(|| workspace().join("../shared/reference/allo-api.skeleton.yaml"))
}

// Objects that need a description.

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Operation,
    Body,
    Success,
    /// An object that can share its text with an object of the same name.
    Named,
    /// Error responses are alike, and so are the items of lists.
    Alike,
}

struct Place<'a> {
    kind: Kind,
    name: String,
    pointer: String,
    node: &'a Value,
}

impl<'a> Place<'a> {
    fn texts(&self) -> Vec<&'a str> {
        let text = |key: &str| self.node.get(key).and_then(Value::as_str).unwrap_or("");
        match self.kind {
            Kind::Operation => vec![text("summary"), text("description")],
            _ => vec![text("description")],
        }
    }

    /// The users of the text: a single object, or all objects with one name.
    fn user(&self) -> Option<String> {
        match self.kind {
            Kind::Operation | Kind::Body | Kind::Success => Some(self.pointer.clone()),
            Kind::Named => Some(self.name.clone()),
            Kind::Alike => None,
        }
    }
}

fn places(document: &Value) -> Vec<Place<'_>> {
    let mut walk = Walk(Vec::new());
    walk.push(Kind::Named, "info", "/info", &document["info"]);
    for (index, tag) in list(&document["tags"]).iter().enumerate() {
        let name = tag["name"].as_str().unwrap_or_default();
        walk.push(Kind::Named, name, &format!("/tags/{index}"), tag);
    }
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            if METHODS.contains(&method.as_str()) {
                walk.operation(operation, &child(&child("/paths", path), method));
            }
        }
    }
    let components = &document["components"];
    for (name, scheme) in entries(&components["securitySchemes"]) {
        let pointer = child("/components/securitySchemes", name);
        walk.push(Kind::Named, name, &pointer, scheme);
    }
    for (name, schema) in entries(&components["schemas"]) {
        walk.schema(schema, name, &child("/components/schemas", name), true);
    }
    for (name, response) in entries(&components["responses"]) {
        walk.response(response, "400", &child("/components/responses", name));
    }
    for (name, parameter) in entries(&components["parameters"]) {
        walk.parameter(parameter, &child("/components/parameters", name));
    }
    walk.0
}

struct Walk<'a>(Vec<Place<'a>>);

impl<'a> Walk<'a> {
    fn push(&mut self, kind: Kind, name: &str, pointer: &str, node: &'a Value) {
        self.0.push(Place {
            kind,
            name: name.to_owned(),
            pointer: pointer.to_owned(),
            node,
        });
    }

    fn operation(&mut self, operation: &'a Value, pointer: &str) {
        self.push(Kind::Operation, "", pointer, operation);
        for (index, parameter) in list(&operation["parameters"]).iter().enumerate() {
            self.parameter(parameter, &format!("{pointer}/parameters/{index}"));
        }
        if let Some(body) = operation.get("requestBody") {
            let pointer = child(pointer, "requestBody");
            self.push(Kind::Body, "", &pointer, body);
            self.content(body, &pointer);
        }
        for (status, response) in entries(&operation["responses"]) {
            self.response(response, status, &format!("{pointer}/responses/{status}"));
        }
    }

    fn parameter(&mut self, parameter: &'a Value, pointer: &str) {
        if parameter.get("$ref").is_some() {
            return;
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        self.push(Kind::Named, name, pointer, parameter);
        self.schema(&parameter["schema"], name, &child(pointer, "schema"), false);
    }

    fn response(&mut self, response: &'a Value, status: &str, pointer: &str) {
        if response.get("$ref").is_some() {
            return;
        }
        let kind = if status.starts_with('2') {
            Kind::Success
        } else {
            Kind::Alike
        };
        self.push(kind, "", pointer, response);
        self.content(response, pointer);
    }

    fn content(&mut self, node: &'a Value, pointer: &str) {
        for (media_type, content) in entries(&node["content"]) {
            let pointer = child(&child(&child(pointer, "content"), media_type), "schema");
            let is_error = pointer.contains("/responses/4");
            let name = if is_error { "error body" } else { &pointer };
            self.schema(&content["schema"], name, &pointer, true);
        }
    }

    /// `wanted`: whether even a schema without its own name needs a description.
    fn schema(&mut self, schema: &'a Value, name: &str, pointer: &str, wanted: bool) {
        let has = |key: &str| schema.get(key).is_some();
        if has("$ref") {
            return;
        }
        if wanted || has("enum") || has("properties") || has("allOf") {
            let kind = if pointer.ends_with("/items") {
                Kind::Alike
            } else {
                Kind::Named
            };
            self.push(kind, name, pointer, schema);
        }
        for (property, inner) in entries(&schema["properties"]) {
            let at = child(&child(pointer, "properties"), property);
            self.schema(inner, property, &at, true);
        }
        for (index, member) in list(&schema["allOf"]).iter().enumerate() {
            let at = format!("{pointer}/allOf/{index}");
            self.schema(member, &at, &at, true);
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(key).filter(|inner| inner.is_object()) {
                let needs_text =
                    key == "items" || inner["additionalProperties"] != Value::Bool(true);
                self.schema(inner, name, &child(pointer, key), needs_text);
            }
        }
    }
}

// Forbidden content of a text.

fn unfit(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return Some("a backtick too many".to_owned());
    }
    let prose: String = parts.iter().step_by(2).copied().collect();
    if let Some(letter) = prose.chars().find(|letter| "[]<>".contains(*letter)) {
        return Some(format!("`{letter}` outside code"));
    }
    if text.lines().any(|line| line.starts_with("    ")) {
        return Some("a line indented like code".to_owned());
    }
    text.split_whitespace().find_map(|word| {
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let looks_like_number = digits.len() >= 8 && word.contains('+');
        if looks_like_number && !digits.starts_with("121255501") {
            return Some(format!("`{word}` is not a reserved number"));
        }
        let address = word.contains('@') || word.contains("://");
        (address && !word.contains("example.com")).then(|| format!("`{word}` is a real address"))
    })
}

// Comparison.

fn differences(published: &Value, ours: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(published, ours, "", &mut found);
    found
}

fn compare(published: &Value, ours: &Value, pointer: &str, found: &mut Vec<String>) {
    match (published, ours) {
        (Value::Object(theirs), Value::Object(mine)) => {
            let (theirs, mine) = (without_prose(theirs), without_prose(mine));
            compare_keys(&theirs, &mine, pointer, found);
        }
        (Value::Array(theirs), Value::Array(mine)) => {
            for index in 0..theirs.len().max(mine.len()) {
                compare_one(
                    theirs.get(index),
                    mine.get(index),
                    &format!("{pointer}/{index}"),
                    found,
                );
            }
        }
        _ if published == ours => {}
        _ => found.push(format!("{pointer}: published {published}, here {ours}")),
    }
}

fn compare_keys(
    theirs: &[(&String, &Value)],
    mine: &[(&String, &Value)],
    pointer: &str,
    found: &mut Vec<String>,
) {
    let get = |list: &[(&String, &Value)], key: &str| -> Option<Value> {
        list.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| (*value).clone())
    };
    let names = |list: &[(&String, &Value)], other: &[(&String, &Value)]| -> Vec<String> {
        let common = list.iter().filter(|(name, _)| get(other, name).is_some());
        common.map(|(name, _)| (*name).clone()).collect()
    };
    let (their_order, my_order) = (names(theirs, mine), names(mine, theirs));
    if their_order != my_order {
        found.push(format!(
            "{pointer}: published in the order {}, here {}",
            their_order.join(", "),
            my_order.join(", ")
        ));
    }
    let new = mine.iter().filter(|(name, _)| get(theirs, name).is_none());
    for (name, _) in theirs.iter().chain(new) {
        let (their, my) = (get(theirs, name), get(mine, name));
        compare_one(their.as_ref(), my.as_ref(), &child(pointer, name), found);
    }
}

fn compare_one(their: Option<&Value>, my: Option<&Value>, pointer: &str, found: &mut Vec<String>) {
    match (their, my) {
        (Some(their), Some(my)) => compare(their, my, pointer, found),
        (Some(_), None) => found.push(format!("{pointer}: only published")),
        (None, Some(_)) => found.push(format!("{pointer}: only here")),
        (None, None) => {}
    }
}

/// A property may be named `description`; then its value is a schema and not a text.
fn without_prose(object: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let is_prose =
        |key: &str, value: &Value| matches!(key, "summary" | "description") && value.is_string();
    object
        .iter()
        .filter(|(key, value)| !is_prose(key, value))
        .collect()
}

// Helpers.

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

fn list(node: &Value) -> &[Value] {
    node.as_array().map_or(&[], Vec::as_slice)
}

fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

// Text that two documents share.

/// Every sequence of eight words that texts of both documents have.
fn shared_words(published: &Value, ours: &Value) -> Vec<String> {
    let theirs: BTreeSet<String> = prose(published)
        .iter()
        .flat_map(|text| runs(text))
        .collect();
    let ours = prose(ours);
    let runs = ours.iter().flat_map(|text| runs(text));
    runs.filter(|run| theirs.contains(run)).collect()
}

/// The values of `description` and `summary`.
fn prose(node: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    match node {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(text) if matches!(key.as_str(), "description" | "summary") => {
                        found.push(text);
                    }
                    _ => found.extend(prose(value)),
                }
            }
        }
        Value::Array(items) => found.extend(items.iter().flat_map(prose)),
        _ => {}
    }
    found
}

fn runs(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.windows(8).map(|run| run.join(" ")).collect()
}
