//! The process of an adapter: its arguments, its ports, how it ends. Each case runs this test binary once more, as the
//! adapter.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]
#![cfg(unix)]

mod bank_start;
mod child;
#[path = "../edge_support/mod.rs"]
mod edge_support;
#[cfg(feature = "otlp")]
mod export;
mod stopping;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use child::{Adapter, command, refused, started};

/// The adapter itself; does nothing unless a case starts it.
#[test]
fn as_the_adapter() {
    let Ok(arguments) = std::env::var("PROCESS_TEST_ARGUMENTS") else { return };
    let arguments = std::iter::once("adapter").chain(arguments.split_whitespace()).map(Into::into);
    let mut parts = edge_support::parts(Default::default());
    if std::env::var_os("PROCESS_TEST_BANK").is_some() {
        parts.bank = bank_start::bank();
    }
    let code = countersign_runtime::serve::serve_as(parts, arguments);
    std::process::exit(code.into());
}

#[test]
fn it_serves_both_ports_until_it_is_told_to_stop() {
    let adapter = started("--dev", &[]);
    assert!(adapter.get(&adapter.address, "/api/status").ends_with("\"up\""));
    assert!(adapter.get(&adapter.operations, "/health/live").starts_with("HTTP/1.1 200"));
    assert!(adapter.get(&adapter.operations, "/health/ready").starts_with("HTTP/1.1 200"));
    let figures = adapter.get(&adapter.operations, "/metrics");
    assert!(figures.contains(r#"countersign_requests_total{endpoint="status",status="200"} 1"#), "{figures}");
    adapter.signal();
    let (code, log) = adapter.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("stopped"), "{log}");
}

/// What an adapter needs without `--dev`: keys, and a store in a folder.
fn equipped(folder: &Path) -> Vec<(String, String)> {
    let store = format!("embedded:{}", folder.join("state.db").display());
    let keys = ["CODES", "COUNTERS", "PEPPER", "AUDIT"].iter().flat_map(|key| {
        let secret = format!("{key}-4fzXk0qDPuq1nB0Q2nH6cOqvZz9yT7LQ");
        [(format!("COUNTERSIGN_KEYS__{key}"), format!("env:{key}")), ((*key).to_owned(), secret)]
    });
    let store = [("COUNTERSIGN_STORE".to_owned(), store), ("COUNTERSIGN_SHUTDOWN_DELAY".to_owned(), "0s".to_owned())];
    keys.chain(store).collect()
}

fn texts(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

#[test]
fn logs_are_for_machines_without_dev_and_hold_no_panics_message() {
    let folder = tempfile::tempdir().unwrap();
    let environment = equipped(folder.path());
    let adapter = started("", &texts(&environment));
    let mut stream = TcpStream::connect(&adapter.address).unwrap();
    stream
        .write_all(b"POST /api/panic HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    adapter.signal();
    let (code, log) = adapter.ended();
    assert_eq!(code, Some(0));
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");
    assert!(log.contains("edge_support/mod.rs") && !log.contains("with a secret"), "{log}");
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let failed = lines.into_iter().find(|line| line["status"] == 500).unwrap();
    let text = |pointer: &str| failed.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    assert_eq!((text("/span/id").len(), text("/span/trace_id").len()), (36, 32), "{failed}");
    assert_eq!((text("/span/endpoint"), failed["ms"].is_u64()), ("panics".to_owned(), true), "{failed}");
}

#[test]
fn what_ends_an_adapter_that_logs_for_machines_is_a_line_for_machines() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut environment = equipped(folder.path());
    environment.push(("COUNTERSIGN_LISTEN".to_owned(), address.clone()));
    let (output, log) = refused("", &texts(&environment));
    assert_eq!(output.status.code(), Some(75), "{log}");
    let last: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert!(last["because"].as_str().unwrap().contains(&address) && last["exit"] == 75, "{log}");
    std::fs::write(folder.path().join("state.db"), "this is no store").unwrap();
    let (output, log) = refused("", &texts(&environment));
    assert_eq!(output.status.code(), Some(74), "{log}");
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");
}

#[test]
fn a_standard_output_that_nobody_reads_is_reported_as_that_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let environment = equipped(folder.path());
    let adapter = started("", &texts(&environment)).without_output();
    assert!(adapter.get(&adapter.address, "/api/status").ends_with("\"up\""));
    adapter.signal();
    let (code, log) = adapter.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("standard output cannot be written to: Broken pipe"), "{log}");
    assert!(!log.contains("store is") && log.lines().all(|line| line.starts_with('{')), "{log}");
}

#[test]
fn state_in_memory_is_refused_without_dev() {
    let (output, log) = refused("", &[("COUNTERSIGN_STORE", "memory")]);
    assert_eq!(output.status.code(), Some(78));
    assert!(log.contains("setting `store` (environment variable COUNTERSIGN_STORE): state in memory"), "{log}");
}

