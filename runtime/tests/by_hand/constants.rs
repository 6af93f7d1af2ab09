//! What is always the same, and answers that have nothing to say.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use countersign_runtime::wire::decode;
use countersign_runtime::{Const, Context, Fault, Payload, StartOptions, Time, api};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::plain::{ADAPTER, Failure, PlainError};

type Cx = Context<()>;

#[derive(Debug, Clone, Payload)]
#[payload(names = snake)]
pub struct Notice {
    #[payload(const = "fixed")]
    #[check(const = "kind.other", required = "kind.absent")]
    pub kind: Const,
    #[payload(const = 1)]
    pub version: Const,
    #[payload(const = { "a": [true] })]
    pub details: Option<Const>,
    #[payload(const = null)]
    pub nothing: Const,
    #[payload(const = "v")]
    #[check(raises(const = country.unsupported))]
    pub last: Option<Const>,
}

#[derive(Debug, Clone, Payload)]
pub struct Empty {}

#[api(adapter = ADAPTER, errors = PlainError, failure = Failure)]
pub trait Constants {
    #[endpoint(POST, "/gone", success = 204)]
    async fn gone(&self, _cx: &Cx, _request: Notice) -> Result<(), PlainError> {
        Ok(())
    }
    #[endpoint(POST, "/reset", success = 205)]
    async fn reset(&self, _cx: &Cx, request: Notice) -> Result<Notice, PlainError> {
        Ok(request)
    }
    #[endpoint(POST, "/nothing")]
    async fn nothing(&self, _cx: &Cx, _request: Notice) -> Result<(), PlainError> {
        Ok(())
    }
    #[endpoint(POST, "/empty")]
    async fn empty(&self, _cx: &Cx, _request: Notice) -> Result<Empty, PlainError> {
        Ok(Empty {})
    }
}

struct Adapted;

impl Constants for Adapted {}

fn broken(with: Value) -> Vec<String> {
    let mut notice = json!({ "kind": "fixed", "version": 1 });
    notice.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    match decode::<Notice>(&ADAPTER, Time::from_seconds(1_000), notice.to_string().as_bytes()) {
        Ok(_) => Vec::new(),
        Err(Fault { name: "input.invalid", violations, .. }) => {
            violations.iter().map(|one| format!("{} {} {}", one.path, one.key, one.rule)).collect()
        }
        Err(fault) => vec![fault.name.to_owned()],
    }
}

#[test]
fn another_value_than_the_constant_breaks_a_rule_of_the_field() {
    for good in
        [json!({}), json!({ "version": 1.0 }), json!({ "details": { "a": [true] } }), json!({ "nothing": null })]
    {
        assert_eq!(broken(good), Vec::<String>::new());
    }
    assert_eq!(broken(json!({ "kind": "other" })), ["kind kind.other const"]);
    assert_eq!(broken(json!({ "kind": 7 })), ["kind kind.other const"]);
    assert_eq!(broken(json!({ "kind": null })), ["kind kind.absent required"]);
    assert_eq!(broken(json!({ "version": "1" })), ["version const const"]);
    assert_eq!(broken(json!({ "version": null })), ["version violation.required required"]);
    assert_eq!(broken(json!({ "details": { "a": [false] } })), ["details const const"]);
    assert_eq!(broken(json!({ "nothing": 0 })), ["nothing const const"]);
    assert_eq!(broken(json!({ "last": "w" })), ["country.unsupported"]);
}

async fn answer(path: &str) -> (Response<()>, Vec<u8>) {
    let app = start(Adapted, crate::api::Bank, StartOptions::dev()).unwrap();
    let body = json!({ "kind": "fixed", "version": 1 }).to_string();
    let request = Request::post(path).header("content-type", "application/json").body(Body::from(body)).unwrap();
    let (head, body) = app.router().oneshot(request).await.unwrap().into_parts();
    (Response::from_parts(head, ()), body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn what_has_no_content_has_no_media_type() {
    for (path, status) in [("/gone", StatusCode::NO_CONTENT), ("/reset", StatusCode::RESET_CONTENT)] {
        let (head, body) = answer(path).await;
        assert_eq!((head.status(), body.len()), (status, 0), "{path}");
        assert!(!head.headers().contains_key("content-type"), "{path}");
    }
    let (head, body) = answer("/nothing").await;
    assert_eq!((head.status(), body.len()), (StatusCode::OK, 0));
    assert!(!head.headers().contains_key("content-type"), "an empty body is of no type");
}

#[tokio::test]
async fn a_payload_without_fields_is_an_object() {
    let (head, body) = answer("/empty").await;
    assert_eq!((head.status(), body.as_slice()), (StatusCode::OK, b"{}".as_slice()));
    assert_eq!(head.headers()["content-type"], "application/json");
}
