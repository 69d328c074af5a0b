//! The methods of `Client`: every operation under its own name, where it is described, and again in each of its
//! resources, as an alias.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Model, builders, docs, files};
use crate::meta::Operation;

pub(crate) fn client(model: &Model) -> Result<TokenStream, String> {
    let methods = model
        .operations
        .iter()
        .map(|operation| {
            let mut text = format!("{}\n\n{}", operation.summary, operation.description);
            if operation.names.by_name {
                text += &needs(model, operation)?;
            }
            let (name, client) = (&operation.names.method, quote!(self.clone()));
            method(model, operation, name, &client, &docs::attributes(&text))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let arguments = use_arguments(model);
    Ok(quote! {
        #arguments
        use crate::generated::{builder, types};

        impl crate::transport::client_handle::Client {
            #(#methods)*
        }
    })
}

/// What is to be set by name.
fn needs(model: &Model, operation: &Operation) -> Result<String, String> {
    let arguments = builders::required(model, operation)?.arguments;
    let names = arguments.iter().map(|argument| &argument.field.name);
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let first = names.split_last().map_or(String::new(), |(last, rest)| {
        format!("{} and {last}", rest.join(", "))
    });
    Ok(format!(
        "\n\nIt needs {first}, in any order, and can be sent when all are set."
    ))
}

fn use_arguments(model: &Model) -> Option<TokenStream> {
    files::names_arguments(model).then(|| {
        quote!(
            use crate::call::arguments;
        )
    })
}

pub(crate) fn resources(model: &Model) -> Result<TokenStream, String> {
    let mut by_path: BTreeMap<&str, Vec<(&Operation, &str)>> = BTreeMap::new();
    for operation in &model.operations {
        for (path, name) in &operation.names.resources {
            by_path.entry(path).or_default().push((operation, name));
        }
    }
    let mut items = Vec::new();
    for (path, name) in &model.names.resources {
        let methods = by_path.remove(path.as_str()).unwrap_or_default();
        items.push(resource(model, path, name, methods)?);
    }
    let arguments = use_arguments(model);
    Ok(quote! {
        #arguments
        use crate::generated::{builder, types};

        #(#items)*
    })
}

fn resource(
    model: &Model,
    path: &str,
    name: &str,
    methods: Vec<(&Operation, &str)>,
) -> Result<TokenStream, String> {
    let resource = match path.rsplit_once('.') {
        None => Resource {
            docs: match methods.first() {
                Some((operation, _)) => format!("The operations under “{}”.", operation.tag),
                None => format!("What is in `{path}`."),
            },
            name,
            accessor: path,
            owner: quote!(crate::transport::client_handle::Client),
            client: quote!(self.clone()),
            methods,
        },
        Some((owner, accessor)) => {
            let of_owner = model.names.resources.get(owner);
            let owner = format_ident!("{}", of_owner.map_or(owner, String::as_str));
            let tag = methods.first().map_or("", |(operation, _)| &operation.tag);
            Resource {
                docs: format!("The operations under “{tag}” on `{accessor}`, by what they do."),
                name,
                accessor,
                owner: quote!(#owner),
                client: quote!(self.client.clone()),
                methods,
            }
        }
    };
    resource.write(model)
}

/// A struct whose methods are operations.
struct Resource<'a> {
    name: &'a str,
    docs: String,
    /// Name of the method that leads to it, the type that has the method, and how that comes by a client.
    accessor: &'a str,
    owner: TokenStream,
    client: TokenStream,
    /// With the names of their methods.
    methods: Vec<(&'a Operation, &'a str)>,
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
            .map(|(operation, name)| {
                let client = quote!(self.client.clone());
                method(model, operation, name, &client, &alias(operation))
            })
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

/// The description of a method that does the same as that of `Client`.
fn alias(operation: &Operation) -> TokenStream {
    let method = &operation.names.method;
    let summary = docs::attributes(&format!("{}.", operation.summary));
    let line = format!(" The same as [`Client::{method}`](crate::Client::{method}).");
    quote!(#summary #[doc = #line])
}

fn method(
    model: &Model,
    operation: &Operation,
    name: &str,
    client: &TokenStream,
    docs: &TokenStream,
) -> Result<TokenStream, String> {
    let name = format_ident!("{name}");
    let builder = format_ident!("{}", operation.names.builder_name());
    let module = format_ident!("{}", operation.names.module());
    let deprecated = docs::deprecated(operation.is_deprecated, "operation");
    let required = builders::required(model, operation)?;
    let (declarations, names) = (&required.declarations, &required.names);
    let missing = required.named.missing();
    Ok(quote! {
        #docs
        #deprecated
        pub fn #name(&self #(, #declarations)*) -> builder::#module::#builder #missing {
            builder::#module::#builder::new(#client #(, #names)*)
        }
    })
}
