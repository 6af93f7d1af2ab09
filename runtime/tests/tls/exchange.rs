//! Certificates exchanged while a process serves, by SIGHUP and because the files changed. Each case runs this test binary
//! once more, as the adapter.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::authority::{Authority, Identity, write};
use crate::client::{Client, exchange, get, shown};
use crate::{edge_support, settings};

/// The adapter itself; does nothing unless a case starts it.
#[test]
fn as_the_adapter() {
    let Ok(arguments) = std::env::var("TLS_TEST_ARGUMENTS") else { return };
    let arguments = std::iter::once("adapter").chain(arguments.split_whitespace()).map(Into::into);
    let code = countersign_runtime::serve::serve_as(edge_support::parts(Default::default()), arguments);
    std::process::exit(code.into());
}

struct Adapter {
    child: Child,
    _output: BufReader<ChildStdout>,
    /// A file: nobody reads a pipe while requests are made, and a full one would hold the adapter up.
    log: tempfile::NamedTempFile,
    address: SocketAddr,
    operations: String,
}

fn started(settings: &[(String, String)]) -> Adapter {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "exchange::as_the_adapter", "--nocapture"]).env("TLS_TEST_ARGUMENTS", "--dev");
    command.env("COUNTERSIGN_LISTEN", "127.0.0.1:0").env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0");
    command.env("COUNTERSIGN_SHUTDOWN_DELAY", "0s");
    let log = tempfile::NamedTempFile::new().unwrap();
    command.envs(settings.iter().map(|(name, text)| (name, text))).stdout(Stdio::piped()).stderr(log.reopen().unwrap());
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = |before: &str| {
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            if let Some((_, address)) = line.split_once(before) {
                return address.trim().to_owned();
            }
            line.clear();
        }
        panic!("it never said {before:?}: {}", std::fs::read_to_string(log.path()).unwrap());
    };
    let address = said("listening on https://").parse().unwrap();
    let operations = said("health and metrics on ");
    Adapter { child, _output: output, log, address, operations }
}

