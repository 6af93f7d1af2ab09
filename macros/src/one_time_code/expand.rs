//! What a kind of code becomes: its numbers as data, and its values as canonical texts.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::ast::Code;

/// The implementations.
pub fn code(code: &Code) -> TokenStream {
    let (ident, kind) = (&code.ident, kind(code));
    let bound = code.fields.iter().flat_map(|field| field.bound.iter().map(|meaning| (&field.name, &meaning.name)));
    let bound =
        bound.map(|(field, meaning)| quote! { (#meaning, __runtime::Bound::canonical(&self.#field, #meaning)) });
    let kept: Vec<_> =
        code.fields.iter().flat_map(|field| field.kept.iter().map(|meaning| (&field.name, &meaning.name))).collect();
    let keeps =
        kept.iter().map(|(field, meaning)| quote! { (#meaning, __runtime::Bound::canonical(&self.#field, #meaning)) });
    let shows = code.fields.iter().flat_map(|field| {
        let meanings = field.bound.iter().chain(&field.kept);
        meanings.map(move |meaning| (&field.name, &meaning.name))
    });
    let shows = shows.map(|(field, meaning)| quote! { (#meaning, __runtime::Bound::shown(&self.#field, #meaning)) });
    let shortens = &code.shortens;
    let restores = kept.iter().map(|(field, meaning)| {
        quote! {
            if let ::core::option::Option::Some(text) = kept.get(#meaning) {
                __runtime::Bound::restore(&mut self.#field, #meaning, text);
            }
        }
    });
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;

            impl #ident {
                /// What the definition says of this kind of code.
                pub const KIND: __runtime::OtpKind = #kind;
            }

            #[automatically_derived]
            impl __runtime::OneTimeCode for #ident {
                const KIND: __runtime::OtpKind = #ident::KIND;
                const SHORTENS: &'static [&'static str] = &[#(#shortens),*];

                fn bound(&self) -> ::std::vec::Vec<(&'static str, ::core::option::Option<::std::string::String>)> {
                    ::std::vec![#(#bound),*]
                }

                fn kept(&self) -> ::std::vec::Vec<(&'static str, ::core::option::Option<::std::string::String>)> {
                    ::std::vec![#(#keeps),*]
                }

                fn shown(&self) -> ::std::vec::Vec<(&'static str, ::core::option::Option<::std::string::String>)> {
                    ::std::vec![#(#shows),*]
                }

                fn restore(
                    &mut self,
                    kept: &::std::collections::BTreeMap<::std::string::String, ::std::string::String>,
                ) {
                    let _ = kept;
                    #(#restores)*
                }
            }
        };
    }
}

fn kind(code: &Code) -> TokenStream {
    let Code { name, digits, life, attempts, one_per, find_by, .. } = code;
    let alphabet = Ident::new(code.alphabet, Span::call_site());
    let optional = |value: Option<TokenStream>| match value {
        Some(value) => quote! { ::core::option::Option::Some(#value) },
        None => quote! { ::core::option::Option::None },
    };
    let text = optional(code.text.as_ref().map(|text| quote! { #text }));
    let code_mark = optional(code.code_mark.as_ref().map(|mark| quote! { #mark }));
    let id_life = optional(code.id_life.map(|id_life| quote! { #id_life }));
    let id = Ident::new(code.id, Span::call_site());
    let numbers = code.numbers;
    let per_phone = optional(
        code.per_phone.map(|(most, seconds)| quote! { __runtime::SendWindow { seconds: #seconds, most: #most } }),
    );
    quote! {
        __runtime::OtpKind {
            name: #name,
            alphabet: __runtime::Alphabet::#alphabet,
            digits: #digits,
            life_seconds: #life,
            attempts: #attempts,
            text: #text,
            code_mark: #code_mark,
            one_per: &[#(#one_per),*],
            find_by: &[#(#find_by),*],
            id_life_seconds: #id_life,
            id: __runtime::IdForm::#id,
            numbers: #numbers,
            per_phone: #per_phone,
        }
    }
}

/// What stands in for the implementations beside a mistake.
pub fn stub(ident: &Ident) -> TokenStream {
    let kind = quote! {
        __runtime::OtpKind {
            name: "", alphabet: __runtime::Alphabet::Digits, digits: 8, life_seconds: 1, attempts: 1,
            text: ::core::option::Option::None, code_mark: ::core::option::Option::None, one_per: &[], find_by: &[], id_life_seconds: ::core::option::Option::None,
            id: __runtime::IdForm::Uuid, numbers: false, per_phone: ::core::option::Option::None,
        }
    };
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;

            impl #ident {
                /// What the definition says of this kind of code.
                pub const KIND: __runtime::OtpKind = #kind;
            }

            #[automatically_derived]
            impl __runtime::OneTimeCode for #ident {
                const KIND: __runtime::OtpKind = #ident::KIND;

                fn bound(&self) -> ::std::vec::Vec<(&'static str, ::core::option::Option<::std::string::String>)> {
                    ::core::unreachable!()
                }

                fn kept(&self) -> ::std::vec::Vec<(&'static str, ::core::option::Option<::std::string::String>)> {
                    ::core::unreachable!()
                }

                fn restore(
                    &mut self,
                    _: &::std::collections::BTreeMap<::std::string::String, ::std::string::String>,
                ) {
                }
            }
        };
    }
}
