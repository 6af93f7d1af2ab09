//! The endpoints by hand, without anything that makes them safe: the floor.

#![allow(clippy::result_large_err, reason = "an answer that refuses is passed on as it is, and never copied")]

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use countersign_benches::api::{
    CreateSms, Decorate, Decorated, Info, Lookup, SmsCreated, Text, ValidateConsent, VerifySms,
};
use countersign_benches::codes::Codes;
use countersign_benches::{answers, bank};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;

type Shared = State<Arc<Codes>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let router = Router::new()
        .route("/api/service/status", get(async || answers::ok(answers::status())))
        .route("/api/auth/user/lookup", post(lookup))
        .route("/api/auth/user/info", post(info))
        .route("/api/auth/sms/create", post(create_sms))
        .route("/api/auth/sms/verify", post(verify_sms))
        .route("/api/operation/formdata/decorate", post(decorate))
        .route("/api/auth/consent/validate", post(validate_consent))
        .with_state(Arc::new(Codes::default()));
    let address = std::env::var("COUNTERSIGN_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        // Answers are written in one piece; waiting for more would only delay them.
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        // How a connection ends is the caller's business. HTTP/1.1 alone costs less than finding out what is spoken.
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// Burns so many nanoseconds: what the harness plants to see whether it finds them.
fn burn() {
    static BURNT: std::sync::LazyLock<u64> =
        std::sync::LazyLock::new(|| std::env::var("BURN_NS").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
    let begun = std::time::Instant::now();
    while *BURNT > 0 && begun.elapsed().as_nanos() < u128::from(*BURNT) {
        std::hint::spin_loop();
    }
}

async fn lookup(body: Bytes) -> Response {
    answer_lookup(&body).await.unwrap_or_else(|refused| refused)
}

async fn answer_lookup(body: &[u8]) -> Result<Response, Response> {
    let request: Lookup<'_> = answers::read(body)?;
    let broken = answers::broken_by_lookup(request.username.as_str(), request.organization_id.as_str());
    if !broken.is_empty() {
        return Err(answers::broken(&broken));
    }
    let customer = bank::by_login(request.username.0.into_owned()).await.ok_or_else(answers::nobody)?;
    Ok(answers::ok(answers::detail(&customer, Some(request.organization_id.as_str()))))
}

async fn info(body: Bytes) -> Response {
    burn();
    answer_info(&body).await.unwrap_or_else(|refused| refused)
}

async fn answer_info(body: &[u8]) -> Result<Response, Response> {
    let request: Info<'_> = answers::read(body)?;
    let organization = request.organization_id.as_ref().map(Text::as_str);
    let broken = answers::broken_by_user(request.user_id.as_str(), organization);
    if !broken.is_empty() {
        return Err(answers::broken(&broken));
    }
    let customer = bank::by_number(request.user_id.as_str().to_owned()).await.ok_or_else(answers::nobody)?;
    Ok(answers::ok(answers::detail(&customer, organization)))
}

async fn decorate(body: Bytes) -> Response {
    answer_decorate(&body).await.unwrap_or_else(|refused| refused)
}

async fn answer_decorate(body: &[u8]) -> Result<Response, Response> {
    let request: Decorate<'_> = answers::read(body)?;
    let Some(form) = request.operation_context.form_data else {
        return Err(answers::refused(StatusCode::BAD_REQUEST, "INPUT_INVALID", "operationContext.missing"));
    };
    let accounts = bank::accounts(request.user_id.as_str().to_owned()).await;
    Ok(answers::ok(Decorated { form_data: answers::with_choice(form, accounts) }))
}

async fn create_sms(State(codes): Shared, body: Bytes) -> Response {
    answer_create_sms(&codes, &body).await.unwrap_or_else(|refused| refused)
}

async fn answer_create_sms(codes: &Codes, body: &[u8]) -> Result<Response, Response> {
    let request: CreateSms<'_> = answers::read(body)?;
    let user = request.user_id.as_ref().map(Text::as_str).unwrap_or_default();
    let operation = request.operation_context.id.as_ref().map(Text::as_str).unwrap_or_default();
    let customer = bank::by_number(user.to_owned()).await.ok_or_else(answers::nobody)?;
    let (id, digits) = codes.issue(user, operation);
    let sent = bank::send(customer.phone, answers::message(&digits)).await;
    let sms_delivery_result = if sent.is_ok() { "SUCCEEDED" } else { "FAILED" };
    Ok(answers::ok(SmsCreated { message_id: id.to_string(), sms_delivery_result, error_message: None }))
}

async fn verify_sms(State(codes): Shared, body: Bytes) -> Response {
    let request: VerifySms<'_> = match answers::read(&body) {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    answers::verified(codes.verify(
        request.message_id.as_ref().map(Text::as_str),
        request.operation_context.id.as_ref().map(Text::as_str),
        request.authorization_code.as_ref().map(Text::as_str),
    ))
}

async fn validate_consent(body: Bytes) -> Response {
    match answers::read::<ValidateConsent<'_>>(&body) {
        Ok(request) => answers::ok(answers::consent(&request.options)),
        Err(refused) => refused,
    }
}
