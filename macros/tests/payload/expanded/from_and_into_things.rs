// Payload of ConsentOption

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    static FIELD_ID: __runtime::Field = __runtime::Field {
        name: "id",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::Some("option.id"),
        conditional: &[],
        carried: false,
        rules: &[],
    };
    static FIELD_DESCRIPTION_HTML: __runtime::Field = __runtime::Field {
        name: "descriptionHtml",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::Some("option.html"),
        conditional: &[],
        carried: false,
        rules: &[],
    };
    static FIELD_REQUIRED: __runtime::Field = __runtime::Field {
        name: "required",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::Some("option.required"),
        conditional: &[],
        carried: false,
        rules: &[],
    };
    static FIELD_DEFAULT_VALUE: __runtime::Field = __runtime::Field {
        name: "defaultValue",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::Some("option.default"),
        conditional: &[],
        carried: false,
        rules: &[],
    };
    static FIELD_VALUE: __runtime::Field = __runtime::Field {
        name: "value",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::Some("option.value"),
        conditional: &[],
        carried: false,
        rules: &[],
    };
    #[automatically_derived]
    impl __runtime::Payload for ConsentOption {
        const TYPE: &'static str = "ConsentOption";
        const KIND: __runtime::Kind = __runtime::Kind::Other;
        const MEMBERS: &'static [&'static str] = &[
            "id",
            "descriptionHtml",
            "required",
            "defaultValue",
            "value",
        ];
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            let object = decoder.object(json)?;
            let field_id = decoder.field::<Option<String>>(&object, &FIELD_ID);
            let field_description_html = decoder
                .field::<Option<String>>(&object, &FIELD_DESCRIPTION_HTML);
            let field_required = decoder
                .field_or::<
                    bool,
                >(&object, &FIELD_REQUIRED, || ::core::convert::From::from(false));
            let field_default_value = decoder
                .field_or::<
                    CheckState,
                >(&object, &FIELD_DEFAULT_VALUE, || <CheckState>::NotChecked);
            let field_value = decoder.field::<Option<CheckState>>(&object, &FIELD_VALUE);
            decoder
                .check_members(
                    &object,
                    &["id", "descriptionHtml", "required", "defaultValue", "value"],
                );
            ::core::result::Result::Ok(Self {
                id: field_id.ok_or(__runtime::Unreadable::Inside)?,
                description_html: field_description_html
                    .ok_or(__runtime::Unreadable::Inside)?,
                required: field_required.ok_or(__runtime::Unreadable::Inside)?,
                default_value: field_default_value.ok_or(__runtime::Unreadable::Inside)?,
                value: field_value.ok_or(__runtime::Unreadable::Inside)?,
            })
        }
        fn absent(decoder: &mut __runtime::Decoder<'_>) {
            decoder.absent::<Option<String>>(&FIELD_ID);
            decoder.absent::<Option<String>>(&FIELD_DESCRIPTION_HTML);
            decoder.absent::<bool>(&FIELD_REQUIRED);
            decoder.absent::<CheckState>(&FIELD_DEFAULT_VALUE);
            decoder.absent::<Option<CheckState>>(&FIELD_VALUE);
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder.begin();
            encoder.member("\"id\":", &self.id);
            encoder.member("\"descriptionHtml\":", &self.description_html);
            encoder.member("\"required\":", &self.required);
            encoder.member("\"defaultValue\":", &self.default_value);
            encoder.member("\"value\":", &self.value);
            encoder.end();
        }
        fn visit(
            &self,
            _meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            __runtime::Payload::visit(
                &self.id,
                ::core::option::Option::Some("option.id"),
                &mut *see,
            );
            __runtime::Payload::visit(
                &self.description_html,
                ::core::option::Option::Some("option.html"),
                &mut *see,
            );
            __runtime::Payload::visit(
                &self.required,
                ::core::option::Option::Some("option.required"),
                &mut *see,
            );
            __runtime::Payload::visit(
                &self.default_value,
                ::core::option::Option::Some("option.default"),
                &mut *see,
            );
            __runtime::Payload::visit(
                &self.value,
                ::core::option::Option::Some("option.value"),
                &mut *see,
            );
        }
        fn attribute_id(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
            self.id.as_deref().map(::core::convert::Into::into)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<__runtime::ConsentOption> for ConsentOption {
        fn from(entity: __runtime::ConsentOption) -> Self {
            let _ = &entity;
            Self {
                id: __runtime::shown(::core::clone::Clone::clone(&entity.id)),
                description_html: __runtime::shown(
                    ::core::clone::Clone::clone(&entity.html),
                ),
                required: __runtime::shown(::core::clone::Clone::clone(&entity.required))
                    .unwrap_or_else(|| ::core::convert::From::from(false)),
                default_value: __runtime::shown(
                        ::core::clone::Clone::clone(&entity.default),
                    )
                    .unwrap_or_else(|| <CheckState>::NotChecked),
                value: __runtime::shown(::core::clone::Clone::clone(&entity.value)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<ConsentOption> for __runtime::ConsentOption {
        fn from(payload: ConsentOption) -> Self {
            let mut entity = <__runtime::ConsentOption as ::core::default::Default>::default();
            entity.id = __runtime::given(payload.id);
            entity.html = __runtime::given(payload.description_html);
            entity.required = __runtime::given(
                ::core::option::Option::Some(payload.required),
            );
            entity.default = __runtime::given(
                ::core::option::Option::Some(payload.default_value),
            );
            entity.value = __runtime::given(payload.value);
            entity
        }
    }
};

// WireEnum of CheckState

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    #[automatically_derived]
    impl ::core::fmt::Display for CheckState {
        fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            out.write_str(
                match self {
                    Self::Checked => "CHECKED",
                    Self::NotChecked => "NOT_CHECKED",
                },
            )
        }
    }
    #[automatically_derived]
    impl ::core::str::FromStr for CheckState {
        type Err = __runtime::Fault;
        fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
            match text {
                "CHECKED" => ::core::result::Result::Ok(Self::Checked),
                "NOT_CHECKED" => ::core::result::Result::Ok(Self::NotChecked),
                _ => ::core::result::Result::Err(__runtime::no_member("CheckState")),
            }
        }
    }
    #[automatically_derived]
    impl __runtime::Payload for CheckState {
        const TYPE: &'static str = "CheckState";
        const KIND: __runtime::Kind = __runtime::Kind::Text;
        const ALLOWED: &'static str = "CHECKED, NOT_CHECKED";
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            match __runtime::member(json, decoder, &["CHECKED", "NOT_CHECKED"])? {
                "CHECKED" => ::core::result::Result::Ok(Self::Checked),
                "NOT_CHECKED" => ::core::result::Result::Ok(Self::NotChecked),
                _ => ::core::result::Result::Err(__runtime::Unreadable::Type),
            }
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder
                .text(
                    match self {
                        Self::Checked => "CHECKED",
                        Self::NotChecked => "NOT_CHECKED",
                    },
                );
        }
        fn visit(
            &self,
            meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            let wire = match self {
                Self::Checked => "CHECKED",
                Self::NotChecked => "NOT_CHECKED",
            };
            if let ::core::option::Option::Some(meaning) = meaning {
                see(meaning, __runtime::Payload::meant(self).unwrap_or(wire));
            }
        }
        fn meant(&self) -> ::core::option::Option<&'static str> {
            match self {
                Self::Checked => ::core::option::Option::Some("checked"),
                Self::NotChecked => ::core::option::Option::Some("unchecked"),
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<__runtime::CheckState> for CheckState {
        fn from(value: __runtime::CheckState) -> Self {
            match value {
                __runtime::CheckState::Checked => CheckState::Checked,
                __runtime::CheckState::Unchecked => CheckState::NotChecked,
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<CheckState> for __runtime::CheckState {
        fn from(member: CheckState) -> Self {
            match member {
                CheckState::Checked => __runtime::CheckState::Checked,
                CheckState::NotChecked => __runtime::CheckState::Unchecked,
            }
        }
    }
};