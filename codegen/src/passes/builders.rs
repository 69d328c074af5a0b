//! One builder an operation: required things are arguments of its constructor, or set by name (`named`), optional ones its
//! setters, and `send` names what travels where. Everything else is done by `crate::call::Call`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::named::{self, Named};
use super::{Model, Parameter, docs, examples, pagination, parameters, setters, teammates};
use crate::meta::{Operation, Place};
use crate::names;
use crate::openapi::Payload;
use crate::surface::{Field, Struct};
use crate::ty::Ty;

/// A required parameter, or a required field of the body.
pub(crate) struct Argument {
    pub(crate) field: Field,
    pub(crate) in_body: bool,
}

/// The required arguments of an operation: of its method, or of its builder where they are set by name.
pub(crate) struct Required {
    /// Those of the method.
    pub(crate) declarations: Vec<TokenStream>,
    pub(crate) names: Vec<Ident>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) named: Named,
}

pub(crate) fn required(model: &Model, operation: &Operation) -> Result<Required, String> {
    let parameters = parameters(model, operation)?;
    let wires: Vec<&str> = parameters
        .iter()
        .map(|parameter| parameter.wire.as_str())
        .collect();
    let own = parameters
        .iter()
        .filter(|parameter| setters::is_required(&parameter.field))
        .map(|parameter| (parameter.wire.clone(), parameter.field.clone(), false));
    let body = model.surface.body_of(operation);
    let of_body = body.into_iter().flat_map(setters::required);
    let of_body = of_body.map(|field| {
        let name = names::body_argument(&wires, &field.wire);
        (name, field.clone(), true)
    });
    let mut found: Vec<(String, Field, bool)> = own.chain(of_body).collect();
    let order = &operation.names.arguments;
    found.sort_by_key(|(name, ..)| order.iter().position(|known| known == name));
    let found = found.into_iter();
    let arguments: Vec<Argument> = found
        .map(|(_, field, in_body)| Argument { field, in_body })
        .collect();
    let named = Named::of(operation, &arguments);
    let fields = arguments.iter().map(|argument| &argument.field);
    let of_method: Vec<&Field> = fields.filter(|_| named.is_empty()).collect();
    let ident = |field: &&Field| format_ident!("{}", field.name);
    Ok(Required {
        declarations: setters::required_arguments(&of_method),
        names: of_method.iter().map(ident).collect(),
        arguments,
        named,
    })
}

pub(crate) fn write(model: &Model, operation: &Operation) -> Result<TokenStream, String> {
    let parameters = parameters(model, operation)?;
    let body = model.surface.body_of(operation);
    let name_text = operation.names.builder_name();
    let name = format_ident!("{name_text}");
    let head = docs::attributes(&format!(
        "Builder of `{}`.\n\n{}",
        operation.id, operation.summary
    ));
    let fields = parameters.iter().map(|parameter| {
        let name = format_ident!("{}", parameter.field.name);
        let ty = super::structs::stored(&parameter.field, true);
        quote!(#name: #ty,)
    });
    let body_field = body.map(|body| {
        let ty = format_ident!("{}", body.name);
        quote!(body: types::#ty,)
    });
    let required = required(model, operation)?;
    let named = &required.named;
    let constructor = constructor(model, operation, &parameters, body, &required);
    let all_fields = fields_of(&parameters, body);
    let by_name = named.setters(&name, &required.arguments, (&all_fields, body));
    let setters = optional_setters(operation, &parameters, body);
    let (answer, finish) = answer_and_finish(model, operation);
    let bounds = named.bounds();
    let send = send(
        model,
        operation,
        &parameters,
        body,
        (&answer, &finish, &bounds),
    )?;
    let (declared, generics) = (named.declared(), named.generics());
    let (missing, state) = (named.missing(), named.declaration());
    // Nothing is set at the beginning.
    let (beginning, constructor) = match named.is_empty() {
        true => (None, Some(constructor)),
        false => (Some(quote!(impl #name #missing { #constructor })), None),
    };
    let teammate = teammates::write(name_text, operation, &generics);
    let paginated = match output(model, operation) {
        Some((page, false)) => pagination::write(model, name_text, operation, page)
            .map_err(|fault| format!("`{}` paginates, but {fault}", operation.id))?,
        _ => None,
    };
    Ok(quote! {
        #head
        #[derive(Clone)]
        #[must_use = "nothing is sent until it is awaited"]
        pub struct #name #declared {
            call: crate::call::Call,
            #(#fields)*
            #body_field
            #state
        }
        #beginning
        impl #generics #name #generics {
            #constructor
            #(#by_name)*
            #(#setters)*
            /// Changes the options of this call: timeouts, idempotency key, request id.
            pub fn options(mut self, change: impl FnOnce(crate::transport::call_options::CallOptions) -> crate::transport::call_options::CallOptions) -> Self {
                self.call.change_options(change);
                self
            }
            #send
        }
        impl #generics ::std::future::IntoFuture for #name #generics #bounds {
            type Output = Result<crate::transport::response::Response<#answer>, crate::error::Error>;
            type IntoFuture = crate::call::pending_call::PendingCall<#answer>;
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
        impl #generics ::std::fmt::Debug for #name #generics {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#name_text).finish_non_exhaustive()
            }
        }
        #teammate
        #paginated
    })
}

/// Type of the answer, and whether it may be null; `None` without a body.
fn output<'a>(model: &'a Model, operation: &Operation) -> Option<(&'a Ty, bool)> {
    let method = model.surface.methods.get(&operation.written_name())?;
    Some((method.output.as_ref()?, method.nullable_output))
}

