//! The public API of `allo-client` as sorted text, one item per line, read from its sources.
//!
//! Every `pub` item counts as public. That is exact, because the lint `unreachable_pub` rejects a `pub` item that is
//! not reachable from outside. Items with `#[doc(hidden)]` are omitted.

use std::collections::BTreeSet;
use std::path::Path;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, Signature, TraitItem, Visibility};

use crate::source::parse;

/// Lists the public API of the crate whose root module is in `lib`.
#[must_use]
pub fn list(lib: &Path) -> String {
    let mut surface = Surface::default();
    let directory = lib.parent().unwrap_or(lib);
    surface.items(&parse(lib).items, directory, "");
    surface.finish()
}

#[derive(Default)]
struct Surface {
    lines: BTreeSet<String>,
    /// The names of public types and traits.
    public: BTreeSet<String>,
    /// The names of private traits.
    private_traits: BTreeSet<String>,
    /// Trait, type and line of each implementation.
    impls: Vec<(String, String, String)>,
}

impl Surface {
    /// An implementation counts if both its trait and its type can be named from outside.
    fn finish(mut self) -> String {
        for (implemented, owner, line) in self.impls {
            if self.public.contains(&owner) && !self.private_traits.contains(&implemented) {
                self.lines.insert(line);
            }
        }
        self.lines.into_iter().map(|line| line + "\n").collect()
    }

    fn line(&mut self, line: String) {
        self.lines.insert(without_modules(&line));
    }

    fn items(&mut self, list: &[Item], directory: &Path, path: &str) {
        for item in list {
            if !is_hidden(attributes_of(item)) && !is_test(attributes_of(item)) {
                self.item(item, directory, path);
            }
        }
    }

    fn item(&mut self, item: &Item, directory: &Path, path: &str) {
        match item {
            Item::Mod(item) => self.module(item, directory, path),
            Item::Struct(item) if is_public(&item.vis) => {
                let name = format!("{path}{}", item.ident);
                self.public.insert(item.ident.to_string());
                self.line(format!(
                    "struct {name}{}{}",
                    text(&item.generics),
                    derives(&item.attrs)
                ));
                self.fields(&item.fields, &name);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let name = format!("{path}{}", item.ident);
                self.public.insert(item.ident.to_string());
                self.line(format!(
                    "enum {name}{}{}",
                    text(&item.generics),
                    derives(&item.attrs)
                ));
                for variant in &item.variants {
                    self.line(format!(
                        "variant {name}::{}{}",
                        variant.ident,
                        text(&variant.fields)
                    ));
                }
            }
            Item::Trait(item) if is_public(&item.vis) => {
                let name = format!("{path}{}", item.ident);
                self.public.insert(item.ident.to_string());
                self.line(format!("trait {name}: {}", text(&item.supertraits)));
                self.trait_items(&item.items, &name);
            }
            Item::Trait(item) => {
                self.private_traits.insert(item.ident.to_string());
            }
            Item::Fn(item) if is_public(&item.vis) => {
                self.line(format!("fn {path}{}", signature(&item.sig)))
            }
            Item::Static(item) if is_public(&item.vis) => {
                self.line(format!("static {path}{}: {}", item.ident, text(&item.ty)));
            }
            Item::Const(item) if is_public(&item.vis) => {
                self.line(format!("const {path}{}: {}", item.ident, text(&item.ty)));
            }
            Item::Type(item) if is_public(&item.vis) => {
                self.line(format!(
                    "type {path}{}{} = {}",
                    item.ident,
                    text(&item.generics),
                    text(&item.ty)
                ));
            }
            Item::Impl(item) => self.implementation(item, path),
            // The items that a macro generates are not visible here; that the type uses the macro
            // is.
            Item::Macro(item) => {
                let name = last_name(&text(&item.mac.path));
                // The name of the type comes last, after its documentation.
                let last = item.mac.tokens.clone().into_iter().last();
                if ["id", "open_enum", "record", "text_type"].contains(&name.as_str())
                    && let Some(owner) = last
                {
                    self.public.insert(owner.to_string());
                    self.line(format!("{name}! {path}{owner}"));
                }
            }
            _ => {}
        }
    }

