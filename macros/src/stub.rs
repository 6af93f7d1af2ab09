//! What stands in for implementations that more than one derive writes, beside a mistake.

use proc_macro2::TokenStream;
use quote::quote;

/// The items of `Payload`, for a type whose attributes are wrong: enough for the compiler, and never run.
pub fn payload() -> TokenStream {
    quote! {
        const TYPE: &'static str = "";
        const KIND: __runtime::Kind = __runtime::Kind::Other;

        fn decode<'j>(
            _: __runtime::Node<'j>,
            _: __runtime::Accepts,
            _: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            ::core::unreachable!()
        }

        fn encode(&self, _: &mut __runtime::Encoder) { ::core::unreachable!() }

        fn visit(
            &self,
            _: ::core::option::Option<&'static str>,
            _: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {}
    }
}
