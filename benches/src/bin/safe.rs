//! The endpoints by hand, as safe as a generated adapter is: the bank's code on threads of its own with slots and
//! deadlines, bodies checked before they are parsed, limits on heads, bodies and time, an audit entry, a request id and
//! a log line for each request, codes bound, counted and kept as MACs.

#![allow(clippy::result_large_err, reason = "an answer that refuses is passed on as it is, and never copied")]

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use countersign_benches::api::{
    CreateSms, Decorate, Decorated, Info, Lookup, OperationContext, SmsCreated, Text, ValidateConsent, VerifySms,
};
use countersign_benches::codes::{Bound, SafeCodes};
use countersign_benches::hop::Hop;
use countersign_benches::record::{Audit, Event, Log};
use countersign_benches::{answers, bank, precheck};
use http_body_util::{BodyExt, Limited};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use uuid::Uuid;

const BODY: usize = 64 * 1024;
const BODY_TIME: Duration = Duration::from_secs(10);
const HANDLING: Duration = Duration::from_secs(10);
const LOOKUP: Duration = Duration::from_secs(2);
const SEND: Duration = Duration::from_secs(5);

struct World {
    lookups: Hop,
    sends: Hop,
    log: Log,
    audit: Audit,
    codes: SafeCodes,
    /// How many codes a user gets in five minutes.
    codes_a_user: u32,
}

type Shared = State<Arc<World>>;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let unlimited = std::env::var("COUNTERSIGN_DEV_LIMITS").is_ok_and(|limits| limits == "off");
    let world = World {
        lookups: Hop::new(64)?,
        sends: Hop::new(64)?,
        log: Log::start(),
        audit: Audit::default(),
        codes: SafeCodes::default(),
        codes_a_user: if unlimited { u32::MAX } else { 5 },
    };
    let router = Router::new()
        .route("/api/service/status", get(status))
        .route("/api/auth/user/lookup", post(lookup))
        .route("/api/auth/user/info", post(info))
        .route("/api/auth/sms/create", post(create_sms))
        .route("/api/auth/sms/verify", post(verify_sms))
        .route("/api/operation/formdata/decorate", post(decorate))
        .route("/api/auth/consent/validate", post(validate_consent))
        .with_state(Arc::new(world));
    let address = std::env::var("COUNTERSIGN_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let places = Arc::new(tokio::sync::Semaphore::new(1024));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return Ok(()) };
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let served = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(Duration::from_secs(5))
                .max_headers(64)
                .max_buf_size(16 * 1024)
                .serve_connection(TokioIo::new(stream), service);
            // How a connection ends is the caller's business.
            let _ = served.await;
            drop(place);
        });
    }
}

/// A request that is being answered.
struct Call {
    id: Uuid,
    now: u64,
    begun: Instant,
}

impl Call {
    fn begin() -> Call {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis() as u64;
        Call { id: Uuid::new_v4(), now, begun: Instant::now() }
    }

    /// The answer with its id, after a line in the log.
    fn end(&self, world: &World, endpoint: &str, mut response: Response) -> Response {
        let mut id = [0; 36];
        let id: &str = self.id.hyphenated().encode_lower(&mut id);
        world.log.line(self.now, id, endpoint, response.status().as_u16(), self.begun.elapsed().as_micros());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(HeaderName::from_static("x-request-id"), id);
        }
        response
    }
}

/// Takes a body in and answers it, in time.
async fn served<Answered>(
    world: &Arc<World>,
    endpoint: &str,
    request: Request<Body>,
    answer: impl FnOnce(Arc<World>, Bytes, Arc<Call>) -> Answered,
) -> Result<Response, Infallible>
where
    Answered: Future<Output = Result<Response, Response>> + Send + 'static,
{
    let call = Arc::new(Call::begin());
    let response = match body_of(request).await {
        Ok(body) => {
            let answering = tokio::spawn(answer(world.clone(), body, call.clone()));
            match tokio::time::timeout(HANDLING, answering).await {
                Ok(Ok(answer)) => answer.unwrap_or_else(|refused| refused),
                _ => answers::refused(StatusCode::SERVICE_UNAVAILABLE, "ERROR_GENERIC", "error.unknown"),
            }
        }
        Err(refused) => refused,
    };
    Ok(call.end(world, endpoint, response))
}

async fn body_of(request: Request<Body>) -> Result<Bytes, Response> {
    let malformed = || answers::refused(StatusCode::BAD_REQUEST, "INPUT_INVALID", "error.invalidRequest");
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json")) {
        return Err(answers::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "INPUT_INVALID", "error.invalidRequest"));
    }
    let collected = tokio::time::timeout(BODY_TIME, Limited::new(request.into_body(), BODY).collect()).await;
    let body = collected.map_err(|_| malformed())?.map_err(|_| malformed())?.to_bytes();
    if precheck::passes(&body) { Ok(body) } else { Err(malformed()) }
}

fn busy() -> Response {
    answers::refused(StatusCode::SERVICE_UNAVAILABLE, "ERROR_GENERIC", "error.unknown")
}

impl World {
    fn tell(&self, call: &Call, event: &str, outcome: &str, user: &str, operation: &str) {
        let mut id = [0; 36];
        let request: &str = call.id.hyphenated().encode_lower(&mut id);
        self.audit.tell(call.now, &Event { event, outcome, user, operation, request });
    }
}

fn text<'t>(text: &'t Option<Text<'_>>) -> &'t str {
    text.as_ref().map(Text::as_str).unwrap_or_default()
}

async fn status(State(world): Shared) -> Response {
    let call = Call::begin();
    call.end(&world, "status", answers::ok(answers::status()))
}

