//! A server that another one follows: what is not on both is not acknowledged, and nobody goes back to a primary that
//! was replaced.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use countersign_runtime::store::postgres::{PostgresStore, migrate};
use countersign_runtime::store::{Batch, Committed, Kind, RecordKey, Store, StoreError};
use serde_json::json;

use crate::pg_server::pair::{Following, Pair, of_both, set, until};
use crate::pg_server::{Server, shared};

/// Part of what the log says of a standby that follows asynchronously.
const LAGS: &str = "followed asynchronously";

/// What a batch waits with for standbys; nobody else says that.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'";

fn opened(url: &str) -> Arc<dyn Store> {
    Arc::new(PostgresStore::open(&url.parse().unwrap()).unwrap())
}

fn put(id: &str) -> Batch {
    Batch::at(0).put(RecordKey::new(Kind::Code, id), json!(1), i64::MAX)
}

fn has(server: &Server, database: &str, id: &str) -> bool {
    server.sql(database, &format!("SELECT count(*) FROM countersign.record WHERE id = '{id}'")) == "1"
}

async fn committed(store: &dyn Store, id: &str) {
    assert!(matches!(store.commit(put(id)).await.unwrap(), Committed::Applied(_)));
}

/// Asks until a connection that still works was found.
async fn until_ready(store: &dyn Store) {
    for _ in 0..50 {
        if store.ready().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the store does not come back");
}

/// PostgreSQL answers such a commit as if nothing had happened, with a warning that nobody has to read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_no_standby_confirmed_is_not_acknowledged() {
    let server = Server::start(&[]);
    let database = server.database();
    is_not_acknowledged(&server, &database).await;
}

/// Somebody who likes quiet logs lets the server keep such warnings to itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_is_one_where_the_database_says_that_warnings_are_not_sent() {
    let server = Server::start(&[]);
    let database = server.database();
    server.sql("postgres", &format!("ALTER DATABASE {database} SET client_min_messages = error"));
    server.sql("postgres", "ALTER ROLE admin SET client_min_messages = error");
    is_not_acknowledged(&server, &database).await;
}

async fn is_not_acknowledged(server: &Server, database: &str) {
    let store = opened(&server.url("admin", database));
    set(server, "synchronous_standby_names", "nobody");
    // A server takes a while to heed what is set; commits until then wait for nobody.
    let mut number = 0;
    let committing = loop {
        number += 1;
        let (store, id) = (store.clone(), format!("a{number}"));
        let committing = tokio::spawn(async move { store.commit(put(&id)).await });
        until("the commit ends or waits", || committing.is_finished() || server.sql(database, WAITING) != "0");
        if !committing.is_finished() {
            break committing;
        }
        assert!(matches!(committing.await.unwrap(), Ok(Committed::Applied(_))));
    };
    server.sql(database, &WAITING.replace("count(*)", "count(pg_cancel_backend(pid))"));
    let entry = committing.await.unwrap();
    assert!(matches!(entry, Err(StoreError::Unavailable(_))), "{entry:?}");
    assert!(has(server, database, &format!("a{number}")), "it is on the primary alone");
    set(server, "synchronous_standby_names", "");
    until_ready(&*store).await;
    committed(&*store, "b").await;
}

/// It keeps its locks as long, and its place among the server's connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_waits_on_in_the_server_and_is_done_once_standbys_are_not_asked_for() {
    let server = Server::start(&[]);
    let database = server.database();
    let store = opened(&server.url("admin", &database));
    set(&server, "synchronous_standby_names", "nobody");
    for entry in <[_; 2]>::from(tokio::join!(store.commit(put("a")), store.commit(put("b")))) {
        assert!(matches!(entry, Err(StoreError::Unavailable(_))), "{entry:?}");
    }
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'";
    assert_eq!(server.sql(&database, waiting), "2");
    assert!(!has(&server, &database, "a") && !has(&server, &database, "b"), "it is seen before it is confirmed");
    set(&server, "synchronous_standby_names", "");
    until("both are done", || has(&server, &database, "a") && has(&server, &database, "b"));
    until_ready(&*store).await;
}

/// The servers are told in an order in which the former primary comes first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_goes_back_to_a_primary_that_was_replaced() {
    let mut pair = Pair::start(Following::Asynchronously);
    let database = pair.primary().database();
    let url = pair.url(&database);
    let store = opened(&url);
    committed(&*store, "before").await;
    pair.kill_primary();
    pair.promote();
    until_ready(&*store).await;
    committed(&*store, "after").await;
    pair.start_former();
    assert!(!has(pair.standby(), &database, "after"), "it does not know what happened");
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'countersign'";
    pair.primary().sql(&database, end);
    until_ready(&*store).await;
    committed(&*store, "later").await;
    assert!(has(pair.primary(), &database, "later") && !has(pair.standby(), &database, "later"));
    // With the new one gone, the former one is still not good enough.
    pair.kill_primary();
    let entry = store.commit(put("never")).await.unwrap_err().to_string();
    let entry =
        if entry.contains("timeline") { entry } else { store.commit(put("never")).await.unwrap_err().to_string() };
    assert!(entry.contains("a former primary, on timeline 1; 2 was seen elsewhere"), "{entry}");
}