#[test]
fn refused_settings_end_with_78_and_one_line_each() {
    let (output, log) = refused("--dev", &[("COUNTERSIGN_LISTEN", "x"), ("COUNTERSIGN_NOTHING", "y")]);
    assert_eq!(output.status.code(), Some(78));
    assert_eq!(log.lines().count(), 2, "{log}");
    let (output, log) = refused("", &[]);
    assert_eq!((output.status.code(), log.lines().count()), (Some(78), 5), "{log}");
    assert!(log.lines().last().unwrap().contains("`--settings FILE`"), "{log}");
    assert_eq!(refused("--dev --check-settings", &[]).0.status.code(), Some(0));
    assert_eq!(refused("--nothing", &[]).0.status.code(), Some(2));
}

/// A request whose head is read, and whose body is not there yet.
fn under_way(adapter: &Adapter) -> TcpStream {
    let mut busy = TcpStream::connect(&adapter.address).unwrap();
    let head = "POST /api/echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\
        expect: 100-continue\r\n\r\n";
    busy.write_all(head.as_bytes()).unwrap();
    let mut asked = [0; 12];
    busy.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100");
    busy
}

#[test]
fn an_adapter_whose_store_is_taken_away_ends_with_74_and_answers_what_is_under_way() {
    let beside = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    let replace = |path: &Path| {
        std::fs::copy(path, beside(path, ".copy")).unwrap();
        std::fs::rename(beside(path, ".copy"), path).unwrap();
    };
    for (takes_away, entry) in [
        (&(|path: &Path| std::fs::remove_file(path).unwrap()) as &dyn Fn(&Path), "was removed or renamed"),
        (&replace, "was replaced by another file"),
        (&|path: &Path| std::fs::hard_link(path, beside(path, ".link")).unwrap(), "has 1 hard links beside `store.db`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = format!("embedded:{}", path.display());
        let adapter = started("--dev", &[("COUNTERSIGN_STORE", &store)]);
        let mut busy = under_way(&adapter);
        takes_away(&path);
        let patience = Instant::now();
        while TcpStream::connect(&adapter.address).is_ok() {
            assert!(patience.elapsed() < Duration::from_secs(20), "{entry}: people are let in for ever");
            // A source that takes all of its share makes room for itself: the one under way would be closed.
            std::thread::sleep(Duration::from_millis(10));
        }
        busy.write_all(b"{}").unwrap();
        let mut answer = String::new();
        busy.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("HTTP/1.1 200") && answer.ends_with("{}"), "{entry}: {answer}");
        let (code, log) = adapter.ended();
        assert_eq!(code, Some(74), "{log}");
        assert!(log.contains("store.db") && log.contains(entry), "{log}");
    }
}

#[test]
fn a_damaged_store_ends_with_74_and_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    std::fs::write(&path, "this is no store").unwrap();
    let store = format!("embedded:{}", path.display());
    let (output, log) = refused("--dev", &[("COUNTERSIGN_STORE", &store)]);
    assert_eq!(output.status.code(), Some(74), "{log}");
    assert!(log.contains("store.db"), "{log}");
}

#[test]
fn a_taken_operations_port_is_no_obstacle_with_dev() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let adapter = started("--dev", &[("COUNTERSIGN_OPS_LISTEN", &address)]);
    assert_ne!(adapter.operations, address);
    adapter.signal();
    assert_eq!(adapter.ended().0, Some(0));
    let (output, log) = refused("--dev", &[("COUNTERSIGN_LISTEN", &address)]);
    assert_eq!(output.status.code(), Some(75), "{log}");
}

/// The adapter in a shell that limits how many files it may open.
fn limited(limit: &str) -> Command {
    let whole = command("--dev", &[]);
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")])
        .arg(whole.get_program())
        .args(whole.get_args());
    command.envs(whole.get_envs().filter_map(|(name, text)| Some((name, text?))));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_process_that_may_not_open_enough_files_does_not_start() {
    let output = limited("-n 1000").output().unwrap();
    let entry = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{entry}");
    assert!(entry.contains("connections.limit") && entry.contains("1216 file descriptors are needed"), "{entry}");
}

#[test]
fn a_process_raises_its_limit_of_open_files_as_far_as_it_needs() {
    let mut child = limited("-S -n 256").spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("health and metrics on") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "it ended with {:?}", child.wait());
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(files.split_whitespace().nth(3), Some("1216"), "{files}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn connections_that_do_nothing_lock_nobody_out_of_health_and_metrics() {
    let adapter = started("--dev", &[]);
    let idle: Vec<_> = (0..200).map(|_| TcpStream::connect(&adapter.operations).unwrap()).collect();
    for _ in 0..3 {
        assert!(adapter.get(&adapter.operations, "/health/live").starts_with("HTTP/1.1 200"));
    }
    assert!(adapter.get(&adapter.operations, "/health/ready").starts_with("HTTP/1.1 200"));
    let metrics = adapter.get(&adapter.operations, "/metrics");
    // One of the 64 may be gone while the answer is written: those of the requests above end by themselves.
    let open = metrics.lines().find_map(|line| line.strip_prefix(r#"countersign_connections{port="operations"} "#));
    let open: u32 = open.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap();
    assert!((60..=64).contains(&open), "{metrics}");
    assert!(metrics.contains(r#"countersign_connections_evicted_total{port="operations",reason="full"}"#), "{metrics}");
    assert!(metrics.contains("countersign_budget_held_bytes 0"), "{metrics}");
    drop(idle);
    adapter.signal();
    assert_eq!(adapter.ended().0, Some(0));
}
