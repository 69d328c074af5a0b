//! The generator of `allo-client`: an OpenAPI text, an overlay text and the pinned names in, Rust source texts and the
//! names of everything out.
//!
//! Pure and deterministic: no files, no clock, no environment. Reading, writing and comparing files is the
//! business of `cargo xtask codegen`. The stages, in order, are the modules `load`, `overlay`, `check`, `meta`,
//! `normalize`, `generator` (progenitor), `surface`, `names` and `passes`.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod check;
mod document;
mod generator;
mod load;
mod meta;
mod names;
mod normalize;
mod openapi;
mod overlay;
mod passes;
mod problem;
mod stock;
mod surface;
mod text_types;
mod ty;

use std::collections::BTreeMap;

pub use load::Source;
pub use problem::{Location, Problem};

/// The texts that the client is generated from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The OpenAPI document.
    pub spec: Source<'a>,
    /// The overlay that corrects it.
    pub overlay: Source<'a>,
    /// The public names as they are pinned; an empty text pins none.
    pub names: Source<'a>,
}

/// The files of the generated client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Rust source by path below the directory of the generated code.
    pub files: BTreeMap<String, String>,
    /// Rust source of modules of the client's tests, by path below the directory of those.
    pub tests: BTreeMap<String, String>,
    /// The public names: the pinned ones, and those of what is new.
    pub names: String,
    /// How many operations the document has.
    pub operations: usize,
}

/// Generates the client.
///
/// # Errors
/// All problems of the inputs at once, sorted by their place.
pub fn generate(inputs: Inputs<'_>) -> Result<Generated, Vec<Problem>> {
    generate_observed(inputs, &mut |_| {})
}

/// As [`generate`], and calls `stage` with the name of each stage as it begins.
///
/// # Errors
/// As [`generate`].
pub fn generate_observed(
    inputs: Inputs<'_>,
    stage: &mut dyn FnMut(&'static str),
) -> Result<Generated, Vec<Problem>> {
    run(inputs, None, stage).map_err(sorted)
}

/// As [`generate`], of nothing but the operations with these tags.
///
/// # Errors
/// As [`generate`]; problems of the other operations count.
pub fn generate_tags(inputs: Inputs<'_>, tags: &[&str]) -> Result<Generated, Vec<Problem>> {
    run(inputs, Some(tags), &mut |_| {}).map_err(sorted)
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
}

/// An OpenAPI document as the overlay leaves it, before anything else is done to it: what requests and answers are
/// to be checked against.
///
/// # Errors
/// Inputs that cannot be read and actions of the overlay that cannot be carried out.
pub fn overlaid(spec: Source<'_>, overlay: Source<'_>) -> Result<serde_json::Value, Vec<Problem>> {
    let (mut document, overlay) = load_both(spec, overlay)?;
    let problems = overlay::apply(&mut document, &overlay);
    if problems.is_empty() {
        Ok(document.value)
    } else {
        Err(problems)
    }
}

/// The client that progenitor writes of the same document with its own settings, as Rust source: what the generated
/// client is compared with. Formats are left out, so that times and days are plain texts, and of the answers only
/// those of a success are kept, as progenitor takes no operation with several types.
///
/// # Errors
/// As [`overlaid`], and whatever progenitor does not take.
pub fn stock(spec: Source<'_>, overlay: Source<'_>) -> Result<String, Vec<Problem>> {
    let (mut document, overlay) = load_both(spec, overlay)?;
    let problems = overlay::apply(&mut document, &overlay);
    if !problems.is_empty() {
        return Err(problems);
    }
    stock::write(&mut document.value).map_err(|message| vec![document.problem("", message)])
}

fn run(
    inputs: Inputs<'_>,
    tags: Option<&[&str]>,
    stage: &mut dyn FnMut(&'static str),
) -> Result<Generated, Vec<Problem>> {
    stage("load");
    let texts = load_both(inputs.spec, inputs.overlay);
    let ((mut document, overlay), pinned) = both(texts, names::read(inputs.names))?;
    stage("overlay");
    let mut problems = overlay::apply(&mut document, &overlay);
    stage("check");
    problems.extend(check::check(&document));
    if !problems.is_empty() {
        return Err(problems);
    }
    if let Some(tags) = tags {
        document.retain_tags(tags);
    }
    stage("meta");
    let operations = meta::read(&document, &pinned.names);
    stage("normalize");
    let normalized = normalize::normalize(&document, &pinned.names);
    let (mut operations, normalized) = both(operations, normalized)?;
    let whole = |message: String| vec![document.problem("", message)];
    stage("progenitor");
    let file = generator::run(&normalized.value).map_err(whole)?;
    stage("passes");
    let mut surface = surface::read(&file, &normalized.fields).map_err(whole)?;
    let settling = names::Settling {
        document: &document,
        pinned: &pinned,
        schemas: &normalized.schemas,
        is_whole: tags.is_none(),
    };
    let names = names::settle(&settling, &mut operations, &mut surface)?;
    let text = names::write(&names, &operations);
    let count = operations.len();
    let (files, tests) = passes::write(operations, surface, names).map_err(whole)?;
    Ok(Generated {
        files,
        tests,
        names: text,
        operations: count,
    })
}

fn load_both(
    spec: Source<'_>,
    overlay: Source<'_>,
) -> Result<(document::Document, document::Document), Vec<Problem>> {
    let each = |source| load::load(source).map_err(|problem| vec![problem]);
    both(each(spec), each(overlay))
}

/// Both results, or the problems of both.
fn both<A, B>(
    first: Result<A, Vec<Problem>>,
    second: Result<B, Vec<Problem>>,
) -> Result<(A, B), Vec<Problem>> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (first, second) => Err([first.err(), second.err()]
            .into_iter()
            .flatten()
            .flatten()
            .collect()),
    }
}
