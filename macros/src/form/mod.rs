//! `Form`: the list of a form's configuration, and the list of attributes to which a choice can be added.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields};

use crate::attr::words;
use crate::report::{Report, with_stub};

/// The two lists of a form.
struct Lists<'a> {
    config: Option<&'a Field>,
    attributes: Option<&'a Field>,
}

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match lists(input) {
        Ok(lists) => implementation(input, &lists),
        Err(error) => with_stub(&error, implementation(input, &Lists { config: None, attributes: None })),
    }
}

fn lists(input: &DeriveInput) -> syn::Result<Lists<'_>> {
    let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "`Form` is derived on a struct with named fields"));
    };
    let (mut report, mut lists) = (Report::default(), Lists { config: None, attributes: None });
    for field in &fields.named {
        for word in words(&field.attrs, "form", &mut report) {
            match word.name.name.as_str() {
                "config" => lists.config = Some(field),
                "attributes" => lists.attributes = Some(field),
                _ => word.unknown("the list", &["config", "attributes"], &mut report),
            }
        }
    }
    if lists.attributes.is_none() {
        report.mistake(&input.ident, "say which list holds the attributes: `#[form(attributes)]`");
    }
    report.finish()?;
    Ok(lists)
}

fn implementation(input: &DeriveInput, lists: &Lists<'_>) -> TokenStream {
    let name = &input.ident;
    let config = match lists.config.and_then(|field| Some((field.ident.as_ref()?, field.ty.span()))) {
        Some((field, span)) => quote_spanned! { span => __runtime::config_of(&self.#field, id) },
        None => quote! { let _ = id; ::core::option::Option::None },
    };
    let put = match lists.attributes.and_then(|field| Some((field.ident.as_ref()?, field.ty.span()))) {
        Some((field, span)) => quote_spanned! { span => __runtime::put_choice(&mut self.#field, choice) },
        None => quote! { let _ = choice; },
    };
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;

            #[automatically_derived]
            impl __runtime::Form for #name {
                fn config_of(&self, id: &str) -> ::core::option::Option<__runtime::FieldConfig> { #config }
                fn put_choice(&mut self, choice: __runtime::AccountChoice) { #put }
            }
        };
    }
}
