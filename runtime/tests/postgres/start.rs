//! What is made, what is refused at start, and what the runtime's role may do.

use std::process::{Command, Output};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use countersign_runtime::crypto::Keyring;
use countersign_runtime::serve::{StartOptions, start};
use countersign_runtime::store::postgres::{PostgresStore, migrate};
use countersign_runtime::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Kind, RecordKey, Store, StoreError, StoreSpec, open,
};
use serde_json::json;
use tower::ServiceExt;

use crate::pg_server::{Server, shared};

const MIGRATOR: &str = "countersign_migrator";
const RUNTIME: &str = "countersign_runtime";

fn refusal(server: &Server, database: &str) -> String {
    match PostgresStore::open(&server.address(database)) {
        Ok(_) => panic!("it was opened"),
        Err(error @ StoreError::Unusable(_)) => error.to_string(),
        Err(error) => panic!("refused, but as {error:?}"),
    }
}

#[test]
fn a_database_without_the_schema_is_refused_until_it_is_migrated() {
    let server = shared();
    let database = server.empty_database();
    assert!(refusal(server, &database).contains("--migrate"));
    let tables = "SELECT count(*) FROM pg_namespace WHERE nspname = 'countersign'";
    assert_eq!(server.sql(&database, tables), "0", "opening makes nothing");
    assert_eq!(migrate(&server.address(&database)).unwrap(), (2, 2));
    assert_eq!(migrate(&server.address(&database)).unwrap(), (2, 0), "again does nothing");
    PostgresStore::open(&server.address(&database)).unwrap();
}

#[test]
fn a_newer_or_older_schema_is_refused() {
    let server = shared();
    let database = server.database();
    server.sql(&database, "INSERT INTO countersign.migration (version) VALUES (3)");
    assert!(refusal(server, &database).contains("version 3"));
    assert!(matches!(migrate(&server.address(&database)), Err(StoreError::Unusable(_))));
    server.sql(&database, "DELETE FROM countersign.migration");
    assert!(refusal(server, &database).contains("--migrate"));
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let server = shared();
    let database = server.database();
    // The tables are there, but the note of it is lost: making them again must fail as a whole.
    server.sql(&database, "DELETE FROM countersign.migration");
    let error = migrate(&server.address(&database)).unwrap_err().to_string();
    assert!(error.contains("nothing was changed"), "{error}");
    assert_eq!(server.sql(&database, "SELECT count(*) FROM countersign.migration"), "0");
}

#[test]
fn several_who_migrate_at_once_do_it_once() {
    let server = shared();
    let database = server.empty_database();
    let run: usize = std::thread::scope(|scope| {
        let migrating: Vec<_> =
            (0..4).map(|_| scope.spawn(|| migrate(&server.address(&database)).unwrap().1)).collect();
        migrating.into_iter().map(|done| done.join().unwrap()).sum()
    });
    assert_eq!(run, 2);
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    let mut server = Server::start(&[]);
    let database = server.database();
    for setting in ["fsync", "full_page_writes"] {
        server.kill();
        server.run(&[&format!("{setting}=off")]);
        let entry = refusal(&server, &database);
        assert!(entry.contains(setting) && entry.contains("must be on"), "{entry}");
    }
    server.kill();
    server.run(&["synchronous_commit=off"]);
    PostgresStore::open(&server.address(&database)).expect("our connections set that by themselves");
    server.kill();
    assert!(matches!(PostgresStore::open(&server.address(&database)), Err(StoreError::Unavailable(_))));
}

#[test]
fn a_server_that_makes_damaged_pages_empty_is_refused() {
    let server = shared();
    let database = server.database();
    server.sql("postgres", &format!("ALTER DATABASE {database} SET zero_damaged_pages = on"));
    let entry = refusal(server, &database);
    assert!(entry.contains("`zero_damaged_pages` on") && entry.contains("must be off"), "{entry}");
}

