//! The operation table: what the transport, pagination, sandbox tests, CLI and docs need to know of an operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Model;
use crate::meta::{Body, Field, Kind, Operation, Place, RetrySafety, Rule};

pub(crate) fn write(model: &Model) -> TokenStream {
    let rows = model.operations.iter().map(row);
    let names: Vec<_> = model
        .operations
        .iter()
        .map(|operation| format_ident!("{}", operation.names.constant))
        .collect();
    quote! {
        use crate::model::operation::{
            Body, FieldSpec, JsonType, Method, Operation, Pagination, Place, RetrySafety, Rule,
            SuccessBody, TeammateTarget,
        };

        /// Every operation, by path and then by method.
        pub static ALL: &[&Operation] = &[#(&#names),*];
        #(#rows)*
    }
}

fn row(operation: &Operation) -> TokenStream {
    let name = format_ident!("{}", operation.names.constant);
    let docs = format!(" `{} {}`", operation.method.to_uppercase(), operation.path);
    let method = format_ident!("{}", heck::ToPascalCase::to_pascal_case(operation.method));
    let body = match operation.body {
        Body::None => quote!(Body::None),
        Body::Optional => quote!(Body::Optional),
        Body::Required => quote!(Body::Required),
    };
    let (id, path, tag, summary, scopes) = (
        &operation.id,
        &operation.path,
        &operation.tag,
        &operation.summary,
        &operation.scopes,
    );
    let fields = operation.fields.iter().map(field);
    let pagination = pagination(operation);
    let teammate = teammate(operation);
    let retry_safety = match operation.retry_safety {
        RetrySafety::Read => quote!(RetrySafety::Read),
        RetrySafety::Keyed => quote!(RetrySafety::Keyed),
        RetrySafety::Unproven => quote!(RetrySafety::Unproven),
    };
    let settling_codes = &operation.settling_codes;
    let success = match &operation.success {
        None => quote!(SuccessBody::None),
        Some(members) => quote!(SuccessBody::Object(&[#(#members),*])),
    };
    quote! {
        #[doc = #docs]
        pub static #name: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            tag: #tag,
            summary: #summary,
            body: #body,
            fields: &[#(#fields),*],
            pagination: #pagination,
            teammate: #teammate,
            scopes: &[#(#scopes),*],
            retry_safety: #retry_safety,
            settling_codes: &[#(#settling_codes),*],
            success: #success,
        };
    }
}

fn place(place: Place) -> TokenStream {
    match place {
        Place::Path => quote!(Place::Path),
        Place::Query => quote!(Place::Query),
        Place::Body => quote!(Place::Body),
    }
}

fn field(field: &Field) -> TokenStream {
    let (name, required) = (&field.name, field.required);
    let place = place(field.place);
    let json_type = match field.kind {
        Kind::String => quote!(JsonType::String),
        Kind::Integer => quote!(JsonType::Integer),
        Kind::Number => quote!(JsonType::Number),
        Kind::Boolean => quote!(JsonType::Boolean),
        Kind::Array => quote!(JsonType::Array),
        Kind::Object => quote!(JsonType::Object),
    };
    let rules = field.rules.iter().map(rule);
    quote!(FieldSpec { name: #name, place: #place, json_type: #json_type, required: #required, rules: &[#(#rules),*] })
}

fn rule(rule: &Rule) -> TokenStream {
    let signed = |bound: &Option<i64>| bound.map_or(quote!(None), |bound| quote!(Some(#bound)));
    let unsigned = |bound: &Option<u64>| bound.map_or(quote!(None), |bound| quote!(Some(#bound)));
    match rule {
        Rule::Range { min, max } => {
            let (min, max) = (signed(min), signed(max));
            quote!(Rule::Range { min: #min, max: #max })
        }
        Rule::Length { min, max } => {
            let (min, max) = (unsigned(min), unsigned(max));
            quote!(Rule::Length { min: #min, max: #max })
        }
        Rule::Items { min, max } => {
            let (min, max) = (unsigned(min), unsigned(max));
            quote!(Rule::Items { min: #min, max: #max })
        }
        Rule::Email => quote!(Rule::Email),
    }
}

fn pagination(operation: &Operation) -> TokenStream {
    let Some(found) = &operation.pagination else {
        return quote!(None);
    };
    let place = place(found.place);
    let (first, items, info) = (found.first, &found.items, &found.info);
    quote!(Some(Pagination { place: #place, page: "page", size: "size", first: #first, items: #items, info: #info }))
}

fn teammate(operation: &Operation) -> TokenStream {
    let Some(target) = &operation.teammate else {
        return quote!(None);
    };
    let place = place(target.place);
    let (id, email) = (&target.id, &target.email);
    quote!(Some(TeammateTarget { place: #place, id: &[#(#id),*], email: #email }))
}
