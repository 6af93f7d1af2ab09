//! Operations that say when they end: no code for one is good for longer. On a clock that is turned by hand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

#[rustfmt::skip]
#[allow(dead_code, reason = "the binary serves it")]
#[path = "../src/generated/mod.rs"]
mod generated;
#[path = "../src/hooks.rs"]
mod hooks;

use std::path::PathBuf;
use std::sync::Arc;

use countersign_runtime::axum::Router;
use countersign_runtime::axum::body::{Body, to_bytes};
use countersign_runtime::axum::http::Request;
use countersign_runtime::testing::HandClock;
use countersign_runtime::{Clock, StartOptions, Time};
use serde_json::{Value, json};
use tower::ServiceExt;

struct Bank {
    router: Router,
    clock: Arc<HandClock>,
    outbox: PathBuf,
    _folder: tempfile::TempDir,
}

fn start() -> Bank {
    let folder = tempfile::tempdir().unwrap();
    let (clock, outbox) = (HandClock::new(), folder.path().join("outbox"));
    let options = StartOptions { clock: Some(clock.clone()), ..StartOptions::dev() }
        .with("COUNTERSIGN_DEV_LIMITS", "on")
        .with("COUNTERSIGN_DEV_OUTBOX", outbox.display().to_string());
    let app = generated::start(hooks::Adapter, hooks::AcmeBank, options).unwrap();
    Bank { router: app.router(), clock, outbox, _folder: folder }
}

impl Bank {
    async fn post(&self, path: &str, payload: Value) -> (u16, Value) {
        let body = json!({ "requestObject": payload }).to_string();
        let request = Request::builder().method("POST").uri(path).header("content-type", "application/json");
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice::<Value>(&bytes).unwrap()["responseObject"].clone())
    }

    /// Asks for a code for an operation that ends in so many seconds, if it ends.
    async fn create(&self, operation: &str, ends: Option<i64>) -> (u16, Value) {
        let context = self.context(operation, ends);
        let request = json!({ "userId": "12345678", "organizationId": "RETAIL", "operationContext": context });
        self.post("/api/auth/sms/create", request).await
    }

    /// The id of such a code.
    async fn code(&self, operation: &str, ends: Option<i64>) -> String {
        self.create(operation, ends).await.1["messageId"].as_str().unwrap().to_owned()
    }

    /// Tells what checking a code ends with.
    async fn verify(&self, operation: &str, id: &str) -> String {
        let messages = self.messages();
        let code = messages.iter().find(|message| message["id"] == id).unwrap()["code"].clone();
        let request = json!({
            "messageId": id, "authorizationCode": code, "userId": "12345678", "organizationId": "RETAIL",
            "operationContext": self.context(operation, None)
        });
        let answer = self.post("/api/auth/sms/verify", request).await.1;
        let said = answer["errorMessage"].as_str().or(answer["smsAuthorizationResult"].as_str());
        said.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn context(&self, operation: &str, ends: Option<i64>) -> Value {
        let end = ends.map(|seconds| Time::from_millis(self.clock.now().millis() + seconds * 1000).to_string());
        json!({ "id": operation, "name": "login", "data": "A2", "validTo": end })
    }

    fn messages(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.outbox).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

const RIGHT: &str = "VERIFIED_SUCCEEDED";
const LATE: &str = "smsAuthorization.expired";

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_until_its_operation_ends_and_no_longer() {
    let bank = start();
    // Acme Bank's codes are good for three minutes.
    for (operation, ends, later, found) in [
        ("1", Some(60), 59, RIGHT),
        ("2", Some(60), 61, LATE),
        ("3", None, 61, RIGHT),
        ("4", Some(600), 179, RIGHT),
        ("5", Some(600), 181, LATE),
    ] {
        let id = bank.code(operation, ends).await;
        bank.clock.turn(later);
        assert_eq!(bank.verify(operation, &id).await, found, "{operation}");
        bank.clock.turn(3600);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_has_ended_gets_no_code() {
    let bank = start();
    let (status, answer) = bank.create("1", Some(-1)).await;
    assert_eq!((status, &answer["code"]), (410, &json!("OPERATION_EXPIRED")), "{answer}");
    assert_eq!(answer["message"], "smsAuthorization.operationExpired");
    assert_eq!(bank.messages().len(), 0);
    assert_eq!(bank.create("1", Some(1)).await.0, 200);
    assert_eq!(bank.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_repeated_only_if_it_ends_before_its_operation() {
    let bank = start();
    let id = bank.code("1", Some(120)).await;
    bank.clock.turn(10);
    assert_eq!(bank.code("1", Some(110)).await, id, "it ends when it was said to");
    assert_eq!(bank.code("1", None).await, id, "nothing is said of its end");
    let sooner = bank.code("1", Some(30)).await;
    assert_ne!(sooner, id);
    bank.clock.turn(31);
    assert_eq!(bank.verify("1", &id).await, LATE, "a newer code took its place");
    assert_eq!(bank.verify("1", &sooner).await, LATE);
}
