//! The edge over an API of four endpoints by hand: every failure in the API's own envelope, limits over real sockets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]

mod edge_support;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use edge_support::{Served, app, call, json_request, quick, serve};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

async fn check_refused(request: Request<Body>, status: u16, fault: &str) -> axum::http::HeaderMap {
    let answer = call(&app(), request).await;
    assert_eq!((answer.status.as_u16(), answer.body["code"].as_str()), (status, Some(fault)), "{:?}", answer.body);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(answer.body["status"], "ERROR");
    answer.headers
}

fn post(path: &str, content_type: &str, body: &str) -> Request<Body> {
    Request::post(path).header("content-type", content_type).body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn an_endpoint_answers_with_and_without_the_base() {
    for path in ["/api/echo", "/base/api/echo"] {
        let answer = call(&app(), json_request(path, &json!({"a": 1}))).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &json!({"a": 1})));
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(answer.headers["x-request-id"].len(), 36);
    }
}

#[tokio::test]
async fn accept_is_ignored_and_path_parameters_arrive() {
    let request = Request::get("/api/items/a%20b").header("accept", "text/html").body(Body::empty()).unwrap();
    let answer = call(&app(), request).await;
    assert_eq!((answer.status, &answer.body), (StatusCode::OK, &json!({"id": "a b"})));
}

#[tokio::test]
async fn the_callers_language_is_negotiated() {
    for (asked, language) in
        [("cs-CZ,cs;q=0.9", "cs"), ("de, cs;q=0.5", "cs"), ("de", "en"), ("cs;q=0.1, en;q=0.2", "en")]
    {
        let request = Request::get("/api/language").header("accept-language", asked).body(Body::empty()).unwrap();
        assert_eq!(call(&app(), request).await.body, json!(language), "{asked}");
    }
}

#[tokio::test]
async fn a_trace_goes_on_to_the_hooks() {
    let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = Request::get("/api/trace").header("traceparent", caller).body(Body::empty()).unwrap();
    let handed_on = call(&app(), request).await.body.as_str().unwrap().to_owned();
    let parts: Vec<&str> = handed_on.split('-').collect();
    assert_eq!((parts[0], parts[1], parts[3]), ("00", "4bf92f3577b34da6a3ce929d0e0e4736", "01"));
    assert_ne!(parts[2], "00f067aa0ba902b7", "the request has a place of its own in it");
}

#[tokio::test]
async fn unknown_paths_are_404_however_they_are_spelled() {
    for path in ["/", "/api/nowhere", "/api/echo/", "//api/echo", "/api//echo", "/api%2fecho", "/API/echo", "/base"] {
        check_refused(post(path, "application/json", "{}"), 404, "route.unknown").await;
    }
}

#[tokio::test]
async fn wrong_methods_are_405_and_told_the_right_ones() {
    for (method, path, allowed) in
        [("GET", "/api/echo", "POST"), ("DELETE", "/api/status", "GET, HEAD"), ("OPTIONS", "/base/api/echo", "POST")]
    {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let headers = check_refused(request, 405, "method.wrong").await;
        assert_eq!(headers.get_all(header::ALLOW).iter().collect::<Vec<_>>(), [allowed], "{method} {path}");
    }
}

#[tokio::test]
async fn head_is_answered_where_get_is() {
    let answer = app().router();
    let request = Request::head("/api/status").body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(answer, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn wrong_media_types_are_415() {
    for wrong in ["text/plain", "application/json;charset=latin1", "application/xml", ""] {
        check_refused(post("/api/echo", wrong, "{}"), 415, "content_type.wrong").await;
    }
    check_refused(Request::post("/api/echo").body(Body::from("{}")).unwrap(), 415, "content_type.wrong").await;
    let mut zipped = post("/api/echo", "application/json", "{}");
    zipped.headers_mut().insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
    check_refused(zipped, 415, "content_type.wrong").await;
}

#[tokio::test]
async fn malformed_bodies_are_400() {
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    for body in ["", "{", "{\"a\":1,\"a\":2}", "\"\\u0000\"", &deep] {
        check_refused(post("/api/echo", "application/json", body), 400, "body.malformed").await;
    }
}

#[tokio::test]
async fn large_bodies_are_refused_told_or_not() {
    let large = format!("\"{}\"", "x".repeat(5000));
    check_refused(post("/api/echo", "application/json", &large), 413, "body.too_large").await;
    let mut entry = post("/api/echo", "application/json", "{}");
    entry.headers_mut().insert(header::CONTENT_LENGTH, "4097".parse().unwrap());
    check_refused(entry, 413, "body.too_large").await;
}

#[tokio::test]
async fn panics_and_slow_endpoints_are_500_in_the_envelope() {
    let broken = check_refused(post("/api/panic", "application/json", "{}"), 500, "unexpected").await;
    assert!(!broken.contains_key(header::RETRY_AFTER));
    let busy = check_refused(post("/api/hang", "application/json", "{}"), 500, "overloaded").await;
    assert_eq!(busy[header::RETRY_AFTER], "1", "whatever its status");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let never = futures_never();
    let request = Request::post("/api/echo").header("content-type", "application/json").body(never).unwrap();
    check_refused(request, 400, "body.malformed").await;
}

fn futures_never() -> Body {
    struct Never;
    impl hyper::body::Body for Never {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }
    Body::new(Never)
}

const HEAD: &str = "POST /api/echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn requests_over_a_socket_are_answered_one_after_the_other() {
    let served = serve(quick()).await;
    let request = format!("{HEAD}content-length: 7\r\n\r\n{{\"a\":1}}");
    let mut connection = served.connect().await;
    for _ in 0..3 {
        connection.send(&request).await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, &answer.body), (200, &json!({"a": 1})));
    }
}

