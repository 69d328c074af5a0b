//! What the generated sources of `allo-client` declare, so that a test over all of it notices what is new.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::source::{client_sources, parse};

/// The public structs of a module of generated code, each with its public fields as they are called in JSON.
///
/// # Panics
/// When the sources cannot be read.
#[must_use]
pub fn structs(module: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for path in files(&format!("generated/{module}")) {
        for item in parse(&path).items {
            if let syn::Item::Struct(item) = item {
                found.insert(item.ident.to_string(), fields(&item));
            }
        }
    }
    found
}

/// The variants of an enum that is declared in one of the hand-written files.
///
/// # Panics
/// When the file has no such enum.
#[must_use]
pub fn variants(file: &str, name: &str) -> BTreeSet<String> {
    let items = parse(&client_sources().join(file)).items;
    let found = items.into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item.variants),
        _ => None,
    });
    let variants = found.unwrap_or_else(|| panic!("{file} has no enum {name}"));
    variants
        .iter()
        .map(|variant| variant.ident.to_string())
        .collect()
}

fn files(directory: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(client_sources().join(directory)).expect("generated code");
    entries.map(|entry| entry.expect("a file").path()).collect()
}

fn fields(item: &syn::ItemStruct) -> BTreeSet<String> {
    let public = item
        .fields
        .iter()
        .filter(|field| matches!(field.vis, syn::Visibility::Public(_)));
    public.filter_map(json_name).collect()
}

/// The name of a field in JSON: that of `#[serde(rename = "…")]`, else its own.
fn json_name(field: &syn::Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // Other arguments of the attribute are of no interest, nor is it if they cannot be read.
        let _ = attribute.parse_nested_meta(|meta| {
            let is_rename = meta.path.is_ident("rename");
            if let Ok(value) = meta.value() {
                let text: syn::LitStr = value.parse()?;
                if is_rename {
                    name = text.value();
                }
            }
            Ok(())
        });
    }
    Some(name)
}
