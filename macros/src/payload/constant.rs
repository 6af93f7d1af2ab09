//! JSON values as they are written in attributes: literals, `null`, lists of them, objects such as `{ "a": 1 }`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Lit, LitStr, Token};

/// A JSON value, written as JSON.
pub struct Constant(pub String);

/// A member of an object.
struct Member(String);

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: LitStr = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Member(format!("{}:{}", quoted(&name.value()), input.parse::<Constant>()?.0)))
    }
}

impl Parse for Constant {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::token::Bracket) {
            let inside;
            syn::bracketed!(inside in input);
            let elements = Punctuated::<Constant, Token![,]>::parse_terminated(&inside)?;
            let elements: Vec<_> = elements.into_iter().map(|element| element.0).collect();
            return Ok(Constant(format!("[{}]", elements.join(","))));
        }
        if input.peek(syn::token::Brace) {
            let inside;
            syn::braced!(inside in input);
            let members = Punctuated::<Member, Token![,]>::parse_terminated(&inside)?;
            let members: Vec<_> = members.into_iter().map(|member| member.0).collect();
            return Ok(Constant(format!("{{{}}}", members.join(","))));
        }
        if input.peek(Ident) {
            let word: Ident = input.parse()?;
            return match word == "null" {
                true => Ok(Constant("null".to_owned())),
                false => {
                    Err(syn::Error::new(word.span(), "expected a JSON value: a literal, `null`, a list or an object"))
                }
            };
        }
        let sign = if input.parse::<Option<Token![-]>>()?.is_some() { "-" } else { "" };
        match input.parse()? {
            Lit::Str(text) if sign.is_empty() => Ok(Constant(quoted(&text.value()))),
            Lit::Bool(value) if sign.is_empty() => Ok(Constant(value.value.to_string())),
            // `1.` is a number in Rust alone.
            Lit::Float(number) if number.base10_digits().ends_with('.') => {
                Ok(Constant(format!("{sign}{}0", number.base10_digits())))
            }
            Lit::Float(number) => Ok(Constant(format!("{sign}{}", number.base10_digits()))),
            Lit::Int(number) => Ok(Constant(format!("{sign}{}", number.base10_digits()))),
            other => Err(syn::Error::new_spanned(other, "expected a text, a number, or true or false")),
        }
    }
}

/// A text as JSON writes it.
pub fn quoted(text: &str) -> String {
    let mut written = String::from('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => written.extend(['\\', sign]),
            '\u{8}' => written.push_str("\\b"),
            '\u{c}' => written.push_str("\\f"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\0'..='\u{1f}' => written.push_str(&format!("\\u{:04x}", u32::from(sign))),
            _ => written.push(sign),
        }
    }
    written.push('"');
    written
}