/// Roles and databases have settings of their own, which connections begin with.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_or_a_database_sets_changes_nothing() {
    let server = shared();
    let database = server.database();
    for setting in [
        "client_min_messages = error",
        "synchronous_commit = off",
        "default_transaction_isolation = serializable",
        "search_path = public",
        "statement_timeout = 0",
        "lock_timeout = 0",
        "DateStyle = 'German'",
        "bytea_output = 'escape'",
        "standard_conforming_strings = off",
        "transform_null_equals = on",
        "session_replication_role = replica",
        "plan_cache_mode = force_generic_plan",
        "enable_indexscan = off",
        "enable_bitmapscan = off",
        "TimeZone = 'Asia/Kathmandu'",
        "extra_float_digits = -15",
        "array_nulls = off",
    ] {
        server.sql("postgres", &format!("ALTER DATABASE {database} SET {setting}"));
    }
    assert_eq!(migrate(&server.address(&database)).unwrap(), (2, 0));
    let store = PostgresStore::open(&server.address(&database)).unwrap();
    let key = RecordKey::new(Kind::Code, r"a\'b");
    let entry = AuditEntry::new(0, AuditEvent::OtpIssued, AuditOutcome::Success);
    for record in [json!({"a": null}), json!([1.25, "\\'"])] {
        let batch = Batch::at(0).put(key.clone(), record.clone(), i64::MAX).audit(entry.clone());
        assert!(matches!(store.commit(batch).await.unwrap(), Committed::Applied(_)));
        assert_eq!(store.get(key.clone(), 0).await.unwrap().record.unwrap().value, record.into());
    }
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap();
    let stored = store.audit_after(0, 10).await.unwrap();
    assert_eq!(stored.len(), 2);
    assert!((now - stored[1].record.time).abs() < 60_000_000, "the time is what it is everywhere");
}

/// A used code that is not seen would be good again.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_a_policy_hides_are_an_error_and_not_absent() {
    let server = Server::start(&[]);
    server.sql("postgres", &format!("CREATE ROLE {RUNTIME} LOGIN"));
    let database = server.database();
    let store = open(&server.url(RUNTIME, &database).parse().unwrap()).unwrap();
    let key = RecordKey::new(Kind::Code, "a");
    store.commit(Batch::at(0).put(key.clone(), json!(1), i64::MAX)).await.unwrap();
    server.sql(&database, "ALTER TABLE countersign.record ENABLE ROW LEVEL SECURITY");
    let found = store.get(key, 0).await;
    assert!(matches!(&found, Err(StoreError::Unavailable(why)) if why.contains("row-level security")), "{found:?}");
    assert!(open(&server.url(RUNTIME, &database).parse().unwrap()).is_err());
}

