//! Gives every enum and object its name as a Rust type and a place under `components.schemas`: the pinned name, else one
//! made of where it stands. Inline schemas that have one name and one shape become one type; two shapes under one name
//! are a problem, unless they have the name for long and one of them has got more since.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use super::shapes;
use crate::document::{Document, child};
use crate::names::{self, Names};
use crate::openapi;
use crate::problem::Problem;

const SCHEMAS: &str = "#/components/schemas/";

/// The schemas behind each type.
type Schemas = BTreeMap<String, Vec<String>>;

pub(super) fn hoist(
    root: &mut Value,
    document: &Document,
    pinned: &Names,
) -> Result<Schemas, Vec<Problem>> {
    let mut hoister = Hoister {
        document,
        names: pinned,
        pinned: pinned.by_schema(),
        taken: pinned.types.keys().map(String::as_str).collect(),
        components: BTreeMap::new(),
        named: BTreeMap::new(),
        schemas: Schemas::new(),
        problems: Vec::new(),
    };
    hoister.name_components(root);
    if !hoister.problems.is_empty() {
        return Err(hoister.problems);
    }
    // Before others get a name that a component had.
    rename(root, &hoister.components);
    hoister.components(root);
    hoister.operations(root);
    if !hoister.problems.is_empty() {
        return Err(hoister.problems);
    }
    add_components(root, hoister.named);
    // The order of a mapping means nothing, so it must not show.
    hoister
        .schemas
        .values_mut()
        .for_each(|schemas| schemas.sort());
    Ok(hoister.schemas)
}

/// Gives the components their Rust names, all at once, as one may be called what another was.
fn rename(root: &mut Value, names: &BTreeMap<String, String>) {
    let schemas = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    if let Some(schemas) = schemas {
        let old = std::mem::take(schemas);
        schemas.extend(
            old.into_iter()
                .map(|(name, schema)| (names.get(&name).cloned().unwrap_or(name), schema)),
        );
    }
    point(root, names);
}

fn point(node: &mut Value, names: &BTreeMap<String, String>) {
    match node {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get_mut("$ref")
                && let Some(name) = target.strip_prefix(SCHEMAS)
                && let Some(new) = names.get(name)
            {
                *target = format!("{SCHEMAS}{new}");
            }
            map.values_mut().for_each(|value| point(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| point(value, names)),
        _ => {}
    }
}

fn add_components(root: &mut Value, named: BTreeMap<String, Named>) {
    let Some(root) = root.as_object_mut() else {
        return;
    };
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut() {
        let schemas = components.entry("schemas").or_insert_with(|| json!({}));
        if let Some(schemas) = schemas.as_object_mut() {
            schemas.extend(named.into_iter().map(|(name, named)| (name, named.shape)));
        }
    }
}

/// Where an inline schema stands: for names that are made of that, for the file of names, and for people.
struct Place {
    default_name: String,
    schema: String,
    pointer: String,
}

/// An inline schema that has its name.
struct Named {
    shape: Value,
    /// Where the schema stands among those that are pinned to the name, the first of which describes the type.
    rank: usize,
    /// Whether all schemas of that name are pinned to it.
    is_pinned: bool,
}

struct Hoister<'a> {
    document: &'a Document,
    names: &'a Names,
    /// Rust name by schema.
    pinned: BTreeMap<&'a str, &'a str>,
    /// All pinned names.
    taken: BTreeSet<&'a str>,
    /// Rust name of each component.
    components: BTreeMap<String, String>,
    named: BTreeMap<String, Named>,
    schemas: Schemas,
    problems: Vec<Problem>,
}

