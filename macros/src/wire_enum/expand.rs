//! What a wire enum becomes: a payload, and conversions from and into what it shows.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::ast::{Shown, WireEnum};

/// The implementations.
pub fn wire_enum(checked: &WireEnum) -> TokenStream {
    let (payload, shows) = (payload(checked), checked.shows.map(|shown| conversions(checked, shown)));
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;
            #payload
            #shows
        };
    }
}

fn payload(checked: &WireEnum) -> TokenStream {
    let (name, wire) = (&checked.name, checked.name.to_string());
    let reads = checked.members.iter().map(|member| {
        let (name, wire) = (&member.name, &member.wire);
        let number = member.number.as_ref().map(|number| number.base10_digits().to_owned());
        let number = number.iter();
        quote! { #wire #(| #number)* => ::core::result::Result::Ok(Self::#name), }
    });
    let texts = checked.members.iter().map(|member| {
        let (name, wire) = (&member.name, &member.wire);
        quote! { Self::#name => #wire, }
    });
    let texts: Vec<_> = texts.collect();
    let called = checked.members.iter().map(|member| {
        let (name, wire) = (&member.name, &member.wire);
        quote! { #wire => ::core::result::Result::Ok(Self::#name), }
    });
    let (meant, allowed) = (meant(checked), allowed(checked));
    let names = checked.members.iter().map(|member| &member.wire);
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Display for #name {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.write_str(match self { #(#texts)* })
            }
        }

        #[automatically_derived]
        impl ::core::str::FromStr for #name {
            type Err = __runtime::Fault;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                match text {
                    #(#called)*
                    _ => ::core::result::Result::Err(__runtime::no_member(#wire)),
                }
            }
        }

        #[automatically_derived]
        impl __runtime::Payload for #name {
            const TYPE: &'static str = #wire;
            const KIND: __runtime::Kind = __runtime::Kind::Text;
            const ALLOWED: &'static str = #allowed;

            fn decode<'j>(
                json: __runtime::Node<'j>,
                _accepts: __runtime::Accepts,
                decoder: &mut __runtime::Decoder<'j>,
            ) -> ::core::result::Result<Self, __runtime::Unreadable> {
                match __runtime::member(json, decoder, &[#(#names),*])? {
                    #(#reads)*
                    _ => ::core::result::Result::Err(__runtime::Unreadable::Type),
                }
            }

            fn encode(&self, encoder: &mut __runtime::Encoder) {
                encoder.text(match self { #(#texts)* });
            }

            fn visit(
                &self,
                meaning: ::core::option::Option<&'static str>,
                see: &mut dyn ::core::ops::FnMut(&'static str, &str),
            ) {
                let wire = match self { #(#texts)* };
                if let ::core::option::Option::Some(meaning) = meaning {
                    see(meaning, __runtime::Payload::meant(self).unwrap_or(wire));
                }
            }

            #meant
        }
    }
}

/// How the members are described: `Phone (1), RegistrationNumber (2)`.
fn allowed(checked: &WireEnum) -> String {
    let shown = checked.members.iter().map(|member| match &member.number {
        Some(number) => format!("{} ({})", member.wire.value(), number.base10_digits()),
        None => member.wire.value(),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// The value of the meaning, where every member shows one.
fn meant(checked: &WireEnum) -> TokenStream {
    if checked.shows.is_none() {
        return TokenStream::new();
    }
    let values = checked.members.iter().map(|member| {
        let name = &member.name;
        match &member.value {
            Some(value) => {
                let value = value.to_string().to_ascii_lowercase();
                quote! { Self::#name => ::core::option::Option::Some(#value), }
            }
            None => quote! { Self::#name => ::core::option::Option::None, },
        }
    });
    quote! {
        fn meant(&self) -> ::core::option::Option<&'static str> {
            match self { #(#values)* }
        }
    }
}

fn conversions(checked: &WireEnum, shown: &Shown) -> TokenStream {
    let (name, runtimes) = (&checked.name, Ident::new(shown.name, proc_macro2::Span::call_site()));
    let from = shown.values.iter().filter_map(|value| {
        let (member, value) = (&checked.showing(value)?.name, Ident::new(value, proc_macro2::Span::call_site()));
        Some(quote! { __runtime::#runtimes::#value => #name::#member, })
    });
    let into = checked.members.iter().map(|member| member.value.as_ref().map(|value| (&member.name, value)));
    let into = into.collect::<Option<Vec<_>>>().map(|pairs| {
        let pairs = pairs.iter().map(|(member, value)| quote! { #name::#member => __runtime::#runtimes::#value, });
        quote! {
            #[automatically_derived]
            impl ::core::convert::From<#name> for __runtime::#runtimes {
                fn from(member: #name) -> Self { match member { #(#pairs)* } }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<__runtime::#runtimes> for #name {
            fn from(value: __runtime::#runtimes) -> Self { match value { #(#from)* } }
        }
        #into
    }
}

/// What stands in for the implementations beside a mistake.
pub fn stub(name: &Ident) -> TokenStream {
    let stub = crate::stub::payload();
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;

            #[automatically_derived]
            impl __runtime::Payload for #name {
                #stub
            }
        };
    }
}