/// Nobody stopped the old primary, and an adapter still speaks with it alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_synchronous_primary_acknowledges_nothing_once_its_standby_was_promoted() {
    let mut pair = Pair::start(Following::Synchronously);
    let database = pair.primary().database();
    let old = opened(&pair.primary().url("admin", &database));
    committed(&*old, "before").await;
    pair.promote();
    let new = opened(&pair.primary().url("admin", &database));
    committed(&*new, "after").await;
    for id in ["one", "other"] {
        let entry = old.commit(put(id)).await;
        assert!(matches!(entry, Err(StoreError::Unavailable(_))), "{entry:?}");
    }
}

#[test]
fn a_standby_is_refused_and_said_to_be_one() {
    let pair = Pair::start(Following::Asynchronously);
    let database = pair.primary().database();
    let copied = "SELECT count(*) FROM pg_database WHERE datname = '{}'".replace("{}", &database);
    until("the database is there", || pair.standby().sql("postgres", &copied) == "1");
    let entry = PostgresStore::open(&pair.standby().address(&database)).unwrap_err();
    assert!(matches!(&entry, StoreError::Unavailable(why) if why.contains("a standby, or made read-only")), "{entry}");
    // Of several the one that can be written to is found, wherever it is told.
    let (primary, standby, nowhere) = (pair.primary().folder(), pair.standby().folder(), Path::new("/nowhere"));
    for (first, second) in [(primary, standby), (standby, primary), (nowhere, primary)] {
        opened(&of_both(first, second, &database));
    }
    let both = of_both(nowhere, standby, &database).parse().unwrap();
    let entry = PostgresStore::open(&both).unwrap_err().to_string();
    assert!(entry.contains("/nowhere: ") && entry.contains(&format!("; {}: it cannot", standby.display())), "{entry}");
}

/// Starts an adapter, stops it once it listens, and tells whether its log says that a standby lags. The log is written by a
/// thread of its own and may come after the line that says where it listens, so it is read to its end.
fn reported_at_start(url: &str) -> bool {
    let (output, writes) = std::io::pipe().unwrap();
    let mut command = crate::start::command("--dev", url);
    let mut adapter = command.stdout(writes.try_clone().unwrap()).stderr(writes).spawn().unwrap();
    // What it holds of the pipe goes with it.
    drop(command);
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let mut printed: Vec<String> = lines.by_ref().take_while(|line| !line.contains("listening")).collect();
    assert!(Command::new("kill").arg(adapter.id().to_string()).status().unwrap().success());
    printed.extend(lines);
    assert!(adapter.wait().unwrap().success(), "{printed:#?}");
    printed.iter().any(|line| line.contains(LAGS))
}

#[test]
fn a_standby_that_may_lose_what_is_acknowledged_is_reported_of_at_the_start() {
    let mut pair = Pair::start(Following::Asynchronously);
    let database = pair.primary().database();
    // Whoever has the least rights is told, too.
    pair.primary().sql(&database, "CREATE ROLE countersign_runtime LOGIN");
    migrate(&pair.primary().address(&database)).unwrap();
    let url = pair.primary().url("countersign_runtime", &database);
    assert!(reported_at_start(&url));
    pair.make_synchronous();
    assert!(!reported_at_start(&url));
}

/// As what manages failovers does it when the last standby goes, and when it is back.
#[test]
fn a_database_that_stops_waiting_for_a_standby_is_seen_to_while_the_adapter_runs() {
    let pair = Pair::start(Following::Synchronously);
    let database = pair.primary().database();
    migrate(&pair.primary().address(&database)).unwrap();
    let store = opened(&pair.url(&database));
    until("it is known that a standby is waited for", || store.is_replicated() == Some(true));
    set(pair.primary(), "synchronous_standby_names", "");
    until("it is seen that none is", || store.is_replicated() == Some(false));
    set(pair.primary(), "synchronous_standby_names", "follower");
    until("it is seen that one is again", || store.is_replicated() == Some(true));
}

/// A host that takes connections and says nothing leaves time for the next one.
#[test]
fn a_host_that_is_silent_is_passed_by() {
    let silent = tempfile::TempDir::new().unwrap();
    let listener = std::os::unix::net::UnixListener::bind(silent.path().join(".s.PGSQL.5432")).unwrap();
    let (server, database) = (shared(), shared().database());
    opened(&of_both(silent.path(), server.folder(), &database));
    drop(listener);
}
