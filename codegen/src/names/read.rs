//! `names.yaml` to `Names`. An empty text pins nothing.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Names, OperationNames, TypeNames};
use crate::check::reserved;
use crate::document::{Document, child};
use crate::load::{self, Source};
use crate::problem::Problem;

/// The names that were read, and where each was written.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) names: Names,
    document: Document,
}

impl Pinned {
    /// A problem with an entry, or with one item of its list: section, key, and what follows in it.
    pub(crate) fn problem(&self, path: &[&str], message: impl Into<String>) -> Problem {
        let pointer = path
            .iter()
            .fold(String::new(), |at, token| child(&at, token));
        self.document.problem(&pointer, message)
    }
}

pub(crate) fn read(source: Source<'_>) -> Result<Pinned, Vec<Problem>> {
    let is_blank = |line: &str| line.trim().is_empty() || line.starts_with('#');
    if source.text.lines().all(is_blank) {
        let document = Document::new(Value::Null, BTreeMap::new(), source.name);
        let names = Names::default();
        return Ok(Pinned { names, document });
    }
    let document = load::load(source).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let names = Names {
        operations: section(&document, "operations", &mut problems),
        resources: section(&document, "resources", &mut problems),
        types: section(&document, "types", &mut problems),
    };
    let pinned = Pinned { names, document };
    problems.extend(unknown_sections(&pinned.document));
    problems.extend(builders(&pinned));
    problems.extend(type_names(&pinned));
    if problems.is_empty() {
        Ok(pinned)
    } else {
        Err(problems)
    }
}

fn section<T: DeserializeOwned>(
    document: &Document,
    name: &str,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, T> {
    let at = child("", name);
    let Some(Value::Object(entries)) = document.value.get(name) else {
        problems.push(document.problem("", format!("`{name}` must be a mapping")));
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for (key, value) in entries {
        match T::deserialize(value) {
            Ok(entry) => {
                found.insert(key.clone(), entry);
            }
            Err(error) => problems.push(document.problem(&child(&at, key), error.to_string())),
        }
    }
    found
}

fn unknown_sections(document: &Document) -> Vec<Problem> {
    let keys = document
        .value
        .as_object()
        .into_iter()
        .flat_map(|root| root.keys());
    keys.filter(|key| !["operations", "resources", "types"].contains(&key.as_str()))
        .map(|key| document.problem(&child("", key), "an unknown section"))
        .collect()
}

fn builders(pinned: &Pinned) -> Vec<Problem> {
    let form = |item: &OperationNames| {
        let parts: Vec<&str> = item.builder.split("::").collect();
        item.builder.is_empty()
            || matches!(parts.as_slice(), [module, name] if !module.is_empty() && !name.is_empty())
    };
    let entries = pinned.names.operations.iter();
    entries
        .filter(|(_, item)| !form(item))
        .map(|(key, item)| {
            let message = format!(
                "`builder: {}` is not of the form `module::Type`",
                item.builder
            );
            pinned.problem(&["operations", key, "builder"], message)
        })
        .collect()
}

/// A name in another case would be another name once it has been through progenitor, and a schema has one type.
fn type_names(pinned: &Pinned) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, TypeNames { from, .. }) in &pinned.names.types {
        let is_reserved = reserved::is_no_name(name) || reserved::TYPES.contains(&name.as_str());
        if *name != name.to_pascal_case() || is_reserved {
            let message = format!("`{name}` is not a free Rust name of the form `PascalCase`");
            problems.push(pinned.problem(&["types", name], message));
        }
        if from.is_empty() {
            problems.push(pinned.problem(&["types", name, "from"], "`from` needs a schema"));
        }
        for schema in from {
            if let Some(first) = owners.insert(schema, name) {
                let message = format!("the schema `{schema}` is that of `{first}` as well");
                problems.push(pinned.problem(&["types", name, "from"], message));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let source = Source { name: "n", text };
        let problems = read(source).err().unwrap_or_default();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_is_pinned_by_an_empty_text() {
        for text in ["", "# A remark.\n\n"] {
            let source = Source { name: "n", text };
            assert_eq!(read(source).unwrap().names, Names::default());
        }
    }

    #[test]
    fn what_is_no_entry_is_told_with_its_line() {
        let text = "operations:\n  GET /a:\n    methods: a\nresources: {}\ntypes:\n  a_b:\n    from: [A]\n  B:\n    from: [A]\n  C: {from: [], odd: 1}\nmore: 1\n";
        assert_eq!(
            problems(text),
            [
                "n:2:3: #/operations/GET ~1a: unknown field `methods`, expected one of `method`, `resources`, `builder`, `constant`, `arguments`, `by_name`, `answer`, `envelope`, `pages`",
                "n:10:3: #/types/C: unknown field `odd`, expected one of `from`, `made_for`, `required`, `floats`",
                "n:11:1: #/more: an unknown section",
                "n:6:3: #/types/a_b: `a_b` is not a free Rust name of the form `PascalCase`",
                "n:7:5: #/types/a_b/from: the schema `A` is that of `B` as well",
            ]
        );
    }
}
