//! `Paginated` for every operation that paginates: how to ask for a page, and where its items and totals are.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Model;
use crate::meta::{Operation, Place};
use crate::surface::{Field, Presence, Struct};
use crate::ty::Ty;

pub(crate) fn write(
    model: &Model,
    builder: &str,
    operation: &Operation,
    page: &Ty,
) -> Result<Option<TokenStream>, String> {
    let Some(pagination) = &operation.pagination else {
        return Ok(None);
    };
    let name = format_ident!("{builder}");
    let (items, item) = items(model, page, &pagination.items)?;
    let info = info(model, page, &pagination.info)?;
    let slot = match pagination.place {
        Place::Body => quote!(self.body.page),
        _ => quote!(self.page),
    };
    Ok(Some(quote! {
        impl crate::Paginated for #name {
            type Page = #page;
            type Item = #item;
            fn call(&self) -> &crate::runtime::Call {
                &self.call
            }
            fn page_number(&self) -> Option<u64> {
                #slot
            }
            fn set_page(&mut self, page: u64) {
                #slot = Some(page);
            }
            fn fetch(self) -> crate::runtime::BoxFuture<Result<crate::Response<Self::Page>, crate::Error>> {
                Box::pin(self.send())
            }
            fn into_items(page: Self::Page) -> crate::runtime::List<Self::Item> {
                #items
            }
            fn info(page: &Self::Page) -> crate::runtime::PageInfo {
                #info
            }
        }
    }))
}

fn step<'a>(model: &'a Model, ty: &Ty, name: &str) -> Result<&'a Field, String> {
    let owner: Option<&Struct> = ty.named().and_then(|name| model.surface.structs.get(name));
    owner
        .and_then(|owner| owner.fields.iter().find(|field| field.wire == name))
        .ok_or_else(|| format!("no field `{name}` on the way to the items or totals of a page"))
}

/// Moves the list out of the page, as empty where a level of it is missing.
fn items(model: &Model, page: &Ty, path: &str) -> Result<(TokenStream, Ty), String> {
    let mut expression = quote!(page);
    let mut ty = page.clone();
    for name in path.split('.') {
        let field = step(model, &ty, name)?;
        let ident = format_ident!("{}", field.name);
        let missing = quote!(return crate::runtime::List::default());
        expression = match field.presence {
            Presence::Required => quote!(#expression.#ident),
            Presence::TriState => {
                quote!(match #expression.#ident.into_option() { Some(inner) => inner, None => #missing })
            }
            _ => quote!(match #expression.#ident { Some(inner) => inner, None => #missing }),
        };
        ty = field.ty.clone();
    }
    match ty {
        Ty::Vec(item) => Ok((expression, *item)),
        _ => Err(format!("`{path}` is not a list")),
    }
}

/// Reads the totals, as unknown where a level of them is missing.
fn info(model: &Model, page: &Ty, path: &str) -> Result<TokenStream, String> {
    let mut chain = quote!(Some(page));
    let mut ty = page.clone();
    for name in path.split('.') {
        let field = step(model, &ty, name)?;
        let ident = format_ident!("{}", field.name);
        chain = match field.presence {
            Presence::Required => quote!(#chain.map(|inner| &inner.#ident)),
            Presence::TriState => quote!(#chain.and_then(|inner| inner.#ident.as_option())),
            _ => quote!(#chain.and_then(|inner| inner.#ident.as_ref())),
        };
        ty = field.ty.clone();
    }
    let owner = ty.named().and_then(|name| model.surface.structs.get(name));
    let Some(owner) = owner else {
        return Err(format!("`{path}` is not an object"));
    };
    let read = |wire: &str| match owner.fields.iter().find(|field| field.wire == wire) {
        Some(field) => number_of(field),
        None => quote!(None),
    };
    let number = match read("page") {
        none if none.to_string() == "None" => read("current_page"),
        found => found,
    };
    let (size, total_count, total_pages, has_more) = (
        read("size"),
        read("total_count"),
        read("total_pages"),
        read("has_more"),
    );
    Ok(quote! {
        #chain.map(|totals| crate::runtime::PageInfo {
            page: #number,
            size: #size,
            total_count: #total_count,
            total_pages: #total_pages,
            has_more: #has_more,
        }).unwrap_or_default()
    })
}

fn number_of(field: &Field) -> TokenStream {
    let ident = format_ident!("{}", field.name);
    let value = match field.presence {
        Presence::Required => quote!(Some(totals.#ident)),
        Presence::TriState => quote!(totals.#ident.into_option()),
        _ => quote!(totals.#ident),
    };
    match field.ty {
        Ty::I64 => quote!(#value.and_then(|number| u64::try_from(number).ok())),
        _ => value,
    }
}
