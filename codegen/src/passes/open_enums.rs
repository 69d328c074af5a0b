//! Enums become open: a text that is not known is kept, compares and travels on as itself.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::surface::Enum;

pub(crate) fn write(item: &Enum) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let docs = docs::attributes(&item.docs);
    let texts: Vec<&String> = item.variants.iter().map(|(_, text)| text).collect();
    let variants: Vec<_> = item
        .variants
        .iter()
        .map(|(variant, _)| format_ident!("{variant}"))
        .collect();
    let variant_docs = texts
        .iter()
        .map(|text| docs::attributes(&format!("`{text}`")));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variant_docs #variants,)*
            /// A value that this version does not know.
            Unrecognized(crate::model::open_enum::Unrecognized),
        }
        impl crate::model::open_enum::OpenEnum for #name {
            const KNOWN: &'static [&'static str] = &[#(#texts),*];
            fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::Unrecognized(text) => text.as_str(),
                }
            }
            fn from_known(text: &str) -> Option<Self> {
                Some(match text {
                    #(#texts => Self::#variants,)*
                    _ => return None,
                })
            }
            fn unrecognized(text: crate::model::open_enum::Unrecognized) -> Self {
                Self::Unrecognized(text)
            }
        }
        crate::model::open_enum::open_enum!(#name);
    }
}
