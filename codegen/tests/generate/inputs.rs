//! Inputs of the tests, and the generator run on them.

use std::sync::OnceLock;

use allo_codegen::{Generated, Inputs, Problem, Source};

/// An invented API with every construct of the published one.
pub(crate) const EVERY_CONSTRUCT: &str = include_str!("../fixtures/every_construct.yaml");
pub(crate) const EVERY_OVERLAY: &str = include_str!("../fixtures/every_construct.overlay.yaml");
pub(crate) const EVERY_NAME: &str = include_str!("../fixtures/every_construct.names.yaml");

pub(crate) const NO_OVERLAY: &str = "{overlay: 1.0.0, actions: []}";

pub(crate) fn generate(spec: &str) -> Result<Generated, Vec<Problem>> {
    generate_named(spec, NO_OVERLAY, "")
}

/// With names that are pinned.
pub(crate) fn generate_named(
    spec: &str,
    overlay: &str,
    names: &str,
) -> Result<Generated, Vec<Problem>> {
    allo_codegen::generate(Inputs {
        spec: source("spec", spec),
        overlay: source("overlay", overlay),
        names: source("names", names),
    })
}

/// What comes of `EVERY_CONSTRUCT`, generated once for all tests.
pub(crate) fn every_construct() -> &'static Generated {
    static GENERATED: OnceLock<Generated> = OnceLock::new();
    GENERATED.get_or_init(|| {
        generate_named(EVERY_CONSTRUCT, EVERY_OVERLAY, EVERY_NAME)
            .unwrap_or_else(|problems| panic!("{}", lines(&problems)))
    })
}

/// Problems as a user sees them, a line each.
pub(crate) fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn source<'a>(name: &'a str, text: &'a str) -> Source<'a> {
    Source { name, text }
}
