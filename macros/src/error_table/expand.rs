//! What an error table becomes: a conversion from faults, and the row of each variant.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Ident;

use super::ast::{Answer, Table};

/// The implementations.
pub fn table(table: &Table) -> TokenStream {
    let name = &table.name;
    let variants = table.answers.iter().map(|answer| &answer.name).collect::<Vec<_>>();
    let rows = variants.iter().map(|variant| row_name(variant));
    let faults = table.answers.iter().map(faults);
    let arms = arms(&variants);
    let shown = shown(table);
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<::countersign_runtime::__private::Fault> for #name {
            fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
                const TABLE: &[&[&str]] = &[#(#faults),*];
                const _: () = ::core::assert!(
                    !::countersign_runtime::__private::answers_twice(TABLE),
                    "two rows answer the same fault"
                );
                const _: () = ::core::assert!(
                    ::countersign_runtime::__private::answers_unexpected(TABLE),
                    "no row answers `unexpected`, where every fault goes that no row names"
                );
                match ::countersign_runtime::__private::row_of(fault, TABLE) { #(#arms,)* }
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

/// The faults that a variant answers.
fn faults(answer: &Answer) -> TokenStream {
    let Some(faults) = &answer.faults else {
        let row = row_name(&answer.name);
        return quote! { rows::#row.answers };
    };
    let faults = faults.iter().map(|fault| &fault.name);
    quote! { &[#(#faults),*] }
}

/// The variant of each row; the last one takes what cannot be, since some row answers `unexpected`.
fn arms(variants: &[&Ident]) -> Vec<TokenStream> {
    let arm = |(at, variant): (usize, &&Ident)| {
        let row = if at + 1 == variants.len() {
            quote! { _ }
        } else {
            Literal::usize_unsuffixed(at).into_token_stream()
        };
        quote! { (#row, fault) => Self::#variant(fault) }
    };
    variants.iter().enumerate().map(arm).collect()
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

/// The constant of a variant's row.
fn row_name(variant: &Ident) -> Ident {
    format_ident!("{}", constant(&variant.to_string()), span = variant.span())
}

/// `UserNotFound` -> `USER_NOT_FOUND`: what `countersign_engine::rows` calls it for the generator, once more, since macros do
/// without the engine (see `duration.rs`).
fn constant(variant: &str) -> String {
    let mut written = String::new();
    for (at, letter) in variant.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            written.push('_');
        }
        written.push(letter.to_ascii_uppercase());
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_called_what_the_engine_calls_them() {
        assert_eq!(constant("UserNotFound"), "USER_NOT_FOUND");
        for variant in ["UserNotFound", "Err001", "Http404", "N404Lost", "E1", "Sms2faFailed", "Self_", "A", "ABC"] {
            assert_eq!(constant(variant), countersign_engine::rows::constant(variant), "{variant}");
        }
    }
}
