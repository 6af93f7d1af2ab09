//! PostgreSQL as an engine: the address of a database.

use std::sync::Arc;

use super::{DatabaseReader, PostgresAddress, PostgresOptions, PostgresStore, migrate, prune_audit};
use crate::store::audit::Micros;
use crate::store::chain::ChainSealer;
use crate::store::engine::{Engine, Opening};
use crate::store::{AuditSource, Store, StoreError};

impl Engine for PostgresAddress {
    fn name(&self) -> &'static str {
        "postgres"
    }

    /// Opening makes no database.
    fn exists(&self) -> bool {
        true
    }

    fn open(&self, opening: Opening) -> Result<Arc<dyn Store>, StoreError> {
        let options = PostgresOptions { sealer: opening.sealer, ..PostgresOptions::default() };
        Ok(Arc::new(PostgresStore::open_with(self, options)?))
    }

    fn check(&self) -> Result<(), StoreError> {
        PostgresStore::open(self).map(drop)
    }

    fn migrate(&self) -> Result<String, StoreError> {
        let (version, run) = migrate(self)?;
        Ok(format!("the schema has version {version}; migrations run: {run}"))
    }

    fn prune_audit(&self, sealer: &ChainSealer, keep: Micros) -> Result<u64, StoreError> {
        prune_audit(self, sealer, keep)
    }

    fn audit_source(&self) -> Result<Box<dyn AuditSource>, StoreError> {
        Ok(Box::new(DatabaseReader::open(self)?))
    }
}
