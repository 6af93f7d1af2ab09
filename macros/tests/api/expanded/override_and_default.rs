// Payload of Failure

const _: () = {
    use ::countersign_runtime::__private as __runtime;
    static FIELD_CODE: __runtime::Field = __runtime::Field {
        name: "code",
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
    impl __runtime::Payload for Failure {
        const TYPE: &'static str = "Failure";
        const KIND: __runtime::Kind = __runtime::Kind::Other;
        const MEMBERS: &'static [&'static str] = &["code"];
        fn decode<'j>(
            json: __runtime::Node<'j>,
            _accepts: __runtime::Accepts,
            decoder: &mut __runtime::Decoder<'j>,
        ) -> ::core::result::Result<Self, __runtime::Unreadable> {
            let object = decoder.object(json)?;
            let field_code = decoder.field::<String>(&object, &FIELD_CODE);
            decoder.known(&object, &["code"]);
            ::core::result::Result::Ok(Self {
                code: field_code.ok_or(__runtime::Unreadable::Inside)?,
            })
        }
        fn absent(decoder: &mut __runtime::Decoder<'_>) {
            let _ = decoder;
        }
        fn encode(&self, encoder: &mut __runtime::Encoder) {
            encoder.begin();
            encoder.member("\"code\":", &self.code);
            encoder.end();
        }
        fn visit(
            &self,
            _meaning: ::core::option::Option<&'static str>,
            see: &mut dyn ::core::ops::FnMut(&'static str, &str),
        ) {
            let _ = see;
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<__runtime::Refusal> for Failure {
        fn from(entity: __runtime::Refusal) -> Self {
            let _ = &entity;
            Self {
                code: __runtime::shown(::core::clone::Clone::clone(&entity.code))
                    .unwrap_or_default(),
            }
        }
    }
};

// ErrorTable of Error

const _: &[fn(::countersign_runtime::__private::Fault) -> Error] = &[Error::Wrong];
#[automatically_derived]
impl ::core::convert::From<::countersign_runtime::__private::Fault> for Error {
    fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
        let fault = fault.known_to(&["unexpected"]);
        match fault.name {
            _ => Self::Wrong(fault),
        }
    }
}
#[automatically_derived]
impl ::countersign_runtime::__private::Answer for Error {
    fn row(&self) -> &'static ::countersign_runtime::__private::ErrorRow {
        match self {
            Self::Wrong(_) => &rows::WRONG,
        }
    }
    fn fault(&self) -> &::countersign_runtime::__private::Fault {
        match self {
            Self::Wrong(fault) => fault,
        }
    }
}

// api of Api

pub trait Api: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn ping(
        &self,
        cx: &Cx,
    ) -> impl ::core::future::Future<Output = Result<(), Error>> + ::core::marker::Send {
        async move {
            let _ = cx;
            Ok(())
        }
    }
    fn echo(
        &self,
        _cx: &Cx,
        request: Failure,
    ) -> impl ::core::future::Future<
        Output = Result<Failure, Error>,
    > + ::core::marker::Send;
}
/// Serves the adapter with the bank's hooks until it is told to stop.
pub fn serve<A: Api, H: ::countersign_runtime::__private::Hooks>(
    adapter: A,
    hooks: H,
) -> ::std::process::ExitCode {
    ::countersign_runtime::__private::serve(__parts(adapter, hooks))
}
/// The same with arguments of the caller's, the program's name before them; gives the number that the process
/// should end with.
pub fn serve_as<A: Api, H: ::countersign_runtime::__private::Hooks>(
    adapter: A,
    hooks: H,
    arguments: impl ::core::iter::IntoIterator<Item = ::std::ffi::OsString>,
) -> u8 {
    ::countersign_runtime::serve::serve_as(__parts(adapter, hooks), arguments)
}
/// The adapter without a process around it, for a bank's own router and for tests.
///
/// # Errors
/// If the settings are refused, or the store cannot be opened.
pub fn start<A: Api, H: ::countersign_runtime::__private::Hooks>(
    adapter: A,
    hooks: H,
    options: ::countersign_runtime::__private::StartOptions,
) -> ::core::result::Result<
    ::countersign_runtime::__private::App,
    ::countersign_runtime::__private::StartError,
> {
    ::countersign_runtime::__private::start(__parts(adapter, hooks), options)
}
const _: &::countersign_runtime::Adapter = &ADAPTER;
fn __parts<A: Api, H: ::countersign_runtime::__private::Hooks>(
    adapter: A,
    hooks: H,
) -> ::countersign_runtime::__private::Parts<
    <Cx as ::countersign_runtime::__private::ContextParts>::Settings,
    <Cx as ::countersign_runtime::__private::ContextParts>::Hooks,
> {
    use ::countersign_runtime::__private as __runtime;
    let adapter = ::std::sync::Arc::new(adapter);
    let hooks: ::std::sync::Arc<dyn __runtime::DynHooks> = ::std::sync::Arc::new(hooks);
    let bank: ::std::sync::Arc<dyn __runtime::DynHooks> = ::std::sync::Arc::clone(&hooks)
        as _;
    __runtime::Parts {
        adapter: &ADAPTER,
        version: ::core::env!("CARGO_PKG_VERSION"),
        built: ::core::option_env!("SOURCE_DATE_EPOCH"),
        endpoints: ::std::vec![
            { let adapter = ::std::sync::Arc::clone(& adapter);
            __runtime::endpoint_without_request:: < _, _, __runtime::Bare < () >, (),
            Error, Failure, _ > (__runtime::Route { name : "ping", method :
            __runtime::Method::GET, path : "/ping", has_body : false, when :
            ::core::option::Option::None, session : ::core::option::Option::None, success
            : 200u16, failure_type : "application/json", refuse : | fault, core |
            __runtime::refuse:: < Error, Failure > (fault, core, "application/json"), },
            move | cx : Cx | { let adapter = ::std::sync::Arc::clone(& adapter); async
            move { < A as Api > ::ping(& * adapter, & cx). await } },) }, { let adapter =
            ::std::sync::Arc::clone(& adapter); __runtime::endpoint_with_request:: < _,
            _, __runtime::Bare < Failure >, Failure, __runtime::Bare < Failure >,
            Failure, Error, Failure, _ > (__runtime::Route { name : "echo", method :
            __runtime::Method::POST, path : "/echo", has_body : true, when :
            ::core::option::Option::None, session : ::core::option::Option::None, success
            : 201u16, failure_type : "application/json", refuse : | fault, core |
            __runtime::refuse:: < Error, Failure > (fault, core, "application/json"), },
            move | cx : Cx, request : Failure | { let adapter = ::std::sync::Arc::clone(&
            adapter); async move { < A as Api > ::echo(& * adapter, & cx, request). await
            } },) }
        ],
        outside: __runtime::outside(|fault, core| {
            __runtime::refuse::<Error, Failure>(fault, core, "application/json")
        }),
        document: ::core::option::Option::None,
        hooks,
        bank,
    }
}