async fn check_raw(served: &Served, request: &str, status: u16, fault: &str) {
    let mut connection = served.connect().await;
    connection.send(request).await;
    let answer = connection.answer().await;
    assert_eq!((answer.status, &answer.body["code"]), (status, &Value::from(fault)), "{request:?}");
    assert!(connection.is_closed_within(Duration::from_secs(2)).await, "{request:?} was not closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_two_readers_could_read_in_two_ways_are_refused() {
    let served = serve(quick()).await;
    check_raw(&served, "GET /api/status HTTP/1.1\r\n\r\n", 400, "body.malformed").await;
    check_raw(&served, "GET /api/status HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400, "body.malformed").await;
    for host in ["", " ", "a b", "a@b", "a/b", "a:b", "a:99999", "[::1", "[a]", "a,b", "a?b", "\u{e9}"] {
        let request = format!("GET /api/status HTTP/1.1\r\nhost: {host}\r\n\r\n");
        check_raw(&served, &request, 400, "body.malformed").await;
    }
    for coding in ["gzip, chunked", "gzip\r\ntransfer-encoding: chunked", "identity, chunked", "chunked, chunked"] {
        let request = format!("{HEAD}transfer-encoding: {coding}\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n");
        check_raw(&served, &request, 501, "body.malformed").await;
    }
    check_raw(&served, "TRACE /api/status HTTP/1.1\r\nhost: a\r\n\r\n", 405, "method.wrong").await;
    check_raw(&served, "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n", 405, "method.wrong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_of_every_form_are_good() {
    let served = serve(quick()).await;
    for host in
        ["a", "A.example.", "a:1", "a:", "192.0.2.1:8080", "[::1]", "[2001:db8::1]:443", "a_b", "xn--bcher-kva.example"]
    {
        let mut connection = served.connect().await;
        connection.send(&format!("GET /api/status HTTP/1.1\r\nhost: {host}\r\n\r\n")).await;
        assert_eq!(connection.answer().await.status, 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_cannot_be_read_are_refused_in_the_envelope() {
    let served = serve(quick()).await;
    check_raw(
        &served,
        &format!("{HEAD}content-length: 7\r\ncontent-length: 8\r\n\r\n{{\"a\":1}}"),
        400,
        "body.malformed",
    )
    .await;
    check_raw(&served, "this is no HTTP\r\n\r\n", 400, "body.malformed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_beside_chunks_ends_the_connection() {
    let served = serve(quick()).await;
    let mut connection = served.connect().await;
    let framed = format!("{HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{{\"a\":1}}\r\n0\r\n\r\n");
    connection.send(&format!("{framed}GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n")).await;
    let rest = connection.rest().await;
    assert_eq!(rest.matches("HTTP/1.1").count(), 1, "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absolute_target_counts_by_its_path() {
    let served = serve(quick()).await;
    let mut connection = served.connect().await;
    connection.send("GET http://elsewhere/api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(connection.answer().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_heads_are_refused() {
    let served = serve(quick()).await;
    for head in [format!("x: {}\r\n", "y".repeat(17 * 1024)), "x: y\r\n".repeat(65)] {
        let mut connection = served.connect().await;
        connection.send(&format!("GET /api/status HTTP/1.1\r\nhost: a\r\n{head}\r\n")).await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, &answer.body["code"]), (431, &json!("body.malformed")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_slow_and_idle_connections_are_closed() {
    let served = serve(quick()).await;
    let patience = Duration::from_secs(2);
    let mut silent = served.connect().await;
    let mut slow = served.connect().await;
    slow.send("GET /api/status HTTP/1.1\r\nho").await;
    assert!(silent.is_closed_within(patience).await, "one that sends nothing");
    assert!(slow.is_closed_within(patience).await, "one that sends half a head");
    let mut idle = served.connect().await;
    idle.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    idle.answer().await;
    assert!(!idle.is_closed_within(quick().head + Duration::from_millis(50)).await, "idle is not slow");
    assert!(idle.is_closed_within(patience).await, "one that is idle");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_head_has_its_own_deadline() {
    let served = serve(quick()).await;
    let mut connection = served.connect().await;
    connection.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    connection.answer().await;
    connection.send("GET /api").await;
    assert!(connection.is_closed_within(quick().keep_alive - Duration::from_millis(100)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stalls_is_dropped() {
    let served = serve(quick()).await;
    let mut connection = served.connect().await;
    connection.send(&"GET /api/large HTTP/1.1\r\nhost: a\r\n\r\n".repeat(4)).await;
    served.until_idle(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_requests_end_and_then_ends() {
    let mut served = serve(quick()).await;
    let mut busy = served.connect().await;
    let mut idle = served.connect().await;
    idle.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    idle.answer().await;
    busy.send("GET /api/slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    served.wait_for_slow().await;
    served.stop();
    let rest = busy.rest().await;
    assert!(rest.starts_with("HTTP/1.1 200 "), "what was under way ends well: {rest:?}");
    assert!(rest.contains("\r\nconnection: close\r\n"), "and says that it is the last: {rest:?}");
    served.ended().await;
    assert!(served.try_connect().await.is_err(), "nobody is let in");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_come_before_the_stop_is_answered_and_what_is_idle_ends_at_once() {
    let patient = Duration::from_secs(60);
    let limits = countersign_runtime::edge::EdgeLimits { head: patient, keep_alive: patient, ..quick() };
    let mut served = serve(limits).await;
    let (mut idle, mut asked) = (served.connect().await, served.connect().await);
    for connection in [&mut idle, &mut asked] {
        connection.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
        connection.answer().await;
    }
    let mut silent = served.connect().await;
    asked.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    served.stop();
    // Whether it says so depends on what came first, the answer or the stop.
    let rest = asked.rest().await;
    assert!(rest.starts_with("HTTP/1.1 200 "), "it is answered, and ends: {rest:?}");
    let soon = Duration::from_secs(10);
    assert!(idle.is_closed_within(soon).await && silent.is_closed_within(soon).await);
    served.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_closes_their_half_is_answered() {
    let served = serve(quick()).await;
    for request in
        ["GET /api/slow HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), format!("{HEAD}content-length: 2\r\n\r\n{{}}")]
    {
        let mut caller = served.connect().await;
        caller.send(&request).await;
        caller.close_half().await;
        let answer = caller.rest().await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{request}: {answer}");
    }
}

#[tokio::test]
async fn the_routes_can_be_nested_into_a_banks_own() {
    let nested = axum::Router::new().nest("/adapter", app().router());
    let answer = edge_support::ask(nested.clone(), json_request("/adapter/api/echo", &json!([1]))).await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, json!([1])));
    let answer = edge_support::ask(nested, json_request("/adapter/api/nowhere", &json!([1]))).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("route.unknown")));
}

#[tokio::test]
async fn the_routes_can_stand_beside_a_banks_own() {
    let own = || axum::Router::new().route("/own", axum::routing::get(|| async { "\"own\"" }));
    let beside = own().merge(app().router());
    let fallback = app().router().merge(own()).fallback(|| async { "\"nothing\"" });
    for (router, nowhere) in [(beside, json!(null)), (fallback, json!("nothing"))] {
        let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(edge_support::ask(router.clone(), get("/own")).await.body, json!("own"));
        let answer = edge_support::ask(router.clone(), get("/api/items/a%20b")).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &json!({"id": "a b"})));
        let answer = edge_support::ask(router.clone(), get("/api/nowhere")).await;
        assert!(answer.body == nowhere || answer.body["code"] == "route.unknown", "{:?}", answer.body);
    }
}

#[tokio::test]
async fn whoever_asks_for_the_head_alone_gets_no_content() {
    for (path, status) in [("/api/items/1", 200), ("/api/echo", 405), ("/api/nowhere", 404)] {
        let request = Request::head(path).body(Body::empty()).unwrap();
        let answer = app().router().oneshot(request).await.unwrap();
        let length = answer.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse::<usize>().unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert!(length > 0 && answer.into_body().collect().await.unwrap().to_bytes().is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let served = serve(countersign_runtime::edge::EdgeLimits { connections: 1, ..quick() }).await;
    let mut first = served.connect().await;
    first.send("GET /api/slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    served.wait_for_slow().await;
    let mut second = served.connect().await;
    second.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(!second.is_closed_within(Duration::from_millis(50)).await);
    assert_eq!(first.answer().await.status, 200);
    drop(first);
    assert_eq!(second.answer().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_given_up_and_its_connection_closed() {
    let served = serve(quick()).await;
    check_raw(&served, &format!("{HEAD}content-length: 7\r\n\r\n{{"), 400, "body.malformed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_does_not_stop_the_work() {
    let served = serve(quick()).await;
    let mut caller = served.connect().await;
    caller.send("GET /api/slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    served.wait_for_slow().await;
    drop(caller);
    // It tells once more when it is done.
    tokio::time::timeout(Duration::from_secs(5), served.wait_for_slow()).await.unwrap();
}
