//! Marks every method as `#[inline]`, so that a method, and the serde code of its types, is compiled only in programs that
//! call it, not with the crate.

use syn::{File, ImplItem, Item, parse_quote};

pub(super) fn mark(file: &mut File) {
    for item in &mut file.items {
        if let Item::Impl(block) = item {
            block.items.iter_mut().for_each(mark_method);
        }
    }
}

fn mark_method(item: &mut ImplItem) {
    if let ImplItem::Fn(method) = item {
        method.attrs.push(parse_quote!(#[inline]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_of_types_and_of_traits_are_marked_and_functions_are_not() {
        let mut file: File = parse_quote! {
            impl A { pub fn one(&self) {} const X: u8 = 1; }
            impl Debug for A { fn fmt(&self) {} }
            fn free() {}
        };
        mark(&mut file);
        let expected: File = parse_quote! {
            impl A { #[inline] pub fn one(&self) {} const X: u8 = 1; }
            impl Debug for A { #[inline] fn fmt(&self) {} }
            fn free() {}
        };
        assert!(file == expected);
    }
}
