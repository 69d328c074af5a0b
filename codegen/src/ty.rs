//! The Rust types that progenitor chose, reduced to the few kinds the passes tell apart.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{GenericArgument, PathArguments, Type, TypePath};

use crate::text_types::{self, TextType};

/// Kind of a value, without whether it may be missing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    String,
    /// A text of one kind, such as an id.
    Text(&'static TextType),
    Bool,
    U64,
    I64,
    F64,
    /// Money.
    Amount,
    Timestamp,
    Date,
    /// An enum or struct under `types`.
    Named(String),
    Vec(Box<Ty>),
    Map(Box<Ty>),
    /// Any JSON value or object, kept as it is.
    Json(TokenStreamText),
}

/// Source text of a type that is passed through.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TokenStreamText(String);

impl std::fmt::Display for TokenStreamText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ty {
    /// Reads a type and tells whether it stood inside `Option`.
    pub(crate) fn read(ty: &Type) -> Result<(Self, bool), String> {
        if let Type::Reference(reference) = ty {
            return Self::read(&reference.elem);
        }
        let path = path_of(ty)?;
        match (last_name(path).as_str(), arguments(path).as_slice()) {
            ("Option", [inner]) => Ok((Self::read(inner)?.0, true)),
            ("Vec", [inner]) => Ok((Self::Vec(Box::new(Self::read(inner)?.0)), false)),
            ("BTreeMap", [_, inner]) => Ok((Self::Map(Box::new(Self::read(inner)?.0)), false)),
            (name, _) => Ok((Self::leaf(name, path, ty), false)),
        }
    }

    fn leaf(name: &str, path: &TypePath, ty: &Type) -> Self {
        let first = path.path.segments.first().map(|s| s.ident.to_string());
        match (first.as_deref(), name) {
            (_, "String" | "str") => Self::String,
            (_, "bool") => Self::Bool,
            (_, "u64") => Self::U64,
            (_, "i64") => Self::I64,
            (_, "f64") => Self::F64,
            (Some("crate"), "Amount") => Self::Amount,
            (Some("crate"), "Timestamp") => Self::Timestamp,
            (Some("crate"), "Date") => Self::Date,
            (Some("serde_json"), _) => {
                Self::Json(TokenStreamText(ty.to_token_stream().to_string()))
            }
            (Some("crate"), name) => {
                text_types::find(name).map_or_else(|| Self::Named(name.to_owned()), Self::Text)
            }
            _ => Self::Named(name.to_owned()),
        }
    }

    /// Name of the struct or enum at the core of the type.
    pub(crate) fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Vec(inner) | Self::Map(inner) => inner.named(),
            _ => None,
        }
    }

    /// Name for people, without modules.
    pub(crate) fn short(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Vec(inner) => format!("Vec<{}>", inner.short()),
            Self::Map(inner) => format!("BTreeMap<String, {}>", inner.short()),
            Self::Json(_) => "Json".to_owned(),
            other => {
                let path = other.to_token_stream().to_string();
                path.rsplit(' ').next().unwrap_or_default().to_owned()
            }
        }
    }

    /// Whether it is made of floats.
    pub(crate) fn is_float(&self) -> bool {
        match self {
            Self::F64 => true,
            Self::Vec(inner) | Self::Map(inner) => inner.is_float(),
            _ => false,
        }
    }

    /// Whether `Debug` may show it; free text only in a field whose name says that it is harmless.
    pub(crate) fn is_shown(&self, is_harmless: bool) -> bool {
        match self {
            Self::String | Self::Json(_) | Self::Map(_) => is_harmless,
            Self::Text(text) => !text.is_personal,
            Self::Vec(inner) => inner.is_shown(is_harmless),
            _ => true,
        }
    }

    /// Whether an optional query or body argument of this type is taken as `impl Into<..>`.
    pub(crate) fn argument(&self) -> (TokenStream, Conversion) {
        match self {
            Self::String | Self::Text(_) | Self::Amount | Self::Named(_) => {
                (quote!(impl Into<#self>), Conversion::Into)
            }
            Self::Vec(inner) => {
                let (item, conversion) = inner.argument();
                let collect = match conversion {
                    Conversion::Into => Conversion::CollectInto,
                    _ => Conversion::Collect,
                };
                (quote!(impl IntoIterator<Item = #item>), collect)
            }
            _ => (quote!(#self), Conversion::None),
        }
    }
}

/// How an argument becomes the value that is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Conversion {
    None,
    Into,
    Collect,
    CollectInto,
}

impl Conversion {
    pub(crate) fn apply(self, value: &TokenStream) -> TokenStream {
        match self {
            Self::None => value.clone(),
            Self::Into => quote!(#value.into()),
            Self::Collect => quote!(#value.into_iter().collect()),
            Self::CollectInto => quote!(#value.into_iter().map(Into::into).collect()),
        }
    }
}

impl ToTokens for Ty {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let own = match self {
            Self::String => quote!(String),
            Self::Text(text) => {
                let (module, name) = (
                    format_ident!("{}", text.module),
                    format_ident!("{}", text.name),
                );
                quote!(crate::model::#module::#name)
            }
            Self::Bool => quote!(bool),
            Self::U64 => quote!(u64),
            Self::I64 => quote!(i64),
            Self::F64 => quote!(f64),
            Self::Amount => quote!(crate::model::amount::Amount),
            Self::Timestamp => quote!(crate::model::timestamp::Timestamp),
            Self::Date => quote!(crate::model::timestamp::Date),
            Self::Named(name) => {
                let name = format_ident!("{name}");
                quote!(types::#name)
            }
            Self::Vec(inner) => quote!(Vec<#inner>),
            Self::Map(inner) => quote!(::std::collections::BTreeMap<String, #inner>),
            Self::Json(text) => text.0.parse().unwrap_or_default(),
        };
        tokens.extend(own);
    }
}

fn path_of(ty: &Type) -> Result<&TypePath, String> {
    match ty {
        Type::Path(path) => Ok(path),
        other => Err(format!(
            "a type of unknown form: {}",
            other.to_token_stream()
        )),
    }
}

fn last_name(path: &TypePath) -> String {
    path.path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

fn arguments(path: &TypePath) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|segment| &segment.arguments)
    else {
        return Vec::new();
    };
    arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect()
}
