//! Payloads that are made from a thing of the runtime, or become one: field by field, by quality.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::ast::{Field, Payload, Role};
use super::entities::Entity;

/// Types that are their default where a thing has nothing.
const EMPTY: [&str; 9] = ["String", "bool", "i64", "Decimal", "Time", "Map", "Pairs", "Json", "Secret"];

/// `impl From<User> for Self`
pub fn from(payload: &Payload) -> TokenStream {
    let Some(entity) = payload.from else { return TokenStream::new() };
    let (name, runtimes) = (&payload.name, path(entity));
    let fields = payload.fields.iter().map(|field| {
        let (name, value) = (&field.name, made(payload, field, entity));
        quote! { #name: #value }
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#runtimes> for #name {
            fn from(entity: #runtimes) -> Self {
                let _ = &entity;
                Self { #(#fields),* }
            }
        }
    }
}

/// `impl From<Self> for ConsentOption`
pub fn into(payload: &Payload) -> TokenStream {
    let Some(entity) = payload.into else { return TokenStream::new() };
    let (name, runtimes) = (&payload.name, path(entity));
    let fields = payload.fields.iter().filter(|field| matches!(field.role, Role::Member)).filter_map(|field| {
        let attribute = Attribute::of(payload, field, entity);
        let Attribute::Field(attribute) = attribute else { return None };
        let own = &field.name;
        let value = if field.is_optional() {
            quote! { payload.#own }
        } else {
            quote! { ::core::option::Option::Some(payload.#own) }
        };
        let given = if field.is_list() {
            quote! { given_list }
        } else {
            quote! { given }
        };
        Some(quote_spanned! { field.ty.span() => entity.#attribute = __runtime::#given(#value); })
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#name> for #runtimes {
            fn from(payload: #name) -> Self {
                let mut entity = <#runtimes as ::core::default::Default>::default();
                #(#fields)*
                entity
            }
        }
    }
}

fn path(entity: &Entity) -> TokenStream {
    let name = Ident::new(entity.name, proc_macro2::Span::call_site());
    quote! { __runtime::#name }
}

/// Where a field's value stands in a thing.
enum Attribute {
    /// In this field.
    Field(Ident),
    /// In what this method gives.
    Made(Ident),
    /// In a map, under this key.
    Entry(Ident, String),
    /// Nowhere.
    Nowhere,
}

impl Attribute {
    fn of(payload: &Payload, field: &Field, entity: &Entity) -> Attribute {
        let rust = field.name.unraw().to_string();
        let Some(attribute) = own_quality(field, entity, &rust) else { return Attribute::Nowhere };
        let ident = |name: &str| Ident::new(name, field.name.span());
        let taken = |name: &str| payload.fields.iter().any(|other| other.is.as_ref().is_some_and(|is| is.name == name));
        match (&entity.others, entity.list) {
            _ if entity.name == "Refusal" && attribute == "by_field" => Attribute::Made(ident("by_field")),
            _ if entity.fields.contains(&attribute.as_str()) => Attribute::Field(ident(&attribute)),
            (_, Some(list)) if field.is_list() && field.is.is_none() && !taken(list) => Attribute::Field(ident(list)),
            (Some(others), _) if field.is.is_some() => {
                Attribute::Entry(ident(others.field), format!("{}{attribute}", others.prefix))
            }
            _ => Attribute::Nowhere,
        }
    }
}

/// The quality of this thing that a field shows; nothing if it shows one of another thing.
fn own_quality(field: &Field, entity: &Entity, rust: &str) -> Option<String> {
    let Some(is) = &field.is else { return Some(rust.to_owned()) };
    match is.name.split_once('.') {
        None => Some(is.name.clone()),
        Some((word, attribute)) if word == entity.word || word == "attribute" => Some(attribute.to_owned()),
        // What a failure shows may be called by other nouns: `violations.codes`, `otp.attempts_left`.
        Some((_, attribute)) if entity.name == "Refusal" => Some(attribute.to_owned()),
        Some(_) => None,
    }
}

fn made(payload: &Payload, field: &Field, entity: &Entity) -> TokenStream {
    let default = || field.default.clone().unwrap_or_else(|| quote! { ::core::default::Default::default() });
    if let Some(each) = &field.each {
        let each = Ident::new(each, field.name.span());
        let all = quote! {
            entity.#each().into_iter().map(::core::convert::From::from).collect::<::std::vec::Vec<_>>()
        };
        return match field.is_optional() {
            true => quote! { ::core::option::Option::Some(#all).filter(|all| !all.is_empty()) },
            false => all,
        };
    }
    if field.nested {
        let made = quote! { ::core::convert::From::from(::core::clone::Clone::clone(&entity)) };
        let made = if field.is_list() {
            quote! { ::std::vec![#made] }
        } else {
            made
        };
        return match (&field.only_with, field.is_optional()) {
            (Some(attribute), _) => quote! {
                __runtime::Attribute::into_option(::core::clone::Clone::clone(&entity.#attribute)).map(|_| #made)
            },
            (None, true) => quote! { ::core::option::Option::Some(#made) },
            (None, false) => made,
        };
    }
    if !matches!(field.role, Role::Member) {
        return quote! { ::core::default::Default::default() };
    }
    let attribute = match Attribute::of(payload, field, entity) {
        Attribute::Field(attribute) => quote! { ::core::clone::Clone::clone(&entity.#attribute) },
        Attribute::Made(method) => quote! { entity.#method() },
        // A column of a row of errors is a text, which the definition's check has found to be a number.
        Attribute::Entry(map, key) if entity.name == "Refusal" && field.type_name() == "i64" => {
            quote! { entity.#map.get(#key).and_then(|text| text.parse::<i64>().ok()) }
        }
        Attribute::Entry(map, key) => quote! { entity.#map.get(#key).cloned() },
        Attribute::Nowhere => return default(),
    };
    let span = field.ty.span();
    let shown = if field.is_list() {
        quote! { __runtime::shown_list }
    } else {
        quote! { __runtime::shown }
    };
    if field.is_optional() {
        quote_spanned! { span => #shown(#attribute) }
    } else if field.default.is_some() {
        let default = default();
        quote_spanned! { span => #shown(#attribute).unwrap_or_else(|| #default) }
    } else if field.is_list() || EMPTY.contains(&field.type_name().as_str()) {
        quote_spanned! { span => #shown(#attribute).unwrap_or_default() }
    } else {
        quote_spanned! { span => ::core::convert::Into::into(#attribute) }
    }
}
