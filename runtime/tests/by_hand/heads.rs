//! Fields in headers and queries: read by their names and rules like any other, and answered.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use countersign_runtime::{Const, Context, Payload, StartOptions, Time, api};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::plain::{ADAPTER, Failure, PlainError};

type Cx = Context<()>;

#[derive(Debug, Clone, Payload)]
pub struct ListRequest {
    #[payload(is = request.id, name = "X-Request-ID", in = header)]
    #[check(required = "id.absent", pattern("[0-9a-f-]{36}", "id.odd"))]
    pub x_request_id: String,
    #[payload(name = "X-Version", in = header, const = 2)]
    pub x_version: Option<Const>,
    pub account: String,
    #[payload(in = query, accepts(text))]
    #[check(min(1), max(50, "limit.large"))]
    pub limit: Option<i64>,
    #[payload(in = query)]
    pub since: Option<Time>,
    #[payload(in = query, accepts(single), default)]
    pub tag: Vec<String>,
}

#[derive(Debug, Clone, Payload)]
pub struct ListResponse {
    #[payload(name = "Location", in = header)]
    pub location: Option<String>,
    #[payload(name = "X-Total", in = header)]
    pub total: i64,
    pub account: String,
    pub tag: Vec<String>,
    pub since: Option<Time>,
}

#[derive(Debug, Clone, Payload)]
pub struct TouchRequest {
    #[payload(in = header)]
    #[check(required)]
    pub reason: String,
}

#[derive(Debug, Clone, Payload)]
pub struct TouchResponse {
    #[payload(in = header)]
    pub reason: String,
}

#[derive(Debug, Clone, Payload)]
pub struct PlaceRequest {
    #[payload(name = "PSU-ID", in = header)]
    pub psu_id: Option<String>,
    #[check(required)]
    pub name: String,
}

#[derive(Debug, Clone, Payload)]
pub struct SwitchRequest {
    #[payload(accepts(text))]
    #[check(required)]
    pub number: i64,
    #[payload(accepts(text))]
    #[check(required)]
    pub on: bool,
}

#[derive(Debug, Clone, Payload)]
pub struct SwitchResponse {
    pub number: i64,
    pub on: bool,
}

#[api(adapter = ADAPTER, errors = PlainError, failure = Failure)]
pub trait Heads {
    #[endpoint(PUT, "/switch/{number}/{on}")]
    async fn switch(&self, _cx: &Cx, request: SwitchRequest) -> Result<SwitchResponse, PlainError> {
        let SwitchRequest { number, on } = request;
        Ok(SwitchResponse { number, on })
    }
    #[endpoint(GET, "/accounts/{account}")]
    async fn list(&self, cx: &Cx, request: ListRequest) -> Result<ListResponse, PlainError> {
        assert_eq!(cx.call.request_id, request.x_request_id, "an id that is well formed is taken over");
        let location = request.limit.map(|limit| format!("/accounts/{}?limit={limit}", request.account));
        let ListRequest { account, tag, since, .. } = request;
        Ok(ListResponse { location, total: 7, account, tag, since })
    }
    #[endpoint(POST, "/touch")]
    async fn touch(&self, _cx: &Cx, request: TouchRequest) -> Result<TouchResponse, PlainError> {
        Ok(TouchResponse { reason: request.reason })
    }
    #[endpoint(POST, "/place", success = 201)]
    async fn place(&self, _cx: &Cx, request: PlaceRequest) -> Result<PlaceRequest, PlainError> {
        Ok(request)
    }
}

struct Adapted;

impl Heads for Adapted {}

const ID: &str = "99391c7e-ad88-49ec-a2ad-99ddcb1f7721";

async fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> (u16, HeaderMap, Value) {
    let app = start(Adapted, crate::api::Bank, StartOptions::dev()).unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let (head, body) = app.router().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), head.headers, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// The violations of a list, as the failure shows them.
async fn broken(query: &str, headers: &[(&str, &str)]) -> Value {
    let (status, _, body) = ask("GET", &format!("/accounts/a1?{query}"), headers, None).await;
    assert_eq!(status, 422, "{body}");
    body["errors"].clone()
}

