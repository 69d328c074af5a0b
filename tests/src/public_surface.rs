//! The public surface of `allo-client` as sorted text, one item a line, read from its sources.
//!
//! Every `pub` item counts as public. That is exact, since the lint `unreachable_pub` refuses a `pub` that
//! nobody outside can reach. Items marked `#[doc(hidden)]` are left out.

use std::collections::BTreeSet;
use std::path::Path;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, Signature, TraitItem, Visibility};

use crate::source::parse;

/// Lists the surface of the crate whose root module is in `lib`.
#[must_use]
pub fn list(lib: &Path) -> String {
    let mut lines = BTreeSet::new();
    let directory = lib.parent().unwrap_or(lib);
    module(lib, directory, "", &mut lines);
    lines.into_iter().map(|line| line + "\n").collect()
}

fn module(file: &Path, directory: &Path, path: &str, lines: &mut BTreeSet<String>) {
    items(&parse(file).items, directory, path, lines);
}

fn items(list: &[Item], directory: &Path, path: &str, lines: &mut BTreeSet<String>) {
    for item in list {
        if is_hidden(attributes_of(item)) {
            continue;
        }
        match item {
            Item::Mod(item) => {
                let name = item.ident.to_string();
                let inner = format!("{path}{name}::");
                let below = directory.join(&name);
                match &item.content {
                    Some((_, content)) if !is_test(&item.attrs) => {
                        items(content, &below, &inner, lines)
                    }
                    Some(_) => {}
                    None => {
                        let flat = directory.join(format!("{name}.rs"));
                        let file = if flat.exists() {
                            flat
                        } else {
                            below.join("mod.rs")
                        };
                        module(&file, &below, &inner, lines);
                    }
                }
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let (name, derives) = (&item.ident, derives(&item.attrs));
                lines.insert(format!(
                    "struct {path}{name}{}{derives}",
                    text(&item.generics)
                ));
                fields(&item.fields, &format!("{path}{name}"), lines);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let (name, derives) = (&item.ident, derives(&item.attrs));
                lines.insert(format!(
                    "enum {path}{name}{}{derives}",
                    text(&item.generics)
                ));
                for variant in &item.variants {
                    let data = text(&variant.fields);
                    lines.insert(format!("variant {path}{name}::{}{data}", variant.ident));
                }
            }
            Item::Trait(item) if is_public(&item.vis) => {
                let name = format!("{path}{}", item.ident);
                lines.insert(format!("trait {name}: {}", text(&item.supertraits)));
                trait_items(&item.items, &name, lines);
            }
            Item::Fn(item) if is_public(&item.vis) => {
                lines.insert(format!("fn {path}{}", signature(&item.sig)));
            }
            Item::Static(item) if is_public(&item.vis) => {
                lines.insert(format!("static {path}{}: {}", item.ident, text(&item.ty)));
            }
            Item::Const(item) if is_public(&item.vis) => {
                lines.insert(format!("const {path}{}: {}", item.ident, text(&item.ty)));
            }
            Item::Type(item) if is_public(&item.vis) => {
                lines.insert(format!(
                    "type {path}{}{} = {}",
                    item.ident,
                    text(&item.generics),
                    text(&item.ty)
                ));
            }
            Item::Use(item) if is_public(&item.vis) => {
                lines.insert(format!("use {path}: {}", text(&item.tree)));
            }
            Item::Impl(item) => implementation(item, path, lines),
            _ => {}
        }
    }
}

fn implementation(item: &syn::ItemImpl, path: &str, lines: &mut BTreeSet<String>) {
    let owner = format!("{path}{}", text(&item.self_ty));
    let bounds = text(&item.generics.where_clause);
    let generics = text(&item.generics);
    if let Some((implemented, _)) = &item.trait_ {
        lines.insert(
            format!("impl{generics} {} for {owner} {bounds}", text(implemented))
                .trim_end()
                .to_owned(),
        );
        return;
    }
    for member in &item.items {
        match member {
            ImplItem::Fn(function) if is_public(&function.vis) && !is_hidden(&function.attrs) => {
                lines.insert(format!("fn {owner}::{}", signature(&function.sig)));
            }
            ImplItem::Const(constant) if is_public(&constant.vis) => {
                lines.insert(format!(
                    "const {owner}::{}: {}",
                    constant.ident,
                    text(&constant.ty)
                ));
            }
            _ => {}
        }
    }
}

fn trait_items(items: &[TraitItem], owner: &str, lines: &mut BTreeSet<String>) {
    for item in items {
        match item {
            TraitItem::Fn(function) if !is_hidden(&function.attrs) => {
                lines.insert(format!("fn {owner}::{}", signature(&function.sig)));
            }
            TraitItem::Type(item) => {
                lines.insert(format!("type {owner}::{}", item.ident));
            }
            TraitItem::Const(item) => {
                lines.insert(format!("const {owner}::{}: {}", item.ident, text(&item.ty)));
            }
            _ => {}
        }
    }
}

fn fields(fields: &Fields, owner: &str, lines: &mut BTreeSet<String>) {
    for field in fields.iter().filter(|field| is_public(&field.vis)) {
        let name = field
            .ident
            .as_ref()
            .map_or_else(|| "0".to_owned(), ToString::to_string);
        lines.insert(format!("field {owner}.{name}: {}", text(&field.ty)));
    }
}

fn signature(signature: &Signature) -> String {
    text(signature).replacen("fn ", "", 1)
}

fn derives(attributes: &[Attribute]) -> String {
    let mut names: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .flat_map(|list| {
            let list = list.tokens.to_string();
            list.split(',')
                .map(|name| compact(name.trim()))
                .collect::<Vec<_>>()
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.join(" + "))
    }
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute
                .meta
                .to_token_stream()
                .to_string()
                .contains("hidden")
    })
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute
            .meta
            .to_token_stream()
            .to_string()
            .contains("test")
    })
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn text(node: &impl ToTokens) -> String {
    compact(&node.to_token_stream().to_string())
}

/// Tokens without the spaces that `quote` puts between all of them.
fn compact(tokens: &str) -> String {
    let mut out = tokens.to_owned();
    for (wide, narrow) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("( ", "("),
        (" (", "("),
        (" )", ")"),
        (" :", ":"),
        ("' ", "'"),
        (" ;", ";"),
        ("[ ", "["),
        (" ]", "]"),
    ] {
        out = out.replace(wide, narrow);
    }
    out
}
