// Payload of FormData

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    static FIELD_PARAMETERS: __runtime::Field = __runtime::Field {
        name: "parameters",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: false,
        rules: &[],
    };
    #[automatically_derived]
    impl __runtime::Payload for FormData {
        const TYPE: &'static str = "FormData";
        const KIND: __runtime::Kind = __runtime::Kind::Other;
        const MEMBERS: &'static [&'static str] = &["parameters"];
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            let object = decoder.object(json)?;
            let field_parameters = decoder
                .field::<Vec<Attribute>>(&object, &FIELD_PARAMETERS);
            decoder.check_members(&object, &["parameters"]);
            ::core::result::Result::Ok(Self {
                parameters: field_parameters.ok_or(__runtime::Unreadable::Inside)?,
            })
        }
        fn absent(decoder: &mut __runtime::Decoder<'_>) {
            let _ = decoder;
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder.begin();
            encoder.member("\"parameters\":", &self.parameters);
            encoder.end();
        }
        fn visit(
            &self,
            _meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            __runtime::Payload::visit(
                &self.parameters,
                ::core::option::Option::None,
                &mut *see,
            );
        }
    }
};

// Form of FormData

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    #[automatically_derived]
    impl __runtime::Form for FormData {
        fn config_of(&self, id: &str) -> ::core::option::Option<__runtime::FieldConfig> {
            let _ = id;
            ::core::option::Option::None
        }
        fn put_choice(&mut self, choice: __runtime::AccountChoice) {
            __runtime::put_choice(&mut self.parameters, choice)
        }
    }
};

// Payload of Attribute

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    #[automatically_derived]
    impl __runtime::Payload for Attribute {
        const TYPE: &'static str = "Attribute";
        const KIND: __runtime::Kind = __runtime::Kind::Other;
        fn decode<'j>(
            json: __runtime::Node<'j>,
            accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            match decoder.tag(json, "type")? {
                "CHOICE" => {
                    <Choice as __runtime::Payload>::decode(json, accepts, decoder)
                        .map(Self::Choice)
                }
                _ => {
                    let _ = accepts;
                    decoder.untagged();
                    ::core::result::Result::Err(__runtime::Unreadable::Type)
                }
            }
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            match self {
                Self::Choice(value) => encoder.tagged("type", "CHOICE", value),
            }
        }
        fn visit(
            &self,
            _meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            match self {
                Self::Choice(value) => {
                    __runtime::Payload::visit(value, ::core::option::Option::None, see)
                }
            }
        }
        fn attribute_id(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
            match self {
                Self::Choice(value) => __runtime::Payload::attribute_id(value),
            }
        }
    }
    #[automatically_derived]
    impl __runtime::ChoiceAttribute for Attribute {
        fn choice(choice: __runtime::AccountChoice) -> Self {
            Self::Choice(::core::convert::From::from(choice))
        }
    }
};

// Payload of Choice

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
        meaning: ::core::option::Option::Some("account_choice.id"),
        conditional: &[],
        carried: false,
        rules: &[],
    };
    #[automatically_derived]
    impl __runtime::Payload for Choice {
        const TYPE: &'static str = "Choice";
        const KIND: __runtime::Kind = __runtime::Kind::Other;
        const MEMBERS: &'static [&'static str] = &["id"];
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            let object = decoder.object(json)?;
            let field_id = decoder.field::<String>(&object, &FIELD_ID);
            decoder.check_members(&object, &["id"]);
            ::core::result::Result::Ok(Self {
                id: field_id.ok_or(__runtime::Unreadable::Inside)?,
            })
        }
        fn absent(decoder: &mut __runtime::Decoder<'_>) {
            decoder.absent::<String>(&FIELD_ID);
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder.begin();
            encoder.member("\"id\":", &self.id);
            encoder.end();
        }
        fn visit(
            &self,
            _meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            __runtime::Payload::visit(
                &self.id,
                ::core::option::Option::Some("account_choice.id"),
                &mut *see,
            );
        }
        fn attribute_id(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
            ::core::option::Option::Some(self.id.as_str().into())
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<__runtime::AccountChoice> for Choice {
        fn from(entity: __runtime::AccountChoice) -> Self {
            let _ = &entity;
            Self {
                id: __runtime::shown(::core::clone::Clone::clone(&entity.id))
                    .unwrap_or_default(),
            }
        }
    }
};