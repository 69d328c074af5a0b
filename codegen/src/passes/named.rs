//! Required arguments that are set by name, as two of one type would be swapped by mistake: the builder has a method for
//! each, and its type has a parameter for each, `HasFrom`, that is `Set` or `Missing`. Only with all of them set can it
//! be sent. Whether an operation takes its arguments so is pinned with its names.

use heck::ToPascalCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::builders::Argument;
use super::{Model, docs, setters};
use crate::check::reserved;
use crate::meta::Operation;
use crate::surface::{Field, Presence, Struct};
use crate::ty::Ty;

/// What the builder of an operation has for the arguments that are set by name; nothing of an operation without.
pub(crate) struct Named {
    /// Type parameters of the builder, in the order of the arguments.
    states: Vec<Ident>,
    /// The names of the arguments as types.
    names: Vec<Ident>,
}

impl Named {
    pub(crate) fn of(operation: &Operation, arguments: &[Argument]) -> Self {
        let arguments = if operation.names.by_name {
            arguments
        } else {
            &[]
        };
        let names = arguments.iter().map(|argument| &argument.field.name);
        let (states, names) = names.map(|name| (state(name), marker(name))).unzip();
        Self { states, names }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// The parameters in a declaration: `<HasFrom = Set, HasTo = Set>`, so that the builder's name alone is complete.
    pub(crate) fn declared(&self) -> TokenStream {
        self.each(|state| quote!(#state = arguments::Set))
    }

    /// `<HasFrom, HasTo>`
    pub(crate) fn generics(&self) -> TokenStream {
        self.each(|state| quote!(#state))
    }

    /// `<Missing, Missing>`
    pub(crate) fn missing(&self) -> TokenStream {
        self.each(|_| quote!(arguments::Missing))
    }

    /// What holds when all are set.
    pub(crate) fn bounds(&self) -> TokenStream {
        let (states, names) = (&self.states, &self.names);
        match self.is_empty() {
            true => quote!(),
            false => quote!(where #(#states: arguments::Given<argument_names::#names>,)*),
        }
    }

    /// The field that has the parameters.
    pub(crate) fn declaration(&self) -> TokenStream {
        let states = &self.states;
        self.field(quote!(::std::marker::PhantomData<(#(#states),*)>))
    }

    pub(crate) fn initialiser(&self) -> TokenStream {
        self.field(quote!(::std::marker::PhantomData))
    }

    fn field(&self, value: TokenStream) -> TokenStream {
        match self.is_empty() {
            true => quote!(),
            false => quote!(arguments: #value,),
        }
    }

    fn each(&self, write: impl Fn(&Ident) -> TokenStream) -> TokenStream {
        let items = self.states.iter().map(write);
        match self.is_empty() {
            true => quote!(),
            false => quote!(<#(#items),*>),
        }
    }

    /// The methods that set the arguments. `fields` are the other fields of the builder.
    pub(crate) fn setters(
        &self,
        builder: &Ident,
        arguments: &[Argument],
        (fields, body): (&[Ident], Option<&Struct>),
    ) -> Vec<TokenStream> {
        let states = self.states.iter().zip(arguments).enumerate();
        let setter = |(place, (_, argument)): (usize, (&Ident, &Argument))| {
            let field = &argument.field;
            let name = format_ident!("{}", field.name);
            let docs = docs::attributes(&format!("{}\n\nRequired.", field.docs));
            let deprecated = docs::deprecated(field.is_deprecated, "field");
            let (ty, conversion) = setters::argument(field);
            let owner = body.filter(|_| argument.in_body);
            let value = setters::converted(owner, field, conversion);
            let slot = match argument.in_body {
                true => quote!(self.body.#name),
                false => quote!(self.#name),
            };
            let after = self
                .states
                .iter()
                .enumerate()
                .map(|(at, state)| match at == place {
                    true => quote!(arguments::Set),
                    false => quote!(#state),
                });
            let phantom = self.initialiser();
            quote! {
                #docs
                #deprecated
                pub fn #name(mut self, #name: #ty) -> #builder<#(#after),*> {
                    #slot = #value;
                    #builder { #(#fields: self.#fields,)* #phantom }
                }
            }
        };
        states.map(setter).collect()
    }
}

/// What stands in the place of an argument until it is set.
pub(crate) fn placeholder(model: &Model, field: &Field) -> TokenStream {
    let ty = &field.ty;
    match field.presence {
        Presence::RequiredNullable => quote!(None::<#ty>),
        _ => of_type(model, ty),
    }
}

fn of_type(model: &Model, ty: &Ty) -> TokenStream {
    match ty {
        Ty::Amount => quote!(#ty::from(0_i64)),
        Ty::Timestamp => quote!(#ty::from(::jiff::Timestamp::UNIX_EPOCH)),
        Ty::Text(_) => quote!(#ty::from("")),
        Ty::Named(name) => match model.surface.structs.get(name) {
            None => quote!(#ty::from("")),
            Some(item) => {
                let required = setters::required(item).into_iter();
                let values = required.map(|field| placeholder(model, field));
                quote!(#ty::new(#(#values),*))
            }
        },
        _ => quote!(<#ty>::default()),
    }
}

/// The module with the names of all arguments that are set by name.
pub(crate) fn names(model: &Model) -> Result<TokenStream, String> {
    let mut found = std::collections::BTreeMap::new();
    for operation in &model.operations {
        let arguments = super::builders::required(model, operation)?.arguments;
        let named = Named::of(operation, &arguments);
        for (name, argument) in named.names.into_iter().zip(arguments) {
            found.insert(name, argument.field.name);
        }
    }
    let items = found.iter().map(|(name, text)| {
        let docs = format!(" The argument `{text}`.");
        quote!(#[doc = #docs] #[derive(Debug)] pub enum #name {})
    });
    Ok(quote!(#(#items)*))
}

fn state(name: &str) -> Ident {
    format_ident!("Has{}", name.to_pascal_case())
}

fn marker(name: &str) -> Ident {
    let name = name.to_pascal_case();
    match reserved::is_no_name(&name) {
        true => format_ident!("{name}_"),
        false => format_ident!("{name}"),
    }
}