impl Adapter {
    fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, which: &str) {
        assert!(Command::new("kill").args([which, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Stops it, and gives what it logged.
    fn ended(mut self) -> String {
        self.signal("-TERM");
        let ended = self.child.wait().unwrap();
        let log = std::fs::read_to_string(self.log.path()).unwrap();
        assert!(ended.success(), "{log}");
        log
    }

    /// Waits until new connections are served with this certificate.
    async fn until_serves(&self, client: &Client, with: &Identity) {
        let patience = Instant::now();
        while shown(&client.connect(self.address).await.unwrap()) != with.der {
            assert!(patience.elapsed() < Duration::from_secs(20), "the certificate was never exchanged");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn exchange_files(folder: &Path, server: &Identity) {
    write(folder, "server.key", &server.key);
    write(folder, "server.pem", &server.certificate);
}

/// What became of requests that went on all the while.
#[derive(Default)]
struct Load {
    stop: AtomicBool,
    answered: AtomicUsize,
    failed: AtomicUsize,
}

impl Load {
    /// One connection after the other, with some requests each.
    async fn with_new_connections(self: Arc<Self>, client: Client, address: SocketAddr) {
        while !self.stop.load(Ordering::Relaxed) {
            match client.connect(address).await {
                Ok(mut stream) => {
                    for _ in 0..5 {
                        self.count(get(&mut stream, "/api/status").await.is_ok_and(|(status, _)| status == 200));
                    }
                }
                Err(_) => self.count(false),
            }
        }
    }

    /// One connection for all requests.
    async fn with_one_connection(self: Arc<Self>, client: Client, address: SocketAddr) {
        let mut stream = client.connect(address).await.unwrap();
        while !self.stop.load(Ordering::Relaxed) {
            self.count(get(&mut stream, "/api/status").await.is_ok_and(|(status, _)| status == 200));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn count(&self, is_answered: bool) {
        let count = if is_answered { &self.answered } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// How often certificates are exchanged under load: `TLS_TEST_EXCHANGES`, or a few times.
fn times() -> usize {
    std::env::var("TLS_TEST_EXCHANGES").ok().and_then(|times| times.parse().ok()).unwrap_or(10)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_is_dropped_when_certificates_are_exchanged_under_load() {
    let (authority, folder) = (Authority::new("bank"), tempfile::tempdir().unwrap());
    let adapter = started(&settings(folder.path(), &authority.server(), Some(&authority)));
    let client = Client::new(&authority, Some(&authority.client("shop")));
    let load = Arc::new(Load::default());
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..3 {
        under_way.spawn(load.clone().with_new_connections(client.clone(), adapter.address));
        under_way.spawn(load.clone().with_one_connection(client.clone(), adapter.address));
    }
    for _ in 0..times() {
        let next = authority.server();
        exchange_files(folder.path(), &next);
        adapter.hang_up();
        adapter.until_serves(&client, &next).await;
    }
    load.stop.store(true, Ordering::Relaxed);
    under_way.join_all().await;
    let (answered, failed) = (load.answered.load(Ordering::Relaxed), load.failed.load(Ordering::Relaxed));
    println!("{} exchanges, {answered} requests answered, {failed} not", times());
    assert!(answered > 100 && failed == 0, "{answered} answered, {failed} not");
    let log = adapter.ended();
    assert!(log.contains("the certificates were exchanged"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_change_are_seen_without_a_signal_and_what_cannot_be_used_changes_nothing() {
    let (authority, folder) = (Authority::new("bank"), tempfile::tempdir().unwrap());
    let first = authority.server();
    let adapter = started(&settings(folder.path(), &first, None));
    let client = Client::new(&authority, None);
    let next = authority.server();
    // Half of an exchange: the key is not the certificate's.
    write(folder.path(), "server.key", &next.key);
    adapter.hang_up();
    tokio::time::sleep(Duration::from_millis(300)).await;
    adapter.until_serves(&client, &first).await;
    write(folder.path(), "server.pem", &next.certificate);
    adapter.until_serves(&client, &next).await;
    let log = adapter.ended();
    assert!(log.contains("the certificates stay as they are") && log.contains("`tls.key`"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_whose_authority_is_believed_no_longer_ends_with_its_next_answer() {
    let (before, after) = (Authority::new("before"), Authority::new("after"));
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path(), &before.server(), Some(&before));
    settings.push(("COUNTERSIGN_HTTP2".to_owned(), "true".to_owned()));
    let adapter = started(&settings);
    let (old, new) =
        (Client::new(&before, Some(&before.client("shop"))), Client::new(&before, Some(&after.client("shop"))));
    let mut stream = old.connect(adapter.address).await.unwrap();
    let mut several = old.http2(adapter.address).await;
    let (head, _) = exchange(&mut stream, "/api/status").await.unwrap();
    assert!(!head.contains("connection: close"), "{head}");
    assert!(new.get(adapter.address, "/api/status").await.is_err());
    write(folder.path(), "clients.pem", &after.pem());
    adapter.hang_up();
    let patience = Instant::now();
    while new.get(adapter.address, "/api/status").await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(20), "the authorities were never exchanged");
    }
    let (head, _) = exchange(&mut stream, "/api/status").await.unwrap();
    assert!(head.starts_with("http/1.1 200 ") && head.contains("connection: close"), "{head}");
    assert!(old.get(adapter.address, "/api/status").await.is_err(), "the old certificate is good no more");
    let patience = Instant::now();
    while several.ready().await.is_ok() {
        assert!(patience.elapsed() < Duration::from_secs(5), "the other connection goes on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(adapter.ended());
}

/// What `curl`, and another language's library, say of the API.
fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A client by Python's library, which is OpenSSL.
const PYTHON: &str = r#"
import http.client, ssl, sys
port, folder = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=folder + "/authority.pem")
if len(sys.argv) > 3:
    context.load_cert_chain(folder + "/" + sys.argv[3] + ".pem", folder + "/" + sys.argv[3] + ".key")
connection = http.client.HTTPSConnection("localhost", port, context=context)
try:
    for _ in range(2):
        connection.request("GET", "/api/status")
        answer = connection.getresponse()
        print(connection.sock.version(), answer.status, answer.read().decode())
except (OSError, http.client.HTTPException) as error:
    print("refused", error)
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_in_other_languages_are_served_by_their_certificates() {
    let (authority, folder) = (Authority::new("bank"), tempfile::tempdir().unwrap());
    let mut settings = settings(folder.path(), &authority.server(), Some(&authority));
    settings.push(("COUNTERSIGN_HTTP2".to_owned(), "true".to_owned()));
    settings.push(("COUNTERSIGN_OPS__TLS".to_owned(), "true".to_owned()));
    let adapter = started(&settings);
    write(folder.path(), "authority.pem", &authority.pem());
    for name in ["shop", "bakery"] {
        let identity = authority.client(name);
        write(folder.path(), &format!("{name}.pem"), &identity.certificate);
        write(folder.path(), &format!("{name}.key"), &identity.key);
    }
    let (place, port) = (folder.path().display().to_string(), adapter.address.port().to_string());
    let python = |identity: &[&str]| said_by("python3", &[&["-c", PYTHON, &port, &place], identity].concat());
    assert_eq!(python(&["shop"]), "TLSv1.3 200 \"up\"\nTLSv1.3 200 \"up\"\n");
    assert!(python(&["bakery"]).contains("TLSv1.3 403 {"), "{}", python(&["bakery"]));
    assert!(python(&[]).starts_with("refused"), "{}", python(&[]));
    let curl = |arguments: &[&str]| {
        let authority = format!("{place}/authority.pem");
        let usual = ["-sS", "--cacert", &authority, "-w", " %{http_version} %{http_code}"];
        said_by("curl", &[&usual, arguments].concat())
    };
    let status = format!("https://localhost:{port}/api/status");
    let (certificate, key) = (format!("{place}/shop.pem"), format!("{place}/shop.key"));
    let shop = ["--cert", &certificate, "--key", &key, &status];
    assert_eq!(curl(&[&["--http2"], &shop[..]].concat()), "\"up\" 2 200");
    assert_eq!(curl(&[&["--http1.1", "--tls-max", "1.2"], &shop[..]].concat()), "\"up\" 1.1 200");
    // Operators show no certificates; health and metrics have TLS all the same.
    let metrics = format!("{}/metrics", adapter.operations.replace("127.0.0.1", "localhost"));
    let metrics = curl(&[&metrics]);
    assert!(metrics.contains("countersign_tls_certificate_expires_timestamp_seconds") && metrics.ends_with("1.1 200"));
    assert!(metrics.contains(r#"countersign_tls_handshakes_total{port="api",outcome="failed"}"#), "{metrics}");
    drop(adapter.ended());
}
