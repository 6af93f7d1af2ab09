//! `WireEnum`: enums by their names on the wire, and the values of a meaning that they show. Shape in `ast`, tokens in
//! `expand`.

mod ast;
mod expand;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::with_stub;

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match ast::WireEnum::of(input) {
        Ok(checked) => expand::wire_enum(&checked),
        Err(error) => with_stub(&error, expand::stub(&input.ident)),
    }
}
