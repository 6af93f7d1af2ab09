//! The commands for operators, as the process of an adapter. Each case runs this test binary once more, as the adapter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod edge_support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use countersign_runtime::crypto::mac::{Field, mac_text};
use countersign_runtime::crypto::{KeyName, Keyring};
use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::{Batch, Kind, RecordKey, Store};
use serde_json::{Value, json};

/// The adapter itself; does nothing unless a case starts it.
#[test]
fn as_the_adapter() {
    let Ok(arguments) = std::env::var("PROCESS_TEST_ARGUMENTS") else { return };
    let arguments: Vec<String> = serde_json::from_str(&arguments).unwrap();
    let arguments = std::iter::once("adapter".to_owned()).chain(arguments).map(Into::into);
    let parts = match std::env::var("PROCESS_TEST_PARTS").as_deref() {
        Ok("unwritten") => edge_support::unwritten(),
        Ok("mistyped") => edge_support::mistyped(),
        _ => edge_support::parts(Default::default()),
    };
    std::process::exit(countersign_runtime::serve::serve_as(parts, arguments).into());
}

struct Case {
    folder: tempfile::TempDir,
}

/// The keys that the commands read: those of `--dev`, which a test knows too.
impl Case {
    fn new() -> Case {
        Case { folder: tempfile::TempDir::new().unwrap() }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("adapter.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "as_the_adapter", "--nocapture"]);
        command.env("PROCESS_TEST_ARGUMENTS", serde_json::to_string(arguments).unwrap());
        command.env("COUNTERSIGN_STORE", format!("embedded:{}", self.path().display()));
        command.env("COUNTERSIGN_LISTEN", "127.0.0.1:0").env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0");
        command.env("COUNTERSIGN_SHUTDOWN_DELAY", "0s");
        for key in ["CODES", "COUNTERS", "PEPPER", "AUDIT"] {
            command.env(key, secret(key)).env(format!("COUNTERSIGN_KEYS__{key}"), format!("env:{key}"));
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let entry = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        // The test binary says a line or two of its own before the adapter does.
        (
            status.code(),
            entry.lines().filter(|line| !line.is_empty() && *line != "running 1 test").collect::<Vec<_>>().join("\n"),
        )
    }

    /// Serves until it is told to stop.
    fn serving(&self) -> Serving {
        self.serving_with(&[])
    }

    /// The same with more in its environment.
    fn serving_with(&self, more: &[(&str, &str)]) -> Serving {
        let mut child =
            self.command(&[]).envs(more.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("audit head") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "it did not start");
        }
        Serving { child, output, head: line.trim_start_matches("audit head ").trim().to_owned() }
    }
}

struct Serving {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    head: String,
}

impl Serving {
    /// Gives the last head that it said.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        rest.lines().rev().find_map(|line| line.strip_prefix("audit head ")).unwrap().to_owned()
    }
}

fn secret(key: &str) -> String {
    format!("{key}-4fzXk0qDPuq1nB0Q2nH6cOqvZz9yT7LQ")
}

#[test]
fn a_process_tells_its_start_and_its_end_and_the_audit_can_be_verified_meanwhile() {
    let case = Case::new();
    let serving = case.serving();
    let head = serving.head.clone();
    let (code, entry) = case.run(&["audit", "verify", "--head", &head]);
    assert_eq!(code, Some(0), "{entry}");
    assert!(entry.contains("2 records in 1 chains are as they were written"), "{entry}");
    let last = serving.stop();
    assert_eq!(case.run(&["audit", "verify", "--head", &head, "--head", &last]).0, Some(0));
    // The store tells of later heads by itself; an older one is checked all the same.
    assert_eq!(case.run(&["audit", "verify", "--head", &head]).0, Some(0));
    let wrong = format!("{}:1:{}", head.split(':').next().unwrap(), "0".repeat(64));
    let (code, entry) = case.run(&["audit", "verify", "--head", &wrong, "--head", &last]);
    assert_eq!(code, Some(1), "{entry}");
    assert!(entry.contains("is another one than a given head knows"), "{entry}");
    let (code, entry) = case.run(&["audit", "export"]);
    assert_eq!(code, Some(0), "{entry}");
    let lines: Vec<Value> = entry.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["adapter.started", "audit.head", "adapter.stopped", "audit.head"]);
    assert_eq!(lines[0]["detail"]["store"], "embedded");
    assert_eq!(lines[0]["detail"]["settings"].as_str().unwrap().len(), 64);
    assert_eq!(lines[0]["definition"].as_str().unwrap().len(), 64);
    assert!(lines.iter().all(|line| !line["node"].as_str().unwrap().is_empty()));
    assert!(!entry.contains("4fzXk0qDPuq"), "no key is told");
}

