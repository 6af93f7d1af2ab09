//! `Session`: a kind of session, and the values that it is bound to.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, Ident};

use crate::attr::{Dotted, words};
use crate::duration::seconds;
use crate::report::{Report, with_stub};

/// A kind of session.
struct Kind {
    name: String,
    idle: u64,
    bound: Vec<(Ident, String)>,
}

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match kind(input) {
        Ok(kind) => implementation(&input.ident, &kind),
        Err(error) => with_stub(&error, stub(&input.ident)),
    }
}

fn kind(input: &DeriveInput) -> syn::Result<Kind> {
    let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "`Session` is derived on a struct with named fields"));
    };
    let mut report = Report::default();
    let mut kind = Kind { name: String::new(), idle: 0, bound: Vec::new() };
    for word in words(&input.attrs, "session", &mut report) {
        match word.name.name.as_str() {
            "name" => kind.name = word.text(&mut report).map_or_else(String::new, |text| text.value()),
            "idle" => {
                let text = word.text(&mut report).map(|text| text.value());
                let idle = text.and_then(|text| seconds(&text));
                kind.idle = idle.or_else(|| word.expects("= \"7d\"", &mut report)).unwrap_or(1);
            }
            _ => word.unknown("the argument", &["name", "idle"], &mut report),
        }
    }
    for (word, missing) in [("name = \"wallet\"", kind.name.is_empty()), ("idle = \"7d\"", kind.idle == 0)] {
        if missing {
            report.mistake(&input.ident, format!("a session needs `#[session({word})]`"));
        }
    }
    kind.bound.extend(fields.named.iter().filter_map(|field| bound(field, &mut report)));
    report.finish()?;
    Ok(kind)
}

fn bound(field: &Field, report: &mut Report) -> Option<(Ident, String)> {
    let name = field.ident.clone()?;
    let Some(attribute) = field.attrs.iter().find(|attribute| attribute.path().is_ident("bound")) else {
        report.mistake(&name, "say what the session is bound to: `#[bound(entity.attribute)]`");
        return None;
    };
    let meaning = report.noted(attribute.parse_args::<Dotted>())?;
    Some((name, meaning.name))
}

fn implementation(name: &Ident, Kind { name: kind, idle, bound }: &Kind) -> TokenStream {
    let (fields, meanings): (Vec<_>, Vec<_>) = bound.iter().map(|(field, meaning)| (field, meaning)).unzip();
    let bound = quote! { ::std::vec![#((#meanings, ::core::clone::Clone::clone(&self.#fields))),*] };
    written(name, &quote! { name: #kind, idle_seconds: #idle }, &bound)
}

fn stub(name: &Ident) -> TokenStream {
    written(name, &quote! { name: "", idle_seconds: 1 }, &quote! { ::core::unreachable!() })
}

fn written(name: &Ident, kind: &TokenStream, bound: &TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;

            impl #name {
                /// What the definition says of this kind of session.
                pub const KIND: __runtime::SessionKind = __runtime::SessionKind { #kind };
            }

            #[automatically_derived]
            impl __runtime::Session for #name {
                const KIND: __runtime::SessionKind = #name::KIND;

                fn bound(&self) -> ::std::vec::Vec<(&'static str, ::core::option::Option<::std::string::String>)> {
                    #bound
                }
            }
        };
    }
}
