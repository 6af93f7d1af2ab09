// hooks of OwnHooks

pub trait OwnHooks: Hooks {
    fn h(
        &self,
        call: &Call,
        input: &H,
    ) -> impl ::core::future::Future<Output = Result<H, String>> + ::core::marker::Send;
}
///[`OwnHooks`] behind a pointer; every implementation of that is one of this.
#[allow(missing_docs)]
pub trait DynOwnHooks: ::countersign_runtime::__private::DynHooks {
    fn h<'a>(
        &'a self,
        call: &'a Call,
        input: &'a H,
    ) -> ::countersign_runtime::__private::BoxFuture<'a, Result<H, String>>;
}
impl<__Hooks: OwnHooks> DynOwnHooks for __Hooks {
    fn h<'a>(
        &'a self,
        call: &'a Call,
        input: &'a H,
    ) -> ::countersign_runtime::__private::BoxFuture<'a, Result<H, String>> {
        ::std::boxed::Box::pin(<__Hooks as OwnHooks>::h(self, call, input))
    }
}