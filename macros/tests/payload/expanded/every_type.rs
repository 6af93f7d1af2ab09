// Payload of Everything

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    static FIELD_TEXT: __runtime::Field = __runtime::Field {
        name: "text",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_SECRET: __runtime::Field = __runtime::Field {
        name: "secret",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_YES: __runtime::Field = __runtime::Field {
        name: "yes",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_INTEGER: __runtime::Field = __runtime::Field {
        name: "integer",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_DECIMAL: __runtime::Field = __runtime::Field {
        name: "decimal",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_DATE: __runtime::Field = __runtime::Field {
        name: "date",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_TIME: __runtime::Field = __runtime::Field {
        name: "time",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_PHONE: __runtime::Field = __runtime::Field {
        name: "phone",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_MAP: __runtime::Field = __runtime::Field {
        name: "map",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_PAIRS: __runtime::Field = __runtime::Field {
        name: "pairs",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_JSON: __runtime::Field = __runtime::Field {
        name: "json",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_NEVER: __runtime::Field = __runtime::Field {
        name: "never",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_ALWAYS: __runtime::Field = __runtime::Field {
        name: "always",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_TEXTS: __runtime::Field = __runtime::Field {
        name: "texts",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_PERHAPS: __runtime::Field = __runtime::Field {
        name: "perhaps",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    static FIELD_TYPE: __runtime::Field = __runtime::Field {
        name: "Type",
        also: &[],
        accepts: __runtime::Accepts {
            ..__runtime::Accepts::NOTHING
        },
        body: false,
        echo: false,
        meaning: ::core::option::Option::None,
        conditional: &[],
        carried: true,
        rules: &[],
    };
    #[automatically_derived]
    impl __runtime::Payload for Everything {
        const TYPE: &'static str = "Everything";
        const KIND: __runtime::Kind = __runtime::Kind::Other;
        const MEMBERS: &'static [&'static str] = &[
            "text",
            "secret",
            "yes",
            "integer",
            "decimal",
            "date",
            "time",
            "phone",
            "map",
            "pairs",
            "json",
            "never",
            "always",
            "texts",
            "perhaps",
            "Type",
        ];
        const ECHOES: bool = true;
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            let object = decoder.object(json)?;
            let field_text = decoder.field::<String>(&object, &FIELD_TEXT);
            let field_secret = decoder.field::<Secret<String>>(&object, &FIELD_SECRET);
            let field_yes = decoder.field::<bool>(&object, &FIELD_YES);
            let field_integer = decoder.field::<i64>(&object, &FIELD_INTEGER);
            let field_decimal = decoder.field::<Decimal>(&object, &FIELD_DECIMAL);
            let field_date = decoder.field::<Date>(&object, &FIELD_DATE);
            let field_time = decoder.field::<Time>(&object, &FIELD_TIME);
            let field_phone = decoder.field::<Phone>(&object, &FIELD_PHONE);
            let field_map = decoder.field::<Map>(&object, &FIELD_MAP);
            let field_pairs = decoder.field::<Pairs>(&object, &FIELD_PAIRS);
            let field_json = decoder.field::<Json>(&object, &FIELD_JSON);
            let field_never = decoder.field::<()>(&object, &FIELD_NEVER);
            let field_always = {
                decoder
                    .constant(
                        &object,
                        &FIELD_ALWAYS,
                        "[\"a\",1,true,null,-2,-1.50,{}]",
                        false,
                    );
                ::core::default::Default::default()
            };
            let field_texts = decoder.field::<Vec<String>>(&object, &FIELD_TEXTS);
            let field_perhaps = decoder
                .field::<Option<Vec<Option<i64>>>>(&object, &FIELD_PERHAPS);
            let field_type = decoder.field::<Option<String>>(&object, &FIELD_TYPE);
            let field_rest = decoder
                .rest(
                    &object,
                    &[
                        "text",
                        "secret",
                        "yes",
                        "integer",
                        "decimal",
                        "date",
                        "time",
                        "phone",
                        "map",
                        "pairs",
                        "json",
                        "never",
                        "always",
                        "texts",
                        "perhaps",
                        "Type",
                    ],
                );
            ::core::result::Result::Ok(Self {
                text: field_text.ok_or(__runtime::Unreadable::Inside)?,
                secret: field_secret.ok_or(__runtime::Unreadable::Inside)?,
                yes: field_yes.ok_or(__runtime::Unreadable::Inside)?,
                integer: field_integer.ok_or(__runtime::Unreadable::Inside)?,
                decimal: field_decimal.ok_or(__runtime::Unreadable::Inside)?,
                date: field_date.ok_or(__runtime::Unreadable::Inside)?,
                time: field_time.ok_or(__runtime::Unreadable::Inside)?,
                phone: field_phone.ok_or(__runtime::Unreadable::Inside)?,
                map: field_map.ok_or(__runtime::Unreadable::Inside)?,
                pairs: field_pairs.ok_or(__runtime::Unreadable::Inside)?,
                json: field_json.ok_or(__runtime::Unreadable::Inside)?,
                never: field_never.ok_or(__runtime::Unreadable::Inside)?,
                always: field_always,
                texts: field_texts.ok_or(__runtime::Unreadable::Inside)?,
                perhaps: field_perhaps.ok_or(__runtime::Unreadable::Inside)?,
                r#type: field_type.ok_or(__runtime::Unreadable::Inside)?,
                rest: field_rest,
            })
        }
        fn absent(decoder: &mut __runtime::Decoder<'_>) {
            decoder.absent::<()>(&FIELD_NEVER);
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder.begin();
            encoder.member("\"text\":", &self.text);
            encoder.member("\"secret\":", &self.secret);
            encoder.member("\"yes\":", &self.yes);
            encoder.member("\"integer\":", &self.integer);
            encoder.member("\"decimal\":", &self.decimal);
            encoder.member("\"date\":", &self.date);
            encoder.member("\"time\":", &self.time);
            encoder.member("\"phone\":", &self.phone);
            encoder.member("\"map\":", &self.map);
            encoder.member("\"pairs\":", &self.pairs);
            encoder.member("\"json\":", &self.json);
            encoder.member("\"never\":", &self.never);
            let _ = &self.always;
            encoder.constant("\"always\":[\"a\",1,true,null,-2,-1.50,{}]");
            encoder.member("\"texts\":", &self.texts);
            encoder.member("\"perhaps\":", &self.perhaps);
            encoder.member("\"Type\":", &self.r#type);
            encoder.rest(&self.rest);
            encoder.end();
        }
        fn visit(
            &self,
            _meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            __runtime::Payload::visit(
                &self.never,
                ::core::option::Option::None,
                &mut *see,
            );
            __runtime::Payload::visit(
                &self.texts,
                ::core::option::Option::None,
                &mut *see,
            );
            __runtime::Payload::visit(
                &self.perhaps,
                ::core::option::Option::None,
                &mut *see,
            );
        }
    }
};