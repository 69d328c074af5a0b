//! Finds import cycles: sets of modules each of which reaches every other. It knows nothing about particular modules.

use std::collections::{BTreeMap, BTreeSet};

type Edges = BTreeMap<String, BTreeSet<String>>;

/// The cycles of more than a module and its own children, each sorted.
pub(super) fn found(edges: &Edges) -> Vec<Vec<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = edges
        .keys()
        .map(|from| (from.as_str(), reach(edges, from)))
        .collect();
    let mut cycles = BTreeSet::new();
    for (from, forward) in &reached {
        let back = |to: &&&str| reached.get(**to).is_some_and(|set| set.contains(from));
        let mut circle: Vec<String> = forward
            .iter()
            .filter(back)
            .map(|to| (*to).to_owned())
            .collect();
        circle.sort();
        if circle.len() > 1 && !is_family(&circle) {
            cycles.insert(circle);
        }
    }
    cycles.into_iter().collect()
}

/// The modules that are reachable; the start is included only if a cycle leads back to it.
fn reach<'a>(edges: &'a Edges, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(module) = open.pop() {
        for to in edges.get(module).into_iter().flatten() {
            if reached.insert(to.as_str()) {
                open.push(to);
            }
        }
    }
    reached
}

/// Whether all modules are one module and its children.
fn is_family(circle: &[String]) -> bool {
    circle.iter().any(|parent| {
        let is_child = |module: &String| {
            let child = module.strip_prefix(parent.as_str());
            child
                .and_then(|rest| rest.strip_prefix("::"))
                .is_some_and(|name| !name.contains("::"))
        };
        circle
            .iter()
            .all(|module| module == parent || is_child(module))
    })
}
