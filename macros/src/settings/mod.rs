//! `Settings`: what may be set without generating again, each value with its path and default.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Ident, Lit, LitStr, Token};

use crate::report::{Report, with_stub};

/// A setting: its field, its path and its default, if it has one.
struct Setting {
    field: Ident,
    ty: syn::Type,
    path: LitStr,
    default: Option<Lit>,
}

/// A table of the settings: its field, its path, and whether it may have no rows.
struct Table {
    field: Ident,
    path: LitStr,
    optional: bool,
}

/// What the fields are.
struct Fields {
    settings: Vec<Setting>,
    tables: Vec<Table>,
}

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match settings(input) {
        Ok(fields) => implementation(&input.ident, &fields),
        Err(error) => with_stub(&error, stub(&input.ident)),
    }
}

fn settings(input: &DeriveInput) -> syn::Result<Fields> {
    let Data::Struct(syn::DataStruct { fields: syn::Fields::Named(fields), .. }) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "`Settings` is derived on a struct with named fields"));
    };
    let mut report = Report::default();
    let is_table = |field: &&Field| field.attrs.iter().any(|attribute| attribute.path().is_ident("table"));
    let (tables, settings): (Vec<_>, Vec<_>) = fields.named.iter().partition(is_table);
    let settings = settings.into_iter().filter_map(|field| setting(field, &mut report)).collect();
    let tables = tables.into_iter().filter_map(|field| table(field, &mut report)).collect();
    report.finish()?;
    Ok(Fields { settings, tables })
}

fn table(field: &Field, report: &mut Report) -> Option<Table> {
    let name = field.ident.clone()?;
    let attribute = field.attrs.iter().find(|attribute| attribute.path().is_ident("table"))?;
    let read = attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        let path: LitStr = input.parse()?;
        if input.is_empty() {
            return Ok((path, false));
        }
        input.parse::<Token![,]>()?;
        let word: Ident = input.parse()?;
        if word == "optional" {
            return Ok((path, true));
        }
        Err(syn::Error::new(word.span(), "expected `optional`"))
    });
    let (path, optional) = report.noted(read)?;
    Some(Table { field: name, path, optional })
}

fn setting(field: &Field, report: &mut Report) -> Option<Setting> {
    let name = field.ident.clone()?;
    let Some(attribute) = field.attrs.iter().find(|attribute| attribute.path().is_ident("setting")) else {
        report.mistake(&name, "say where it is set: `#[setting(\"path\", default = ...)]`");
        return None;
    };
    let read = attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        let path: LitStr = input.parse()?;
        if input.is_empty() {
            return Ok((path, None));
        }
        let default = input.parse::<Token![,]>().and_then(|_| input.parse::<Token![default]>());
        default.map_err(|error| syn::Error::new(error.span(), "expected `, default = ...` behind the path"))?;
        input.parse::<Token![=]>()?;
        Ok((path, Some(input.parse::<Lit>()?)))
    });
    let (path, default) = report.noted(read)?;
    if let Some(default) = &default
        && !matches!(default, Lit::Str(_) | Lit::Bool(_) | Lit::Int(_))
    {
        report.mistake(default, "a setting is a text, an integer, or true or false");
        return None;
    }
    Some(Setting { field: name, ty: field.ty.clone(), path, default })
}

fn implementation(name: &Ident, Fields { settings, tables }: &Fields) -> TokenStream {
    let own = settings.iter().map(|setting| &setting.field);
    let fields: Vec<_> = own.chain(tables.iter().map(|table| &table.field)).collect();
    let own = settings.iter().map(|setting| &setting.path);
    let paths: Vec<_> = own.chain(tables.iter().map(|table| &table.path)).collect();
    let required = tables.iter().filter(|table| !table.optional).map(|table| &table.path);
    let rows = tables.iter().map(|Table { field, path, .. }| {
        quote! { let #field = ::countersign_runtime::__private::table(__tree, #path, &mut __errors); }
    });
    let defaults = settings.iter().filter_map(|Setting { path, default, .. }| {
        let text = default.as_ref().map(written)?;
        Some(quote! { (#path, #text) })
    });
    let reads = settings.iter().map(read);
    quote! {
        #[automatically_derived]
        impl ::countersign_runtime::__private::Settings for #name {
            const PATHS: &'static [&'static str] = &[#(#paths),*];
            const DEFAULTS: &'static [(&'static str, &'static str)] = &[#(#defaults),*];
            const TABLES: &'static [&'static str] = &[#(#required),*];

            fn read(
                __tree: &::countersign_runtime::__private::SettingsTree,
            ) -> ::core::result::Result<Self, ::std::vec::Vec<::countersign_runtime::__private::SettingError>> {
                let mut __errors = ::std::vec::Vec::new();
                #(#reads)*
                #(#rows)*
                match (#(#fields,)*) {
                    (#(::core::option::Option::Some(#fields),)*) => {
                        let __settings = Self { #(#fields),* };
                        // A setting that only the runtime reads is declared for it.
                        let _ = (#(&__settings.#fields,)*);
                        ::core::result::Result::Ok(__settings)
                    }
                    #[allow(unreachable_patterns)]
                    _ => ::core::result::Result::Err(__errors),
                }
            }
        }
    }
}

/// The statement that reads a setting. The default's kind is that of the field's type, or does not compile.
fn read(Setting { field, ty, path, default }: &Setting) -> TokenStream {
    let value = match default {
        Some(Lit::Bool(value)) => quote! { __tree.boolean(#path, #value) },
        Some(Lit::Int(number)) if is(ty, "i64") => quote! { __tree.integer(#path, #number) },
        Some(Lit::Str(text)) if is(ty, "String") => quote! { __tree.text(#path, #text) },
        other => {
            let default = match other.as_ref().map(written) {
                Some(text) => quote! { ::core::option::Option::Some(#text) },
                None => quote! { ::core::option::Option::None },
            };
            quote_spanned! { ty.span() =>
                <#ty as ::countersign_runtime::__private::SettingValue>::read(__tree, #path, #default)
            }
        }
    };
    quote! { let #field = ::countersign_runtime::__private::setting(#value, &mut __errors); }
}

fn is(ty: &syn::Type, name: &str) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident(name))
}

/// A default as the environment would write it.
fn written(default: &Lit) -> String {
    match default {
        Lit::Str(text) => text.value(),
        Lit::Bool(value) => value.value.to_string(),
        Lit::Int(number) => number.base10_digits().to_owned(),
        _ => String::new(),
    }
}

fn stub(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::countersign_runtime::__private::Settings for #name {
            const PATHS: &'static [&'static str] = &[];

            fn read(
                _: &::countersign_runtime::__private::SettingsTree,
            ) -> ::core::result::Result<Self, ::std::vec::Vec<::countersign_runtime::__private::SettingError>> {
                ::core::unreachable!()
            }
        }
    }
}
