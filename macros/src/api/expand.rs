//! What an API becomes: the trait with its futures sendable, the endpoints as data, and the functions that serve it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ItemTrait, TraitItem, parse_quote};

use super::ast::{Api, Discriminator, Endpoint};
use crate::asyncs;

/// The trait without our attributes, and with futures that can be sent.
pub fn rewritten(item: &ItemTrait) -> TokenStream {
    let mut item = item.clone();
    for each in &mut item.items {
        if let TraitItem::Fn(method) = each {
            *method = asyncs::rewritten(method);
            method.attrs.retain(|attribute| !attribute.path().is_ident("endpoint"));
        }
    }
    let written = item.supertraits.to_token_stream_string();
    for (word, bound) in [
        ("Send", parse_quote! { ::core::marker::Send }),
        ("Sync", parse_quote! { ::core::marker::Sync }),
        ("'static", parse_quote! { 'static }),
    ] {
        if !written.contains(word) {
            item.supertraits.push(bound);
            item.colon_token.get_or_insert_with(Default::default);
        }
    }
    quote! { #item }
}

trait Written {
    fn to_token_stream_string(&self) -> String;
}

impl<T: quote::ToTokens> Written for T {
    fn to_token_stream_string(&self) -> String {
        self.to_token_stream().to_string()
    }
}

/// The functions that serve the adapter.
pub fn functions(item: &ItemTrait, api: &Api) -> TokenStream {
    let (visibility, adapter, adapters) = (&item.vis, &item.ident, &api.adapter);
    let (parts, bank, making, app) = (parts(item, api), bank(api), making(api), app());
    quote! {
        /// Serves the adapter with the bank's hooks until it is asked to stop.
        #visibility fn serve<A: #adapter, H: #bank>(adapter: A, hooks: H) -> ::std::process::ExitCode {
            ::countersign_runtime::__private::serve(__parts(adapter, __made(hooks)))
        }

        /// Serves the adapter with hooks that a function makes, from settings of the bank's own. It is called once the settings are
        /// good and not at all for a command that needs no hooks, such as `--check-settings`.
        #visibility fn serve_with<A, B, H, F, Made>(adapter: A, make: F) -> ::std::process::ExitCode
        where
            A: #adapter,
            #making
        {
            ::countersign_runtime::__private::serve(__parts(adapter, __make(make)))
        }

        /// [`serve`] with arguments of the caller's, the program's name before them; gives the number that the process
        /// should end with.
        #visibility fn serve_as<A: #adapter, H: #bank>(
            adapter: A,
            hooks: H,
            arguments: impl ::core::iter::IntoIterator<Item = ::std::ffi::OsString>,
        ) -> u8 {
            ::countersign_runtime::serve::serve_as(__parts(adapter, __made(hooks)), arguments)
        }

        /// The adapter without a process around it, for a bank's own router and for tests.
        ///
        /// # Errors
        /// If the settings are refused, or the store cannot be opened.
        #visibility fn start<A: #adapter, H: #bank>(
            adapter: A,
            hooks: H,
            options: ::countersign_runtime::__private::StartOptions,
        ) -> #app {
            ::countersign_runtime::__private::start(__parts(adapter, __made(hooks)), options)
        }

        /// The same with hooks that a function makes, from settings of the bank's own.
        ///
        /// # Errors
        /// As [`start`], or if the hooks cannot be made.
        #visibility fn start_with<A, B, H, F, Made>(
            adapter: A,
            make: F,
            options: ::countersign_runtime::__private::StartOptions,
        ) -> #app
        where
            A: #adapter,
            #making
        {
            ::countersign_runtime::__private::start(__parts(adapter, __make(make)), options)
        }

        const _: &::countersign_runtime::Adapter = &#adapters;

        #parts
    }
}

/// What a start gives.
fn app() -> TokenStream {
    quote! {
        ::core::result::Result<
            ::countersign_runtime::__private::App,
            ::countersign_runtime::__private::StartError,
        >
    }
}