/// A record without what differs from start to start.
fn lasting(mut record: Value) -> Value {
    let fields = record.as_object_mut().unwrap();
    for differs in ["time", "utc", "sequence", "chain", "number", "audit_key", "previous", "mac", "definition"] {
        assert!(!fields.remove(differs).unwrap().is_null(), "{differs}");
    }
    record
}

#[test]
fn each_safety_rule_that_is_waived_is_reported_at_every_start() {
    let case = Case::new();
    let waived = [
        ("COUNTERSIGN_SMS__ANY_COUNTRY", "true"),
        ("COUNTERSIGN_SMS__NO_BUDGET", "true"),
        ("COUNTERSIGN_SMS__ANY_SOURCE", "true"),
        ("COUNTERSIGN_AUDIT__NODE", "n"),
    ];
    for starts in 1..3 {
        case.serving_with(&waived).stop();
        let (_, entry) = case.run(&["audit", "export"]);
        let lines = entry.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let entry: Vec<Value> = lines.filter(|line| line["event"] == "settings.opt_out").map(lasting).collect();
        let reported_so = |reason: &str| {
            json!({
                "event": "settings.opt_out", "outcome": "success", "reason": reason, "node": "n", "request": "",
                "adapter": "edge-test 1", "version": "0.1.0",
            })
        };
        let each = [
            reported_so("codes are sent to every country"),
            reported_so("whoever calls may have as many messages sent as there may be"),
            reported_so("the number of messages in an hour is not bounded"),
        ];
        assert_eq!(entry, std::iter::repeat_n(each, starts).flatten().collect::<Vec<_>>());
    }
}

#[test]
fn a_changed_store_ends_with_1_and_names_the_record() {
    let case = Case::new();
    let last = case.serving().stop();
    let file = rusqlite::Connection::open(case.path()).unwrap();
    file.execute("UPDATE audit SET record = replace(record, 'success', 'failure') WHERE sequence = 3", []).unwrap();
    let (code, entry) = case.run(&["audit", "verify"]);
    assert_eq!(code, Some(1), "{entry}");
    assert!(entry.contains("record 3: it was changed"), "{entry}");
    file.execute("DELETE FROM audit WHERE sequence > 2", []).unwrap();
    assert_eq!(case.run(&["audit", "verify"]).0, Some(0), "a cut tail shows against a head only");
    let (code, entry) = case.run(&["audit", "verify", "--head", &last]);
    assert_eq!(code, Some(1), "{entry}");
    assert!(entry.contains("ends with record 2, and a given head knows of record 4"), "{entry}");
    assert_eq!(case.run(&["audit", "verify", "--head", "x"]).0, Some(2));
    assert_eq!(case.run(&["audit"]).0, Some(2));
}

#[test]
fn a_refused_start_is_reported_where_there_is_an_audit() {
    let case = Case::new();
    case.serving().stop();
    let refused = case.command(&[]).env("COUNTERSIGN_NOTHING", "x").output().unwrap();
    assert_eq!(refused.status.code(), Some(78));
    let (_, entry) = case.run(&["audit", "export"]);
    let last: Value = serde_json::from_str(entry.lines().last().unwrap()).unwrap();
    assert_eq!((last["event"].as_str(), last["outcome"].as_str()), (Some("adapter.refused"), Some("failure")));
    assert!(last["reason"].as_str().unwrap().contains("there is no such setting"), "{last}");
}

