//! `Payload`: structs and tagged unions that are read, checked and written. Shape in `ast`, `rules` and `union`, what
//! must hold in `check`, tokens in `expand`, conversions from and into things in `convert`.

mod ast;
mod check;
mod constant;
mod convert;
mod entities;
mod expand;
mod head;
mod rules;
mod union;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use crate::report::{Report, with_stub};

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    let expanded = match &input.data {
        Data::Struct(_) => of_struct(input),
        Data::Enum(body) => union::Union::of(input, body).map(|union| union.expand()),
        Data::Union(_) => Err(syn::Error::new_spanned(&input.ident, "`Payload` is derived on a struct or an enum")),
    };
    expanded.unwrap_or_else(|error| with_stub(&error, stub(input)))
}

fn of_struct(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut report = Report::default();
    let payload = ast::Payload::of(input, &mut report);
    if let Some(payload) = &payload {
        check::payload(payload, &mut report);
    }
    report.finish()?;
    payload
        .map(|payload| expand::payload(&payload))
        .ok_or_else(|| syn::Error::new_spanned(&input.ident, "`Payload` is derived on a struct with named fields"))
}

/// What stands in for the implementation beside a mistake.
fn stub(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let mut bounded = input.generics.clone();
    for parameter in bounded.type_params_mut() {
        parameter.bounds.push(syn::parse_quote! { __runtime::Payload });
    }
    let stub = crate::stub::payload();
    let (with, _, bounds) = bounded.split_for_impl();
    let (_, generics, _) = input.generics.split_for_impl();
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;
            #[automatically_derived]
            impl #with __runtime::Payload for #name #generics #bounds {
                #stub
            }
        };
    }
}
