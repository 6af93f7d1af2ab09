//! Memory and connections that all callers share: large bodies, half bodies, many values, answers that nobody reads and
//! connections that do nothing are bounded together, and callers who ask for little are answered beside them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]

mod edge_support;

use std::time::Duration;

use countersign_runtime::edge::EdgeLimits;
use edge_support::{Connection, Served, quick, serve_with};
use serde_json::json;

const MIB: usize = 1024 * 1024;

/// Time enough for what a test does before it looks.
const PATIENT: Duration = Duration::from_secs(20);

/// Bodies of a megabyte, and a budget of which two thirds, 10.6 MiB, are for large ones.
async fn narrow() -> Served {
    let limits = EdgeLimits { body: PATIENT, write_stall: PATIENT, handling: PATIENT, ..quick() };
    serve_with(limits, &[("COUNTERSIGN_BODY_LIMIT", "1MiB"), ("COUNTERSIGN_MEMORY__REQUESTS", "16MiB")]).await
}

fn post(body: &str, length: usize) -> String {
    format!(
        "POST /api/echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

async fn check_answered(served: &Served, body: &str, status: u16) {
    let mut connection = served.connect().await;
    connection.send(&post(body, body.len())).await;
    assert_eq!(connection.answer().await.status, status);
}

/// Waits until something is so; the server has its own time.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_stop_one_byte_short_share_a_budget_and_small_ones_are_answered_beside_them() {
    let served = narrow().await;
    let half = post(&format!("\"{}", "x".repeat(MIB - 2)), MIB);
    let mut halves: Vec<Connection> = Vec::new();
    for _ in 0..10 {
        let mut connection = served.connect().await;
        connection.send(&half).await;
        halves.push(connection);
    }
    until("ten half bodies have come", || served.held() >= 10 * (MIB - 1)).await;
    assert!(served.held() <= 16 * MIB);
    let mut refused = served.connect().await;
    refused.send_as_far_as_read(&half).await;
    let answer = refused.answer().await;
    assert_eq!((answer.status, &answer.body["code"]), (500, &json!("overloaded")), "at once, before it has ended");
    check_answered(&served, r#"{"a":1}"#, 200).await;
    drop(halves);
    until("what was held is given back", || served.held() == 0).await;
    check_answered(&served, &format!("\"{}\"", "x".repeat(MIB - 2)), 200).await;
    until("all is given back", || served.held() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_no_more_values_than_it_may() {
    let served = narrow().await;
    for element in [r#"{"a":1}"#, "[]", "0", "[[0]]", r#""""#] {
        let body = format!("[{}]", vec![element; 10_000].join(","));
        let mut connection = served.connect().await;
        connection.send(&post(&body, body.len())).await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, &answer.body["code"]), (413, &json!("body.too_large")), "{element}");
    }
    check_answered(&served, &format!("[{}]", vec!["0"; 9_999].join(",")), 200).await;
    until("all is given back", || served.held() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_count_while_they_are_worked_on() {
    let served = narrow().await;
    let body = format!("[{}]", vec!["0"; 9_999].join(","));
    let hang = post(&body, body.len()).replace("/api/echo", "/api/hang");
    let mut hung = Vec::new();
    // Each takes 2.5 MiB.
    for _ in 0..4 {
        let mut connection = served.connect().await;
        connection.send(&hang).await;
        hung.push(connection);
    }
    until("four are worked on", || served.held() > 4 * 2 * MIB).await;
    check_answered(&served, &body, 500).await;
    check_answered(&served, "[0]", 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_until_it_is_written() {
    let served = narrow().await;
    let mut stalled = served.connect().await;
    stalled.send("GET /api/large HTTP/1.1\r\nhost: a\r\n\r\n").await;
    until("the answer waits", || served.held() >= 16 * MIB).await;
    let mut other = served.connect().await;
    other.send(&post(r#"{"a":1}"#, 7)).await;
    assert_eq!(other.answer().await.status, 500, "there is no room beside it");
    drop(stalled);
    until("it is given back", || served.held() == 0).await;
    check_answered(&served, r#"{"a":1}"#, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_and_half_open_connections_of_one_source_lock_nobody_out() {
    let limits = EdgeLimits { connections: 32, per_source: 16, head: PATIENT, keep_alive: PATIENT, ..quick() };
    let served = serve_with(limits, &[]).await;
    let mut idle = Vec::new();
    for number in 0..100 {
        let mut connection = served.connect().await;
        if number % 2 == 0 {
            // One that was evicted already takes nothing any more.
            let _ = connection.try_send("GET /api/status HTTP/1.1\r\nho").await;
        }
        idle.push(connection);
    }
    // Another source, beside what is left of the first.
    for _ in 0..20 {
        let mut honest = served.connect_from([127, 0, 0, 2]).await;
        honest.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert_eq!(honest.answer().await.status, 200);
        idle.push(honest);
    }
    // Not at any rate: its own connections on which nothing was asked yet get a quarter of a second.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut same = served.connect().await;
    same.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(same.answer().await.status, 200, "the same source comes in too, for one of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_places_are_idle_the_longest_idle_is_closed() {
    let limits = EdgeLimits { connections: 4, per_source: 4, head: PATIENT, keep_alive: PATIENT, ..quick() };
    let served = serve_with(limits, &[]).await;
    let mut idle = Vec::new();
    for _ in 0..4 {
        let mut connection = served.connect().await;
        connection.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert_eq!(connection.answer().await.status, 200);
        idle.push(connection);
        // It has waited since the server knows that the answer is gone, which is a moment after the client does.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut fifth = served.connect_from([127, 0, 0, 2]).await;
    fifth.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(fifth.answer().await.status, 200);
    assert!(idle.remove(0).is_closed_within(Duration::from_secs(2)).await, "the first");
    for other in &mut idle {
        other.send("GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert_eq!(other.answer().await.status, 200, "and nobody else");
    }
}
