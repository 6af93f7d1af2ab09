//! The example of `docs/hooks.md`: a bank that asks a core system and an SMS gateway by HTTP, with both played by the test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may break")]

mod bank;
#[rustfmt::skip]
#[allow(dead_code, reason = "the adapter of these tests has hooks of its own")]
#[path = "../../src/generated/mod.rs"]
mod generated;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use countersign_runtime::{App, StartError, StartOptions};
use example_test_support::{Answer, send};
use serde_json::{Value, json};

/// A system of the bank: what it was asked, and what it says.
struct System {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl System {
    /// Answers each request by its first line and its body.
    fn new(answer: impl Fn(&str, &str) -> (u16, Value) + Send + 'static) -> System {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let system = System { address: format!("http://{}", listener.local_addr().unwrap()), asked: Arc::default() };
        let asked = system.asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(&stream.unwrap(), &answer, &asked);
            }
        });
        system
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// One request, and the end of the connection.
fn serve(stream: &TcpStream, answer: &impl Fn(&str, &str) -> (u16, Value), asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
            break;
        }
        let lower = line.to_lowercase();
        length = lower.strip_prefix("content-length:").map_or(length, |length| length.trim().parse().unwrap());
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    asked.lock().unwrap().push(format!("{head}{body}"));
    let (status, said) = answer(head.lines().next().unwrap_or_default(), &body);
    let said = said.to_string();
    let mut stream = stream;
    let length = said.len();
    write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{said}").unwrap();
}

/// A core system with one customer.
fn core() -> System {
    System::new(|line, body| match line.split(' ').nth(1).unwrap_or_default() {
        "/health" => (200, json!({})),
        "/customers/find" if body.contains("4711") || body.contains("jane") => {
            (200, json!({ "number": "4711", "firstName": "Jane", "mobile": "+420 601 000 001" }))
        }
        "/customers/find" if body.contains("busy") => (503, json!({})),
        "/passwords/check" if body.contains("right") => (200, json!({})),
        "/passwords/check" => (403, json!({})),
        _ => (404, json!({})),
    })
}

fn gateway() -> System {
    System::new(|_, body| if body.contains("601000001") { (202, json!({})) } else { (422, json!({})) })
}

fn options(core: &str, gateway: &str) -> StartOptions {
    StartOptions::dev()
        .with("COUNTERSIGN_DEV_SMS", "real")
        .with("COUNTERSIGN_CORE__URL", core)
        .with("COUNTERSIGN_CORE__PASSWORD", "env:CORE_PASSWORD")
        .with("COUNTERSIGN_GATEWAY__URL", gateway)
        .with("CORE_PASSWORD", "of the core system")
}

fn start(core: &str, gateway: &str) -> Result<App, StartError> {
    generated::start_with(bank::Adapter, bank::Bank::start, options(core, gateway))
}

/// The two ports of an adapter, each on a port of its own.
struct Served {
    api: String,
    operations: String,
}

impl Served {
    fn new(app: App) -> Served {
        let listen = |router: countersign_runtime::axum::Router| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            let address = format!("http://{}", listener.local_addr().unwrap());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async move {
                    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                    countersign_runtime::axum::serve(listener, router).await.unwrap();
                });
            });
            address
        };
        let served = Served { api: listen(app.router()), operations: listen(app.operations_router()) };
        // It lives as long as the tests.
        std::mem::forget(app);
        served
    }

    fn post(&self, path: &str, body: Value) -> Answer {
        let (path, body) = (format!("/powerauth-data-adapter{path}"), json!({ "requestObject": body }).to_string());
        send(&self.api, "POST", &path, "application/json", &[], Some(&body)).unwrap()
    }

    fn look(&self, path: &str) -> Answer {
        send(&self.operations, "GET", path, "text/plain", &[], None).unwrap()
    }
}

fn context() -> Value {
    json!({ "id": "1", "name": "login", "data": "A2" })
}

#[test]
fn hooks_ask_the_systems_of_the_bank() {
    let (core, gateway) = (core(), gateway());
    let adapter = Served::new(start(&core.address, &gateway.address).unwrap());
    let look_up = |name: &str| {
        adapter.post(
            "/api/auth/user/lookup",
            json!({ "username": name, "organizationId": "RETAIL", "operationContext": context() }),
        )
    };
    assert_eq!(look_up("jane").at("/responseObject/id"), "4711");
    let authorized = core.asked().iter().all(|asked| asked.contains("authorization: Bearer of the core system"));
    assert!(authorized, "{:?}", core.asked());
    look_up("busy");
    assert_eq!(core.asked().iter().filter(|asked| asked.contains("busy")).count(), 2, "it is asked once more");

    let sent = adapter.post(
        "/api/auth/sms/create",
        json!({ "userId": "4711", "organizationId": "RETAIL", "lang": "en", "operationContext": context() }),
    );
    assert_eq!(sent.status, 200, "{}", sent.text);
    let message = gateway.asked().pop().unwrap();
    assert!(message.contains("+420601000001") && message.contains("Authorization code"), "{message}");

    let sign_in = |password: &str| {
        let authentication = json!({ "passwordProtection": "NO_PROTECTION" });
        let answer = adapter.post(
            "/api/auth/user/authenticate",
            json!({
                "userId": "4711", "organizationId": "RETAIL", "password": password,
                "authenticationContext": authentication, "operationContext": context(),
            }),
        );
        answer.at("/responseObject/authenticationResult")
    };
    assert_eq!((sign_in("right"), sign_in("wrong")), (json!("VERIFIED_SUCCEEDED"), json!("VERIFIED_FAILED")));

    let metrics = adapter.look("/metrics").text;
    assert!(metrics.contains(r#"bank_lookups_total{organization="RETAIL",found="true"}"#), "{metrics}");
}

#[test]
fn an_adapter_is_ready_while_its_bank_is() {
    let well = Arc::new(Mutex::new(200));
    let says = well.clone();
    let core = System::new(move |_, _| (*says.lock().unwrap(), json!({})));
    let adapter = Served::new(start(&core.address, "http://127.0.0.1:9").unwrap());
    let mut seen = Vec::new();
    for status in [200, 500, 200] {
        *well.lock().unwrap() = status;
        seen.push(adapter.look("/health/ready").status);
    }
    assert_eq!(seen, [200, 503, 200]);
}

#[test]
fn a_bank_that_cannot_start_says_why() {
    let error = |core: &str| match start(core, "http://127.0.0.1:9") {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    };
    assert!(error("core.bank.example").contains("`core.url` is no address"), "{}", error("core.bank.example"));
    assert!(error("http://127.0.0.1:9").contains("the core system: "), "{}", error("http://127.0.0.1:9"));
    let nothing = StartOptions::dev();
    let Err(missing) = generated::start_with(bank::Adapter, bank::Bank::start, nothing) else { panic!("it started") };
    let missing = missing.to_string();
    for path in ["core.url", "core.password", "gateway.url"] {
        assert!(missing.contains(&format!("setting `{path}`: it is missing")), "{missing}");
    }
}

/// The page shows what is compiled here. `BLESS=1` puts the newest in.
#[test]
fn the_page_shows_this_bank() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = here.join("../../docs/hooks.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let bank = std::fs::read_to_string(here.join("tests/http_bank/bank.rs")).unwrap();
    let (before, rest) = text.split_once("<!-- bank -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let filled = format!("{before}<!-- bank -->\n```rust\n{bank}```\n<!-- end -->{after}");
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(&page, filled).unwrap();
    }
    assert!(text == filled, "docs/hooks.md is stale: run this test with BLESS=1");
}
