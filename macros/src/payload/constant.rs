//! JSON values as they are written in attributes: literals, `null`, lists of them, objects such as `{ "a": 1 }`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Lit, LitStr, Token};

/// A JSON value, as the tokens that make it.
pub struct Constant(pub TokenStream);

/// A member of an object.
struct Member(LitStr, TokenStream);

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Member(name, input.parse::<Constant>()?.0))
    }
}

impl Parse for Constant {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::token::Bracket) {
            let inside;
            syn::bracketed!(inside in input);
            let elements = Punctuated::<Constant, Token![,]>::parse_terminated(&inside)?;
            let elements = elements.iter().map(|element| &element.0);
            return Ok(Constant(quote! { __runtime::Json::Array(::std::vec![#(#elements),*]) }));
        }
        if input.peek(syn::token::Brace) {
            let inside;
            syn::braced!(inside in input);
            let members = Punctuated::<Member, Token![,]>::parse_terminated(&inside)?;
            let members = members.iter().map(|Member(name, value)| quote! { (#name, #value) });
            return Ok(Constant(quote! { __runtime::object([#(#members),*]) }));
        }
        if input.peek(Ident) {
            let word: Ident = input.parse()?;
            return match word == "null" {
                true => Ok(Constant(quote! { __runtime::Json::Null })),
                false => {
                    Err(syn::Error::new(word.span(), "expected a JSON value: a literal, `null`, a list or an object"))
                }
            };
        }
        let negative = input.parse::<Option<Token![-]>>()?;
        match input.parse()? {
            Lit::Str(text) if negative.is_none() => Ok(Constant(quote! { __runtime::Json::from(#text) })),
            Lit::Bool(value) if negative.is_none() => Ok(Constant(quote! { __runtime::Json::Bool(#value) })),
            Lit::Float(number) => {
                let sign = if negative.is_some() { "-" } else { "" };
                let literal = format!("{sign}{}", number.base10_digits());
                Ok(Constant(quote! { __runtime::number(#literal) }))
            }
            Lit::Int(number) if number.base10_parse::<i64>().is_err() => {
                let sign = if negative.is_some() { "-" } else { "" };
                let literal = format!("{sign}{}", number.base10_digits());
                Ok(Constant(quote! { __runtime::number(#literal) }))
            }
            Lit::Int(number) => Ok(Constant(quote! { __runtime::Json::from(#negative #number) })),
            other => Err(syn::Error::new_spanned(other, "expected a text, a number, or true or false")),
        }
    }
}
