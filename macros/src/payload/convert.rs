//! Payloads that are made from a thing of the runtime, or become one: field by field, by quality.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::ast::{Field, Payload, Role};
use super::things::Thing;

/// Types that are their default where a thing has nothing.
const EMPTY: [&str; 9] = ["String", "bool", "i64", "Decimal", "Time", "Map", "Pairs", "Json", "Secret"];

/// `impl From<User> for Self`
pub fn from(payload: &Payload) -> TokenStream {
    let Some(thing) = payload.from else { return TokenStream::new() };
    let (name, runtimes) = (&payload.name, path(thing));
    let fields = payload.fields.iter().map(|field| {
        let (name, value) = (&field.name, made(payload, field, thing));
        quote! { #name: #value }
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#runtimes> for #name {
            fn from(thing: #runtimes) -> Self {
                let _ = &thing;
                Self { #(#fields),* }
            }
        }
    }
}

/// `impl From<Self> for ConsentOption`
pub fn into(payload: &Payload) -> TokenStream {
    let Some(thing) = payload.into else { return TokenStream::new() };
    let (name, runtimes) = (&payload.name, path(thing));
    let fields = payload.fields.iter().filter(|field| matches!(field.role, Role::Member)).filter_map(|field| {
        let quality = Quality::of(payload, field, thing);
        let Quality::Field(quality) = quality else { return None };
        let own = &field.name;
        let value = if field.is_optional() {
            quote! { payload.#own }
        } else {
            quote! { ::core::option::Option::Some(payload.#own) }
        };
        let told = if field.is_list() {
            quote! { told_list }
        } else {
            quote! { told }
        };
        Some(quote_spanned! { field.ty.span() => thing.#quality = __runtime::#told(#value); })
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#name> for #runtimes {
            fn from(payload: #name) -> Self {
                let mut thing = <#runtimes as ::core::default::Default>::default();
                #(#fields)*
                thing
            }
        }
    }
}

fn path(thing: &Thing) -> TokenStream {
    let name = Ident::new(thing.name, proc_macro2::Span::call_site());
    quote! { __runtime::#name }
}

/// Where a field's value stands in a thing.
enum Quality {
    /// In this field.
    Field(Ident),
    /// In a map, under this key.
    Entry(Ident, String),
    /// Nowhere.
    Nowhere,
}

impl Quality {
    fn of(payload: &Payload, field: &Field, thing: &Thing) -> Quality {
        let rust = field.name.unraw().to_string();
        let Some(quality) = own_quality(field, thing, &rust) else { return Quality::Nowhere };
        let ident = |name: &str| Ident::new(name, field.name.span());
        let taken = |name: &str| payload.fields.iter().any(|other| other.is.as_ref().is_some_and(|is| is.name == name));
        match (&thing.others, thing.list) {
            _ if thing.fields.contains(&quality.as_str()) => Quality::Field(ident(&quality)),
            (_, Some(list)) if field.is_list() && field.is.is_none() && !taken(list) => Quality::Field(ident(list)),
            (Some(others), _) if field.is.is_some() => {
                Quality::Entry(ident(others.field), format!("{}{quality}", others.prefix))
            }
            _ => Quality::Nowhere,
        }
    }
}

/// The quality of this thing that a field shows; nothing if it shows one of another thing.
fn own_quality(field: &Field, thing: &Thing, rust: &str) -> Option<String> {
    let Some(is) = &field.is else { return Some(rust.to_owned()) };
    match is.name.split_once('.') {
        None => Some(is.name.clone()),
        Some((word, quality)) if word == thing.word || word == "attribute" => Some(quality.to_owned()),
        // What a failure shows may be called by other nouns: `violations.codes`, `otp.attempts_left`.
        Some((_, quality)) if thing.name == "Refusal" => Some(quality.to_owned()),
        Some(_) => None,
    }
}

fn made(payload: &Payload, field: &Field, thing: &Thing) -> TokenStream {
    let default = || field.default.clone().unwrap_or_else(|| quote! { ::core::default::Default::default() });
    if field.nested {
        let made = quote! { ::core::convert::From::from(::core::clone::Clone::clone(&thing)) };
        let made = if field.is_list() {
            quote! { ::std::vec![#made] }
        } else {
            made
        };
        return match (&field.only_with, field.is_optional()) {
            (Some(quality), _) => quote! {
                __runtime::Quality::into_option(::core::clone::Clone::clone(&thing.#quality)).map(|_| #made)
            },
            (None, true) => quote! { ::core::option::Option::Some(#made) },
            (None, false) => made,
        };
    }
    if !matches!(field.role, Role::Member) {
        return quote! { ::core::default::Default::default() };
    }
    let quality = match Quality::of(payload, field, thing) {
        Quality::Field(quality) => quote! { ::core::clone::Clone::clone(&thing.#quality) },
        Quality::Entry(map, key) => quote! { thing.#map.get(#key).cloned() },
        Quality::Nowhere => return default(),
    };
    let span = field.ty.span();
    let shown = if field.is_list() {
        quote! { __runtime::shown_list }
    } else {
        quote! { __runtime::shown }
    };
    if field.is_optional() {
        quote_spanned! { span => #shown(#quality) }
    } else if field.default.is_some() {
        let default = default();
        quote_spanned! { span => #shown(#quality).unwrap_or_else(|| #default) }
    } else if field.is_list() || EMPTY.contains(&field.type_name().as_str()) {
        quote_spanned! { span => #shown(#quality).unwrap_or_default() }
    } else {
        quote_spanned! { span => ::core::convert::Into::into(#quality) }
    }
}
