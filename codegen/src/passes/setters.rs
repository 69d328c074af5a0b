//! Construction of structs: `new` takes what is required, a setter of the field's own name the rest, and beside each
//! setter a `maybe_` one that takes an `Option`. Answers have them as well, for tests of the caller's functions.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::names::Direction;
use crate::surface::{Field, Presence, Struct};
use crate::ty::{Conversion, Ty};

pub(crate) fn write(item: &Struct, is_sent: bool) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let required = required(item);
    let optional = item.fields.iter().filter(|field| !is_required(field));
    let constructor = constructor(item, &required);
    let setters = optional.map(|field| {
        let deprecated = docs::deprecated(field.is_deprecated, "field");
        let attributes = quote!(#deprecated #[must_use]);
        let (setter, maybe) = (setter(item, field, &attributes), maybe(field, &attributes));
        quote!(#setter #maybe)
    });
    let from_text = is_sent.then(|| from_text(item, &required)).flatten();
    quote! {
        impl #name {
            #constructor
            #(#setters)*
        }
        #from_text
    }
}

/// The fields that a constructor takes, in their pinned order: a document that puts its properties into another order
/// must not swap arguments of one type.
pub(crate) fn required(item: &Struct) -> Vec<&Field> {
    let mut fields: Vec<&Field> = item
        .fields
        .iter()
        .filter(|field| is_required(field))
        .collect();
    fields.sort_by_key(|field| item.required.iter().position(|wire| *wire == field.wire));
    fields
}

pub(crate) fn is_required(field: &Field) -> bool {
    matches!(
        field.presence,
        Presence::Required | Presence::RequiredNullable
    )
}

/// Type of the argument that sets a field, and how it becomes what is stored.
pub(crate) fn argument(field: &Field) -> (TokenStream, Conversion) {
    let ty = &field.ty;
    match field.presence {
        Presence::TriState => (
            quote!(impl Into<crate::model::nullable::Nullable<#ty>>),
            Conversion::Into,
        ),
        Presence::RequiredNullable => (quote!(impl Into<Option<#ty>>), Conversion::Into),
        Presence::Required | Presence::Optional => ty.argument(),
    }
}

fn constructor(item: &Struct, required: &[&Field]) -> TokenStream {
    let arguments = required_arguments(required);
    let values = required.iter().map(|field| initialiser(Some(item), field));
    let optional = item
        .fields
        .iter()
        .filter(|field| !is_required(field))
        .map(|field| format_ident!("{}", field.name));
    let docs = format!(" A `{}` with its required fields.", item.name);
    let default = required.is_empty().then(|| quote!(#[must_use]));
    quote! {
        #[doc = #docs]
        #default
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values,)* #(#optional: Default::default(),)* }
        }
    }
}

/// Argument declarations of the required fields.
pub(crate) fn required_arguments(required: &[&Field]) -> Vec<TokenStream> {
    let declaration = |field: &&Field| {
        let name = format_ident!("{}", field.name);
        let (ty, _) = argument(field);
        quote!(#name: #ty)
    };
    required.iter().map(declaration).collect()
}

/// Stores the argument of a required field in the field of the same name, of a struct or of a builder.
pub(crate) fn initialiser(item: Option<&Struct>, field: &Field) -> TokenStream {
    let name = format_ident!("{}", field.name);
    match argument(field).1 {
        Conversion::None => quote!(#name),
        conversion => {
            let value = converted(item, field, conversion);
            quote!(#name: #value)
        }
    }
}

/// The argument as it is stored. The lists of a struct that was made for answers are no `Vec`.
pub(crate) fn converted(
    item: Option<&Struct>,
    field: &Field,
    conversion: Conversion,
) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let value = conversion.apply(&quote!(#name));
    let is_list = field.object_list && item.is_some_and(|item| item.made_for == Direction::Answer);
    let ty = &field.ty;
    match field.presence {
        Presence::TriState if is_list => {
            quote!(match #name.into() {
                crate::model::nullable::Nullable::<#ty>::Value(items) => crate::model::nullable::Nullable::Value(items.into()),
                crate::model::nullable::Nullable::Null => crate::model::nullable::Nullable::Null,
                crate::model::nullable::Nullable::Absent => crate::model::nullable::Nullable::Absent,
            })
        }
        Presence::RequiredNullable if is_list => {
            quote!(#name.into().map(|items: #ty| items.into()))
        }
        _ => value,
    }
}

fn setter(item: &Struct, field: &Field, attributes: &TokenStream) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let docs = docs::attributes(&field.docs);
    let (ty, conversion) = argument(field);
    let value = converted(Some(item), field, conversion);
    let value = match field.presence {
        Presence::Optional => quote!(Some(#value)),
        _ => value,
    };
    quote! {
        #docs
        #attributes
        pub fn #name(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// The setter that takes an `Option`: `None` changes nothing. It calls the plain setter, of the struct or of a builder.
pub(crate) fn maybe(field: &Field, attributes: &TokenStream) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let maybe = format_ident!("maybe_{}", field.name);
    let docs = format!(" As `{name}`; `None` changes nothing.");
    let (ty, _) = argument(field);
    quote! {
        #[doc = #docs]
        #attributes
        pub fn #maybe(self, #name: Option<#ty>) -> Self {
            match #name { Some(#name) => self.#name(#name), None => self }
        }
    }
}

/// A struct that needs one text and nothing else can be written as that text.
fn from_text(item: &Struct, required: &[&Field]) -> Option<TokenStream> {
    let [only] = required else { return None };
    if only.presence != Presence::Required {
        return None;
    }
    let name = format_ident!("{}", item.name);
    let own = match &only.ty {
        Ty::String => None,
        Ty::Text(_) => {
            let ty = &only.ty;
            Some(quote! {
                impl From<#ty> for #name {
                    fn from(text: #ty) -> Self {
                        Self::new(text)
                    }
                }
            })
        }
        _ => return None,
    };
    Some(quote! {
        #own
        impl From<&str> for #name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
        impl From<String> for #name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    })
}