#[test]
fn what_cannot_be_reached_or_is_not_there_is_told_apart() {
    let server = shared();
    assert!(refusal(server, "nowhere").contains("does not exist"));
    let spec: StoreSpec = "postgres://bank@/x?host=/nonexistent".parse().unwrap();
    assert!(matches!(open(&spec), Err(StoreError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runtimes_role_has_the_least_rights_and_they_suffice() {
    let server = Server::start(&[]);
    // As the documentation says.
    server.sql("postgres", &format!("CREATE ROLE {MIGRATOR} LOGIN; CREATE ROLE {RUNTIME} LOGIN"));
    let database = server.empty_database();
    server.sql("postgres", &format!("ALTER DATABASE {database} OWNER TO {MIGRATOR}"));
    server.sql("postgres", &format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC"));
    server.sql("postgres", &format!("GRANT CONNECT ON DATABASE {database} TO {RUNTIME}"));
    assert_eq!(migrate(&server.url(MIGRATOR, &database).parse().unwrap()).unwrap(), (2, 2));
    assert_eq!(migrate(&server.url(MIGRATOR, &database).parse().unwrap()).unwrap(), (2, 0));
    let store = open(&server.url(RUNTIME, &database).parse().unwrap()).unwrap();
    let key = RecordKey::new(Kind::Code, "a");
    let entry = AuditEntry::new(0, AuditEvent::OtpIssued, AuditOutcome::Success);
    let committed = store.commit(Batch::at(0).put(key.clone(), json!(1), i64::MAX).audit(entry)).await.unwrap();
    assert!(matches!(committed, Committed::Applied(_)));
    assert!(store.get(key, 0).await.unwrap().record.is_some());
    assert_eq!(store.audit_after(0, 10).await.unwrap().len(), 1);
    assert_eq!(store.purge(0).await.unwrap(), 0);
    store.ready().await.unwrap();
    for forbidden in [
        "DELETE FROM countersign.audit",
        "UPDATE countersign.audit SET event = 'x'",
        "TRUNCATE countersign.record",
        "DROP TABLE countersign.record",
        "CREATE TABLE countersign.other (x int)",
        "INSERT INTO countersign.migration (version) VALUES (3)",
        "SELECT setval('countersign.version', 1)",
    ] {
        let entry = server.sql_as(RUNTIME, &database, forbidden).expect_err(forbidden);
        assert!(entry.contains("permission denied") || entry.contains("must be owner"), "{forbidden}: {entry}");
    }
}

#[tokio::test]
async fn an_adapter_on_a_database_is_ready_as_long_as_that_is() {
    let mut server = Server::start(&[]);
    let options = StartOptions::dev().with("COUNTERSIGN_STORE", server.url("admin", &server.database()));
    let app = start(crate::edge_support::parts(Default::default()), options).unwrap();
    let ready = || async {
        let request = Request::get("/health/ready").body(Body::empty()).unwrap();
        app.operations_router().oneshot(request).await.unwrap().status()
    };
    assert_eq!(ready().await, StatusCode::OK);
    server.kill();
    assert_eq!(ready().await, StatusCode::SERVICE_UNAVAILABLE);
    server.run(&[]);
    assert_eq!(ready().await, StatusCode::OK);
}

#[tokio::test]
async fn keys_that_are_exchanged_while_the_database_is_away_are_reported_of_afterwards() {
    let mut server = Server::start(&[]);
    let options = StartOptions::dev().with("COUNTERSIGN_STORE", server.url("admin", &server.database()));
    let app = start(crate::edge_support::parts(Default::default()), options).unwrap();
    server.kill();
    app.exchange_keys(Keyring::demo()).await.unwrap_err();
    server.run(&[]);
    app.exchange_keys(Keyring::demo()).await.unwrap();
    let entry = app.shared().store.audit_after(0, 10).await.unwrap();
    let entry: Vec<_> = entry.into_iter().map(|stored| stored.record).collect();
    assert_eq!(entry.iter().map(|record| record.event).collect::<Vec<_>>(), [AuditEvent::KeysRotated; 2]);
    let at = |record: &AuditEntry| record.detail.as_ref().unwrap()["at"].as_str().unwrap().to_owned();
    assert_ne!(at(&entry[0]), at(&entry[1]), "each says when it was");
}

/// The adapter itself; does nothing unless a case starts it.
#[test]
fn as_the_adapter() {
    let Ok(arguments) = std::env::var("PROCESS_TEST_ARGUMENTS") else { return };
    let arguments = std::iter::once("adapter").chain(arguments.split_whitespace()).map(Into::into);
    let code = countersign_runtime::serve::serve_as(crate::edge_support::parts(Default::default()), arguments);
    std::process::exit(code.into());
}

/// The adapter as a process of its own.
pub fn command(arguments: &str, store: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "start::as_the_adapter", "--nocapture"]);
    command.env("PROCESS_TEST_ARGUMENTS", arguments).env("COUNTERSIGN_STORE", store);
    command.env("COUNTERSIGN_LISTEN", "127.0.0.1:0").env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0");
    command.env("COUNTERSIGN_SHUTDOWN_DELAY", "0s");
    command
}

fn adapter(arguments: &str, store: &str) -> (Output, String) {
    let output = command(arguments, store).output().unwrap();
    let entry = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, entry)
}

#[test]
fn the_adapter_migrates_when_it_is_told_to_and_needs_no_keys_for_that() {
    let server = shared();
    let database = server.empty_database();
    let store = server.url("admin", &database);
    let (output, entry) = adapter("--dev", &store);
    assert_eq!(output.status.code(), Some(78), "{entry}");
    assert!(entry.contains("--migrate"), "{entry}");
    let (output, entry) = adapter("--migrate", &store);
    assert_eq!(output.status.code(), Some(0), "{entry}");
    assert!(entry.contains("the schema has version 2; migrations run: 2"), "{entry}");
    let (output, entry) = adapter("--migrate", "embedded:x.db");
    assert_eq!(output.status.code(), Some(78), "{entry}");
    let (output, entry) = adapter("--dev", "postgres://bank@db.example.org/x");
    assert_eq!(output.status.code(), Some(78), "{entry}");
    assert!(entry.contains("on another machine"), "{entry}");
}
