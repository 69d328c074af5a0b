//! `TargetTeammate` for every operation that takes a teammate. Where the teammate travels stands in the
//! operation table; the builder only hands it over. The method is inherent as well, so that callers import no trait.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::meta::Operation;

/// `generics` are those of the builder.
pub(crate) fn write(
    builder: &str,
    operation: &Operation,
    generics: &TokenStream,
) -> Option<TokenStream> {
    operation.teammate.as_ref()?;
    let name = format_ident!("{builder}");
    Some(quote! {
        impl #generics crate::model::teammate::TargetTeammate for #name #generics {
            fn for_teammate(mut self, teammate: impl Into<crate::model::teammate::Teammate>) -> Self {
                self.call.set_teammate(teammate.into());
                self
            }
        }
        impl #generics #name #generics {
            /// Executes the call for this teammate instead of the owner of the API key.
            pub fn for_teammate(self, teammate: impl Into<crate::model::teammate::Teammate>) -> Self {
                crate::model::teammate::TargetTeammate::for_teammate(self, teammate)
            }
        }
    })
}
