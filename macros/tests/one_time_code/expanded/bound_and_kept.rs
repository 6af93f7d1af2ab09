// OneTimeCode of MailOtp

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    impl MailOtp {
        /// What the definition says of this kind of code.
        pub const KIND: __runtime::OtpKind = __runtime::OtpKind {
            name: "mail",
            alphabet: __runtime::Alphabet::Base32,
            digits: 8u32,
            life_seconds: 900u64,
            attempts: 3u32,
            text: ::core::option::Option::None,
            code_mark: ::core::option::Option::None,
            one_per: &["user.id", "operation.id"],
            find_by: &[],
            id_life_seconds: ::core::option::Option::None,
            id: __runtime::IdForm::Uuid,
            numbers: false,
            per_phone: ::core::option::Option::None,
        };
    }
    #[automatically_derived]
    impl __runtime::OneTimeCode for MailOtp {
        const KIND: __runtime::OtpKind = MailOtp::KIND;
        const SHORTENS: &'static [&'static str] = &[];
        fn bound(
            &self,
        ) -> ::std::vec::Vec<
            (&'static str, ::core::option::Option<::std::string::String>),
        > {
            ::std::vec![
                ("operation.id", __runtime::Bound::canonical(& self.operation,
                "operation.id")), ("operation.amount", __runtime::Bound::canonical(& self
                .operation, "operation.amount"))
            ]
        }
        fn kept(
            &self,
        ) -> ::std::vec::Vec<
            (&'static str, ::core::option::Option<::std::string::String>),
        > {
            ::std::vec![
                ("user.phone", __runtime::Bound::canonical(& self.phone, "user.phone"))
            ]
        }
        fn shown(
            &self,
        ) -> ::std::vec::Vec<
            (&'static str, ::core::option::Option<::std::string::String>),
        > {
            ::std::vec![
                ("operation.id", __runtime::Bound::shown(& self.operation,
                "operation.id")), ("operation.amount", __runtime::Bound::shown(& self
                .operation, "operation.amount")), ("user.phone",
                __runtime::Bound::shown(& self.phone, "user.phone"))
            ]
        }
        fn restore(
            &mut self,
            kept: &::std::collections::BTreeMap<
                ::std::string::String,
                ::std::string::String,
            >,
        ) {
            let _ = kept;
            if let ::core::option::Option::Some(text) = kept.get("user.phone") {
                __runtime::Bound::restore(&mut self.phone, "user.phone", text);
            }
        }
    }
};