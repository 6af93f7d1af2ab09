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
            decoder.check_members(&object, &["code"]);
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

#[automatically_derived]
impl ::core::convert::From<::countersign_runtime::__private::Fault> for Error {
    fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
        const TABLE: &[&[&str]] = &[&["unexpected"]];
        const _: () = ::core::assert!(
            ! ::countersign_runtime::__private::answers_twice(TABLE),
            "two rows answer the same fault"
        );
        const _: () = ::core::assert!(
            ::countersign_runtime::__private::answers_unexpected(TABLE),
            "no row answers `unexpected`, where every fault goes that no row names"
        );
        match ::countersign_runtime::__private::row_of(fault, TABLE) {
            (_, fault) => Self::Wrong(fault),
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
/// Serves the adapter with the bank's hooks until it is asked to stop.
pub fn serve<A: Api, H: ::countersign_runtime::__private::Hooks>(
    adapter: A,
    hooks: H,
) -> ::std::process::ExitCode {
    ::countersign_runtime::__private::serve(__parts(adapter, __made(hooks)))
}
/// Serves the adapter with hooks that a function makes, from settings of the bank's own. It is called once the settings are
/// good and not at all for a command that needs no hooks, such as `--check-settings`.
pub fn serve_with<A, B, H, F, Made>(adapter: A, make: F) -> ::std::process::ExitCode
where
    A: Api,
    B: ::countersign_runtime::__private::Settings,
    H: ::countersign_runtime::__private::Hooks,
    F: ::core::ops::Fn(::countersign_runtime::__private::Start<B>) -> Made
        + ::core::marker::Send + ::core::marker::Sync + 'static,
    Made: ::core::future::Future<
            Output = ::core::result::Result<
                H,
                ::countersign_runtime::__private::BankError,
            >,
        > + ::core::marker::Send + 'static,
{
    ::countersign_runtime::__private::serve(__parts(adapter, __make(make)))
}
/// [`serve`] with arguments of the caller's, the program's name before them; gives the number that the process
/// should end with.
pub fn serve_as<A: Api, H: ::countersign_runtime::__private::Hooks>(
    adapter: A,
    hooks: H,
    arguments: impl ::core::iter::IntoIterator<Item = ::std::ffi::OsString>,
) -> u8 {
    ::countersign_runtime::serve::serve_as(__parts(adapter, __made(hooks)), arguments)
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
    ::countersign_runtime::__private::start(__parts(adapter, __made(hooks)), options)
}
/// The same with hooks that a function makes, from settings of the bank's own.
///
/// # Errors
/// As [`start`], or if the hooks cannot be made.
pub fn start_with<A, B, H, F, Made>(
    adapter: A,
    make: F,
    options: ::countersign_runtime::__private::StartOptions,
) -> ::core::result::Result<
    ::countersign_runtime::__private::App,
    ::countersign_runtime::__private::StartError,
>
where
    A: Api,
    B: ::countersign_runtime::__private::Settings,
    H: ::countersign_runtime::__private::Hooks,
    F: ::core::ops::Fn(::countersign_runtime::__private::Start<B>) -> Made
        + ::core::marker::Send + ::core::marker::Sync + 'static,
    Made: ::core::future::Future<
            Output = ::core::result::Result<
                H,
                ::countersign_runtime::__private::BankError,
            >,
        > + ::core::marker::Send + 'static,
{
    ::countersign_runtime::__private::start(__parts(adapter, __make(make)), options)
}
const _: &::countersign_runtime::Adapter = &ADAPTER;
type __Hooks = <Cx as ::countersign_runtime::__private::ContextParts>::Hooks;
/// Hooks as all endpoints share them.
fn __bank<H: ::countersign_runtime::__private::Hooks>(
    hooks: H,
) -> ::countersign_runtime::__private::Bank<__Hooks> {
    use ::countersign_runtime::__private as __runtime;
    let hooks: ::std::sync::Arc<dyn __runtime::DynHooks> = ::std::sync::Arc::new(hooks);
    let behaviours: ::std::sync::Arc<dyn __runtime::DynHooks> = ::std::sync::Arc::clone(
        &hooks,
    ) as _;
    __runtime::Bank {
        hooks,
        behaviours,
    }
}
/// Hooks that are there already.
fn __made<H: ::countersign_runtime::__private::Hooks>(
    hooks: H,
) -> ::countersign_runtime::__private::BankStart<__Hooks> {
    ::countersign_runtime::__private::BankStart::made(
        <H as ::countersign_runtime::__private::Hooks>::unfinished(),
        __bank(hooks),
    )
}
/// Hooks that a function makes.
fn __make<B, H, F, Made>(make: F) -> ::countersign_runtime::__private::BankStart<__Hooks>
where
    B: ::countersign_runtime::__private::Settings,
    H: ::countersign_runtime::__private::Hooks,
    F: ::core::ops::Fn(::countersign_runtime::__private::Start<B>) -> Made
        + ::core::marker::Send + ::core::marker::Sync + 'static,
    Made: ::core::future::Future<
            Output = ::core::result::Result<
                H,
                ::countersign_runtime::__private::BankError,
            >,
        > + ::core::marker::Send + 'static,
{
    ::countersign_runtime::__private::BankStart::by(
        <H as ::countersign_runtime::__private::Hooks>::unfinished(),
        make,
        __bank,
    )
}
fn __parts<A: Api>(
    adapter: A,
    bank: ::countersign_runtime::__private::BankStart<__Hooks>,
) -> ::countersign_runtime::__private::Parts<
    <Cx as ::countersign_runtime::__private::ContextParts>::Settings,
    __Hooks,
> {
    use ::countersign_runtime::__private as __runtime;
    let adapter = ::std::sync::Arc::new(adapter);
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
        bank,
    }
}