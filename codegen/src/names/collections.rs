//! Resources inside a resource. A tag with a path of its own, such as `…/crm`, whose operations all lie in one of
//! several collections below it, such as `…/crm/people` and `…/crm/deals`, has one for each collection. What is there
//! stays when a newer document no longer divides the tag so.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::{Names, OperationNames};
use crate::meta::Operation;

/// Adds the collections to the names of operations, and to collections the operations that are new.
pub(super) fn add(
    pinned: &Names,
    operations: &[Operation],
    settled: &mut BTreeMap<String, OperationNames>,
) {
    let mut by_root: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        if let Some(root) = settled[&operation.key].root() {
            by_root.entry(root.to_owned()).or_default().push(operation);
        }
    }
    for (root, members) in by_root {
        for (path, part) in find(pinned, &root, &members, settled) {
            let names = new_names(&path, &part, settled);
            for (key, name) in names {
                if let Some(entry) = settled.get_mut(&key) {
                    entry.resources.insert(path.clone(), name);
                }
            }
        }
    }
}

/// The collections of a resource with their operations.
fn find<'a>(
    pinned: &Names,
    root: &str,
    members: &[&'a Operation],
    settled: &BTreeMap<String, OperationNames>,
) -> Vec<(String, Vec<&'a Operation>)> {
    let mut by_segment: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in members {
        if let Some(name) = segment_below(&operation.tag, &operation.path) {
            by_segment.entry(name).or_default().push(operation);
        }
    }
    let known: BTreeMap<&str, String> = by_segment
        .iter()
        .filter_map(|(segment, part)| Some((*segment, pinned_path(pinned, part)?)))
        .collect();
    let in_one: usize = by_segment.values().map(Vec::len).sum();
    // What has one operation is an action and no collection.
    let is_divided = by_segment.len() > 1
        && in_one == members.len()
        && by_segment.values().all(|part| part.len() > 1);
    let is_method = |name: &str| {
        let mut methods = members.iter().map(|member| &settled[&member.key].resources);
        methods.any(|resources| resources.get(root).is_some_and(|method| method == name))
    };
    let path_of = |segment: &str, part: &[&Operation]| {
        let name = segment.to_snake_case();
        let is_new = (is_divided || !known.is_empty()) && part.len() > 1 && !is_method(&name);
        let path = || is_new.then(|| format!("{root}.{name}"));
        known.get(segment).cloned().or_else(path)
    };
    by_segment
        .into_iter()
        .filter_map(|(segment, part)| Some((path_of(segment, &part)?, part)))
        .collect()
}

/// The collection that operations are in already.
fn pinned_path(pinned: &Names, part: &[&Operation]) -> Option<String> {
    let entries = part
        .iter()
        .filter_map(|member| pinned.operations.get(&member.key));
    let mut paths = entries.flat_map(|entry| entry.resources.keys());
    paths.find(|path| path.contains('.')).cloned()
}

/// The segment after the one that is called like the tag, unless it is a parameter.
fn segment_below<'a>(tag: &str, path: &'a str) -> Option<&'a str> {
    let own = tag.to_snake_case();
    let mut segments = path.split('/').skip_while(|segment| *segment != own);
    segments.nth(1).filter(|name| !name.starts_with('{'))
}

/// For each operation that has no name in a collection its verb, or its whole name where that says too little.
fn new_names(
    path: &str,
    part: &[&Operation],
    settled: &BTreeMap<String, OperationNames>,
) -> Vec<(String, String)> {
    let named = |member: &Operation| settled[&member.key].resources.get(path);
    let verb = |member: &Operation| {
        let name = &settled[&member.key].method;
        name.split('_').next().unwrap_or_default().to_owned()
    };
    let is_free = |name: &str, own: &Operation| {
        part.iter().all(|member| match named(member) {
            Some(taken) => taken != name,
            None => member.key == own.key || verb(member) != name,
        })
    };
    let unnamed = part.iter().filter(|member| named(member).is_none());
    unnamed
        .map(|member| {
            let verb = verb(member);
            let is_identifier = syn::parse_str::<syn::Ident>(&verb).is_ok();
            let name = if is_identifier && is_free(&verb, member) {
                verb
            } else {
                settled[&member.key].method.clone()
            };
            (member.key.clone(), name)
        })
        .collect()
}
