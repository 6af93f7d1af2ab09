//! Fields that stand in headers and queries: which there are, and what an answer's head says.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ast::{Field, Payload, Role};
use super::expand::{described, written};

/// What is said of them; nothing if there are none. An envelope has those of its body.
pub fn items(payload: &Payload) -> TokenStream {
    if let Some(body) = payload.fields.iter().find(|field| matches!(field.role, Role::Body)) {
        return of_envelope(body);
    }
    let (head, body): (Vec<&Field>, Vec<&Field>) =
        payload.fields.iter().filter(|field| !matches!(field.role, Role::Rest)).partition(|field| field.head.is_some());
    if head.is_empty() {
        return TokenStream::new();
    }
    let fields = head.iter().filter_map(|field| {
        let (described, head) = (described(field), field.head.as_ref()?);
        let place = Ident::new(if head.name == "query" { "Query" } else { "Header" }, head.span);
        Some(quote! { __runtime::HeadField { field: &#described, place: __runtime::HeadPlace::#place } })
    });
    let names = body.iter().map(|field| &field.wire);
    let shows = head.iter().map(|field| show(field));
    let nothing = (body.is_empty() && payload.echoes_unknown.is_none()).then(|| {
        quote! { fn is_nothing(&self) -> bool { true } }
    });
    quote! {
        const HEAD: &'static [__runtime::HeadField] = &[#(#fields),*];
        const BESIDE_HEAD: ::core::option::Option<&'static [&'static str]> =
            ::core::option::Option::Some(&[#(#names),*]);

        fn head(
            &self,
            encoder: &__runtime::Encoder,
            show: &mut dyn ::core::ops::FnMut(&'static str, __runtime::Json),
        ) {
            let _ = encoder;
            #(#shows)*
        }

        #nothing
    }
}

fn show(field: &Field) -> TokenStream {
    let (name, wire) = (&field.name, &field.wire);
    match &field.role {
        Role::Constant(value) => quote! {
            let _ = &self.#name;
            show(#wire, __runtime::literal(#value));
        },
        _ => {
            let value = written(field);
            quote! { show(#wire, encoder.apart(&#value)); }
        }
    }
}

fn of_envelope(body: &Field) -> TokenStream {
    let (name, ty) = (&body.name, &body.ty);
    quote! {
        const HEAD: &'static [__runtime::HeadField] = <#ty as __runtime::Payload>::HEAD;
        const BESIDE_HEAD: ::core::option::Option<&'static [&'static str]> =
            <#ty as __runtime::Payload>::BESIDE_HEAD;

        fn head(
            &self,
            encoder: &__runtime::Encoder,
            show: &mut dyn ::core::ops::FnMut(&'static str, __runtime::Json),
        ) {
            __runtime::Payload::head(&self.#name, encoder, show);
        }
    }
}
