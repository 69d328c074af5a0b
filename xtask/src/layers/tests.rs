//! Tests of the rule on small crates, each with one violation.

use super::list::Layer;
use super::*;

const LAYERS: &[Layer] = &[
    Layer {
        name: "low",
        modules: &["low"],
    },
    Layer {
        name: "middle",
        modules: &["middle", "middle_too"],
    },
    Layer {
        name: "high",
        modules: &["high"],
    },
];
const SAMPLE: Crate = Crate {
    name: "sample",
    layers: LAYERS,
};

fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let base = ["low", "middle", "middle_too", "high"].map(|name| (format!("{name}.rs"), ""));
    let mut tree: BTreeMap<String, String> = base
        .into_iter()
        .map(|(name, text)| (format!("sample/src/{name}"), text.to_owned()))
        .collect();
    for (name, text) in files {
        tree.insert(format!("sample/src/{name}"), (*text).to_owned());
    }
    check(&SAMPLE, &tree)
}

#[test]
fn each_layer_may_import_from_those_below_and_from_itself() {
    let files = [
        ("high.rs", "use crate::low::A; use crate::middle::B;"),
        ("middle.rs", "use crate::low::A; use crate::middle_too::C;"),
        ("middle/inner.rs", "use super::D; use crate::low::A;"),
    ];
    assert_eq!(faults_of(&files), [""; 0]);
}

#[test]
fn no_layer_may_import_from_one_above() {
    for (file, above) in [
        ("low", "middle"),
        ("low", "high"),
        ("middle", "high"),
        ("middle/inner", "high"),
    ] {
        let text = format!("fn f() {{ crate::{above}::g() }}");
        let faults = faults_of(&[(&format!("{file}.rs"), &text)]);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0].contains(&format!("imports `{above}`")),
            "{faults:?}"
        );
        assert!(
            faults[0].starts_with(&format!("sample/src/{file}.rs")),
            "{faults:?}"
        );
    }
}

#[test]
fn a_module_lies_in_a_layer_and_every_entry_is_a_module() {
    let faults = faults_of(&[("stray.rs", "")]);
    assert_eq!(
        faults,
        ["sample/src/stray.rs: the module `stray` belongs to no layer"]
    );
    let gone = check(&SAMPLE, &BTreeMap::new());
    assert!(
        gone.iter()
            .any(|fault| fault.contains("names `low`, which does not exist")),
        "{gone:?}"
    );
}

#[test]
fn the_root_is_no_way_around() {
    let faults = faults_of(&[("high.rs", "use crate::{Error, low::A};")]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].contains("`crate::Error` comes from the root"),
        "{faults:?}"
    );
}

#[test]
fn modules_of_one_layer_may_not_go_in_circles_and_a_family_may() {
    let faults = faults_of(&[
        ("middle.rs", "use crate::middle_too::A;"),
        ("middle_too.rs", "use crate::middle::B;"),
    ]);
    assert_eq!(
        faults,
        ["sample: these modules import one another in a cycle: middle, middle_too"]
    );
    let family = [
        (
            "middle.rs",
            "mod inner; mod other; use inner::A; pub use other::B;",
        ),
        ("middle/inner.rs", "use super::other::B;"),
        ("middle/other.rs", "use super::C;"),
    ];
    assert_eq!(faults_of(&family), [""; 0]);
}

#[test]
fn tests_are_free() {
    let files = [
        ("low/tests.rs", "use crate::high::A;"),
        ("low.rs", "#[cfg(test)] mod tests { use crate::high::A; }"),
    ];
    assert_eq!(faults_of(&files), [""; 0]);
}
