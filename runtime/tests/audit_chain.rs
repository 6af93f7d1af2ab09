//! The chain of audit entries: whole after conflicts, concurrency and kills, and found out when anybody changes it.
//! `COUNTERSIGN_TAMPERINGS` and `COUNTERSIGN_OPERATIONS` set the counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "audit_chain/kept.rs"]
mod kept;
#[path = "audit_chain/many.rs"]
mod many;
#[cfg(feature = "postgres")]
mod pg_server;
#[path = "audit_chain/tampered.rs"]
mod tampered;

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_runtime::crypto::{KeyName, Keyring, NamedSecret};
use countersign_runtime::store::{
    AuditEntry, AuditEvent, AuditHead, AuditOutcome, AuditSource, Batch, ChainSealer, Committed, Kind, Origin,
    RecordKey, Store, StoreSpec, Verified, verify,
};

const NOW: i64 = 1_780_000_000_000;

/// How often something is done, by default or as the environment says.
fn times(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A ring of audit keys, the current one first.
fn ring(ids: &[&str]) -> Keyring {
    let secret =
        |id: &&str| NamedSecret { id: (*id).to_owned(), bytes: format!("{id} {}", "x".repeat(40)).into_bytes().into() };
    Keyring::of_some(BTreeMap::from([(KeyName::Audit, ids.iter().map(secret).collect())])).unwrap()
}

fn sealer(ring: &Keyring) -> ChainSealer {
    let origin = Origin { node: "test-node".into(), adapter: "test 1".into(), ..Origin::default() };
    ChainSealer::new(origin, ring.current(KeyName::Audit).unwrap())
}

fn entry(id: &str) -> AuditEntry {
    let record = AuditEntry::new(NOW, AuditEvent::OtpIssued, AuditOutcome::Success);
    AuditEntry { challenge: Some(id.to_owned()), ..record }
}

/// Writes a record with what is told of it; gives where that stands.
async fn write(store: &dyn Store, id: &str) -> AuditHead {
    let batch = Batch::at(NOW).put(RecordKey::new(Kind::Code, id), serde_json::json!(id), NOW + 1_000_000);
    match store.commit(batch.audit(entry(id))).await.unwrap() {
        Committed::Applied(applied) => applied.head.unwrap(),
        other => panic!("{id}: {other:?}"),
    }
}

fn verified(spec: &StoreSpec, keys: &Keyring, heads: &[AuditHead]) -> Verified {
    let mut source: Box<dyn AuditSource> = spec.engine().audit_source().unwrap();
    verify(&mut *source, keys, heads).unwrap()
}

/// An embedded store in a folder of its own, and how it is named.
struct Place {
    _folder: tempfile::TempDir,
    spec: StoreSpec,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::TempDir::new().unwrap();
        let spec = StoreSpec::Embedded(folder.path().join("audit.db"));
        Place { _folder: folder, spec }
    }

    fn open(&self, sealer: ChainSealer) -> Arc<dyn Store> {
        open_with(&self.spec, sealer)
    }

    fn path(&self) -> &std::path::Path {
        match &self.spec {
            StoreSpec::Embedded(path) => path,
            _ => unreachable!("it is embedded"),
        }
    }
}

fn open_with(spec: &StoreSpec, sealer: ChainSealer) -> Arc<dyn Store> {
    let opening = countersign_runtime::store::Opening { sealer, ..Default::default() };
    spec.engine().open(opening).unwrap()
}
