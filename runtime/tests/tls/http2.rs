//! HTTP/2 within the limits: requests at once, of a connection and of a source; requests that are cut off; heads that are
//! too large; answers that nobody takes; connections that nobody uses.

use std::time::{Duration, Instant};

use axum::body::Body;
use countersign_runtime::edge::EdgeLimits;
use http_body_util::BodyExt;
use hyper::client::conn::http2::SendRequest;
use hyper::{Request, Response, StatusCode};

use crate::authority::Authority;
use crate::client::Client;
use crate::edge_support::{Served, quick, serve_with};
use crate::settings;

struct Bank {
    client: Client,
    served: Served,
    _folder: tempfile::TempDir,
}

async fn bank(limits: EdgeLimits) -> Bank {
    let (authority, folder) = (Authority::new("bank"), tempfile::tempdir().unwrap());
    let mut settings = settings(folder.path(), &authority.server(), None);
    settings.push(("COUNTERSIGN_HTTP2".to_owned(), "true".to_owned()));
    let settings: Vec<_> = settings.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let served = serve_with(limits, &settings).await;
    Bank { client: Client::new(&authority, None), served, _folder: folder }
}

impl Bank {
    async fn connect(&self) -> SendRequest<Body> {
        self.client.http2(self.served.address()).await
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(format!("https://localhost{path}")).body(Body::empty()).unwrap()
}

fn post(path: &str, body: Body) -> Request<Body> {
    let request = Request::post(format!("https://localhost{path}")).header("content-type", "application/json");
    request.body(body).unwrap()
}

async fn ask(
    connection: &mut SendRequest<Body>,
    request: Request<Body>,
) -> hyper::Result<Response<hyper::body::Incoming>> {
    connection.ready().await?;
    connection.send_request(request).await
}

async fn text(response: Response<hyper::body::Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

async fn is_closed_within(connection: &mut SendRequest<Body>, patience: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < patience {
        if connection.is_closed() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn several_requests_are_answered_at_once() {
    let bank = bank(quick()).await;
    let mut connection = bank.connect().await;
    let began = Instant::now();
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..50 {
        connection.ready().await.unwrap();
        slow.spawn(connection.send_request(get("/api/slow")));
    }
    for response in slow.join_all().await {
        let response = response.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-request-id"].len(), 36);
        assert_eq!(text(response).await, "\"done\"");
    }
    assert!(began.elapsed() < Duration::from_secs(3), "each takes 100 ms");
    let echoed = ask(&mut connection, post("/api/echo", Body::from("{\"a\":1}"))).await.unwrap();
    assert_eq!(text(echoed).await, "{\"a\":1}");
    let unknown = ask(&mut connection, get("/api/nowhere")).await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert!(text(unknown).await.contains("route.unknown"), "refusals have the API's envelope");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_host_or_with_two_is_refused_and_the_connection_goes_on() {
    let bank = bank(quick()).await;
    let mut connection = bank.connect().await;
    let mut other = get("/api/status");
    other.headers_mut().insert("host", "elsewhere".parse().unwrap());
    assert_eq!(ask(&mut connection, other).await.unwrap().status(), 400);
    let trace = Request::builder().method("TRACE").uri("https://localhost/api/status").body(Body::empty()).unwrap();
    let refused = ask(&mut connection, trace).await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers().get("connection")), (405, None));
    assert_eq!(ask(&mut connection, get("/api/status")).await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_have_the_limits_that_they_have_without_it() {
    let bank = bank(quick()).await;
    let mut connection = bank.connect().await;
    let mut many = get("/api/status");
    for number in 0..65 {
        many.headers_mut()
            .insert(hyper::header::HeaderName::try_from(format!("x-{number}")).unwrap(), "a".parse().unwrap());
    }
    let refused = ask(&mut connection, many).await.unwrap();
    assert_eq!(refused.status(), 431);
    assert_eq!(refused.headers().get("content-type").unwrap(), "application/json", "in the API's own words");
    let mut long = get("/api/status");
    long.headers_mut().insert("x-long", "a".repeat(17 * 1024).parse().unwrap());
    match ask(&mut connection, long).await {
        Ok(response) => assert_eq!(response.status(), 431),
        Err(error) => assert!(!error.is_timeout(), "{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_has_no_more_requests_under_way_than_it_may_have_connections() {
    let bank = bank(EdgeLimits { per_source: 4, handling: Duration::from_secs(2), ..quick() }).await;
    let mut connection = bank.connect().await;
    let mut hanging = tokio::task::JoinSet::new();
    for _ in 0..8 {
        connection.ready().await.unwrap();
        hanging.spawn(connection.send_request(post("/api/hang", Body::from("{}"))));
    }
    let mut refused_at_once = 0;
    let began = Instant::now();
    while let Some(response) = hanging.join_next().await {
        let response = response.unwrap().unwrap();
        refused_at_once += usize::from(began.elapsed() < Duration::from_secs(1));
        assert!(text(response).await.contains("overloaded"));
    }
    assert_eq!(refused_at_once, 4, "four are worked on for two seconds, and the others refused");
    assert_eq!(ask(&mut connection, get("/api/status")).await.unwrap().status(), 200, "they gave their places back");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cuts_requests_off_gets_no_more_done_and_is_closed() {
    let bank = bank(EdgeLimits { per_source: 8, handling: Duration::from_secs(3), ..quick() }).await;
    let mut connection = bank.connect().await;
    let mut cut = 0;
    for _ in 0..2_000 {
        if connection.ready().await.is_err() {
            break;
        }
        let request = connection.send_request(post("/api/hang", Body::from("{}")));
        // It has gone out; then nobody wants the answer.
        let _ = tokio::time::timeout(Duration::from_millis(1), request).await;
        cut += 1;
    }
    assert!(is_closed_within(&mut connection, Duration::from_secs(3)).await, "{cut} requests were cut off");
    let mut other = bank.connect().await;
    let response = ask(&mut other, post("/api/hang", Body::from("{}"))).await.unwrap();
    assert!(text(response).await.contains("overloaded"), "what was cut off is worked on, and counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_and_unused_connections_end() {
    let bank = bank(EdgeLimits { keep_alive: Duration::from_millis(400), ..quick() }).await;
    let mut unused = bank.connect().await;
    assert!(is_closed_within(&mut unused, Duration::from_secs(3)).await, "it never asked for anything");
    let mut idle = bank.connect().await;
    for _ in 0..5 {
        assert_eq!(ask(&mut idle, get("/api/status")).await.unwrap().status(), 200);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    assert!(is_closed_within(&mut idle, Duration::from_secs(3)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_takes_ends_the_connection_and_gives_its_memory_back() {
    let bank = bank(quick()).await;
    let mut connection = bank.connect().await;
    let response = ask(&mut connection, get("/api/large")).await.unwrap();
    assert!(bank.served.held() > 8 * 1024 * 1024, "{}", bank.served.held());
    assert!(is_closed_within(&mut connection, Duration::from_secs(5)).await);
    drop(response);
    let began = Instant::now();
    while bank.served.held() > 0 {
        assert!(began.elapsed() < Duration::from_secs(3), "{} bytes are held", bank.served.held());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_body_is_given_up_while_others_are_answered() {
    let bank = bank(quick()).await;
    let mut connection = bank.connect().await;
    let (sender, body) = tokio::sync::oneshot::channel::<()>();
    struct Never(tokio::sync::oneshot::Receiver<()>);
    impl hyper::body::Body for Never {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            std::pin::Pin::new(&mut self.0).poll(context).map(|_| None)
        }
    }
    connection.ready().await.unwrap();
    let half = tokio::spawn(connection.send_request(post("/api/echo", Body::new(Never(body)))));
    assert_eq!(ask(&mut connection, get("/api/status")).await.unwrap().status(), 200);
    let response = half.await.unwrap().unwrap();
    assert_eq!(response.status(), 400);
    drop(sender);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_requests_end() {
    let mut bank = bank(quick()).await;
    let mut connection = bank.connect().await;
    let slow = tokio::spawn(connection.send_request(get("/api/slow")));
    bank.served.wait_for_slow().await;
    bank.served.stop();
    assert_eq!(slow.await.unwrap().unwrap().status(), 200);
    bank.served.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_while_the_adapter_leaves_is_answered_and_sent_elsewhere() {
    let bank = bank(quick()).await;
    let mut old = bank.connect().await;
    assert_eq!(old.send_request(get("/api/status")).await.unwrap().status(), 200);
    let mut slow = bank.connect().await;
    let under_way = tokio::spawn(slow.send_request(get("/api/slow")));
    bank.served.wait_for_slow().await;
    bank.served.leave();
    assert_eq!(under_way.await.unwrap().unwrap().status(), 200);
    let mut new = bank.connect().await;
    assert_eq!(new.send_request(get("/api/status")).await.unwrap().status(), 200, "a new connection is served");
    for connection in [&mut old, &mut slow, &mut new] {
        let ended = tokio::time::timeout(Duration::from_secs(5), async {
            while connection.ready().await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(ended.await.is_ok(), "it ends");
    }
}
