//! An API by hand for the tests of the edge, without macros: endpoints are values, faults are told by name.

#![allow(dead_code, reason = "each suite uses a part of it")]

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use countersign_runtime::adapter::{Adapter, Callers, Text, Validation, Wire};
use countersign_runtime::edge::EdgeLimits;
use countersign_runtime::endpoint::{Endpoint, Incoming, Outside, Reply, Run};
use countersign_runtime::{
    App, Bank, BankStart, BoxFuture, Call, Context, Core, DynHooks, Fault, HookError, Hooks, Lookup, Parts, Sms,
    StartOptions, User,
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tower::ServiceExt;

const FACTS: Adapter = Adapter {
    name: "edge-test",
    title: "Edge",
    version: "1",
    base: "/base",
    callers: Callers::None("a test"),
    wire: Wire { body_limit: 4096, ..Wire::DEFAULT },
    validation: Validation::DEFAULT,
    says: &[],
    operations: &[],
    otps: &[],
    sessions: &[],
    texts: &[Text { language: "en", key: "x", text: "x" }, Text { language: "cs", key: "x", text: "x" }],
};

static ADAPTER: Adapter = FACTS;

/// One of its texts is no template.
static MISTYPED: Adapter = Adapter { texts: &[Text { language: "en", key: "x", text: "{{ x" }], ..FACTS };

pub struct NoBank;

/// Hooks as endpoints share them.
pub fn shared<B: Hooks>(bank: B) -> Bank {
    let hooks: Arc<dyn DynHooks> = Arc::new(bank);
    Bank { hooks: hooks.clone(), behaviours: hooks }
}

impl Hooks for NoBank {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok(None)
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }
}

/// A bank whose hooks are those that `countersign new` writes.
struct Stubs;

impl Hooks for Stubs {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok(None)
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }

    fn unfinished() -> &'static [&'static str] {
        &["lookup_user", "send_sms"]
    }
}

fn refuse(fault: Fault, _core: &Core) -> Reply {
    let status = match fault.name {
        "route.unknown" => 404,
        "method.wrong" => 405,
        "content_type.wrong" => 415,
        "body.too_large" => 413,
        "body.malformed" => 400,
        _ => 500,
    };
    Reply { busy: fault.busy, ..reply(status, json!({"status": "ERROR", "code": fault.name})) }
}

fn reply(status: u16, body: Value) -> Reply {
    Reply {
        status,
        content_type: "application/json",
        body: Some(body.to_string().into_bytes()),
        headers: Vec::new(),
        fault: None,
        inner: None,
        busy: false,
    }
}

type Cx = Context<()>;

fn endpoint<F>(
    name: &'static str,
    method: Method,
    path: &'static str,
    answer: impl Fn(Cx, Incoming) -> F + Send + Sync + 'static,
) -> Endpoint<()>
where
    F: Future<Output = Value> + Send + 'static,
{
    let has_body = method == Method::POST;
    let run: Run<(), _> = Arc::new(move |cx, incoming| {
        let answer = answer(cx, incoming);
        Box::pin(async move { reply(200, answer.await) }) as BoxFuture<'static, Reply>
    });
    Endpoint {
        name,
        method,
        path,
        has_body,
        when: None,
        session: None,
        path_check: None,
        has_head: false,
        request_id: None,
        run,
        refuse,
    }
}

fn endpoints(slow: Arc<Notify>) -> Vec<Endpoint<()>> {
    vec![
        endpoint("echo", Method::POST, "/api/echo", |_, incoming| async move { incoming.body.unwrap().root().value() }),
        endpoint("status", Method::GET, "/api/status", |_, _| async { json!("up") }),
        endpoint("item", Method::GET, "/api/items/{id}", |_, incoming| async move {
            Value::Object(incoming.path.into_iter().map(|(name, value)| (name, value.into())).collect())
        }),
        endpoint("language", Method::GET, "/api/language", |cx, _| async move { json!(cx.call.language) }),
        endpoint("trace", Method::GET, "/api/trace", |cx, _| async move { json!(cx.call.trace.parent_header()) }),
        endpoint("panics", Method::POST, "/api/panic", |_, _| async { panic!("with a secret") }),
        endpoint("hangs", Method::POST, "/api/hang", |_, _| std::future::pending()),
        endpoint("large", Method::GET, "/api/large", |_, _| async { json!("x".repeat(16 * 1024 * 1024)) }),
        endpoint("slow", Method::GET, "/api/slow", move |_, _| {
            let slow = slow.clone();
            async move {
                slow.notify_one();
                tokio::time::sleep(Duration::from_millis(100)).await;
                slow.notify_one();
                json!("done")
            }
        }),
    ]
}

/// Limits that a test can wait for.
pub fn quick() -> EdgeLimits {
    EdgeLimits {
        head: Duration::from_millis(200),
        body: Duration::from_millis(200),
        write_stall: Duration::from_millis(200),
        keep_alive: Duration::from_millis(800),
        handling: Duration::from_millis(300),
        drain: Duration::from_secs(5),
        ..EdgeLimits::default()
    }
}

