//! Structs as the client shows them: absent, null and value told apart where the API does, lists that survive
//! a malformed item in answers, and a `Debug` that prints no personal data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::surface::{Field, Presence, Struct};
use crate::ty::Ty;

/// Text fields that `Debug` may print, besides those named `id` or `…_id`. All others stay hidden.
const PRINTABLE: [&str; 8] = [
    "code",
    "description",
    "method",
    "path",
    "scope",
    "scopes",
    "topic",
    "user_pid",
];

pub(crate) fn write(item: &Struct, in_request: bool) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let docs = docs::attributes(&item.docs);
    let default = item
        .fields
        .iter()
        .all(|field| {
            field.presence != Presence::Required && field.presence != Presence::RequiredNullable
        })
        .then(|| quote!(Default,));
    let fields = item
        .fields
        .iter()
        .map(|field| declaration(field, in_request));
    let debug = debug(item);
    quote! {
        #docs
        #[derive(Clone, #default PartialEq, ::serde::Deserialize, ::serde::Serialize)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
        }
        #debug
    }
}

/// The type under which a field is stored.
pub(crate) fn stored(field: &Field, in_request: bool) -> TokenStream {
    let ty = &field.ty;
    let core = match ty {
        Ty::Vec(item) if field.object_list && !in_request => quote!(crate::runtime::List<#item>),
        _ => quote!(#ty),
    };
    match field.presence {
        Presence::Required => core,
        Presence::RequiredNullable | Presence::Optional => quote!(Option<#core>),
        Presence::TriState => quote!(crate::runtime::Field<#core>),
    }
}

fn declaration(field: &Field, in_request: bool) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let docs = docs::attributes(&field.docs);
    let wire = &field.wire;
    let rename = (*wire != field.name).then(|| quote!(#[serde(rename = #wire)]));
    let skip = match field.presence {
        Presence::Required | Presence::RequiredNullable => None,
        Presence::Optional => {
            Some(quote!(#[serde(default, skip_serializing_if = "Option::is_none")]))
        }
        Presence::TriState => Some(
            quote!(#[serde(default, skip_serializing_if = "crate::runtime::Field::is_absent")]),
        ),
    };
    let stored = stored(field, in_request);
    quote!(#docs #rename #skip pub #name: #stored,)
}

fn debug(item: &Struct) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let text = &item.name;
    let fields = item.fields.iter().map(|field| {
        let name = format_ident!("{}", field.name);
        let label = &field.name;
        if field.ty.holds_text() && !is_printable(label) {
            quote!(.field(#label, &crate::runtime::debug::hidden(&self.#name)))
        } else {
            quote!(.field(#label, &self.#name))
        }
    });
    quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    }
}

fn is_printable(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || PRINTABLE.contains(&name)
}
