//! The methods of `Client`: every operation under its own name, and again by resource, one resource a tag and, where
//! a tag has collections, one a collection.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Model, builder_name, builders, collections, docs, module_name};
use crate::meta::Operation;

pub(crate) fn client(model: &Model) -> Result<TokenStream, String> {
    let methods = model
        .operations
        .iter()
        .map(|operation| {
            method(
                model,
                operation,
                &operation.method_name(),
                &quote!(self.clone()),
            )
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(quote! {
        use crate::generated::{builder, types};

        impl crate::transport::client_handle::Client {
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
    let name = tag.to_pascal_case();
    let whole = Resource {
        docs: format!("The operations under “{tag}”."),
        accessor: module_name(tag),
        owner: quote!(crate::transport::client_handle::Client),
        client: quote!(self.clone()),
        methods: operations
            .iter()
            .map(|operation| (*operation, operation.method_name()))
            .collect(),
        name: name.clone(),
    };
    let mut items = whole.write(model)?;
    let owner = format_ident!("{name}");
    for (segment, members) in collections::find(tag, operations) {
        let part = Resource {
            docs: format!("The operations under “{tag}” on `{segment}`, by what they do."),
            accessor: module_name(segment),
            owner: quote!(#owner),
            client: quote!(self.client.clone()),
            methods: members
                .iter()
                .map(|operation| (*operation, collections::method_name(operation, &members)))
                .collect(),
            name: format!("{name}{}", segment.to_pascal_case()),
        };
        items.extend(part.write(model)?);
    }
    Ok(items)
}

/// A struct whose methods are operations.
struct Resource<'a> {
    name: String,
    docs: String,
    /// Name of the method that leads to it, the type that has the method, and how that comes by a client.
    accessor: String,
    owner: TokenStream,
    client: TokenStream,
    /// With the names of their methods.
    methods: Vec<(&'a Operation, String)>,
}

impl Resource<'_> {
    fn write(&self, model: &Model) -> Result<TokenStream, String> {
        let name = format_ident!("{}", self.name);
        let accessor = format_ident!("{}", self.accessor);
        let docs = docs::attributes(&self.docs);
        let (owner, client) = (&self.owner, &self.client);
        let methods = self
            .methods
            .iter()
            .map(|(operation, name)| method(model, operation, name, &quote!(self.client.clone())))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #name {
                pub(crate) client: crate::transport::client_handle::Client,
            }
            impl #name {
                #(#methods)*
            }
            impl #owner {
                #docs
                #[must_use]
                pub fn #accessor(&self) -> #name {
                    #name { client: #client }
                }
            }
        })
    }
}

fn method(
    model: &Model,
    operation: &Operation,
    name: &str,
    client: &TokenStream,
) -> Result<TokenStream, String> {
    let name = format_ident!("{name}");
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
