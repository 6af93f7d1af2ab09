//! Serves an adapter on a port of its own and speaks HTTP with it.

use std::path::PathBuf;

use countersign_runtime::{App, StartError, StartOptions};
use serde_json::Value;

/// An adapter that is served, and its outbox.
pub struct Api {
    address: String,
    authorization: &'static str,
    outbox: PathBuf,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
    headers: Vec<(String, String)>,
}

impl Answer {
    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Api {
    /// Serves what `start` makes. `authorization` is sent with every request.
    pub fn serve(start: fn(StartOptions) -> Result<App, StartError>, authorization: &'static str) -> Api {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("outbox");
        let options = StartOptions::dev()
            .with("COUNTERSIGN_DEV_OUTBOX", outbox.display().to_string())
            .with("COUNTERSIGN_DEV_LIMITS", "on");
        let (told, address) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let app = start(options).unwrap();
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap().to_string()).unwrap();
                countersign_runtime::axum::serve(listener, app.router()).await.unwrap();
            });
        });
        Api { address: address.recv().unwrap(), authorization, outbox, _folder: folder }
    }

    /// Asks with these headers and this body, if there is one.
    pub fn ask(&self, request: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let (method, path) = request.split_once(' ').unwrap();
        let mut call = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        if !self.authorization.is_empty() {
            call = call.header("authorization", self.authorization);
        }
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answer = match body {
            Some(body) => agent.run(call.header("content-type", "application/json").body(body.to_string()).unwrap()),
            None => agent.run(call.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let pairs = answer.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let headers = pairs.collect();
        let text = answer.body_mut().read_to_string().unwrap();
        Answer { status: answer.status().as_u16(), json: serde_json::from_str(&text).unwrap_or(Value::Null), headers }
    }

    /// The messages that were sent.
    pub fn messages(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.outbox).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
