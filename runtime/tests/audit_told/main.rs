//! What the audit tells of users, wallets, questions, deposits, callers and hooks, field by field. Codes:
//! `audit_fields.rs`; the process: `operator.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod edge;
mod questions;
mod users;
mod wallets;

use countersign_runtime::store::Store;
use serde_json::{Value, json};

/// The latest records, without what every record of a request has: where from, when, for which request.
async fn latest(store: &dyn Store, many: usize) -> Vec<Value> {
    let all = store.audit_after(0, 1_000).await.unwrap();
    let entry = all[all.len() - many..].iter().map(|stored| {
        let mut entry = serde_json::to_value(&stored.record).unwrap();
        let fields = entry.as_object_mut().unwrap();
        for same in ["time", "node", "adapter", "definition", "version"] {
            fields.remove(same).unwrap();
        }
        let request = fields.remove("request").unwrap();
        assert!(
            matches!(request.as_str(), Some(id) if id.len() == 36 || entry["event"] == "keys.rotated"),
            "{request}"
        );
        entry
    });
    entry.collect()
}

/// A record with further fields.
fn with(mut entry: Value, more: Value) -> Value {
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry
}

fn event(event: &str, outcome: &str) -> Value {
    json!({ "event": event, "outcome": outcome })
}
