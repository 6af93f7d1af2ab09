//! Rewrites `async fn` in a trait to `fn ... -> impl Future + Send`: implementations still write `async fn`, and
//! whoever calls the trait may send the future to another thread.

use quote::quote;
use syn::{ReturnType, TraitItemFn, parse_quote};

/// Rewrites a method; one that is not async stays as it is.
pub fn rewritten(method: &TraitItemFn) -> TraitItemFn {
    let mut method = method.clone();
    if method.sig.asyncness.take().is_none() {
        return method;
    }
    let output = match &method.sig.output {
        ReturnType::Default => quote! { () },
        ReturnType::Type(_, ty) => quote! { #ty },
    };
    method.sig.output = parse_quote! { -> impl ::core::future::Future<Output = #output> + ::core::marker::Send };
    if let Some(body) = &method.default {
        let statements = &body.stmts;
        method.default = Some(parse_quote! { { async move { #(#statements)* } } });
    }
    method
}