    fn module(&mut self, item: &syn::ItemMod, directory: &Path, path: &str) {
        let name = item.ident.to_string();
        let below = directory.join(&name);
        // A private module is not part of a path; its public items are re-exported above it.
        let inner = if is_public(&item.vis) {
            format!("{path}{name}::")
        } else {
            path.to_owned()
        };
        match &item.content {
            Some((_, content)) => self.items(content, &below, &inner),
            None => {
                let flat = directory.join(format!("{name}.rs"));
                let file = if flat.exists() {
                    flat
                } else {
                    below.join("mod.rs")
                };
                self.items(&parse(&file).items, &below, &inner);
            }
        }
    }

    fn implementation(&mut self, item: &syn::ItemImpl, path: &str) {
        let own = text(&item.self_ty);
        // The `impl` of `Client` in generated code is in another module than the type.
        let owner = match own.starts_with("crate::") {
            true => without_modules(&own),
            false => format!("{path}{own}"),
        };
        if let Some((implemented, _)) = &item.trait_ {
            let (generics, bounds) = (text(&item.generics), text(&item.generics.where_clause));
            let implemented = without_modules(&text(implemented));
            let line = format!("impl{generics} {implemented} for {owner} {bounds}");
            let line = without_modules(line.trim_end());
            self.impls
                .push((last_name(&implemented), last_name(&own), line));
            return;
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(function)
                    if is_public(&function.vis) && !is_hidden(&function.attrs) =>
                {
                    self.line(format!("fn {owner}::{}", signature(&function.sig)));
                }
                ImplItem::Const(constant) if is_public(&constant.vis) => {
                    self.line(format!(
                        "const {owner}::{}: {}",
                        constant.ident,
                        text(&constant.ty)
                    ));
                }
                _ => {}
            }
        }
    }

    fn trait_items(&mut self, items: &[TraitItem], owner: &str) {
        for item in items {
            match item {
                TraitItem::Fn(function) if !is_hidden(&function.attrs) => {
                    self.line(format!("fn {owner}::{}", signature(&function.sig)));
                }
                TraitItem::Type(item) => self.line(format!("type {owner}::{}", item.ident)),
                TraitItem::Const(item) => {
                    self.line(format!("const {owner}::{}: {}", item.ident, text(&item.ty)));
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, fields: &Fields, owner: &str) {
        for field in fields.iter().filter(|field| is_public(&field.vis)) {
            let name = field
                .ident
                .as_ref()
                .map_or_else(|| "0".to_owned(), ToString::to_string);
            self.line(format!("field {owner}.{name}: {}", text(&field.ty)));
        }
    }
}

/// Paths as seen from outside: `crate::a::b::C` in private modules is public as `C`.
fn without_modules(text: &str) -> String {
    let mut parts = text.split("crate::");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_module = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
        let mut rest = part;
        while let Some((_, after)) = rest.split_once("::").filter(|(name, _)| {
            is_module(name) && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
        }) {
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

/// `b::C` of `a::b::C<D>` is `C`.
fn last_name(path: &str) -> String {
    let path = path.split('<').next().unwrap_or_default();
    path.rsplit("::").next().unwrap_or_default().to_owned()
}

/// A signature without `fn`, so that lines sort by name.
fn signature(signature: &Signature) -> String {
    let mut bare = signature.clone();
    bare.constness = None;
    let is_async = bare.asyncness.take().is_some();
    let line = text(&bare).replacen("fn ", "", 1);
    if is_async {
        format!("{line} (async)")
    } else {
        line
    }
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

/// By an attribute `doc(hidden)`; the text of a comment may say anything.
fn is_hidden(attributes: &[Attribute]) -> bool {
    let is_hidden = |attribute: &Attribute| match &attribute.meta {
        syn::Meta::List(list) => list.tokens.to_string() == "hidden",
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => false,
    };
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("doc") && is_hidden(attribute))
}

/// By an attribute that is no comment.
fn is_test(attributes: &[Attribute]) -> bool {
    let mut others = attributes
        .iter()
        .filter(|attribute| !attribute.path().is_ident("doc"));
    others.any(|attribute| {
        let text = attribute.meta.to_token_stream().to_string();
        text.contains("test")
    })
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn text(node: &impl ToTokens) -> String {
    compact(&node.to_token_stream().to_string())
}

/// Tokens without the spaces that `quote` inserts.
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
        // A trailing comma depends on the length of the line.
        (",)", ")"),
        (",>", ">"),
    ] {
        out = out.replace(wide, narrow);
    }
    out
}
