//! `OneTimeCode`: a kind of code, and the values that it is bound to or keeps. Shape in `ast`, tokens in `expand`.

mod ast;
mod expand;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::with_stub;

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match ast::Code::of(input) {
        Ok(code) => expand::code(&code),
        Err(error) => with_stub(&error, expand::stub(&input.ident)),
    }
}
