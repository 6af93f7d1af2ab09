//! What the macros' expansions call. Not for people: it may change with every version.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

/// The file that a generated module brings as the API's document; none where this program has no page to show it.
#[cfg(feature = "page")]
#[doc(hidden)]
#[macro_export]
macro_rules! __document {
    ($file:literal) => {
        ::core::option::Option::Some(::core::include_str!($file))
    };
}

/// The file that a generated module brings as the API's document; none where this program has no page to show it.
#[cfg(not(feature = "page"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __document {
    ($file:literal) => {
        ::core::option::Option::None
    };
}

pub use axum::http::Method;
use axum::http::{HeaderValue, header};

pub use crate::adapter::Times;
pub use crate::adapter::{Alphabet, IdForm, OtpKind, SendWindow, SessionKind};
pub use crate::behaviours::codes::{OneTimeCode, OtpStatus};
pub use crate::behaviours::sessions::Session;
pub use crate::behaviours::tables::{Row, Table};
pub use crate::context::Context;
use crate::context::Core;
pub use crate::endpoint::{Endpoint, Incoming, Outside, Reply};
pub use crate::entities::{
    AccountChoice, AccountStatus, Application, BankAccount, CertificateMode, CheckState, ConsentOption, DepositMethod,
    FieldConfig, GivenAnswer, Message, Operation, OperationChange, OptionResult, Organization, PasswordProtection,
    Question, Risk, RiskAction, User, Wallet, WalletAccount,
};
pub use crate::error_table::{answers_twice, answers_unexpected, row_of};
pub use crate::fault::{ErrorRow, Fault, Outcome, Refusal, ViolationText};
pub use crate::hooks::{BankError, BoxFuture, Call, DynHooks, Hooks, LookupHooks, Start, WithoutGateway};
pub use crate::reading::{field_is, has_field};
pub use crate::refusal::Answer;
pub use crate::serve::{App, Parts, StartError, StartOptions, serve, start};
pub use crate::settings::{Cells, SettingError, SettingValue, Settings, SettingsTree};
pub use crate::start::{Bank, BankStart};
use crate::values::Decimal;
pub use crate::values::Json;
pub use crate::wire::form::{config_of, put_choice};
pub use crate::wire::{
    Accepts, At, Attribute, Bare, Bound, ChoiceAttribute, Conditional, Decoder, Encoder, Envelope, Field, Form, Format,
    Formatted, HeadField, HeadPlace, Kind, Node, Object, Payload, Rule, Test, Then, Token, Unreadable,
};

use crate::adapter::Case;
use crate::endpoint::{Discriminator, PathCheck};
use crate::reading::{as_violation, check_path, read};
use crate::refusal::refusal;
use crate::wire::header as header_of;

/// A value as an attribute has it.
pub fn literal(json: &'static str) -> Json {
    Json::written(json)
}

/// A decimal that is a default, as it is written.
pub fn decimal(literal: &str) -> Decimal {
    Decimal::parse(literal).unwrap_or_default()
}

/// The settings and the hooks that a context knows of.
pub trait ContextParts {
    /// The definition's own settings.
    type Settings;
    /// The hooks that it knows of.
    type Hooks: ?Sized;
}

impl<S, H: ?Sized> ContextParts for Context<S, H> {
    type Settings = S;
    type Hooks = H;
}

/// What the attribute knows of a method.
#[derive(Debug)]
pub struct Route {
    /// The method's name.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, without the adapter's base.
    pub path: &'static str,
    /// Whether it takes a request body.
    pub has_body: bool,
    /// What distinguishes it from others at its route.
    pub when: Option<Discriminator>,
    /// The kind of session that it needs.
    pub session: Option<&'static SessionKind>,
    /// The status of a success.
    pub success: u16,
    /// The media type of a failure.
    pub failure_type: &'static str,
    /// Answers a fault by the endpoint's own table.
    pub refuse: fn(Fault, &Core) -> Reply,
}