impl Hoister<'_> {
    fn name_components(&mut self, root: &Value) {
        let schemas = root
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        for name in schemas.into_iter().flat_map(Map::keys) {
            let pinned = self
                .pinned
                .get(name.as_str())
                .map(|name| (*name).to_owned());
            let is_new = pinned.is_none();
            let rust_name = pinned.unwrap_or_else(|| name.to_pascal_case());
            let pointer = child("/components/schemas", name);
            if is_new && self.taken.contains(rust_name.as_str()) {
                self.problems
                    .push(self.document.problem(&pointer, taken(&rust_name, name)));
            } else if self.components.values().any(|known| *known == rust_name) {
                let message = format!(
                    "two components are `{rust_name}` in the file of names, which can be only one type"
                );
                self.problems.push(self.document.problem(&pointer, message));
            }
            self.schemas.insert(rust_name.clone(), vec![name.clone()]);
            self.components.insert(name.clone(), rust_name);
        }
    }

    fn components(&mut self, root: &mut Value) {
        for (name, rust_name) in self.components.clone() {
            let pointer = child("/components/schemas", &name);
            let place = Place {
                default_name: rust_name.clone(),
                schema: name,
                pointer,
            };
            if let Some(schema) = root.pointer_mut(&child("/components/schemas", &rust_name)) {
                self.children(schema, &rust_name, &place);
            }
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
                    self.operation(operation, &names::key(method, path), &pointer);
                }
            }
        }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, key: &str, pointer: &str) {
        let id = openapi::text(operation, "operationId").to_pascal_case();
        let place = |default_name: String, part: &str| Place {
            default_name,
            schema: format!("{key} {part}"),
            pointer: pointer.to_owned(),
        };
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let place = place(format!("{id}{}", name.to_pascal_case()), name);
            if let Some(schema) = parameter.get_mut("schema") {
                self.schema(schema, place);
            }
        }
        if let Some(schema) = operation
            .get_mut("requestBody")
            .and_then(openapi::json_schema_of_mut)
        {
            self.schema(schema, place(format!("{id}Body"), "body"));
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            if let Some(schema) = openapi::json_schema_of_mut(response) {
                self.schema(schema, place(format!("{id}Response"), "answer"));
            }
        }
    }

    /// Hoists what is inside, then the schema itself if it is an enum or an object with properties.
    fn schema(&mut self, schema: &mut Value, place: Place) {
        let pinned = self.pinned.get(place.schema.as_str());
        let is_new = pinned.is_none();
        let name = pinned.map_or_else(
            || place.default_name.to_pascal_case(),
            |name| (*name).to_owned(),
        );
        self.children(schema, &name, &place);
        let is_enum = schema.get("enum").is_some();
        let is_object = schema.get("properties").is_some();
        if !is_enum && !is_object {
            return;
        }
        let is_taken = self.taken.contains(name.as_str())
            || self.components.values().any(|taken| *taken == name);
        if is_new && is_taken {
            let message = taken(&name, &place.schema);
            return self
                .problems
                .push(self.document.problem(&place.pointer, message));
        }
        self.replace(schema, name, &place);
    }

    fn children(&mut self, schema: &mut Value, owner: &str, place: &Place) {
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        let inner = |name: String, mark: &str, token: &str| Place {
            default_name: format!("{owner}{name}"),
            schema: format!("{}{mark}", place.schema),
            pointer: format!("{}{token}", place.pointer),
        };
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            for (property, schema) in properties.iter_mut() {
                let token = child("/properties", property);
                let place = inner(property.to_pascal_case(), &format!(".{property}"), &token);
                self.schema(schema, place);
            }
        }
        if let Some(items) = object.get_mut("items") {
            self.schema(items, inner("Item".to_owned(), "[]", "/items"));
        }
        if let Some(values) = object
            .get_mut("additionalProperties")
            .filter(|v| v.is_object())
        {
            self.schema(
                values,
                inner("Value".to_owned(), "{}", "/additionalProperties"),
            );
        }
    }

    fn replace(&mut self, schema: &mut Value, name: String, place: &Place) {
        let mut shape = schema.clone();
        let mut wrapper = json!({"allOf": [{"$ref": format!("{SCHEMAS}{name}")}]});
        if let Some(object) = shape.as_object_mut() {
            for key in ["deprecated", "nullable", "x-field"] {
                if let Some(value) = object.shift_remove(key) {
                    wrapper[key] = value;
                }
            }
            if let Some(description) = object.get("description") {
                wrapper["description"] = description.clone();
            }
        }
        self.register(&name, shape, place);
        *schema = wrapper;
    }

    fn register(&mut self, name: &str, shape: Value, place: &Place) {
        let mut say = |message: String| {
            self.problems
                .push(self.document.problem(&place.pointer, message));
        };
        if self.components.values().any(|taken| taken == name) {
            return say(format!(
                "the file of names has this schema as `{name}`, and a component as well; give one of them another name there"
            ));
        }
        let pinned = self.names.types.get(name);
        let rank = pinned.and_then(|item| item.from.iter().position(|from| *from == place.schema));
        let rank = rank.unwrap_or(usize::MAX);
        match self.named.get_mut(name) {
            None => {
                let is_pinned = rank < usize::MAX;
                let named = Named {
                    shape,
                    rank,
                    is_pinned,
                };
                self.named.insert(name.to_owned(), named);
            }
            Some(known) => {
                let (first, second) = if rank < known.rank {
                    (&shape, &known.shape)
                } else {
                    (&known.shape, &shape)
                };
                known.is_pinned &= rank < usize::MAX;
                let both = match shapes::union(first, second) {
                    _ if shapes::are_one(first, second) => first.clone(),
                    // They were of one shape when they were pinned, and one of them has got more since.
                    Some(both) if known.is_pinned => both,
                    _ => {
                        return say(format!(
                            "two schemas of different shape are both called `{name}`; give this one another name in the file of names by an entry under `types`: `{name}2: {{from: ['{}']}}`",
                            place.schema
                        ));
                    }
                };
                known.shape = both;
                known.rank = known.rank.min(rank);
            }
        }
        let schemas = self.schemas.entry(name.to_owned()).or_default();
        schemas.push(place.schema.clone());
    }
}

fn taken(name: &str, schema: &str) -> String {
    format!(
        "this schema would become the type `{name}`, which is another one already; give it another name in the file of names by an entry under `types`: `{name}2: {{from: ['{schema}']}}`"
    )
}
