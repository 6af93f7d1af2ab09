//! The adapter in this process, on a port of its own, with a clock that is turned by hand; and requests as an app
//! builds them.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "not every test uses all of it, and a test may break"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_runtime::testing::HandClock;
use countersign_runtime::{App, StartOptions};
use example_test_support::Answer;
use example_wallet_engine_activation::generated::start;
use example_wallet_engine_activation::hooks::{Adapter, DemoProgramme};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::watch;

pub const APP: &str = "5db2a50be7626";
pub const OTHER_APP: &str = "5db2a50be7627";
pub const PHONE: &str = "909099999";

const SECRETS: [&str; 4] = ["ADAPTER_KEY_CODES", "ADAPTER_KEY_COUNTERS", "ADAPTER_KEY_PEPPER", "ADAPTER_KEY_AUDIT"];

/// A running adapter; stopped when it is dropped.
pub struct Programme {
    pub clock: Arc<HandClock>,
    pub app: Arc<App>,
    pub runtime: Runtime,
    address: String,
    folder: tempfile::TempDir,
    _stop: watch::Sender<bool>,
}

/// The adapter with the sample's settings and without limits on sending, its state in memory.
pub fn programme() -> Programme {
    programme_with(&[("COUNTERSIGN_DEV_LIMITS", "off")])
}

/// The same with this environment.
pub fn programme_with(environment: &[(&str, &str)]) -> Programme {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/settings.yaml"));
    programme_in(folder, settings, environment)
}

/// The same with a file of settings of one's own.
pub fn programme_of(yaml: &str, environment: &[(&str, &str)]) -> Programme {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("settings.yaml");
    std::fs::write(&settings, yaml).expect("a file");
    programme_in(folder, settings, environment)
}

fn programme_in(folder: tempfile::TempDir, file: PathBuf, environment: &[(&str, &str)]) -> Programme {
    let (clock, runtime) = (HandClock::new(), Runtime::new().expect("threads"));
    let options = StartOptions {
        dev: true,
        settings: Some(file),
        environment: settings(&folder, environment),
        clock: Some(clock.clone()),
        ..StartOptions::default()
    };
    let (stop, stopped) = watch::channel(false);
    let (app, address) = runtime.block_on(async {
        let app = Arc::new(start(Adapter, DemoProgramme, options).expect("an adapter"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let serving = app.clone();
        tokio::spawn(async move { serving.serve(listener, stopped).await });
        (app, address)
    });
    Programme { clock, app, runtime, address, folder, _stop: stop }
}

fn settings(folder: &tempfile::TempDir, environment: &[(&str, &str)]) -> BTreeMap<String, String> {
    let secrets = SECRETS.iter().enumerate();
    let secrets =
        secrets.map(|(at, name)| ((*name).to_owned(), format!("q7Vx2mZr9KpTn4Ws8Yb3Lc6Hd1Gf5Jt0-{at}Rk2Wq9Xv")));
    let own = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let store = if std::env::var("COUNTERSIGN_WALLET_STORE").is_ok_and(|store| store == "embedded") {
        format!("embedded:{}", folder.path().join("wallets.db").display())
    } else {
        "memory".to_owned()
    };
    let outbox = folder.path().join("outbox.jsonl").display().to_string();
    let here = [("COUNTERSIGN_STORE".to_owned(), store), ("COUNTERSIGN_DEV_OUTBOX".to_owned(), outbox)];
    secrets.chain(here).chain(own).collect()
}

impl Programme {
    /// Posts a body, perhaps with a token.
    #[track_caller]
    pub fn post_text(&self, path: &str, token: Option<&str>, body: &str) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
        example_test_support::send(&self.address, "POST", path, "application/json", &headers, Some(body))
            .expect("an answer")
    }

    /// Posts JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, None, &body.to_string())
    }

    /// Asks for an activation.
    #[track_caller]
    pub fn activate(&self, body: &Value) -> Answer {
        self.post("/api/activate/request", body)
    }

    /// Asks for an activation of a phone, and gives the request's id.
    #[track_caller]
    pub fn request(&self, phone: &str) -> String {
        let answer = self.activate(&activation(phone));
        assert_eq!((answer.status, answer.at("/valid")), (200, json!(true)), "{}", answer.text);
        answer.at("/request_id").as_str().expect("an id").to_owned()
    }

    /// Verifies a request with a passcode.
    #[track_caller]
    pub fn verify(&self, request: &str, passcode: impl Into<Value>) -> Answer {
        let body = json!({ "app_id": APP, "request_id": request, "passcode": passcode.into() });
        self.post("/api/activate/otp/verify", &body)
    }

    /// Activates a phone, and gives the token.
    #[track_caller]
    pub fn token(&self, phone: &str) -> String {
        let request = self.request(phone);
        let answer = self.verify(&request, self.code(&request));
        answer.at("/token").as_str().unwrap_or_else(|| panic!("no token: {}", answer.text)).to_owned()
    }

    /// Sets a password with a token.
    #[track_caller]
    pub fn set_password(&self, token: &str, password: &str) -> Answer {
        let body = json!({ "app_id": APP, "password": password });
        self.post_text("/api/profile/update", Some(token), &body.to_string())
    }

    /// The messages that were sent, the oldest first.
    pub fn outbox(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("outbox.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }

    /// The passcode of the last message, which went out for this request.
    #[track_caller]
    pub fn code_of_last(&self, request: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("outbox.jsonl")).expect("an outbox");
        let last: Value = serde_json::from_str(text.lines().last().expect("a message")).expect("a JSON line");
        assert_eq!(last["id"], request);
        last["code"].as_str().expect("a code").to_owned()
    }

    /// The passcode that was sent for a request.
    #[track_caller]
    pub fn code(&self, request: &str) -> String {
        let message = self.outbox().into_iter().find(|message| message["id"] == request);
        message.and_then(|message| message["code"].as_str().map(str::to_owned)).expect("a message")
    }
}

/// What an app sends to activate a phone.
pub fn activation(phone: &str) -> Value {
    json!({
        "app_id": APP,
        "country_dial_code": "65",
        "phone_number": phone,
        "email_address": "foob@example.com",
        "nickname": "FooB",
        "tos_accepted": "2021-09-20 10:50:59",
    })
}

/// The error, after it was seen to be in its envelope; `none` for a success.
#[track_caller]
pub fn error(answer: &Answer) -> String {
    if answer.status == 200 {
        return "none".to_owned();
    }
    assert_eq!((answer.status, answer.at("/code")), (500, json!(500)), "{}", answer.text);
    assert!(answer.at("/message").is_string(), "{}", answer.text);
    answer.at("/error").as_str().expect("an error").to_owned()
}

/// Another passcode of the same length.
pub fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}
