//! `hooks`: a trait of hooks with `async fn`s, and the same trait behind a pointer. `OwnHooks` gets `DynOwnHooks`, which
//! every implementation of it is one of.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, Ident, ItemTrait, Pat, ReturnType, TraitItem, TraitItemFn, parse_quote};

use crate::asyncs;
use crate::report::{Report, with_stub};

/// Expands the attribute.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item: ItemTrait = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => return with_stub(&error, item),
    };
    let mut report = Report::default();
    if !arguments.is_empty() {
        report.mistake(arguments, "`hooks` takes no arguments");
    }
    let methods: Vec<&TraitItemFn> = item.items.iter().filter_map(|each| method(each, &mut report)).collect();
    if item.supertraits.is_empty() {
        report
            .mistake(&item.ident, format!("a trait of hooks adds to the shipped ones: `trait {}: Hooks`", item.ident));
    }
    let rewritten = rewritten(&item);
    match report.finish() {
        Ok(()) => {
            let behind = behind_pointer(&item, &methods);
            quote! { #rewritten #behind }
        }
        Err(error) if item.supertraits.is_empty() => with_stub(&error, rewritten),
        Err(error) => {
            let behind = behind_pointer(&item, &[]);
            with_stub(&error, quote! { #rewritten #behind })
        }
    }
}

fn method<'i>(item: &'i TraitItem, report: &mut Report) -> Option<&'i TraitItemFn> {
    let TraitItem::Fn(method) = item else {
        report.mistake(item, "a trait of hooks has methods and nothing else");
        return None;
    };
    if method.sig.asyncness.is_none() {
        report.mistake(method.sig.fn_token, "a hook is an `async fn`");
    }
    let takes_self = matches!(method.sig.inputs.first(), Some(FnArg::Receiver(_)));
    let all_named = names(method).len() + 1 == method.sig.inputs.len();
    let all_borrowed = method
        .sig
        .inputs
        .iter()
        .skip(1)
        .all(|input| matches!(input, FnArg::Typed(typed) if matches!(&*typed.ty, syn::Type::Reference(_))));
    if !takes_self || !all_named || !all_borrowed {
        report.mistake(&method.sig.ident, "a hook takes `&self, call: &Call, input: &Input`");
        return None;
    }
    Some(method)
}

/// The names of what a hook takes.
fn names(method: &TraitItemFn) -> Vec<Ident> {
    let inputs = method.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) => Some(name.ident.clone()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    inputs.collect()
}

fn rewritten(item: &ItemTrait) -> TokenStream {
    let mut item = item.clone();
    for each in &mut item.items {
        if let TraitItem::Fn(method) = each {
            *method = asyncs::rewritten(method);
        }
    }
    quote! { #item }
}

fn behind_pointer(item: &ItemTrait, methods: &[&TraitItemFn]) -> TokenStream {
    let (visibility, name, behind) = (&item.vis, &item.ident, format_ident!("Dyn{}", item.ident));
    let signatures: Vec<_> = methods.iter().map(|method| signature(method)).collect();
    let calls = methods.iter().map(|method| {
        let (own, names) = (&method.sig.ident, names(method));
        quote! { ::std::boxed::Box::pin(<__Hooks as #name>::#own(self, #(#names),*)) }
    });
    // A plain name of the parameter could be that of what a hook is given.
    let docs = format!("[`{name}`] behind a pointer; every implementation of that is one of this.");
    quote! {
        #[doc = #docs]
        #[allow(missing_docs)]
        #visibility trait #behind: ::countersign_runtime::__private::DynHooks {
            #(#signatures;)*
        }

        impl<__Hooks: #name> #behind for __Hooks {
            #(#signatures { #calls })*
        }
    }
}

/// The method with its future in a box, borrowed for as long as its inputs are.
fn signature(method: &TraitItemFn) -> syn::Signature {
    let mut signature = method.sig.clone();
    signature.asyncness = None;
    let output = match &signature.output {
        ReturnType::Default => quote! { () },
        ReturnType::Type(_, ty) => quote! { #ty },
    };
    signature.generics.params.push(parse_quote! { 'a });
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(_) => *input = parse_quote! { &'a self },
            FnArg::Typed(typed) => {
                if let syn::Type::Reference(reference) = &mut *typed.ty {
                    reference.lifetime = Some(parse_quote! { 'a });
                }
            }
        }
    }
    signature.output = parse_quote! { -> ::countersign_runtime::__private::BoxFuture<'a, #output> };
    signature
}
