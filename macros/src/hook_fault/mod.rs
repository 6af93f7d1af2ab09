//! `HookFault`: the errors of a definition's own hook, as faults. One variant holds a text and takes every other error.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, Variant};

use crate::attr::names;
use crate::report::{Report, with_stub};

/// A variant: its name, its fault, and whether it holds a text.
struct Refusal {
    name: Ident,
    fault: String,
    holds_text: bool,
}

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match refusals(input) {
        Ok(refusals) => implementation(&input.ident, &refusals),
        Err(error) => with_stub(&error, stub(&input.ident)),
    }
}

fn refusals(input: &DeriveInput) -> syn::Result<Vec<Refusal>> {
    let Data::Enum(body) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "`HookFault` is derived on an enum"));
    };
    let mut report = Report::default();
    let refusals: Vec<Refusal> = body.variants.iter().filter_map(|variant| refusal(variant, &mut report)).collect();
    if refusals.iter().filter(|refusal| refusal.holds_text).count() != 1 {
        report
            .mistake(&input.ident, "one variant takes every other error: write `#[fault(hook.failed)] Failed(String)`");
    }
    report.finish()?;
    Ok(refusals)
}

fn refusal(variant: &Variant, report: &mut Report) -> Option<Refusal> {
    let faults = names(&variant.attrs, "fault", report);
    let holds_text = match &variant.fields {
        Fields::Unit => false,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => true,
        fields => {
            report.mistake(fields, "a variant holds nothing, or a text for the log");
            return None;
        }
    };
    match faults.as_slice() {
        [fault] => Some(Refusal { name: variant.ident.clone(), fault: fault.name.clone(), holds_text }),
        _ => {
            report.mistake(&variant.ident, "say which fault it is: `#[fault(card.unknown)]`");
            None
        }
    }
}

fn implementation(name: &Ident, refusals: &[Refusal]) -> TokenStream {
    let arms = refusals.iter().map(|Refusal { name, fault, holds_text }| {
        if *holds_text {
            quote! { Error::#name(why) => ::countersign_runtime::__private::Fault::new(#fault).with_detail(why), }
        } else {
            quote! { Error::#name => ::countersign_runtime::__private::Fault::new(#fault), }
        }
    });
    let other = refusals.iter().filter(|refusal| refusal.holds_text).map(|refusal| &refusal.name);
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#name> for ::countersign_runtime::__private::Fault {
            fn from(error: #name) -> Self {
                use #name as Error;
                match error { #(#arms)* }
            }
        }

        #[automatically_derived]
        impl<E: ::std::error::Error> ::core::convert::From<E> for #name {
            fn from(error: E) -> Self { #(Self::#other(::std::string::ToString::to_string(&error)))* }
        }
    }
}

fn stub(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#name> for ::countersign_runtime::__private::Fault {
            fn from(_: #name) -> Self { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl<E: ::std::error::Error> ::core::convert::From<E> for #name {
            fn from(_: E) -> Self { ::core::unreachable!() }
        }
    }
}