/// What generated code would bring.
pub fn parts(slow: Arc<Notify>) -> Parts<()> {
    Parts {
        adapter: &ADAPTER,
        version: "0.1.0",
        built: None,
        endpoints: endpoints(slow),
        outside: Outside { refuse },
        document: None,
        bank: BankStart::of(NoBank),
    }
}

/// The same, of a bank that has not written its hooks yet.
pub fn unwritten() -> Parts<()> {
    Parts { bank: BankStart::of(Stubs), ..parts(Arc::default()) }
}

/// The same, with a text that is no template.
pub fn mistyped() -> Parts<()> {
    Parts { adapter: &MISTYPED, ..parts(Arc::default()) }
}

fn app_with(limits: EdgeLimits, slow: Arc<Notify>) -> App {
    app_set(limits, slow, &[])
}

fn app_set(limits: EdgeLimits, slow: Arc<Notify>, settings: &[(&str, &str)]) -> App {
    let options = StartOptions { limits: Some(limits), ..StartOptions::dev() };
    let options = settings.iter().fold(options, |options, (name, text)| options.with(name, *text));
    countersign_runtime::start::start(parts(slow), options).unwrap()
}

/// The API without sockets.
pub fn app() -> App {
    app_with(quick(), Arc::default())
}

/// An answer that was read.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

/// Calls the API without sockets.
pub async fn call(app: &App, request: Request<Body>) -> Answer {
    ask(app.router(), request).await
}

/// Asks any router.
pub async fn ask(router: axum::Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, body: serde_json::from_slice(&bytes).unwrap() }
}

/// A request with a JSON body.
pub fn json_request(path: &str, body: &Value) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()
}

/// The API behind a socket.
pub struct Served {
    address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
    slow: Arc<Notify>,
    app: Arc<App>,
    shared: Arc<countersign_runtime::Shared>,
    task: Option<tokio::task::JoinHandle<()>>,
}

/// Serves the API.
pub async fn serve(limits: EdgeLimits) -> Served {
    serve_with(limits, &[]).await
}

/// Serves the API with these settings, by their names in the environment.
pub async fn serve_with(limits: EdgeLimits, settings: &[(&str, &str)]) -> Served {
    let slow = Arc::new(Notify::new());
    let app = Arc::new(app_set(limits, slow.clone(), settings));
    let shared = app.shared().clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let serving = app.clone();
    let task = tokio::spawn(async move { serving.serve(listener, stopped).await });
    Served { address, stop, slow, app, shared, task: Some(task) }
}

impl Served {
    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    pub async fn connect(&self) -> Connection {
        self.try_connect().await.unwrap()
    }

    pub async fn try_connect(&self) -> std::io::Result<Connection> {
        Ok(Connection { stream: TcpStream::connect(self.address).await? })
    }

    /// Connects from another address of loopback.
    pub async fn connect_from(&self, source: [u8; 4]) -> Connection {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((source, 0).into()).unwrap();
        Connection { stream: socket.connect(self.address).await.unwrap() }
    }

    /// What all requests together hold of the budget, in bytes.
    pub fn held(&self) -> usize {
        self.shared.budget.used()
    }

    pub async fn wait_for_slow(&self) {
        self.slow.notified().await;
    }

    /// Callers are to go elsewhere.
    pub fn leave(&self) {
        self.app.leave();
    }

    pub fn stop(&mut self) {
        self.stop.send_replace(true);
    }

    pub async fn ended(&mut self) {
        tokio::time::timeout(Duration::from_secs(5), self.task.take().unwrap()).await.unwrap().unwrap();
    }

    /// Stops, and waits until no connection is left.
    pub async fn until_idle(mut self, patience: Duration) {
        // The connection must be stalled before the stop, which would otherwise have nothing to wait for.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.stop();
        tokio::time::timeout(patience - Duration::from_millis(500), self.task.take().unwrap()).await.unwrap().unwrap();
    }
}

/// A connection that speaks bytes.
pub struct Connection {
    stream: TcpStream,
}

/// What came over the socket.
pub struct RawAnswer {
    pub status: u16,
    pub body: Value,
}

impl Connection {
    pub async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    pub async fn try_send(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.write_all(text.as_bytes()).await
    }

    /// Says that nothing more will come.
    pub async fn close_half(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Sends until the other side has answered and reads no more.
    pub async fn send_as_far_as_read(&mut self, text: &str) {
        let (mut reader, mut writer) = self.stream.split();
        let mut byte = [0];
        tokio::select! {
            biased;
            _ = reader.peek(&mut byte) => {}
            _ = writer.write_all(text.as_bytes()) => {}
        }
    }

    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    pub async fn answer(&mut self) -> RawAnswer {
        let head = self.head().await.to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        RawAnswer { status, body: serde_json::from_slice(&body).unwrap() }
    }

    pub async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        // A reset after the last byte is an end as well.
        let _ = self.stream.read_to_end(&mut rest).await;
        String::from_utf8(rest).unwrap()
    }

    pub async fn is_closed_within(&mut self, patience: Duration) -> bool {
        let mut byte = [0];
        match tokio::time::timeout(patience, self.stream.read(&mut byte)).await {
            Ok(Ok(0) | Err(_)) => true,
            Ok(Ok(_)) => panic!("something came"),
            Err(_) => false,
        }
    }
}
