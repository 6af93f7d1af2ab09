//! The embedded store as an engine: its file.

use std::path::Path;
use std::sync::Arc;

use super::{EmbeddedOptions, EmbeddedStore, FileReader, RunningStore};
use crate::store::audit::AuditEntry;
use crate::store::batch::{Record, RecordKey};
use crate::store::chain::ChainSealer;
use crate::store::engine::{Engine, Opening, Running};
use crate::store::{AuditSource, Store, StoreError};

/// The store in this file.
pub struct EmbeddedEngine<'a>(pub &'a Path);

impl Engine for EmbeddedEngine<'_> {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn exists(&self) -> bool {
        self.0.exists()
    }

    fn file(&self) -> Option<&Path> {
        Some(self.0)
    }

    fn open(&self, opening: Opening) -> Result<Arc<dyn Store>, StoreError> {
        let Opening { sealer, keep_audit } = opening;
        let options = EmbeddedOptions { sealer, keep_audit, ..EmbeddedOptions::default() };
        Ok(Arc::new(EmbeddedStore::open_with(self.0, options)?))
    }

    fn running(&self, sealer: ChainSealer, _in_use: StoreError) -> Result<Box<dyn Running>, StoreError> {
        Ok(Box::new(RunningStore::new(self.0, sealer)))
    }

    fn audit_source(&self) -> Result<Box<dyn AuditSource>, StoreError> {
        Ok(Box::new(FileReader::open(self.0)?))
    }
}

impl Running for RunningStore {
    fn find(&self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        RunningStore::find(self, key)
    }

    fn remove(&self, key: &RecordKey, version: u64, entry: AuditEntry) -> Result<(), StoreError> {
        RunningStore::remove(self, key, version, entry)
    }
}
