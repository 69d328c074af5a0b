//! `Paginated` for every operation that paginates: how to ask for a page, and where its items and totals are. What it
//! offers to callers is inherent as well, so that they import no trait.

use proc_macro2::{Ident, TokenStream};
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
    let count = borrow(model, page, &pagination.items)?.0;
    let info = info(model, page, &pagination.info)?;
    let slot = match pagination.place {
        Place::Body => body_slot(model, operation, "page")?,
        _ => quote!(self.page),
    };
    let size = match pagination.place {
        Place::Body => body_slot(model, operation, "size")?,
        _ => quote!(self.size),
    };
    let for_callers = for_callers(&name);
    Ok(Some(quote! {
        impl crate::pagination::Paginated for #name {
            type Page = #page;
            type Item = #item;
            fn call(&self) -> &crate::call::Call {
                &self.call
            }
            fn call_mut(&mut self) -> &mut crate::call::Call {
                &mut self.call
            }
            fn page_number(&self) -> Option<u64> {
                #slot
            }
            fn set_page(&mut self, page: u64) {
                #slot = Some(page);
            }
            fn set_size(&mut self, size: u64) {
                #size = Some(size);
            }
            fn fetch(self) -> crate::support::box_future::BoxFuture<Result<crate::transport::response::Response<Self::Page>, crate::error::Error>> {
                Box::pin(self.send())
            }
            fn into_items(page: Self::Page) -> crate::codec::list::List<Self::Item> {
                #items
            }
            fn item_count(page: &Self::Page) -> usize {
                #count.map_or(0, crate::codec::list::List::slots)
            }
            fn fingerprints(page: &Self::Page) -> Vec<u64> {
                #count.map_or_else(Vec::new, crate::pagination::fingerprints)
            }
            fn info(page: &Self::Page) -> crate::pagination::PageInfo {
                #info
            }
        }
        #for_callers
    }))
}

/// The methods of the trait that callers use, which is their one implementation.
fn for_callers(name: &Ident) -> TokenStream {
    quote! {
        impl #name {
            /// All items, with as many requests as needed. The same as
            /// [`Paginated::items`](crate::Paginated::items).
            pub fn items(self) -> crate::pagination::Items<Self> {
                crate::pagination::Paginated::items(self)
            }
            /// All pages, one request for each. The same as [`Paginated::pages`](crate::Paginated::pages).
            pub fn pages(self) -> crate::pagination::Pages<Self> {
                crate::pagination::Paginated::pages(self)
            }
            /// The total number of items, from one request for a page of one item; `None` if the server does not say.
            /// The same as [`Paginated::count`](crate::Paginated::count).
            ///
            /// # Errors
            /// As `send`.
            pub fn count(self) -> crate::support::box_future::BoxFuture<Result<Option<u64>, crate::error::Error>> {
                crate::pagination::Paginated::count(self)
            }
            /// The same list from the position of an earlier reader of the same request. The same as
            /// [`Paginated::start_at`](crate::Paginated::start_at).
            pub fn start_at(self, cursor: crate::pagination::Cursor) -> crate::pagination::Resumed<Self> {
                crate::pagination::Paginated::start_at(self, cursor)
            }
        }
    }
}

fn body_slot(model: &Model, operation: &Operation, name: &str) -> Result<TokenStream, String> {
    let fields = model
        .surface
        .body_of(operation)
        .map_or(&[][..], |body| &body.fields);
    match fields.iter().find(|field| field.wire == name) {
        Some(field) if field.presence == Presence::Optional => {
            let ident = format_ident!("{}", field.name);
            Ok(quote!(self.body.#ident))
        }
        _ => Err(format!(
            "the `{name}` of `{}` must be there and not nullable",
            operation.id
        )),
    }
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
    let mut may_be_missing = false;
    let mut ty = page.clone();
    for name in path.split('.') {
        let field = step(model, &ty, name)?;
        let ident = format_ident!("{}", field.name);
        let is_option = field.presence != Presence::Required;
        let into_option = (field.presence == Presence::TriState).then(|| quote!(.into_option()));
        expression = match (may_be_missing, is_option) {
            (false, _) => quote!(#expression.#ident #into_option),
            (true, false) => quote!(#expression.map(|inner| inner.#ident)),
            (true, true) => quote!(#expression.and_then(|inner| inner.#ident #into_option)),
        };
        may_be_missing |= is_option;
        ty = field.ty.clone();
    }
    let or_empty = may_be_missing.then(|| quote!(.unwrap_or_default()));
    match ty {
        Ty::Vec(item) => Ok((quote!(#expression #or_empty), *item)),
        _ => Err(format!("`{path}` is not a list")),
    }
}

/// Borrows what is at a path, as `Option`, with its type.
fn borrow(model: &Model, page: &Ty, path: &str) -> Result<(TokenStream, Ty), String> {
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
    Ok((chain, ty))
}

/// Reads the totals, as unknown where a level of them is missing.
fn info(model: &Model, page: &Ty, path: &str) -> Result<TokenStream, String> {
    let (chain, ty) = borrow(model, page, path)?;
    let owner = ty.named().and_then(|name| model.surface.structs.get(name));
    let Some(owner) = owner else {
        return Err(format!("`{path}` is not an object"));
    };
    let field = |wires: &[&str]| {
        let found = owner
            .fields
            .iter()
            .find(|field| wires.contains(&field.wire.as_str()))?;
        Some(format_ident!("{}", found.name))
    };
    let number = |wires: &[&str]| {
        field(wires).map_or(
            quote!(None),
            |name| quote!(crate::pagination::count(&totals.#name)),
        )
    };
    let page = number(&["page", "current_page"]);
    let size = number(&["size"]);
    let total_count = number(&["total_count"]);
    let total_pages = number(&["total_pages"]);
    let has_more = flag(owner, "has_more");
    Ok(quote! {
        #chain.map_or_else(crate::pagination::PageInfo::default, |totals| crate::pagination::PageInfo {
            page: #page,
            size: #size,
            total_count: #total_count,
            total_pages: #total_pages,
            has_more: #has_more,
        })
    })
}

/// Reads a flag as `Option<bool>`.
fn flag(owner: &Struct, wire: &str) -> TokenStream {
    let Some(field) = owner.fields.iter().find(|field| field.wire == wire) else {
        return quote!(None);
    };
    let name = format_ident!("{}", field.name);
    match field.presence {
        Presence::Required => quote!(Some(totals.#name)),
        Presence::TriState => quote!(totals.#name.as_option().copied()),
        Presence::RequiredNullable | Presence::Optional => quote!(totals.#name),
    }
}
