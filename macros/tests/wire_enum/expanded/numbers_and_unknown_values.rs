// WireEnum of Kind

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    #[automatically_derived]
    impl ::core::fmt::Display for Kind {
        fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            out.write_str(
                match self {
                    Self::Phone => "Phone",
                    Self::Number => "Number",
                },
            )
        }
    }
    #[automatically_derived]
    impl ::core::str::FromStr for Kind {
        type Err = __runtime::Fault;
        fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
            match text {
                "Phone" => ::core::result::Result::Ok(Self::Phone),
                "Number" => ::core::result::Result::Ok(Self::Number),
                _ => ::core::result::Result::Err(__runtime::no_member("Kind")),
            }
        }
    }
    #[automatically_derived]
    impl __runtime::Payload for Kind {
        const TYPE: &'static str = "Kind";
        const KIND: __runtime::Kind = __runtime::Kind::Text;
        const ALLOWED: &'static str = "Phone (1), Number (2)";
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            match __runtime::member(json, decoder, &["Phone", "Number"])? {
                "Phone" | "1" => ::core::result::Result::Ok(Self::Phone),
                "Number" | "2" => ::core::result::Result::Ok(Self::Number),
                _ => ::core::result::Result::Err(__runtime::Unreadable::Type),
            }
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder
                .text(
                    match self {
                        Self::Phone => "Phone",
                        Self::Number => "Number",
                    },
                );
        }
        fn visit(
            &self,
            meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            let wire = match self {
                Self::Phone => "Phone",
                Self::Number => "Number",
            };
            if let ::core::option::Option::Some(meaning) = meaning {
                see(meaning, __runtime::Payload::meant(self).unwrap_or(wire));
            }
        }
    }
};

// WireEnum of Delivery

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    #[automatically_derived]
    impl ::core::fmt::Display for Delivery {
        fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            out.write_str(
                match self {
                    Self::Sent => "SENT",
                    Self::Failed => "FAILED",
                    Self::Queued => "QUEUED",
                },
            )
        }
    }
    #[automatically_derived]
    impl ::core::str::FromStr for Delivery {
        type Err = __runtime::Fault;
        fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
            match text {
                "SENT" => ::core::result::Result::Ok(Self::Sent),
                "FAILED" => ::core::result::Result::Ok(Self::Failed),
                "QUEUED" => ::core::result::Result::Ok(Self::Queued),
                _ => ::core::result::Result::Err(__runtime::no_member("Delivery")),
            }
        }
    }
    #[automatically_derived]
    impl __runtime::Payload for Delivery {
        const TYPE: &'static str = "Delivery";
        const KIND: __runtime::Kind = __runtime::Kind::Text;
        const ALLOWED: &'static str = "SENT, FAILED, QUEUED";
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            match __runtime::member(json, decoder, &["SENT", "FAILED", "QUEUED"])? {
                "SENT" => ::core::result::Result::Ok(Self::Sent),
                "FAILED" => ::core::result::Result::Ok(Self::Failed),
                "QUEUED" => ::core::result::Result::Ok(Self::Queued),
                _ => ::core::result::Result::Err(__runtime::Unreadable::Type),
            }
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder
                .text(
                    match self {
                        Self::Sent => "SENT",
                        Self::Failed => "FAILED",
                        Self::Queued => "QUEUED",
                    },
                );
        }
        fn visit(
            &self,
            meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            let wire = match self {
                Self::Sent => "SENT",
                Self::Failed => "FAILED",
                Self::Queued => "QUEUED",
            };
            if let ::core::option::Option::Some(meaning) = meaning {
                see(meaning, __runtime::Payload::meant(self).unwrap_or(wire));
            }
        }
        fn meant(&self) -> ::core::option::Option<&'static str> {
            match self {
                Self::Sent => ::core::option::Option::Some("passed"),
                Self::Failed => ::core::option::Option::Some("failed"),
                Self::Queued => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<__runtime::Outcome> for Delivery {
        fn from(value: __runtime::Outcome) -> Self {
            match value {
                __runtime::Outcome::Passed => Delivery::Sent,
                __runtime::Outcome::Failed => Delivery::Failed,
                __runtime::Outcome::Skipped => Delivery::Failed,
            }
        }
    }
};