// hooks of OwnHooks

pub trait OwnHooks: Hooks {
    fn block(
        &self,
        call: &Call,
        input: &String,
    ) -> impl ::core::future::Future<Output = Result<(), String>> + ::core::marker::Send;
    fn perhaps(
        &self,
        _call: &Call,
        input: &String,
    ) -> impl ::core::future::Future<Output = usize> + ::core::marker::Send {
        async move { input.len() }
    }
}
///[`OwnHooks`] behind a pointer; every implementation of that is one of this.
#[allow(missing_docs)]
pub trait DynOwnHooks: ::countersign_runtime::__private::DynHooks {
    fn block<'a>(
        &'a self,
        call: &'a Call,
        input: &'a String,
    ) -> ::countersign_runtime::__private::BoxFuture<'a, Result<(), String>>;
    fn perhaps<'a>(
        &'a self,
        _call: &'a Call,
        input: &'a String,
    ) -> ::countersign_runtime::__private::BoxFuture<'a, usize>;
}
impl<__Hooks: OwnHooks> DynOwnHooks for __Hooks {
    fn block<'a>(
        &'a self,
        call: &'a Call,
        input: &'a String,
    ) -> ::countersign_runtime::__private::BoxFuture<'a, Result<(), String>> {
        ::std::boxed::Box::pin(<__Hooks as OwnHooks>::block(self, call, input))
    }
    fn perhaps<'a>(
        &'a self,
        _call: &'a Call,
        input: &'a String,
    ) -> ::countersign_runtime::__private::BoxFuture<'a, usize> {
        ::std::boxed::Box::pin(<__Hooks as OwnHooks>::perhaps(self, _call, input))
    }
}