fn constructor(
    model: &Model,
    operation: &Operation,
    parameters: &[Parameter],
    body: Option<&Struct>,
    required: &Required,
) -> TokenStream {
    let (arguments, named) = (&required.declarations, &required.named);
    let table_row = format_ident!("{}", operation.names.constant);
    let own = parameters.iter().map(|parameter| {
        let name = format_ident!("{}", parameter.field.name);
        if !setters::is_required(&parameter.field) {
            quote!(#name: None,)
        } else if named.is_empty() {
            let stored = setters::initialiser(None, &parameter.field);
            quote!(#stored,)
        } else {
            let value = named::placeholder(model, &parameter.field);
            quote!(#name: #value,)
        }
    });
    let argument = |field: &Field| match named.is_empty() {
        true => format_ident!("{}", field.name).into_token_stream(),
        false => named::placeholder(model, field),
    };
    let body = body.map(|body| {
        let ty = format_ident!("{}", body.name);
        let values = setters::required(body).into_iter().map(argument);
        quote!(body: types::#ty::new(#(#values),*),)
    });
    let state = named.initialiser();
    quote! {
        pub(crate) fn new(client: crate::transport::client_handle::Client #(, #arguments)*) -> Self {
            Self {
                call: crate::call::Call::new(client, &operations::#table_row),
                #(#own)*
                #body
                #state
            }
        }
    }
}

/// The fields of a builder that carry what is sent, and the call itself.
fn fields_of(parameters: &[Parameter], body: Option<&Struct>) -> Vec<Ident> {
    let own = parameters.iter().map(|parameter| &parameter.field.name);
    let names = ["call"].into_iter().chain(own.map(String::as_str));
    let names = names.chain(body.map(|_| "body"));
    names.map(|name| format_ident!("{name}")).collect()
}

fn optional_setters(
    operation: &Operation,
    parameters: &[Parameter],
    body: Option<&Struct>,
) -> Vec<TokenStream> {
    let own = parameters
        .iter()
        .filter(|parameter| !setters::is_required(&parameter.field))
        .map(|parameter| {
            let field = &parameter.field;
            let name = format_ident!("{}", field.name);
            let docs = docs::attributes(&field.docs);
            let (ty, conversion) = setters::argument(field);
            let value = conversion.apply(&quote!(#name));
            let deprecated = docs::deprecated(field.is_deprecated, "parameter");
            let maybe = setters::maybe(field, &deprecated);
            quote!(#docs #deprecated pub fn #name(mut self, #name: #ty) -> Self { self.#name = Some(#value); self } #maybe)
        });
    let of_body = body
        .into_iter()
        .flat_map(|body| &body.fields)
        .filter(|field| !setters::is_required(field))
        .filter(|field| !operation.is_teammate_field(Place::Body, &field.wire))
        .map(|field| {
            let name = format_ident!("{}", field.name);
            let docs = docs::attributes(&field.docs);
            let (ty, _) = setters::argument(field);
            let deprecated = docs::deprecated(field.is_deprecated, "field");
            let maybe = setters::maybe(field, &deprecated);
            quote!(#docs #deprecated pub fn #name(mut self, #name: #ty) -> Self { self.body = self.body.#name(#name); self } #maybe)
        });
    own.chain(of_body).collect()
}

fn send(
    model: &Model,
    operation: &Operation,
    parameters: &[Parameter],
    body: Option<&Struct>,
    (output, finish, bounds): (&TokenStream, &TokenStream, &TokenStream),
) -> Result<TokenStream, String> {
    let steps = parameters.iter().map(|parameter| {
        let name = format_ident!("{}", parameter.field.name);
        let wire = &parameter.wire;
        match parameter.place {
            Place::Path => quote!(.path(#wire, &self.#name)),
            _ => quote!(.query(#wire, &self.#name)),
        }
    });
    let json = body.map(|_| quote!(.json(&self.body)));
    let docs = docs::attributes(&format!(
        "Sends `{} {}` and waits for the answer, as awaiting the builder itself does.",
        operation.method.to_uppercase(),
        operation.path
    ));
    let example = examples::write(model, operation)?;
    Ok(quote! {
        #docs
        ///
        /// # Errors
        /// Fails before sending if a field breaks a limit; see `Error` for all other failures.
        ///
        /// # Example
        #example
        pub fn send(self) -> crate::call::pending_call::PendingCall<#output> #bounds {
            self.call #(#steps)* #json #finish
        }
    })
}

/// What `send` gives, and the method of `Call` that sends it.
fn answer_and_finish(model: &Model, operation: &Operation) -> (TokenStream, TokenStream) {
    match (output(model, operation), &operation.payload) {
        (None, _) => (quote!(()), quote!(.send_unit())),
        (Some(found), Payload::Envelope(_)) if may_be_missing(found) => {
            (answer(found, operation), quote!(.send_data_if_any()))
        }
        (Some(found), Payload::Envelope(_)) => (answer(found, operation), quote!(.send_data())),
        (Some(found), _) => (answer(found, operation), quote!(.send())),
    }
}

/// Whether an envelope without data stands for nothing: null, or no objects.
fn may_be_missing((ty, nullable): (&Ty, bool)) -> bool {
    nullable || matches!(ty, Ty::Vec(item) if item.named().is_some())
}

/// A bare list of objects tolerates a malformed item, as lists inside a struct do.
fn answer((ty, nullable): (&Ty, bool), operation: &Operation) -> TokenStream {
    let ty = match (ty, &operation.payload) {
        (Ty::Vec(item), Payload::Envelope(_)) if item.named().is_some() => {
            quote!(crate::codec::list::List<#item>)
        }
        _ => quote!(#ty),
    };
    if nullable { quote!(Option<#ty>) } else { ty }
}
