//! Structs as the client shows them: absent, null and value told apart where the API does, lists that survive
//! a malformed item in answers, and what `Debug` may print.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use crate::names::Direction;
use crate::surface::{Field, Presence, Struct};
use crate::ty::Ty;

/// Text fields without a type of their own that `Debug` may print, besides those named `id` or `…_id`. All others stay
/// hidden.
const PRINTABLE: [&str; 7] = [
    "code",
    "description",
    "method",
    "path",
    "scope",
    "scopes",
    "topic",
];

pub(crate) fn write(item: &Struct) -> TokenStream {
    let in_request = item.made_for == Direction::Request;
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
    let record = record(item, in_request);
    let total = (!item.floats).then(|| quote!(, Eq, Hash));
    quote! {
        #docs
        #[derive(Clone, #default PartialEq #total)]
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
        Ty::Vec(item) if field.object_list && !in_request => {
            quote!(crate::codec::list::List<#item>)
        }
        _ => quote!(#ty),
    };
    match field.presence {
        Presence::Required => core,
        Presence::RequiredNullable | Presence::Optional => quote!(Option<#core>),
        Presence::TriState => quote!(crate::model::nullable::Nullable<#core>),
    }
}

fn declaration(field: &Field, in_request: bool) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let docs = docs::attributes(&field.docs);
    let wire = &field.wire;
    let alias = (*wire != field.name).then(|| quote!(#[doc(alias = #wire)]));
    let stored = stored(field, in_request);
    let deprecated = docs::deprecated(field.is_deprecated, "field");
    quote!(#docs #alias #deprecated pub #name: #stored,)
}

/// How it is read, written and shown; what all types have in common is in `codec`.
fn record(item: &Struct, in_request: bool) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let text = &item.name;
    let wires = item.fields.iter().map(|field| &field.wire);
    let read = read(item, in_request);
    let write = write_fields(item);
    let shown = item.fields.iter().map(|field| {
        let (ident, text) = (format_ident!("{}", field.name), &field.name);
        if field.ty.is_shown(is_printable(text)) {
            quote!((#text, &self.#ident))
        } else {
            quote!((#text, &Hidden(&self.#ident)))
        }
    });
    quote! {
        impl DecodeObject for #name {
            const NAME: &'static str = #text;
            const FIELDS: &'static [&'static str] = &[#(#wires),*];
            fn read<'de, A: MapAccess<'de>>(entries: &mut Entries<A, A::Error>) -> Result<Self, A::Error> {
                #read
            }
        }
        impl_deserialize!(#name);
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #write
            }
        }
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                object(f, #text, &[#(#shown),*])
            }
        }
    }
}

fn idents(item: &Struct) -> Vec<Ident> {
    item.fields
        .iter()
        .map(|field| format_ident!("{}", field.name))
        .collect()
}

/// Reads the entries of an object, in whatever order they come, and then looks whether all are there. Errors are kept by
/// `entries`: a way out at each field would be most of what the compiler has to do here.
fn read(item: &Struct, in_request: bool) -> TokenStream {
    let slots: Vec<Ident> = (0..item.fields.len())
        .map(|index| format_ident!("field_{index}"))
        .collect();
    let places: Vec<_> = (0..slots.len()).map(Literal::usize_unsuffixed).collect();
    let idents = idents(item);
    let (mut empty, mut steps, mut needed) = (Vec::new(), Vec::new(), Vec::new());
    for (index, field) in item.fields.iter().enumerate() {
        let (slot, place) = (&slots[index], &places[index]);
        let is_list = field.object_list && !in_request;
        empty.push(match field.presence {
            Presence::Required if is_list => quote!(crate::codec::list::List::default()),
            Presence::TriState => quote!(crate::model::nullable::Nullable::Absent),
            _ => quote!(None),
        });
        let step = match (&field.ty, field.presence) {
            (Ty::Vec(_), Presence::Required) if !is_list => quote!(need_items),
            (Ty::Vec(_), Presence::TriState) if !is_list => quote!(take_nullable_items),
            (Ty::Vec(_), _) if !is_list => quote!(take_items),
            (Ty::I64, Presence::Required) => quote!(need_whole),
            (Ty::I64, Presence::TriState) => quote!(take_nullable_whole),
            (Ty::I64, _) => quote!(take_whole),
            (_, Presence::Required) if !is_list => quote!(need),
            _ => quote!(take),
        };
        steps.push(quote!(entries.#step(&mut #slot)));
        if field.presence == Presence::Required && !is_list {
            needed.push((slot, place));
        }
    }
    let entries = match steps.as_slice() {
        [] => quote!(while entries.next().is_some() {}),
        [only] => quote!(while entries.next().is_some() { #only; }),
        _ => quote! {
            while let Some(index) = entries.next() {
                match index {
                    #(#places => #steps,)*
                    _ => {}
                }
            }
        },
    };
    let all = needed
        .iter()
        .map(|(slot, place)| quote!((#place, #slot.is_none())));
    // A response without data decodes, but may not be a success.
    let shape_checks = item.fields.iter().zip(&slots).filter_map(|(field, slot)| {
        let is_empty = match field.presence {
            Presence::Required if field.object_list && !in_request => quote!(#slot.slots() == 0),
            Presence::Required => return None,
            Presence::Optional | Presence::RequiredNullable => quote!(#slot.is_none()),
            Presence::TriState => quote!(#slot.is_null() || #slot.is_absent()),
        };
        (field.wire == "data").then(|| quote!(if #is_empty { entries.request_shape_check(); }))
    });
    let slot: Vec<_> = needed.iter().map(|(slot, _)| *slot).collect();
    let unpack = match slot.as_slice() {
        [] => quote!(),
        [one] => quote!(let Some(#one) = #one else { return Err(entries.incomplete()); };),
        _ => quote! {
            let (#(Some(#slot)),*) = (#(#slot),*) else {
                return Err(entries.incomplete());
            };
        },
    };
    quote! {
        #(let mut #slots = #empty;)*
        #entries
        entries.finish(&[#(#all),*])?;
        #(#shape_checks)*
        #unpack
        Ok(Self { #(#idents: #slots,)* })
    }
}

/// Writes the fields that are there.
fn write_fields(item: &Struct) -> TokenStream {
    let text = &item.name;
    let idents = idents(item);
    if idents.is_empty() {
        return quote!(serializer.serialize_struct(#text, 0)?.end());
    }
    let absent = item
        .fields
        .iter()
        .zip(&idents)
        .map(|(field, ident)| match field.presence {
            Presence::Required | Presence::RequiredNullable => quote!(false),
            Presence::Optional => quote!(self.#ident.is_none()),
            Presence::TriState => quote!(self.#ident.is_absent()),
        });
    let places = (0..idents.len()).map(Literal::usize_unsuffixed);
    let wires = item.fields.iter().map(|field| &field.wire);
    quote! {
        let absent = [#(#absent),*];
        let mut out = serializer.serialize_struct(#text, present(&absent))?;
        #(field(&mut out, absent[#places], #wires, &self.#idents)?;)*
        out.end()
    }
}

fn is_printable(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || PRINTABLE.contains(&name)
}