/// The trait that hooks must be of.
fn bank(api: &Api) -> TokenStream {
    match &api.hooks {
        Some(hooks) => quote! { #hooks },
        None if api.sends => quote! { ::countersign_runtime::__private::Hooks },
        None => quote! { ::countersign_runtime::__private::LookupHooks },
    }
}

/// What a function must be that makes hooks.
fn making(api: &Api) -> TokenStream {
    let bank = bank(api);
    quote! {
        B: ::countersign_runtime::__private::Settings,
        H: #bank,
        F: ::core::ops::Fn(::countersign_runtime::__private::Start<B>) -> Made
            + ::core::marker::Send + ::core::marker::Sync + 'static,
        Made: ::core::future::Future<
            Output = ::core::result::Result<H, ::countersign_runtime::__private::BankError>,
        > + ::core::marker::Send + 'static,
    }
}

/// The shipped trait that names what is not written yet.
fn shipped(api: &Api) -> TokenStream {
    match api.sends || api.hooks.is_some() {
        true => quote! { ::countersign_runtime::__private::Hooks },
        false => quote! { ::countersign_runtime::__private::LookupHooks },
    }
}

fn parts(item: &ItemTrait, api: &Api) -> TokenStream {
    let (name, adapter, errors, context) = (&item.ident, &api.adapter, &api.errors, &api.context);
    let (failure, failure_type) = (&api.failure, &api.failure_type);
    let (bank, unfinished, making) = (bank(api), shipped(api), making(api));
    let known = match &api.hooks {
        Some(hooks) => {
            let behind_pointer = format_ident!("Dyn{hooks}");
            quote! { dyn #behind_pointer }
        }
        None => quote! { dyn __runtime::DynHooks },
    };
    let given = match api.sends || api.hooks.is_some() {
        true => quote! { hooks },
        false => quote! { __runtime::WithoutGateway(hooks) },
    };
    let document = match &api.document {
        Some(file) => quote! { ::countersign_runtime::__document!(#file) },
        None => quote! { ::core::option::Option::None },
    };
    let endpoints = api.endpoints.iter().map(|endpoint| one(name, api, endpoint));
    quote! {
        type __Hooks = <#context as ::countersign_runtime::__private::ContextParts>::Hooks;

        /// Hooks as all endpoints share them.
        fn __bank<H: #bank>(hooks: H) -> ::countersign_runtime::__private::Bank<__Hooks> {
            use ::countersign_runtime::__private as __runtime;
            let hooks: ::std::sync::Arc<#known> = ::std::sync::Arc::new(#given);
            let behaviours: ::std::sync::Arc<dyn __runtime::DynHooks> = ::std::sync::Arc::clone(&hooks) as _;
            __runtime::Bank { hooks, behaviours }
        }

        /// Hooks that are there already.
        fn __made<H: #bank>(hooks: H) -> ::countersign_runtime::__private::BankStart<__Hooks> {
            ::countersign_runtime::__private::BankStart::made(<H as #unfinished>::unfinished(), __bank(hooks))
        }

        /// Hooks that a function makes.
        fn __make<B, H, F, Made>(make: F) -> ::countersign_runtime::__private::BankStart<__Hooks>
        where
            #making
        {
            ::countersign_runtime::__private::BankStart::by(<H as #unfinished>::unfinished(), make, __bank)
        }

        fn __parts<A: #name>(
            adapter: A,
            bank: ::countersign_runtime::__private::BankStart<__Hooks>,
        ) -> ::countersign_runtime::__private::Parts<
            <#context as ::countersign_runtime::__private::ContextParts>::Settings,
            __Hooks,
        > {
            use ::countersign_runtime::__private as __runtime;
            let adapter = ::std::sync::Arc::new(adapter);
            __runtime::Parts {
                adapter: &#adapter,
                version: ::core::env!("CARGO_PKG_VERSION"),
                built: ::core::option_env!("SOURCE_DATE_EPOCH"),
                endpoints: ::std::vec![#(#endpoints),*],
                outside: __runtime::outside(|fault, core| {
                    __runtime::refuse::<#errors, #failure>(fault, core, #failure_type)
                }),
                document: #document,
                bank,
            }
        }
    }
}

fn one(name: &syn::Ident, api: &Api, endpoint: &Endpoint) -> TokenStream {
    let Endpoint { method, path, has_body, success, response, error, .. } = endpoint;
    let (call, context, failure_type) = (&endpoint.name, &api.context, &api.failure_type);
    let failure = endpoint.failure.as_ref().unwrap_or(&api.failure);
    let text = call.to_string();
    let around = |envelope: &Option<syn::Path>, body: &syn::Type| match envelope {
        Some(envelope) => quote_spanned! { body.span() => #envelope<#body> },
        None => quote! { __runtime::Bare<#body> },
    };
    let answer = around(&api.success, response);
    let when = when(api, endpoint);
    let session = match &endpoint.session {
        Some(session) => quote! {
            ::core::option::Option::Some(const { &<#session as __runtime::Session>::KIND })
        },
        None => quote! { ::core::option::Option::None },
    };
    let route = quote! {
        __runtime::Route {
            name: #text,
            method: __runtime::Method::#method,
            path: #path,
            has_body: #has_body,
            when: #when,
            session: #session,
            success: #success,
            failure_type: #failure_type,
            refuse: |fault, core| __runtime::refuse::<#error, #failure>(fault, core, #failure_type),
        }
    };
    let made = match &endpoint.request {
        Some(request) => {
            let envelope = around(&api.request, request);
            quote! {
                __runtime::endpoint_with_request::<_, _, #envelope, #request, #answer, #response, #error, #failure, _>(
                    #route,
                    move |cx: #context, request: #request| {
                        let adapter = ::std::sync::Arc::clone(&adapter);
                        async move { <A as #name>::#call(&*adapter, &cx, request).await }
                    },
                )
            }
        }
        None => quote! {
            __runtime::endpoint_without_request::<_, _, #answer, #response, #error, #failure, _>(
                #route,
                move |cx: #context| {
                    let adapter = ::std::sync::Arc::clone(&adapter);
                    async move { <A as #name>::#call(&*adapter, &cx).await }
                },
            )
        },
    };
    quote! { { let adapter = ::std::sync::Arc::clone(&adapter); #made } }
}

/// What distinguishes an endpoint from others at its route, as a function of the request.
fn when(api: &Api, endpoint: &Endpoint) -> TokenStream {
    let (Some(when), Some(request)) = (&endpoint.when, &endpoint.request) else {
        return quote! { ::core::option::Option::None };
    };
    let envelope = match &api.request {
        Some(envelope) => quote! { #envelope<#request> },
        None => quote! { __runtime::Bare<#request> },
    };
    match when {
        Discriminator::Is(field, value) => {
            let value = match &**value {
                syn::Expr::Lit(text) => quote! { ::std::string::String::from(#text) },
                other => quote! { #other },
            };
            quote! {
                ::core::option::Option::Some(|asked, core| {
                    __runtime::field_is::<#envelope, #request, _>(asked, #field, &#value, core)
                })
            }
        }
        Discriminator::Has(fields) => quote! {
            ::core::option::Option::Some(|asked, core| {
                __runtime::has_field::<#envelope, #request>(asked, &[#(#fields),*], core)
            })
        },
    }
}

/// What stands in for the functions beside a mistake.
pub fn stub(item: &ItemTrait) -> TokenStream {
    let (visibility, app) = (&item.vis, app());
    let (exit_code, options) =
        (quote! { ::std::process::ExitCode }, quote! { ::countersign_runtime::__private::StartOptions });
    let arguments = quote! { impl ::core::iter::IntoIterator<Item = ::std::ffi::OsString> };
    let functions = [
        ("serve", None, &exit_code),
        ("serve_with", None, &exit_code),
        ("serve_as", Some(&arguments), &quote! { u8 }),
        ("start", Some(&options), &app),
        ("start_with", Some(&options), &app),
    ]
    .map(|(name, more, output)| {
        let (name, more) = (format_ident!("{name}"), more.map(|more| quote! { , _: #more }));
        quote! {
            /// Beside a mistake in the API.
            #visibility fn #name<A, H>(_: A, _: H #more) -> #output { ::core::unreachable!() }
        }
    });
    quote! { #(#functions)* }
}
