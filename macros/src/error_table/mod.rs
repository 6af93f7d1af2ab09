//! `ErrorTable`: which row answers which fault. Shape in `ast`, tokens in `expand`.

mod ast;
mod expand;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::with_stub;

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match ast::Table::of(input) {
        Ok(table) => expand::table(&table),
        Err(error) => with_stub(&error, expand::stub(&input.ident)),
    }
}
