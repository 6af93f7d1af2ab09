//! What an error table becomes: a conversion from faults, and the row of each variant.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::ast::Table;

/// The implementations.
pub fn table(table: &Table) -> TokenStream {
    let name = &table.name;
    let variants = table.answers.iter().map(|answer| &answer.name).collect::<Vec<_>>();
    let rows =
        variants.iter().map(|variant| format_ident!("{}", screaming(&variant.to_string()), span = variant.span()));
    let all = table.answers.iter().flat_map(|answer| &answer.faults).map(|fault| &fault.name);
    let named =
        table.answers.iter().filter(|answer| !answer.faults.is_empty() && !answer.names("unexpected")).map(|answer| {
            let (variant, faults) = (&answer.name, answer.faults.iter().map(|fault| &fault.name));
            quote! { #(#faults)|* => Self::#variant(fault), }
        });
    let other = table.answers.iter().filter(|answer| answer.names("unexpected")).map(|answer| &answer.name);
    let shown = shown(table);
    quote! {
        // A row that only an override answers is declared for it.
        const _: &[fn(::countersign_runtime::__private::Fault) -> #name] = &[#(#name::#variants),*];

        #[automatically_derived]
        impl ::core::convert::From<::countersign_runtime::__private::Fault> for #name {
            fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
                let fault = fault.known_to(&[#(#all),*]);
                match fault.name {
                    #(#named)*
                    #(_ => Self::#other(fault),)*
                }
            }
        }

        #[automatically_derived]
        impl ::countersign_runtime::__private::Answer for #name {
            fn row(&self) -> &'static ::countersign_runtime::__private::ErrorRow {
                match self { #(Self::#variants(_) => &rows::#rows,)* }
            }

            fn fault(&self) -> &::countersign_runtime::__private::Fault {
                match self { #(Self::#variants(fault) => fault,)* }
            }

            #shown
        }
    }
}

/// The payloads that rows have of their own.
fn shown(table: &Table) -> TokenStream {
    let own = table.answers.iter().filter_map(|answer| Some((&answer.name, answer.shows.as_ref()?)));
    let own: Vec<_> = own
        .map(|(variant, payload)| {
            quote! {
                Self::#variant(_) => ::countersign_runtime::__private::failure::<#payload>(
                    ::core::clone::Clone::clone(refusal),
                    encoder,
                    show,
                ),
            }
        })
        .collect();
    if own.is_empty() {
        return TokenStream::new();
    }
    quote! {
        fn shown(
            &self,
            refusal: &::countersign_runtime::__private::Refusal,
            encoder: &mut ::countersign_runtime::__private::Encoder,
            show: &mut dyn ::core::ops::FnMut(&'static str, ::countersign_runtime::__private::Json),
        ) -> bool {
            match self {
                #(#own)*
                #[allow(unreachable_patterns, reason = "every row may have a payload of its own")]
                _ => return false,
            }
            true
        }
    }
}

/// What stands in for the implementations beside a mistake.
pub fn stub(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<::countersign_runtime::__private::Fault> for #name {
            fn from(_: ::countersign_runtime::__private::Fault) -> Self { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl ::countersign_runtime::__private::Answer for #name {
            fn row(&self) -> &'static ::countersign_runtime::__private::ErrorRow { ::core::unreachable!() }
            fn fault(&self) -> &::countersign_runtime::__private::Fault { ::core::unreachable!() }
        }
    }
}

/// `UserNotFound` -> `USER_NOT_FOUND`
fn screaming(name: &str) -> String {
    let mut written = String::new();
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            written.push('_');
        }
        written.push(c.to_ascii_uppercase());
    }
    written
}