#[test]
fn so_is_one_of_a_bank_whose_hooks_are_unwritten_or_whose_texts_are_no_templates() {
    let case = Case::new();
    case.serving().stop();
    for (parts, why) in [("unwritten", "lookup_user, send_sms is not written yet"), ("mistyped", "`x`")] {
        let refused = case.command(&[]).env("PROCESS_TEST_PARTS", parts).output().unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(78), "{said}");
        assert!(said.contains(why), "{said}");
        let (_, entry) = case.run(&["audit", "export"]);
        let last: Value = serde_json::from_str(entry.lines().last().unwrap()).unwrap();
        assert_eq!((last["event"].as_str(), last["outcome"].as_str()), (Some("adapter.refused"), Some("failure")));
        let line: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        assert_eq!((&last["reason"], &line["exit"]), (&line["because"], &json!(78)), "{parts}");
    }
    // With `--dev` hooks may be unwritten, and the audit of the settings is not told.
    let (_, entry) = case.run(&["audit", "export"]);
    let refused = case.command(&["--dev"]).env("PROCESS_TEST_PARTS", "mistyped").output().unwrap();
    assert_eq!(refused.status.code(), Some(78));
    assert_eq!(case.run(&["audit", "export"]).1, entry);
}

#[test]
fn a_store_is_looked_at_and_copied_while_it_is_served() {
    let case = Case::new();
    let serving = case.serving();
    let (code, entry) = case.run(&["store", "inspect"]);
    assert_eq!(code, Some(0), "{entry}");
    assert!(entry.contains("every page is whole") && entry.contains("audit entries: 2"), "{entry}");
    let copy = case.folder.path().join("copy.db");
    let (code, entry) = case.run(&["store", "copy", copy.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{entry}");
    let (code, entry) = case.run(&["audit", "verify", "--file", copy.to_str().unwrap(), "--head", &serving.head]);
    assert_eq!(code, Some(0), "{entry}");
    assert_eq!(case.run(&["store", "copy", copy.to_str().unwrap()]).0, Some(78), "it is there already");
    serving.stop();
}

/// Writes a row of a user who is blocked for good, as the adapter would.
fn block(case: &Case) {
    let fields = [Field::Text("bank"), Field::Text("joe"), Field::Text("password")];
    put(case, Kind::Limiter, "failures", &fields, json!({"failures": 100, "blocked_until": i64::MAX / 4}));
}

/// Writes a record for what the fields say, as the adapter would.
fn put(case: &Case, kind: Kind, purpose: &str, fields: &[Field<'_>], row: Value) {
    let counters =
        countersign_runtime::crypto::NamedSecret { id: "any".into(), bytes: secret("COUNTERS").into_bytes().into() };
    let keys = Keyring::of_some([(KeyName::Counters, vec![counters])].into()).unwrap();
    let id = mac_text(&keys.current(KeyName::Counters).unwrap(), purpose, fields);
    let store = EmbeddedStore::open(&case.path()).unwrap();
    let batch = Batch::at(0).put(RecordKey::new(kind, id), row, i64::MAX / 4);
    tokio::runtime::Runtime::new().unwrap().block_on(store.commit(batch)).unwrap();
}

const LIFT: [&str; 8] = ["limits", "lift", "--user", "joe", "--organization", "bank", "--reason", "ticket 17"];

fn is_lifted_and_told(case: &Case) {
    let (code, entry) = case.run(&LIFT);
    assert_eq!(code, Some(0), "{entry}");
    assert!(entry.contains("password: 100 failures, blocked for good, lifted"), "{entry}");
    assert_eq!(case.run(&LIFT).0, Some(1), "there is nothing left to lift");
    let (_, entry) = case.run(&["audit", "export"]);
    let lines = entry.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lifted: Vec<Value> = lines.filter(|line| line["event"] == "limit.lifted").collect();
    assert_eq!(lifted.len(), 1);
    assert_eq!((&lifted[0]["user"], &lifted[0]["organization"]), (&json!("joe"), &json!("bank")));
    assert_eq!(lifted[0]["method"], "password");
    assert_eq!((&lifted[0]["reason"], &lifted[0]["detail"]["failures"]), (&json!("ticket 17"), &json!(100)));
    assert_eq!(case.run(&["audit", "verify"]).0, Some(0));
}

#[test]
fn a_block_is_lifted_and_told() {
    let case = Case::new();
    case.serving().stop();
    block(&case);
    let (code, entry) = case.run(&["limits", "lift", "--user", "jim", "--organization", "bank", "--reason", "x"]);
    assert_eq!(code, Some(1), "{entry}");
    let (code, entry) = case.run(&[&LIFT[..], &["--method", "pasword"]].concat());
    assert!(code == Some(2) && entry.contains("[possible values: password, questions]"), "{code:?} {entry}");
    is_lifted_and_told(&case);
}

#[test]
fn the_lock_of_an_account_is_lifted_and_told() {
    let case = Case::new();
    case.serving().stop();
    let fields = [Field::Text("joe"), Field::Text("account 7")];
    put(&case, Kind::Deposits, "deposits", &fields, json!({ "failures": 3, "verified": false, "locked": true }));
    let lift = ["limits", "lift", "--user", "joe", "--account", "account 7", "--reason", "ticket 18"];
    assert_eq!(case.run(&["limits", "lift", "--user", "joe", "--account", "other", "--reason", "x"]).0, Some(1));
    let (code, entry) = case.run(&lift);
    assert_eq!(code, Some(0), "{entry}");
    assert!(entry.contains("deposits: 3 failures, blocked for good, lifted"), "{entry}");
    assert_eq!(case.run(&lift).0, Some(1), "there is nothing left to lift");
    let (_, entry) = case.run(&["audit", "export"]);
    assert!(entry.contains("limit.lifted") && entry.contains("ticket 18"), "{entry}");
}

#[test]
fn a_block_is_lifted_by_the_process_that_has_the_store() {
    let case = Case::new();
    case.serving().stop();
    block(&case);
    let serving = case.serving();
    is_lifted_and_told(&case);
    // What is not sealed with the audit key is not done.
    block_operator_command(&case);
    serving.stop();
    let (_, entry) = case.run(&["store", "inspect"]);
    assert!(entry.contains("audit head"), "{entry}");
}

#[test]
fn a_block_that_ends_by_itself_is_reported_with_its_end() {
    let case = Case::new();
    case.serving().stop();
    let fields = [Field::Text("bank"), Field::Text("joe"), Field::Text("password")];
    let in_years = |years: u64| {
        let seconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + years * 365 * 86_400;
        json!({ "failures": 5, "blocked_until": seconds * 1000 })
    };
    for (row, reported_so) in [
        (in_years(9), "password: 5 failures, blocked until 20"),
        (in_years(11), "password: 5 failures, blocked for good, lifted"),
        (json!({ "failures": 4 }), "password: 4 failures, lifted"),
    ] {
        put(&case, Kind::Limiter, "failures", &fields, row);
        let (code, entry) = case.run(&LIFT);
        assert!(code == Some(0) && entry.contains(reported_so), "{entry}");
    }
}

/// Puts an operator command into the file that nobody sealed; it is taken away.
fn block_operator_command(case: &Case) {
    let file = rusqlite::Connection::open(case.path()).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    file.execute("INSERT INTO errand (id, mac, what) VALUES ('x', 'y', 'z')", []).unwrap();
    let began = std::time::Instant::now();
    while file.query_row("SELECT count(*) FROM errand", [], |row| row.get::<_, i64>(0)).unwrap() > 0 {
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "it is never looked at");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