async fn lookup(State(world): Shared, request: Request<Body>) -> Result<Response, Infallible> {
    served(&world, "lookup", request, |world, body, call| async move {
        let request: Lookup<'_> = answers::read(&body)?;
        let broken = answers::broken_by_lookup(request.username.as_str(), request.organization_id.as_str());
        if !broken.is_empty() {
            return Err(answers::broken(&broken));
        }
        let asked = world.lookups.ask(LOOKUP, bank::by_login(request.username.0.into_owned()));
        let found = asked.await.ok_or_else(busy)?;
        let outcome = if found.is_some() { "success" } else { "failure" };
        let user = found.as_ref().map(|customer| customer.number).unwrap_or_default();
        world.tell(&call, "user.lookup", outcome, user, text(&request.operation_context.id));
        let customer = found.ok_or_else(answers::nobody)?;
        Ok(answers::ok(answers::detail(&customer, Some(request.organization_id.as_str()))))
    })
    .await
}

async fn info(State(world): Shared, request: Request<Body>) -> Result<Response, Infallible> {
    served(&world, "info", request, |world, body, call| async move {
        let request: Info<'_> = answers::read(&body)?;
        let organization = request.organization_id.as_ref().map(Text::as_str);
        let broken = answers::broken_by_user(request.user_id.as_str(), organization);
        if !broken.is_empty() {
            return Err(answers::broken(&broken));
        }
        let asked = world.lookups.ask(LOOKUP, bank::by_number(request.user_id.as_str().to_owned()));
        let found = asked.await.ok_or_else(busy)?;
        let outcome = if found.is_some() { "success" } else { "failure" };
        world.tell(&call, "user.lookup", outcome, request.user_id.as_str(), "");
        let customer = found.ok_or_else(answers::nobody)?;
        Ok(answers::ok(answers::detail(&customer, organization)))
    })
    .await
}

async fn decorate(State(world): Shared, request: Request<Body>) -> Result<Response, Infallible> {
    served(&world, "decorate", request, |world, body, call| async move {
        let request: Decorate<'_> = answers::read(&body)?;
        let Some(form) = request.operation_context.form_data else {
            return Err(answers::refused(StatusCode::BAD_REQUEST, "INPUT_INVALID", "operationContext.missing"));
        };
        let user = request.user_id.as_str();
        let found = world.lookups.ask(LOOKUP, bank::by_number(user.to_owned())).await.ok_or_else(busy)?;
        let outcome = if found.is_some() { "success" } else { "failure" };
        world.tell(&call, "user.lookup", outcome, user, text(&request.operation_context.id));
        let customer = found.ok_or_else(answers::nobody)?;
        let accounts = world.lookups.ask(LOOKUP, bank::accounts(customer.number.to_owned())).await.ok_or_else(busy)?;
        Ok(answers::ok(Decorated { form_data: answers::with_choice(form, accounts) }))
    })
    .await
}

fn bound<'a>(user: &'a str, operation: &'a OperationContext<'_>) -> Bound<'a> {
    Bound { user, operation: text(&operation.id), name: text(&operation.name), data: text(&operation.data) }
}

async fn create_sms(State(world): Shared, request: Request<Body>) -> Result<Response, Infallible> {
    served(&world, "create_sms", request, |world, body, call| async move {
        let request: CreateSms<'_> = answers::read(&body)?;
        let (user, operation) = (text(&request.user_id), text(&request.operation_context.id));
        let found = world.lookups.ask(LOOKUP, bank::by_number(user.to_owned())).await.ok_or_else(busy)?;
        let customer = found.ok_or_else(answers::nobody)?;
        let issued = world.codes.issue(&bound(user, &request.operation_context), call.now, world.codes_a_user);
        let Some((id, digits)) = issued else {
            world.tell(&call, "otp.issued", "refused", user, operation);
            return Err(busy());
        };
        world.tell(&call, "otp.issued", "success", user, operation);
        let sent = world.sends.ask(SEND, bank::send(customer.phone, answers::message(&digits))).await;
        let sent = sent.is_some_and(|sent| sent.is_ok());
        world.tell(&call, "otp.sent", if sent { "success" } else { "failure" }, user, operation);
        let sms_delivery_result = if sent { "SUCCEEDED" } else { "FAILED" };
        Ok(answers::ok(SmsCreated { message_id: id.to_string(), sms_delivery_result, error_message: None }))
    })
    .await
}

async fn verify_sms(State(world): Shared, request: Request<Body>) -> Result<Response, Infallible> {
    served(&world, "verify_sms", request, |world, body, call| async move {
        let request: VerifySms<'_> = answers::read(&body)?;
        let user = text(&request.user_id);
        let bound = bound(user, &request.operation_context);
        let id = request.message_id.as_ref().map(Text::as_str);
        let verdict = world.codes.verify(id, &bound, text(&request.authorization_code), call.now);
        world.tell(&call, "otp.verified", if verdict.0 { "success" } else { "failure" }, user, bound.operation);
        Ok(answers::verified(verdict))
    })
    .await
}

async fn validate_consent(State(world): Shared, request: Request<Body>) -> Result<Response, Infallible> {
    served(&world, "validate_consent", request, |world, body, call| async move {
        let request: ValidateConsent<'_> = answers::read(&body)?;
        let checked = answers::consent(&request.options);
        let outcome = if checked.consent_validation_passed { "success" } else { "failure" };
        let operation = text(&request.operation_context.id);
        world.tell(&call, "consent.checked", outcome, request.user_id.as_str(), operation);
        Ok(answers::ok(checked))
    })
    .await
}
