//! What a kind of store can do before, beside and after serving: how it is named, opened, migrated, read by an operator.
//! An engine says it all here, and is registered in one function, [`StoreSpec::engine`](super::StoreSpec::engine).

use std::path::Path;
use std::sync::Arc;

use super::audit::{AuditEntry, Micros};
use super::batch::{Millis, Record, RecordKey};
use super::chain::ChainSealer;
use super::verify::AuditSource;
use super::{Store, StoreError};

/// What a store is opened with.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Who seals audit entries; by default with the key that every copy of countersign has, which is for tests.
    pub sealer: ChainSealer,
    /// How old audit entries get that the store removes by itself; for ever if there is no age.
    pub keep_audit: Option<Millis>,
}

/// A kind of store, at one place. Everything blocks.
pub trait Engine {
    /// Its name, as the audit log has it.
    fn name(&self) -> &'static str;

    /// True if there is a store at this place, which opening would not make.
    fn exists(&self) -> bool;

    /// True if its state ends with the process.
    fn is_volatile(&self) -> bool {
        false
    }

    /// Its file, if it is one.
    fn file(&self) -> Option<&Path> {
        None
    }

    /// Opens it.
    ///
    /// # Errors
    /// It is in use, damaged, or cannot be opened.
    fn open(&self, opening: Opening) -> Result<Arc<dyn Store>, StoreError>;

    /// Says whether it could be opened, and takes nothing.
    ///
    /// # Errors
    /// Its schema is missing, or it does not answer. By default opening it makes whatever is missing.
    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// A store that another process has open, as an operator's command can change it.
    ///
    /// # Errors
    /// By default it is in use, and cannot be changed.
    fn running(&self, sealer: ChainSealer, in_use: StoreError) -> Result<Box<dyn Running>, StoreError> {
        let _ = sealer;
        Err(in_use)
    }

    /// Makes or changes its schema, and says what was done.
    ///
    /// # Errors
    /// It has no schema of this sort, or it cannot be changed.
    fn migrate(&self) -> Result<String, StoreError> {
        Err(StoreError::Unusable("`--migrate` is for PostgreSQL; other stores look after their schema".into()))
    }

    /// Removes audit entries from before so many microseconds ago, with an entry that says which; how many.
    ///
    /// # Errors
    /// The store does so by itself, or whoever connects has no right to.
    fn prune_audit(&self, sealer: &ChainSealer, keep: Micros) -> Result<u64, StoreError> {
        let _ = (sealer, keep);
        Err(StoreError::Unusable("`audit prune` is for PostgreSQL; an embedded store removes by itself".into()))
    }

    /// Opens its audit entries for reading, while an adapter may write to it.
    ///
    /// # Errors
    /// There is no such store, or it cannot be read.
    fn audit_source(&self) -> Result<Box<dyn AuditSource>, StoreError>;
}

/// A store that another process has open.
pub trait Running {
    /// Reads a record, expired or not.
    ///
    /// # Errors
    /// The store cannot be read.
    fn find(&self, key: &RecordKey) -> Result<Option<Record>, StoreError>;

    /// Has a record removed if it still has this version, with an audit entry.
    ///
    /// # Errors
    /// The process does not do it in time; then it will not do it later.
    fn remove(&self, key: &RecordKey, version: u64, entry: AuditEntry) -> Result<(), StoreError>;
}
