//! Names of operations: what is pinned stays, what is new gets its names by rule, and what is pinned of something that
//! the document no longer has is a problem.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase, ToSnakeCase};

use super::claims::Claims;
use super::{Envelope, Names, OperationNames, Pinned, body_argument, collections, types};
use crate::document::Document;
use crate::meta::{Operation, Place};
use crate::openapi::Payload;
use crate::problem::Problem;
use crate::surface::{Method, Surface};
use crate::ty::Ty;

/// What to do about an entry that has nothing to stand for.
pub(super) const GONE: &str = "to remove the entry is a breaking change of the crate: remove it and say so in CHANGELOG.md, or give the names to what replaces it by changing the key";

/// What names are settled for.
pub(crate) struct Settling<'a> {
    pub(crate) document: &'a Document,
    pub(crate) pinned: &'a Pinned,
    /// The schemas behind each type.
    pub(crate) schemas: &'a BTreeMap<String, Vec<String>>,
    /// Whether the document was not cut down, so that what is missing has vanished.
    pub(crate) is_whole: bool,
}

/// Gives every operation and every type its names, and all names together.
pub(crate) fn settle(
    settling: &Settling<'_>,
    operations: &mut [Operation],
    surface: &mut Surface,
) -> Result<Names, Vec<Problem>> {
    let mut problems = Vec::new();
    let types = types::settle(settling, operations, surface, &mut problems);
    let pinned = &settling.pinned.names;
    let mut names = Names {
        operations: BTreeMap::new(),
        resources: BTreeMap::new(),
        types,
    };
    let places = places_of_tags(pinned, operations);
    for operation in operations.iter() {
        let by_rule = by_rule(operation, surface, &places);
        let settled = match pinned.operations.get(&operation.key) {
            None => by_rule,
            Some(entry) => {
                if !entry.answer.is_empty() {
                    problems.extend(changed(settling.pinned, &operation.key, entry, &by_rule));
                }
                completed(entry, by_rule)
            }
        };
        names.operations.insert(operation.key.clone(), settled);
    }
    collections::add(pinned, operations, &mut names.operations);
    names.resources = resources(pinned, operations, &names.operations);
    problems.extend(Claims::check(settling, operations, &names));
    if settling.is_whole {
        problems.extend(vanished(settling.pinned, &names));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    for operation in operations {
        if let Some(settled) = names.operations.get(&operation.key) {
            operation.names = settled.clone();
        }
    }
    Ok(names)
}

/// For each tag the resource and the module of its operations, as they are pinned.
fn places_of_tags(pinned: &Names, operations: &[Operation]) -> BTreeMap<String, (String, String)> {
    let mut places = BTreeMap::new();
    for operation in operations {
        let Some(entry) = pinned.operations.get(&operation.key) else {
            continue;
        };
        if let Some(root) = entry.root() {
            places
                .entry(operation.tag.clone())
                .or_insert_with(|| (root.to_owned(), entry.module().to_owned()));
        }
    }
    places
}

fn by_rule(
    operation: &Operation,
    surface: &Surface,
    places: &BTreeMap<String, (String, String)>,
) -> OperationNames {
    let of_tag = || (operation.tag.to_snake_case(), operation.tag.to_snake_case());
    let (root, module) = places.get(&operation.tag).cloned().unwrap_or_else(of_tag);
    let method = surface.methods.get(&operation.written_name());
    let name = operation.written_name();
    OperationNames {
        resources: BTreeMap::from([(root, name.clone())]),
        method: name,
        builder: format!("{module}::{}", operation.id.to_pascal_case()),
        constant: heck::ToShoutySnakeCase::to_shouty_snake_case(operation.id.as_str()),
        arguments: arguments(operation, surface),
        by_name: are_confusable(operation, surface),
        answer: method.map_or_else(String::new, |method| answer(method, &operation.payload)),
        envelope: match (
            &operation.payload,
            method.and_then(|method| method.output.as_ref()),
        ) {
            (_, None) => None,
            (Payload::Envelope(_), _) => Some(Envelope::Opened),
            _ => Some(Envelope::Whole),
        },
        pages: operation
            .pagination
            .as_ref()
            .map(|pages| pages.items.clone()),
    }
}

/// The required parameters and then the required fields of the body.
fn arguments(operation: &Operation, surface: &Surface) -> Vec<String> {
    let parameters: Vec<&str> = operation
        .fields
        .iter()
        .filter(|field| field.place != Place::Body)
        .map(|field| field.name.as_str())
        .collect();
    let mut found: Vec<String> = operation
        .fields
        .iter()
        .filter(|field| field.place != Place::Body && field.required)
        .map(|field| field.name.clone())
        .collect();
    if let Some(body) = surface.body_of(operation) {
        found.extend(
            body.required
                .iter()
                .map(|wire| body_argument(&parameters, wire)),
        );
    }
    found
}

/// Whether two required arguments have one type, so that a caller who swaps them is told by nobody.
fn are_confusable(operation: &Operation, surface: &Surface) -> bool {
    let method = surface.methods.get(&operation.written_name());
    let parameters = method.into_iter().flat_map(|method| &method.arguments);
    let parameters = parameters
        .filter(|(name, _, optional)| name != "body" && !optional)
        .map(|(_, ty, _)| ty);
    let body = surface.body_of(operation).into_iter();
    let of_body = body.flat_map(|body| {
        let fields = body.fields.iter();
        let required = fields.filter(|field| body.required.contains(&field.wire));
        required.map(|field| &field.ty)
    });
    let types: Vec<&Ty> = parameters.chain(of_body).collect();
    let mut rest = types.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return true;
        }
        rest = others;
    }
    false
}

