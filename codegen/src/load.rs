//! YAML text to `Document`. Refuses what YAML itself forbids (tabs, duplicate keys), not what OpenAPI does.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use crate::document::{Document, child};
use crate::problem::{Location, Problem};

/// An input text and the name to use for it in messages.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Usually the path relative to the workspace.
    pub name: &'a str,
    /// The YAML text.
    pub text: &'a str,
}

pub(crate) fn load(source: Source<'_>) -> Result<Document, Problem> {
    let node: Spanned<Node> = serde_saphyr::from_str_with_options(
        source.text,
        serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
        },
    )
    .map_err(|error| syntax_problem(source.name, &error))?;
    let mut places = BTreeMap::new();
    let value = node.value.flatten("", source.name, &mut places);
    let document = Document::new(value, places, source.name);
    match &document.value {
        Value::Null => Err(document.problem("", "the document is empty")),
        Value::Object(_) => Ok(document),
        _ => Err(document.problem("", "the document must be a mapping at its top level")),
    }
}

fn syntax_problem(file: &str, error: &serde_saphyr::Error) -> Problem {
    let (line, column) = error
        .location()
        .map_or((1, 1), |at| (at.line().max(1), at.column().max(1)));
    Problem {
        location: Location {
            file: file.to_owned(),
            line,
            column,
        },
        pointer: String::new(),
        message: format!("not valid YAML: {error}"),
    }
}

/// A YAML node whose children know their places.
enum Node {
    Scalar(Value),
    Sequence(Vec<Spanned<Node>>),
    Mapping(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl Node {
    fn flatten(self, pointer: &str, file: &str, places: &mut BTreeMap<String, Location>) -> Value {
        match self {
            Self::Scalar(value) => value,
            Self::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    let at = format!("{pointer}/{index}");
                    places.insert(at.clone(), place(file, &item.referenced));
                    values.push(item.value.flatten(&at, file, places));
                }
                Value::Array(values)
            }
            Self::Mapping(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, entry) in entries {
                    let at = child(pointer, &key.value);
                    // The key's line is where a reader looks for the node.
                    places.insert(at.clone(), place(file, &key.referenced));
                    map.insert(key.value, entry.value.flatten(&at, file, places));
                }
                Value::Object(map)
            }
        }
    }
}

fn place(file: &str, at: &serde_saphyr::Location) -> Location {
    Location {
        file: file.to_owned(),
        line: at.line().max(1),
        column: at.column().max(1),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML node")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(
            Number::from_f64(value).map_or(Value::Null, Value::Number),
        ))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Mapping(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Document, Problem> {
        load(Source {
            name: "t.yaml",
            text,
        })
    }

    #[test]
    fn every_node_knows_the_line_of_its_key() {
        let document = read("a:\n  b:\n    - 1\n    - c: x\n").unwrap();
        assert_eq!(document.location("/a/b").line, 2);
        assert_eq!(document.location("/a/b/1/c").line, 4);
        assert_eq!(document.location("/a/b/1/c/absent").line, 4);
    }

    #[test]
    fn scalars_follow_yaml_1_2() {
        let document = read("a: no\nb: '+1'\nc: 200\n200: 1.5\nd:\ne: true\nf: on\n").unwrap();
        let expected = serde_json::json!(
            {"a": "no", "b": "+1", "c": 200, "200": 1.5, "d": null, "e": true, "f": "on"}
        );
        assert_eq!(document.value, expected);
    }

    #[test]
    fn tabs_duplicates_and_emptiness_are_named_with_their_line() {
        for (text, line, part) in [
            ("a:\n\tb: 1\n", 2, "not valid YAML"),
            ("a: 1\nb: 2\na: 3\n", 3, "duplicate"),
            ("", 1, "empty"),
            ("# only a comment\n", 1, "empty"),
            ("- a\n", 1, "mapping"),
        ] {
            let problem = read(text).unwrap_err();
            assert_eq!(problem.location.line, line, "{problem}");
            assert!(problem.message.contains(part), "{problem}");
        }
    }
}