#[tokio::test]
async fn a_get_takes_headers_and_a_query() {
    let headers = [("x-request-id", ID), ("X-VERSION", "2")];
    let path = "/accounts/a1?limit=50&tag=a&tag=b+c&since=86400000&other=1";
    let (status, head, body) = ask("GET", path, &headers, None).await;
    assert_eq!((status, body), (200, json!({ "account": "a1", "tag": ["a", "b c"], "since": 86_400_000 })));
    assert_eq!(head["location"], "/accounts/a1?limit=50");
    assert_eq!(head["x-total"], "7");
    assert_eq!(head["x-request-id"], ID);
    let (_, head, body) = ask("GET", "/accounts/a1?tag=a", &headers[..1], None).await;
    assert!(!head.contains_key("location"), "what there is none of has no header");
    assert_eq!(body["tag"], json!(["a"]));
}

#[tokio::test]
async fn what_is_wrong_is_told_of_the_field() {
    let id = ("x-request-id", ID);
    assert_eq!(broken("", &[]).await, json!({ "X-Request-ID": ["id.absent"] }));
    assert_eq!(broken("", &[("x-request-id", "a\"b")]).await, json!({ "X-Request-ID": ["id.odd"] }));
    assert_eq!(broken("", &[id, id]).await, json!({ "X-Request-ID": ["violation.type"] }), "said twice");
    assert_eq!(broken("limit=51", &[id]).await, json!({ "limit": ["limit.large"] }));
    for odd in ["limit=x", "limit=", "limit=1&limit=2", "limit=%zz", "limit=%ff"] {
        assert_eq!(broken(odd, &[id]).await, json!({ "limit": ["violation.type"] }), "{odd}");
    }
    assert_eq!(broken("", &[id, ("x-version", "3")]).await, json!({ "X-Version": ["const"] }));
}

#[tokio::test]
async fn a_failure_answers_the_id_too() {
    let (_, head, _) = ask("GET", "/accounts/a1?limit=0", &[("x-request-id", ID)], None).await;
    assert_eq!(head["x-request-id"], ID);
    let (_, head, _) = ask("GET", "/accounts/a1", &[("x-request-id", "no id")], None).await;
    assert_ne!(head["x-request-id"], "no id", "what is no id is not taken over");
}

#[tokio::test]
async fn a_request_of_headers_alone_has_no_body_and_neither_has_an_answer() {
    let (status, head, body) = ask("POST", "/touch", &[("reason", "é")], None).await;
    assert_eq!((status, body), (200, Value::Null));
    assert_eq!(head["reason"].as_bytes(), "é".as_bytes());
    assert!(!head.contains_key("content-type"));
    let (status, _, body) = ask("POST", "/touch", &[], Some(json!({ "reason": "in the body" }))).await;
    assert_eq!((status, &body["errors"]), (422, &json!({ "reason": ["violation.required"] })));
}

#[tokio::test]
async fn a_request_of_the_path_alone_has_no_body() {
    let (status, _, body) = ask("PUT", "/switch/5/true", &[], None).await;
    assert_eq!((status, body), (200, json!({ "number": 5, "on": true })));
    let (status, _, body) = ask("PUT", "/switch/x/true", &[], None).await;
    assert_eq!((status, &body["errors"]), (422, &json!({ "number": ["violation.type"] })));
}

#[tokio::test]
async fn what_the_body_calls_like_a_header_is_another_member() {
    let body = json!({ "name": "n" });
    let (status, head, answer) = ask("POST", "/place", &[("psu-id", "p1")], Some(body.clone())).await;
    assert_eq!((status, &head["psu-id"], &answer), (201, &axum::http::HeaderValue::from_static("p1"), &body));
    let (status, head, _) = ask("POST", "/place", &[], Some(json!({ "name": "n", "PSU-ID": "p2" }))).await;
    assert!(status == 422 && !head.contains_key("psu-id"), "it is unknown to this API: {status}");
}
