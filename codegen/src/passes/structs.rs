//! Structs as the client shows them: absent, null and value told apart where the API does, lists that survive
//! a malformed item in answers, and what `Debug` may print.

use proc_macro2::{Literal, TokenStream};
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
    let record = record(item);
    quote! {
        #docs
        #[derive(Clone, #default PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
        }
        #record
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
    let alias = (*wire != field.name).then(|| quote!(#[doc(alias = #wire)]));
    let stored = stored(field, in_request);
    quote!(#docs #alias pub #name: #stored,)
}

/// What `runtime::wire` needs to read, write and show it.
fn record(item: &Struct) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let text = &item.name;
    let shape = item.fields.iter().map(|field| {
        let (rust, json) = (&field.name, &field.wire);
        let hidden = field.ty.holds_text() && !is_printable(rust);
        let treat = match (hidden, field.presence == Presence::RequiredNullable) {
            (false, false) => quote!(Treat::Shown),
            (true, false) => quote!(Treat::Hidden),
            (false, true) => quote!(Treat::ShownOrNull),
            (true, true) => quote!(Treat::HiddenOrNull),
        };
        quote!(Name(#rust, #json, #treat))
    });
    let names: Vec<_> = item
        .fields
        .iter()
        .map(|field| format_ident!("{}", field.name))
        .collect();
    let places = (0..names.len()).map(Literal::usize_unsuffixed);
    let wires = item.fields.iter().map(|field| &field.wire);
    quote! {
        impl Record for #name {
            fn shape(&self) -> &'static Shape {
                &Shape { name: #text, fields: &[#(#shape),*] }
            }
            fn value(&self, index: usize) -> Option<&dyn Wire> {
                Some(match index {
                    #(#places => &self.#names,)*
                    _ => return None,
                })
            }
            fn read(object: &Object<'_>) -> Result<Self, Problem> {
                Ok(Self { #(#names: object.get(#wires)?,)* })
            }
        }
        record!(#name);
    }
}

fn is_printable(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || PRINTABLE.contains(&name)
}
