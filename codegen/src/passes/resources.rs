//! The methods of `Client`: every operation under its own name, and again by resource, one resource a tag.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Model, builder_name, builders, docs, module_name};
use crate::meta::Operation;

pub(crate) fn client(model: &Model) -> Result<TokenStream, String> {
    let methods = model
        .operations
        .iter()
        .map(|operation| method(model, operation, &quote!(self.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(quote! {
        use crate::generated::{builder, types};

        impl crate::Client {
            #(#methods)*
        }
    })
}

pub(crate) fn resources(model: &Model) -> Result<TokenStream, String> {
    let mut by_tag: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &model.operations {
        by_tag.entry(&operation.tag).or_default().push(operation);
    }
    let mut items = Vec::new();
    for (tag, operations) in by_tag {
        items.push(resource(model, tag, &operations)?);
    }
    Ok(quote! {
        use crate::generated::{builder, types};

        #(#items)*
    })
}

fn resource(model: &Model, tag: &str, operations: &[&Operation]) -> Result<TokenStream, String> {
    let name = format_ident!("{}", heck::ToPascalCase::to_pascal_case(tag));
    let accessor = format_ident!("{}", module_name(tag));
    let docs = docs::attributes(&format!("The operations under “{tag}”."));
    let methods = operations
        .iter()
        .map(|operation| method(model, operation, &quote!(self.client.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name {
            pub(crate) client: crate::Client,
        }
        impl #name {
            #(#methods)*
        }
        impl crate::Client {
            #docs
            #[must_use]
            pub fn #accessor(&self) -> #name {
                #name { client: self.clone() }
            }
        }
    })
}

fn method(
    model: &Model,
    operation: &Operation,
    client: &TokenStream,
) -> Result<TokenStream, String> {
    let name = format_ident!("{}", operation.method_name());
    let builder = format_ident!("{}", builder_name(operation));
    let module = format_ident!("{}", module_name(&operation.tag));
    let text = format!("{}\n\n{}", operation.summary, operation.description);
    let docs = docs::attributes(&text);
    let required = builders::required(model, operation)?;
    let (declarations, names) = (&required.declarations, &required.names);
    Ok(quote! {
        #docs
        pub fn #name(&self #(, #declarations)*) -> builder::#module::#builder {
            builder::#module::#builder::new(#client #(, #names)*)
        }
    })
}
