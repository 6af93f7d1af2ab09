//! Collects mistakes, so that all of them are reported at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far.
#[derive(Default)]
pub struct Report {
    errors: Vec<Error>,
}

impl Report {
    /// Notes a mistake at these tokens.
    pub fn mistake(&mut self, at: impl ToTokens, what: impl Display) {
        self.errors.push(Error::new_spanned(at, what));
    }

    /// Notes a mistake that parsing found.
    pub fn error(&mut self, error: Error) {
        self.errors.push(error);
    }

    /// The value, or the mistake noted.
    pub fn noted<T>(&mut self, read: syn::Result<T>) -> Option<T> {
        read.map_err(|error| self.error(error)).ok()
    }

    /// Nothing, if there was no mistake.
    pub fn finish(self) -> syn::Result<()> {
        let mut errors = self.errors.into_iter();
        let Some(mut all) = errors.next() else { return Ok(()) };
        all.extend(errors);
        Err(all)
    }
}

/// Mistakes as tokens, with a stub beside them, so that one mistake makes one message.
pub fn with_stub(error: &Error, stub: TokenStream) -> TokenStream {
    let messages = error.to_compile_error();
    quote::quote! { #messages #stub }
}
