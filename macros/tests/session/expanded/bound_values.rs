// Session of WalletSession

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    impl WalletSession {
        /// What the definition says of this kind of session.
        pub const KIND: __runtime::SessionKind = __runtime::SessionKind {
            name: "wallet",
            idle_seconds: 604800u64,
        };
    }
    #[automatically_derived]
    impl __runtime::Session for WalletSession {
        const KIND: __runtime::SessionKind = WalletSession::KIND;
        fn bound(
            &self,
        ) -> ::std::vec::Vec<
            (&'static str, ::core::option::Option<::std::string::String>),
        > {
            ::std::vec![
                ("app.id", ::core::clone::Clone::clone(& self.app_id)), ("wallet.id",
                ::core::clone::Clone::clone(& self.wallet_id))
            ]
        }
    }
};