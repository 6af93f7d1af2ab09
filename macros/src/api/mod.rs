//! `api`: a trait with a method for each endpoint becomes an adapter. Shape in `ast`, tokens in `expand`. The user's
//! trait survives the user's mistakes.

mod ast;
mod expand;

use proc_macro2::TokenStream;
use syn::ItemTrait;

use crate::report::{Report, with_stub};

/// Expands the attribute.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item: ItemTrait = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => return with_stub(&error, item),
    };
    let mut report = Report::default();
    let api = ast::Api::of(arguments, &item, &mut report);
    let rewritten = expand::rewritten(&item);
    match (report.finish(), api) {
        (Ok(()), Some(api)) => {
            let functions = expand::functions(&item, &api);
            quote::quote! { #rewritten #functions }
        }
        (Err(error), _) => {
            let stub = expand::stub(&item);
            with_stub(&error, quote::quote! { #rewritten #stub })
        }
        (Ok(()), None) => rewritten,
    }
}
