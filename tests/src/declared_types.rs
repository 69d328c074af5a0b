//! The declarations in the generated sources of `allo-client`, so that a test over all of them notices additions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::source::{client_sources, parse};

/// The public structs of a module of generated code, each with the JSON names of its public fields.
///
/// # Panics
/// If the sources cannot be read.
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

/// The public structs of a module of generated code, each with the types of its public fields.
///
/// # Panics
/// If the sources cannot be read.
#[must_use]
pub fn field_types(module: &str) -> BTreeMap<String, BTreeMap<String, syn::Type>> {
    let mut found = BTreeMap::new();
    for path in files(&format!("generated/{module}")) {
        for item in parse(&path).items {
            if let syn::Item::Struct(item) = item {
                let fields = item.fields.iter();
                let types = fields.filter_map(|field| Some((json_name(field)?, field.ty.clone())));
                found.insert(item.ident.to_string(), types.collect());
            }
        }
    }
    found
}

/// The same as [`field_types`], with the Rust names of the fields.
///
/// # Panics
/// If the sources cannot be read.
#[must_use]
pub fn rust_fields(module: &str) -> BTreeMap<String, BTreeMap<String, syn::Type>> {
    let items = files(&format!("generated/{module}"));
    let items = items.iter().flat_map(|path| parse(path).items);
    let structs = items.filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    });
    let named = |field: &syn::Field| Some((field.ident.as_ref()?.to_string(), field.ty.clone()));
    structs
        .map(|item| {
            let fields = item.fields.iter().filter_map(named).collect();
            (item.ident.to_string(), fields)
        })
        .collect()
}

/// The open enums of a module of generated code, each with its first known text.
///
/// # Panics
/// If the sources cannot be read.
#[must_use]
pub fn first_texts(module: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for path in files(&format!("generated/{module}")) {
        for item in parse(&path).items {
            if let syn::Item::Impl(item) = item
                && let Some(text) = item.items.iter().find_map(first_known)
            {
                found.insert(last_name(&item.self_ty), text);
            }
        }
    }
    found
}

/// The first text of `const KNOWN: … = &["…", …]`.
fn first_known(item: &syn::ImplItem) -> Option<String> {
    let syn::ImplItem::Const(item) = item else {
        return None;
    };
    if item.ident != "KNOWN" {
        return None;
    }
    let syn::Expr::Reference(list) = &item.expr else {
        return None;
    };
    let syn::Expr::Array(list) = &*list.expr else {
        return None;
    };
    match list.elems.first()? {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn last_name(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

/// The body of a function of a trait implementation in a module of generated code, without white
/// space.
///
/// # Panics
/// If the type does not implement the trait.
#[must_use]
pub fn body(module: &str, name: &str, of_trait: &str, function: &str) -> String {
    let files = files(&format!("generated/{module}"));
    let mut items = files.iter().flat_map(|path| parse(path).items);
    let found = items.find_map(|item| match item {
        syn::Item::Impl(item) if last_name(&item.self_ty) == name => {
            let (implemented, _) = item.trait_.as_ref()?;
            let is_wanted = implemented.segments.last()?.ident == of_trait;
            item.items
                .iter()
                .filter(|_| is_wanted)
                .find_map(|item| match item {
                    syn::ImplItem::Fn(item) if item.sig.ident == function => {
                        Some(item.block.clone())
                    }
                    _ => None,
                })
        }
        _ => None,
    });
    let found = found.unwrap_or_else(|| panic!("{name} has no `{of_trait}::{function}`"));
    let tokens = quote::ToTokens::to_token_stream(&found).to_string();
    tokens.split_whitespace().collect()
}

/// The variants of an enum in a hand-written file.
///
/// # Panics
/// If the file has no such enum.
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

/// The JSON name of a field: that of `#[doc(alias = "…")]`, otherwise its own name.
fn json_name(field: &syn::Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
    {
        // Other arguments of the attribute are ignored, even if they cannot be parsed.
        let _ = attribute.parse_nested_meta(|meta| {
            let is_alias = meta.path.is_ident("alias");
            if let Ok(value) = meta.value() {
                let text: syn::LitStr = value.parse()?;
                if is_alias {
                    name = text.value();
                }
            }
            Ok(())
        });
    }
    Some(name)
}
