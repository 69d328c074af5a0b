//! Checks the layers of each crate: a module imports only from layers below its own, by the path of a module instead of
//! the crate's root, and modules do not import one another in a cycle, except a module and its own children. The layers
//! are in `list`; `imports` finds the imports.

mod cycles;
mod imports;
mod list;

use std::collections::{BTreeMap, BTreeSet};

use list::{CRATES, Crate};

pub(crate) use list::page;

/// A module by its path inside the crate, empty for the root.
type Module = String;

/// The violations in the files of a workspace, given by path and text.
pub(crate) fn faults(files: &BTreeMap<String, String>) -> Vec<String> {
    CRATES.iter().flat_map(|of| check(of, files)).collect()
}

fn check(of: &Crate, files: &BTreeMap<String, String>) -> Vec<String> {
    let sources = format!("{}/src/", of.name);
    let modules: BTreeMap<Module, &String> = files
        .iter()
        .filter_map(|(name, text)| Some((module(name.strip_prefix(&sources)?)?, text)))
        .collect();
    let known: BTreeSet<&str> = modules.keys().map(String::as_str).collect();
    let mut faults = of.unused(&known);
    let mut edges = BTreeMap::new();
    for (module, text) in &modules {
        let paths = match imports::paths(text) {
            Ok(paths) => paths,
            Err(error) => {
                faults.push(format!("{sources}{module}: {error}"));
                continue;
            }
        };
        let targets: BTreeSet<Target> = paths
            .iter()
            .filter_map(|path| target(module, path, &known))
            .collect();
        faults.extend(upwards(of, module, &targets));
        edges.insert(module.clone(), inside(&targets));
    }
    faults.extend(cycles::found(&edges).into_iter().map(|circle| {
        let modules = circle.join(", ");
        format!(
            "{}: these modules import one another in a cycle: {modules}",
            of.name
        )
    }));
    faults
}

/// `transport/retry_loop.rs` is the module `transport::retry_loop`. Tests, and the root with its re-exports, belong to
/// no layer.
fn module(file: &str) -> Option<Module> {
    let path = file.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let is_test = |part: &str| part == "tests" || part.ends_with("_tests");
    if matches!(path, "lib" | "main") || path.split('/').any(is_test) {
        return None;
    }
    Some(path.replace('/', "::"))
}

/// The target of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(Module),
    /// An item that the root of the crate defines or re-exports.
    Root(String),
}

/// Resolves a path inside the crate; `None` for other crates and for items of the file itself.
fn target(from: &str, path: &[String], known: &BTreeSet<&str>) -> Option<Target> {
    let mut at: Vec<&str> = from.split("::").collect();
    let mut rest = path.iter().map(String::as_str).peekable();
    match *rest.peek()? {
        "crate" => {
            rest.next();
            at.clear();
        }
        "self" => _ = rest.next(),
        "super" => {}
        child => {
            let child = format!("{from}::{child}");
            if !known.contains(child.as_str()) {
                return None;
            }
        }
    }
    while rest.next_if_eq(&"super").is_some() {
        at.pop();
    }
    let mut last = None;
    for name in rest {
        last = Some(name);
        at.push(name);
        if !known.contains(at.join("::").as_str()) {
            at.pop();
            break;
        }
    }
    match at.join("::") {
        module if module == from => None,
        module if module.is_empty() => last.map(|name| Target::Root(name.to_owned())),
        module => Some(Target::Module(module)),
    }
}

fn inside(targets: &BTreeSet<Target>) -> BTreeSet<Module> {
    let modules = targets.iter().filter_map(|target| match target {
        Target::Module(module) => Some(module.clone()),
        Target::Root(_) => None,
    });
    modules.collect()
}

/// Imports of one module from a higher layer or through the root.
fn upwards(of: &Crate, module: &str, targets: &BTreeSet<Target>) -> Vec<String> {
    let file = format!("{}/src/{}.rs", of.name, module.replace("::", "/"));
    let Some(layer) = of.layer(module) else {
        return vec![format!("{file}: the module `{module}` belongs to no layer")];
    };
    let fault = |target: &Target| match target {
        Target::Root(name) => Some(format!(
            "{file}: `crate::{name}` comes from the root; import it from the module that defines it"
        )),
        Target::Module(to) => {
            let to_layer = of.layer(to)?;
            (to_layer > layer).then(|| {
                format!(
                    "{file}: `{}` imports `{to}` of the layer `{}` above it",
                    of.layers[layer].name, of.layers[to_layer].name
                )
            })
        }
    };
    targets.iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests;
