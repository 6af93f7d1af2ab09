//! The demo issuer in this process, with a clock that is turned by hand.
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing, reason = "not every test uses all, and may break")]

use std::sync::Arc;

use countersign_runtime::StartOptions;
use countersign_runtime::axum::Router;
use countersign_runtime::axum::body::{Body, to_bytes};
use countersign_runtime::axum::http::Request;
use countersign_runtime::testing::HandClock;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{DANA, basic, reason, request, settings_file};
use crate::{generated, hooks};

pub struct Turned {
    router: Router,
    pub clock: Arc<HandClock>,
    _folder: tempfile::TempDir,
}

/// The demo issuer with its rows, some texts of them changed.
pub fn start(changes: &[(&str, &str)]) -> Turned {
    let (folder, file) = settings_file(changes);
    let clock = HandClock::new();
    let options = StartOptions { settings: Some(file), clock: Some(clock.clone()), ..StartOptions::dev() };
    let app = generated::start(hooks::Adapter, hooks::DemoIssuer, options).expect("the demo issuer");
    Turned { router: app.router(), clock, _folder: folder }
}

impl Turned {
    /// Sends a body as the demo caller.
    pub async fn send(&self, method: &str, path: &str, body: Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("/b2b-gateway{path}"))
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("authorization", basic("demo", "demo-access-token"))
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Asks about a customer.
    pub async fn about(&self, customer: &str, method: &str, path: &str, more: Value) -> Value {
        self.send(method, path, request(customer, more)).await
    }

    /// Asks about dana, and gives the reason of a failure or `SUCCESS`.
    pub async fn ask(&self, method: &str, path: &str, more: Value) -> String {
        reason(&self.about(DANA, method, path, more).await)
    }

    /// A code for dana.
    pub async fn code(&self, path: &str, more: Value) -> String {
        let body = self.about(DANA, "POST", path, more).await;
        let code = body.get("verificationCode").or_else(|| body.get("recoveryCode"));
        code.and_then(Value::as_str).expect("a code").to_owned()
    }
}

/// Answers to questions by their ids.
pub fn answers(given: &[(&str, &str)]) -> Value {
    let answers = given.iter().map(|(id, answer)| json!({ "questionId": id, "answer": answer }));
    json!({ "questionAnswers": answers.collect::<Vec<_>>() })
}