/// An endpoint that takes a request: `I` is its envelope, `O` that of a success, `F` the failure.
pub fn endpoint_with_request<S, H, I, Q, O, R, E, F, Fut>(
    route: Route,
    call: impl Fn(Context<S, H>, Q) -> Fut + Send + Sync + 'static,
) -> Endpoint<S, H>
where
    S: Send + Sync + 'static,
    H: ?Sized + Send + Sync + 'static,
    I: Envelope<Q>,
    Q: Payload,
    O: Envelope<R>,
    R: Payload,
    E: Answer,
    F: Payload + From<Refusal>,
    Fut: Future<Output = Result<R, E>> + Send + 'static,
{
    let (success, failure_type) = (route.success, route.failure_type);
    let call = Arc::new(call);
    let run = move |mut cx: Context<S, H>, incoming: Incoming| -> BoxFuture<'static, Reply> {
        let call = call.clone();
        Box::pin(async move {
            let (request, notes) = read::<I, Q>(incoming, &cx);
            cx.keep_notes(notes);
            let core: Core = (*cx).clone();
            let request = match request {
                Ok(request) => request,
                Err(fault) => return refuse::<E, F>(fault, &core, failure_type),
            };
            if core.session.as_ref().is_some_and(|session| !session.fits(&request)) {
                let fault = Fault::new("caller.unknown").with_detail("the session is bound to another value");
                let mut reply = refuse::<E, F>(fault, &core, failure_type);
                let challenge = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                reply.headers.extend((reply.status == 401).then_some(challenge));
                return reply;
            }
            let done = call(cx, request).await.map_err(|error| as_violation::<Q, E>(error, &core));
            reply::<O, R, E, F>(done, &core, success, failure_type)
        })
    };
    let path_check: Option<PathCheck> = route.path.contains('{').then_some(check_path::<Q> as PathCheck);
    let has_body = route.has_body && has_body::<Q>(route.path);
    let (has_head, request_id) = (!Q::HEAD.is_empty(), request_id::<Q>());
    Endpoint { path_check, has_body, has_head, request_id, ..finished(route, Arc::new(run)) }
}

/// False for a request whose fields stand in headers, the query and the path alone.
fn has_body<Q: Payload>(path: &str) -> bool {
    let in_path = |name: &&&str| {
        path.split('/').any(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(**name))
    };
    // A request without any field is an empty object.
    let beside = Q::BESIDE_HEAD.or((!Q::MEMBERS.is_empty()).then_some(Q::MEMBERS));
    Q::ECHOES || beside.is_none_or(|names| !names.iter().all(|name| in_path(&name)))
}

/// The header of a request that means its id.
fn request_id<Q: Payload>() -> Option<&'static str> {
    let mut headers = Q::HEAD.iter().filter(|one| one.place == HeadPlace::Header).map(|one| one.field);
    headers.find(|field| field.meaning == Some("request.id")).map(|field| field.name)
}

/// An endpoint that takes none.
pub fn endpoint_without_request<S, H, O, R, E, F, Fut>(
    route: Route,
    call: impl Fn(Context<S, H>) -> Fut + Send + Sync + 'static,
) -> Endpoint<S, H>
where
    S: Send + Sync + 'static,
    H: ?Sized + Send + Sync + 'static,
    O: Envelope<R>,
    R: Payload,
    E: Answer,
    F: Payload + From<Refusal>,
    Fut: Future<Output = Result<R, E>> + Send + 'static,
{
    let (success, failure_type) = (route.success, route.failure_type);
    let call = Arc::new(call);
    let run = move |cx: Context<S, H>, _incoming: Incoming| -> BoxFuture<'static, Reply> {
        let call = call.clone();
        Box::pin(async move {
            let core: Core = (*cx).clone();
            reply::<O, R, E, F>(call(cx).await, &core, success, failure_type)
        })
    };
    finished(route, Arc::new(run))
}

fn finished<S, H: ?Sized>(route: Route, run: crate::endpoint::Run<S, H>) -> Endpoint<S, H> {
    let Route { name, method, path, has_body, when, session, refuse, .. } = route;
    Endpoint {
        name,
        method,
        path,
        has_body,
        when,
        session,
        path_check: None,
        has_head: false,
        request_id: None,
        run,
        refuse,
    }
}

