//! Starts an example's binary on a free port, calls it over HTTP and reads the codes from its outbox. It knows no
//! API: bodies are JSON texts, compared member by member, in order, with number literals as written.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]

pub mod attack;
pub mod bad_requests;
pub mod disk;
pub mod raw;
pub mod stops;

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a binary may take to answer its first request, and to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// A size that the system has of a process, in KiB, such as `VmRSS:`; none once it has ended.
pub fn size_of_process(process: u32, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let size = status.lines().find_map(|line| line.strip_prefix(field))?;
    size.trim().trim_end_matches(" kB").parse().ok()
}

/// Says to a test that it is to serve an adapter.
const AS_THE_ADAPTER: &str = "EXAMPLE_AS_THE_ADAPTER";

/// True in a process that [`Server::start_this`] started.
pub fn is_the_adapter() -> bool {
    std::env::var_os(AS_THE_ADAPTER).is_some()
}

/// A running example; stopped when it is dropped.
pub struct Server {
    child: Child,
    address: String,
    operations: String,
    outbox: PathBuf,
    log: PathBuf,
    _own_folder: Option<tempfile::TempDir>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The media type, as sent.
    pub content_type: String,
    /// The body as text.
    pub text: String,
    headers: Vec<(String, String)>,
}

impl Answer {
    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The value at a JSON pointer of the body; null if there is none.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or(Value::Null)
    }
}

impl Server {
    /// Starts a binary with `--dev`, a memory store and further environment.
    ///
    /// # Panics
    /// If it does not come up.
    #[track_caller]
    pub fn start(binary: &str, environment: &[(&str, &str)]) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = Server::start_in(folder.path(), binary, environment);
        server._own_folder = Some(folder);
        server
    }

    /// The same in a folder that outlives the process: the outbox stands there, and whatever the environment puts there.
    ///
    /// # Panics
    /// If it does not come up.
    #[track_caller]
    pub fn start_in(folder: &Path, binary: &str, environment: &[(&str, &str)]) -> Server {
        let mut command = command(binary);
        command.arg("--dev");
        Server::spawn(folder, command, environment)
    }

    /// Starts the binary of the running tests as an adapter: the test of this name serves it, if [`is_the_adapter`] says so,
    /// with hooks that no example has.
    ///
    /// # Panics
    /// If it does not come up.
    #[track_caller]
    pub fn start_this(test: &str, environment: &[(&str, &str)]) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let this = std::env::current_exe().expect("the path of the tests");
        let mut command = command(&this.to_string_lossy());
        command.args(["--exact", test, "--nocapture"]).env(AS_THE_ADAPTER, "1");
        let mut server = Server::spawn(folder.path(), command, environment);
        server._own_folder = Some(folder);
        server
    }

    #[track_caller]
    fn spawn(folder: &Path, mut command: Command, environment: &[(&str, &str)]) -> Server {
        let outbox = folder.join("outbox.jsonl");
        let log = folder.join("stderr.log");
        let to_log = OpenOptions::new().create(true).append(true).open(&log).expect("a log");
        command
            .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
            .env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0")
            .env("COUNTERSIGN_DEV_OUTBOX", &outbox)
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(to_log);
        let mut child = command.spawn().expect("the example's binary");
        let (address, operations) = addresses_of(&mut child);
        Server { child, address, operations, outbox, log, _own_folder: None }
    }

    /// `http://127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same of the port for health and metrics.
    pub fn operations_address(&self) -> &str {
        &self.operations
    }

    /// Kills the process at once, as a crash would.
    ///
    /// # Panics
    /// If the process cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("to kill the process");
        self.child.wait().expect("to see it end");
    }

    /// Sends the signal to stop (SIGTERM).
    ///
    /// # Panics
    /// If it cannot be sent.
    pub fn stop(&self) {
        let id = self.process_id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("the program `kill`");
        assert!(sent.success(), "no signal was sent");
    }

    /// The process's number.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// True if the process has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the process to end by itself.
    ///
    /// # Panics
    /// If it does not.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        let mut status = None;
        wait_until("the process ends", || {
            status = self.child.try_wait().expect("a process");
            status.is_some()
        });
        status.expect("a status")
    }

    /// Gets a path.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "application/json", &[], None)
    }

    /// Posts JSON to a path.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", &[], Some(&body.to_string()))
    }

    /// Sends any request.
    ///
    /// # Panics
    /// If the server does not answer.
    #[track_caller]
    pub fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Answer {
        self.try_send(method, path, content_type, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Sends any request; an error if the server does not answer.
    ///
    /// # Errors
    /// What the client says of the connection.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Answer, String> {
        send(&self.address, method, path, content_type, headers, body)
    }

    /// What the outbox holds: one object a message, the oldest first.
    ///
    /// # Panics
    /// If a line is not JSON.
    #[track_caller]
    pub fn outbox(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.outbox).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }

    /// All that was written to standard error, by every process of the folder.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).expect("a log")).into_owned()
    }

    /// The message that was sent for an id; `None` if nothing was.
    pub fn message(&self, id: &str) -> Option<Value> {
        self.outbox().into_iter().find(|message| message["id"] == id)
    }

    /// The code that was sent for an id.
    ///
    /// # Panics
    /// If none was.
    #[track_caller]
    pub fn code(&self, id: &str) -> String {
        let message = self.message(id).unwrap_or_else(|| panic!("no message for {id}"));
        message["code"].as_str().expect("a code").to_owned()
    }
}

/// Sends any request to an address such as `http://127.0.0.1:8080`; an error if nobody answers.
///
/// # Errors
/// What the client says of the connection.
pub fn send(
    address: &str,
    method: &str,
    path: &str,
    content_type: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Result<Answer, String> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{address}{path}"));
    if body.is_some() {
        request = request.header("content-type", content_type);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = match body {
        Some(body) => request.body(body.to_owned()).map_err(text).and_then(|request| agent.run(request).map_err(text)),
        None => request.body(()).map_err(text).and_then(|request| agent.run(request).map_err(text)),
    };
    let mut answer = answer?;
    let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let headers = answer.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    Ok(Answer {
        headers: headers.collect(),
        status: answer.status().as_u16(),
        content_type: content_type.to_owned(),
        text: answer.body_mut().read_to_string().map_err(text)?,
    })
}

/// A binary without the settings of the process that runs the tests: what tells a test how often to do something is
/// no setting of an adapter, and would be refused by it.
pub fn command(binary: &str) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    command
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// The addresses that a binary says: of the adapter, and of health and metrics.
#[track_caller]
fn addresses_of(child: &mut Child) -> (String, String) {
    let output = child.stdout.take().expect("standard output");
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(at) = line.find("http://") {
                let address = line[at..].split_whitespace().next().unwrap_or_default().trim_end_matches('/').to_owned();
                if send.send(address).is_err() {
                    // The test has its addresses; the rest is read so that the pipe never fills.
                    continue;
                }
            }
        }
    });
    let mut next = || {
        receive
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("the binary said no address; it ended with {:?}", child.try_wait()))
    };
    (next(), next())
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that has ended already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
///
/// # Panics
/// If it does not within the patience of a test.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Sets the value at a JSON pointer whose parent exists.
///
/// # Panics
/// If there is no such parent.
#[track_caller]
pub fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    match body.pointer_mut(parent) {
        Some(Value::Object(object)) => {
            object.insert(name.to_owned(), value);
        }
        Some(Value::Array(list)) => list[name.parse::<usize>().expect("an index")] = value,
        _ => panic!("nothing at {parent}"),
    }
}
