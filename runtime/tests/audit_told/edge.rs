//! Callers who are refused, hooks that give no answer, keys that are exchanged: on a port, since a record says from where
//! a request came.

use std::sync::Arc;

use axum::http::Method;
use countersign_runtime::adapter::Callers;
use countersign_runtime::crypto::Keyring;
use countersign_runtime::endpoint::{Endpoint, Incoming, Outside, Reply, Run};
use countersign_runtime::start::start;
use countersign_runtime::testing::{ADAPTER, TestBank};
use countersign_runtime::{Adapter, App, BankStart, BoxFuture, Context, Core, Fault, HookError, Parts, StartOptions};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{event, latest, with};

static ASKED: Adapter = Adapter { callers: Callers::Bearer, ..ADAPTER };

/// The caller whom `--dev` knows.
const DEMO: &str = "authorization: bearer demo-access-token\r\n";

fn refuse(fault: Fault, _core: &Core) -> Reply {
    let body = Some(json!({ "code": fault.name }).to_string().into_bytes());
    let content_type = "application/json";
    Reply {
        status: 500,
        content_type,
        body,
        headers: Vec::new(),
        fault: Some(fault.name),
        inner: fault.inner,
        busy: fault.busy,
    }
}

fn endpoint(name: &'static str, path: &'static str, run: Run<(), dyn countersign_runtime::DynHooks>) -> Endpoint<()> {
    Endpoint {
        name,
        method: Method::GET,
        path,
        has_body: false,
        when: None,
        session: None,
        path_check: None,
        has_head: false,
        request_id: None,
        run,
        refuse,
    }
}

/// Asks a hook that answers nothing but this.
async fn ask(context: Context<()>, error: HookError) -> Reply {
    let asked = context.hook("hook", |_, _| async move { Err::<(), _>(error) }).await;
    refuse(asked.unwrap_err(), &context)
}

fn app() -> App {
    let run: Run<(), _> = Arc::new(|context: Context<()>, _: Incoming| {
        Box::pin(ask(context, HookError::Broken("the core is down".into()))) as BoxFuture<'static, Reply>
    });
    let parts = Parts {
        adapter: &ASKED,
        version: "0.1.0",
        built: None,
        endpoints: vec![endpoint("account", "/account", run)],
        outside: Outside { refuse },
        document: None,
        bank: BankStart::of(TestBank::default()),
    };
    start(parts, StartOptions::dev()).unwrap()
}

/// Asks the endpoint once with these headers.
async fn get(app: Arc<App>, headers: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let serving = tokio::spawn(async move { app.serve(listener, stopped).await });
    let request = format!("GET /account HTTP/1.1\r\nhost: a\r\n{headers}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    stop.send_replace(true);
    serving.await.unwrap();
    answer
}

#[tokio::test]
async fn callers_who_are_refused_hooks_that_fail_and_keys_that_are_exchanged() {
    let app = Arc::new(app());
    let store = app.shared().store.clone();
    assert!(get(app.clone(), "").await.contains("caller.unknown"));
    let detail = json!({ "endpoint": "account", "left_out": 0 });
    let refused = json!({ "reason": "caller.unknown", "source": "127.0.0.1", "detail": detail });
    assert_eq!(latest(&*store, 1).await, [with(event("caller.refused", "failure"), refused)]);
    assert!(get(app.clone(), DEMO).await.contains("hook.failed"));
    let failed = json!({ "reason": "hook.failed", "caller": "demo", "source": "127.0.0.1", "detail": detail });
    assert_eq!(latest(&*store, 1).await, [with(event("hook.failed", "failure"), failed)]);
    app.exchange_keys(Keyring::demo()).await.unwrap();
    let mut rotated = latest(&*store, 1).await.remove(0);
    let at = rotated["detail"]["at"].take();
    assert!(at.as_str().is_some_and(|at| at.len() >= 20 && at.ends_with('Z')), "{at}");
    let ids = "codes demo, counters demo, pepper demo, audit demo";
    let entry = json!({ "reason": ids, "detail": { "at": null } });
    assert_eq!(rotated, with(event("keys.rotated", "success"), entry));
}