fn answer(method: &Method, payload: &Payload) -> String {
    let text = match (&method.output, payload) {
        (None, _) => return "()".to_owned(),
        (Some(Ty::Vec(item)), Payload::Envelope(_)) if item.named().is_some() => {
            format!("List<{}>", item.short())
        }
        (Some(ty), _) => ty.short(),
    };
    if method.nullable_output {
        format!("Option<{text}>")
    } else {
        text
    }
}

/// The entry, with the names by rule in the place of those it lacks.
fn completed(entry: &OperationNames, by_rule: OperationNames) -> OperationNames {
    let or = |own: &String, rule: String| if own.is_empty() { rule } else { own.clone() };
    let is_new = entry.answer.is_empty();
    OperationNames {
        method: or(&entry.method, by_rule.method),
        resources: if entry.resources.is_empty() {
            by_rule.resources
        } else {
            entry.resources.clone()
        },
        builder: or(&entry.builder, by_rule.builder),
        constant: or(&entry.constant, by_rule.constant),
        arguments: if is_new && entry.arguments.is_empty() {
            by_rule.arguments
        } else {
            entry.arguments.clone()
        },
        by_name: entry.by_name || is_new && by_rule.by_name,
        answer: or(&entry.answer, by_rule.answer),
        envelope: entry.envelope.or(by_rule.envelope),
        pages: entry.pages.clone().or(by_rule.pages),
    }
}

/// What a document changes of an operation that callers would notice.
fn changed(
    pinned: &Pinned,
    key: &str,
    entry: &OperationNames,
    now: &OperationNames,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |field: &str, message: String| {
        problems.push(pinned.problem(&["operations", key, field], message));
    };
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
    let (was, is) = (set(&entry.arguments), set(&now.arguments));
    for gone in was.difference(&is) {
        say(
            "arguments",
            format!(
                "`{gone}` is no required parameter or field any more; if it has another name now, write that in its place, else remove it; both are breaking changes of the crate, to be told in CHANGELOG.md"
            ),
        );
    }
    for new in is.difference(&was) {
        say(
            "arguments",
            format!(
                "`{new}` is required now, which is one argument more for every caller; write it where it is to stand, or make it optional by an overlay action; a breaking change of the crate, to be told in CHANGELOG.md"
            ),
        );
    }
    if entry.pages.is_some() && entry.pages != now.pages {
        say("pages", "the document has no such list with totals any more, or no `page` and `size` to ask for its pages; mend it by an overlay action, or remove this, which is a breaking change of the crate, to be told in CHANGELOG.md".to_owned());
    }
    if entry.envelope != now.envelope {
        let word = |envelope| match envelope {
            Some(Envelope::Opened) => "an answer with `data`",
            Some(Envelope::Whole) => "an answer",
            None => "no answer with a body",
        };
        say(
            "envelope",
            format!(
                "the document has {} now, and had {}; mend it by an overlay action, or write what holds now, which is a breaking change of the crate, to be told in CHANGELOG.md",
                word(now.envelope),
                word(entry.envelope)
            ),
        );
    } else if entry.answer != now.answer {
        say(
            "answer",
            format!(
                "`send()` would give `{}` now; name the schema under `types` so that the type stays, or mend it by an overlay action, or write what holds now, which is a breaking change of the crate, to be told in CHANGELOG.md",
                now.answer
            ),
        );
    }
    problems
}

/// The types of all resources that have an operation, and of those that lead to them.
fn resources(
    pinned: &Names,
    operations: &[Operation],
    settled: &BTreeMap<String, OperationNames>,
) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations {
        let paths = settled[&operation.key].resources.keys();
        for path in paths {
            let (root, rest) = path
                .split_once('.')
                .map_or((path.as_str(), None), |(root, rest)| (root, Some(rest)));
            // The tag tells upper from lower case better than the path does.
            let of_root = if root == operation.tag.to_snake_case() {
                operation.tag.to_pascal_case()
            } else {
                root.to_pascal_case()
            };
            let root_type = pinned.resources.get(root).cloned();
            let root_type = found
                .entry(root.to_owned())
                .or_insert_with(|| root_type.unwrap_or(of_root))
                .clone();
            if let Some(rest) = rest {
                let name = pinned.resources.get(path).cloned();
                let name = name.unwrap_or_else(|| format!("{root_type}{}", rest.to_pascal_case()));
                found.entry(path.clone()).or_insert(name);
            }
        }
    }
    found
}

fn vanished(pinned: &Pinned, names: &Names) -> Vec<Problem> {
    let mut problems = Vec::new();
    for key in pinned.names.operations.keys() {
        if !names.operations.contains_key(key) {
            let message = format!("the document has no operation `{key}`; {GONE}");
            problems.push(pinned.problem(&["operations", key], message));
        }
    }
    for path in pinned.names.resources.keys() {
        if !names.resources.contains_key(path) {
            let message = format!("no operation is in the resource `{path}`; {GONE}");
            problems.push(pinned.problem(&["resources", path], message));
        }
    }
    problems
}