fn reply<O, R, E, F>(done: Result<R, E>, core: &Core, status: u16, failure_type: &'static str) -> Reply
where
    O: Envelope<R>,
    E: Answer,
    F: Payload + From<Refusal>,
{
    match done {
        Err(error) => refuse_with::<E, F>(&error, core, failure_type),
        Ok(response) => {
            let status = core.status().unwrap_or(status);
            let envelope = O::around(response);
            let body = (has_content(status) && !envelope.is_nothing()).then(|| written(&envelope, core));
            let mut headers = Vec::new();
            if !O::HEAD.is_empty() {
                envelope
                    .head(&Encoder::answer(core.adapter()), &mut |name, value| headers.extend(header_of(name, &value)));
            }
            Reply { status, content_type: JSON, body, headers, fault: None, inner: None, busy: false }
        }
    }
}

/// The media type of answers that are no failure.
const JSON: &str = "application/json";

/// A payload as it is sent.
fn written(payload: &impl Payload, core: &Core) -> Vec<u8> {
    let mut encoder = Encoder::answer(core.adapter());
    payload.encode(&mut encoder);
    encoder.into_bytes()
}

/// False for statuses whose answers have no content.
fn has_content(status: u16) -> bool {
    !matches!(status, 204 | 205)
}

/// Answers a fault with the row that a table has for it, in the envelope of failures.
pub fn refuse<E: Answer, F: Payload + From<Refusal>>(fault: Fault, core: &Core, content_type: &'static str) -> Reply {
    refuse_with::<E, F>(&E::from(fault), core, content_type)
}

/// Answers an error that a method returned.
fn refuse_with<E: Answer, F: Payload + From<Refusal>>(error: &E, core: &Core, content_type: &'static str) -> Reply {
    let (refusal, mut encoder) = (refusal(error, core), Encoder::answer(core.adapter()));
    let mut headers = Vec::new();
    let mut show = |name, value: Json| headers.extend(header_of(name, &value));
    if !error.shown(&refusal, &mut encoder, &mut show) {
        failure::<F>(refusal, &mut encoder, &mut show);
    }
    let status = error.row().status;
    Reply {
        status,
        // A row may answer what is a success to the caller.
        content_type: if status < 400 { JSON } else { content_type },
        body: Some(encoder.into_bytes()),
        headers,
        fault: Some(error.fault().name),
        inner: error.fault().inner.clone(),
        busy: error.fault().busy,
    }
}

/// Writes the body of a failure, whose headers are shown one by one.
pub fn failure<F: Payload + From<Refusal>>(
    refusal: Refusal,
    encoder: &mut Encoder,
    show: &mut dyn FnMut(&'static str, Json),
) {
    let failure = F::from(refusal);
    failure.head(encoder, show);
    failure.encode(encoder);
}

/// The adapter's own answers, for what happens outside every endpoint.
pub fn outside(refuse: fn(Fault, &Core) -> Reply) -> Outside {
    Outside { refuse }
}

/// The id of an attribute that no variant knows.
pub fn attribute_id(json: &Json) -> Option<Cow<'static, str>> {
    json.value().get("id").and_then(serde_json::Value::as_str).map(|id| Cow::Owned(id.to_owned()))
}

/// What is kept as it came.
pub fn kept(json: Node<'_>) -> Json {
    Json::written(json.raw())
}

/// The text that an enum's member is read from: its name, in the case of the enum where case does not count, or the
/// number of members that have one.
///
/// # Errors
/// If it is neither text nor number.
pub fn member<'j>(json: Node<'j>, decoder: &Decoder<'_>, names: &[&'static str]) -> Result<&'j str, Unreadable> {
    let case = decoder.adapter().wire.enum_names;
    match json.token() {
        Token::Text(text) if case == Case::Any => {
            Ok(names.iter().find(|name| case.same(name, text)).copied().unwrap_or(text))
        }
        Token::Text(text) => Ok(text),
        Token::Number(literal) => Ok(literal),
        _ => Err(Unreadable::Type),
    }
}

/// A hook gave a text that no member of an enum is called.
pub fn no_member(of: &str) -> Fault {
    Fault::new("hook.failed").with_detail(format!("what it gave is called as no member of `{of}`"))
}

/// True if a value shows this text, whatever it means.
pub fn says<T: Payload>(value: &T, text: &str) -> bool {
    let mut same = false;
    value.visit(Some(""), &mut |meaning, shown| same |= meaning.is_empty() && shown == text);
    same
}

/// Keeps a setting that was read, or notes why it was not.
pub fn setting<T>(read: Result<T, SettingError>, mistakes: &mut Vec<SettingError>) -> Option<T> {
    read.map_err(|mistake| mistakes.push(mistake)).ok()
}

/// Keeps a table that was read, or notes what is wrong with its rows.
pub fn table<R: Row>(tree: &SettingsTree, path: &str, mistakes: &mut Vec<SettingError>) -> Option<Table<R>> {
    tree.rows(path).map_err(|wrong| mistakes.extend(wrong)).ok()
}

/// A field of a payload that shows a quality of a thing.
pub fn shown<Q: Attribute, T: From<Q::Inner>>(quality: Q) -> Option<T> {
    quality.into_option().map(T::from)
}

/// A list of a payload that shows a list of a thing.
pub fn shown_list<Q: Attribute<Inner = Vec<I>>, I, T: From<I>>(quality: Q) -> Option<Vec<T>> {
    quality.into_option().map(|list| list.into_iter().map(T::from).collect())
}

/// A quality of a thing, as a payload's field shows it.
pub fn given<T, Q: Attribute<Inner: From<T>>>(field: Option<T>) -> Q {
    Q::from_option(field.map(Into::into))
}

/// A list of a thing, as a payload's list shows it.
pub fn given_list<T, Q: Attribute<Inner = Vec<I>>, I: From<T>>(field: Option<Vec<T>>) -> Q {
    Q::from_option(field.map(|list| list.into_iter().map(I::from).collect()))
}
